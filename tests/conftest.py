"""What every test starts from."""

import pytest
from django.conf import settings

from tests import factories
from tests.database import allow_truncate_for_flush


def pytest_configure() -> None:
    """Hash passwords cheaply: hundreds of people are made, and none of them is real."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """After the test database is made, let Django's flush empty the insert-only tables, there alone."""
    with django_db_blocker.unblock():
        allow_truncate_for_flush()


@pytest.fixture
def rita(db):
    """A reviewer."""
    return factories.person("rita", "reviewers")


@pytest.fixture
def edgar(db):
    """An expert."""
    return factories.person("edgar", "experts")
