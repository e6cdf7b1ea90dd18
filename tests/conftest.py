"""What every test starts from."""

import gc
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as examples
from hypothesis.internal.conjecture import providers

from audit import finding, uuid7
from hitl_project import workers
from routing import counters
from routing.certificates import lately
from routing.rules import trial
from tests import database, factories

LONGEST = ("test_faults.py", "test_whole_loop.py", "test_schemathesis.py")

# The same examples each time, however slow the machine is; `--hypothesis-profile=default` looks for others.
slow = [HealthCheck.too_slow]
examples.register_profile("tests", derandomize=True, deadline=None, database=None, suppress_health_check=slow)
examples.load_profile("tests")
# Hypothesis would try constants of the modules too that happen to be imported by then: others each time.
providers._get_local_constants = lambda: providers._local_constants


def pytest_configure() -> None:
    """Make cheap what hundreds of tests repeat: passwords of nobody real, and empty tables."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    TransactionTestCase._fixture_teardown = lambda self: database.empty()
    # Counted as in earnest, and never one too many: one test's requests are not held against another's.
    for whose in ("KEY", "PERSON", "ADDRESS"):
        setattr(settings, f"HITL_THROTTLE_{whose}", 10_000_000)
    # Nothing by the clock, so that what a request costs is the same each time.
    counters.EVERY = workers.KEPT = lately.QUICK = trial.LONGEST = float("inf")
    finding.SHORT = 10 * 60 * 1000
    workers.forget(None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest: a worker that came to one of them last would go on alone."""
    items.sort(key=lambda one: one.path.name not in LONGEST)


def pytest_collection_finish() -> None:
    """Collect garbage from here on, without looking through all that is imported again and again."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """End the sessions that outlive their tests before the database is dropped: it would be refused."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def trained_once():
    """Train no model twice on the very same labels."""
    from tests.learning.remembered import trainings

    with trainings():
        yield


@pytest.fixture
def noon(time_machine, monkeypatch):
    """Let it be noon of a Wednesday, so that no day and no week ends within the test; return when that is."""
    monkeypatch.setattr(uuid7, "_last", 0)  # what is made now is not of a later time
    moment = datetime(2026, 3, 4, 12, tzinfo=UTC)
    time_machine.move_to(moment)
    return moment


@pytest.fixture
def rita(db):
    """A reviewer."""
    return factories.person("rita", "reviewers")


@pytest.fixture
def edgar(db):
    """An expert."""
    return factories.person("edgar", "experts")
