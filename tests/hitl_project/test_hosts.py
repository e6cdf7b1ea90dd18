"""Names that are not ours are refused, except where machines ask."""

import pytest

pytestmark = pytest.mark.django_db
POD = "10.1.2.3:8000"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/health", 200), ("/ready", 503), ("/metrics", 401), ("/api/docs/", 400), ("/", 400)],
)
def test_a_probe_may_call_us_by_number_and_nobody_else(client, path, status):
    assert client.get(path, headers={"host": POD}).status_code == status
