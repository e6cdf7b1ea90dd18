"""/health always answers; /ready says what is missing and what to do."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from django_q.status import Stat

from audit import trail
from audit.models import AuditEvent
from hitl_project import attention, health, workers
from tests.audit import attacks
from tests.statements import counted

pytestmark = pytest.mark.django_db


def beat(status=Conf.IDLE):
    """Leave the sign of life that a worker leaves twice a second."""
    stat = Stat.__new__(Stat)
    stat.cluster_id, stat.status, stat.timestamp, stat.broker = "test", status, timezone.now(), None
    get_broker().set_stat(stat.key, SignedPackage.dumps(stat, True), 3)


def ready(client):
    response = client.get("/ready")
    return response.status_code, response.json()["checks"]


def test_health_asks_nobody(client):
    with counted(most=0):
        assert client.get("/health").json() == {"status": "ok"}


WELL = dict.fromkeys(("serving", "database", "migrations", "cache", "worker", "trail", "disk"), "ok")


def test_without_a_worker_it_is_not_ready_and_says_so(client):
    checks = WELL | {"worker": "no sign of life: run manage.py qcluster"}
    assert ready(client) == (503, checks)


def test_with_a_worker_it_is_ready(client):
    beat()
    assert ready(client) == (200, WELL)


def test_a_load_balancer_may_ask_only_for_what_a_page_needs(client):
    response = client.get("/ready?of=web")
    assert response.status_code == 200
    assert list(response.json()["checks"]) == ["serving", "database", "migrations", "cache"]


def test_a_worker_that_takes_nothing_is_not_ready(client):
    beat()
    OrmQ.objects.create(key="hitl", payload="", lock=timezone.now() - timedelta(minutes=30))
    assert ready(client)[1]["worker"].endswith("UTC: start the worker anew")


def test_a_trail_that_nobody_seals_is_told(client):
    beat()
    AuditEvent.objects.create(at=timezone.now() - timedelta(minutes=11), verb="x", body="{}", digest="x")
    assert ready(client)[1]["trail"].startswith("nothing is sealed since ")
    trail.seal()
    assert ready(client) == (200, WELL)


def test_a_full_disk_is_told_before_it_is_full(client, settings):
    beat()
    settings.HITL_DISK_FREE_MEGABYTES = 10**7
    status, checks = ready(client)
    assert status == 503
    assert checks["disk"].endswith("make room, or set HITL_DISK_FREE_MEGABYTES")


@pytest.fixture
def without_cache_table():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cache RENAME TO elsewhere")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elsewhere RENAME TO cache")


@pytest.mark.django_db(transaction=True)
def test_after_migrate_alone_pages_say_to_run_bootstrap(without_cache_table, admin_client, client):
    admin_client.raise_request_exception = False
    said = f"This server is not set up yet: {workers.BOOTSTRAP}."
    response = admin_client.get("/")
    assert (response.status_code, response.content.decode()) == (503, said)
    response = admin_client.get("/admin/")
    assert response.status_code in (200, 503)
    assert workers.BOOTSTRAP in response.content.decode()
    assert ready(client)[1]["cache"] == workers.BOOTSTRAP
    assert workers.trouble().text == f"No worker can be heard: {workers.BOOTSTRAP}."


def test_to_be_probed_each_second_costs_a_dozen_statements(client):
    beat()
    ready(client)
    with counted(most=12):
        ready(client)


@pytest.mark.parametrize("error", [DatabaseError('"10.1.2.3", user "hitl"'), OSError("/srv/models: stale")])
def test_a_stranger_is_not_told_where_what_fails_lies(client, monkeypatch, error):
    def fail():
        raise error

    monkeypatch.setattr(health, "ALL", (("disk", fail),))
    assert ready(client) == (503, {"disk": f"no answer ({type(error).__name__}): see the log"})


def test_to_look_for_a_worker_writes_nothing(client):
    beat()
    with counted(most=3) as made:
        assert workers.seen_at() is not None
    assert [sql for sql in made if not sql.startswith("SELECT")] == []


@pytest.mark.parametrize(("minutes", "told"), [(11, []), (25, ["A task has waited for 25"])])
def test_a_worker_that_lives_and_takes_no_task_is_bad_news(admin_user, minutes, told, settings):
    settings.HITL_SIGNING_KEY = attacks.SEED
    beat()
    OrmQ.objects.create(key="hitl", payload="", lock=timezone.now() - timedelta(minutes=minutes))
    found = [one.text for one in attention.waiting(admin_user) if one.bad]
    assert [text.replace("\xa0", " ").partition(" minutes: ")[0] for text in found] == told


def test_a_worker_that_is_stopping_is_none(client):
    beat(Conf.STOPPING)
    assert ready(client)[0] == 503


def test_a_migration_that_is_not_applied_is_named(client):
    beat()
    MigrationRecorder.Migration.objects.filter(app="learning").delete()
    status, checks = ready(client)
    assert status == 503
    assert checks["migrations"].startswith("1 to apply (learning.0001_initial)")
