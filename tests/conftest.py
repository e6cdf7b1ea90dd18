"""What every test starts from."""

import pytest

from tests.database import allow_truncate_for_flush


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """After the test database is made, let Django's flush empty the insert-only tables, there alone."""
    with django_db_blocker.unblock():
        allow_truncate_for_flush()
