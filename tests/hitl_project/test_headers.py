"""What browsers may do with our pages is as little as each place allows."""

import json
import os
import subprocess
import sys

import pytest

from tests.people import signed_in

pytestmark = pytest.mark.django_db
HEADER = "Content-Security-Policy"


def policy(response):
    """Return the sources by directive."""
    parts = (part.split() for part in response[HEADER].split(";") if part.strip())
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/admin/", "/", "/api/docs/", "/nowhere/", "/accounts/"]
)
def test_no_page_runs_inline_scripts_or_loads_from_elsewhere(path):
    response = signed_in("admins").get(path)
    found = policy(response)
    own = {
        name: found[name] for name in ("script-src", "style-src", "connect-src", "font-src", "form-action")
    }
    assert set(map(tuple, own.values())) == {("'self'",)}
    none = ["default-src", "frame-src", "worker-src", "object-src", "base-uri", "frame-ancestors"]
    assert [found[name] for name in none] == [["'none'"]] * len(none)
    assert "unsafe" not in response[HEADER]
    assert "camera=()" in response["Permissions-Policy"]
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "images"),
    [("/accounts/login/", ["'self'", "data:"]), ("/review/keys/", ["'self'", "data:", "https:"])],
)
def test_images_from_elsewhere_are_shown_where_items_are_and_nowhere_else(path, images):
    assert policy(signed_in("reviewers").get(path))["img-src"] == images


def test_what_is_no_page_may_load_nothing(client):
    for path in ("/api/schema/", "/health", "/api/v1/items/"):
        assert client.get(path)[HEADER].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("hosts", "https", "images", "upgraded"),
    [
        ("", "0", ["https:"], False),
        ("none", "1", [], True),
        ("https://a.example", "1", ["https://a.example"], True),
    ],
)
def test_an_operator_may_name_the_hosts_of_images(hosts, https, images, upgraded):
    asked = (
        "from hitl_project import settings as s; import json; d = s.CONTENT_SECURITY_POLICY['DIRECTIVES'];"
    )
    asked += "print(json.dumps([d['img-src'], d['upgrade-insecure-requests'], s.SECURE_HSTS_SECONDS > 0]))"
    setting = os.environ | {"HITL_IMAGE_HOSTS": hosts, "HTTPS": https}
    said = subprocess.run(
        [sys.executable, "-c", asked], env=setting, capture_output=True, check=True, text=True
    )
    assert json.loads(said.stdout) == [["'self'", "data:", *images], upgraded, upgraded]
