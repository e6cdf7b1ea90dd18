"""/health always answers; /ready says what is missing; /metrics tells those who may read it."""

from datetime import timedelta

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from django_q.status import Stat

from hitl_project import attention
from learning.models import DriftReport
from tests import factories
from tests.api_client import caller
from tests.audit import attacks
from tests.people import signed_in
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


def test_without_a_worker_it_is_not_ready_and_says_so(client):
    checks = {"database": "ok", "migrations": "ok", "worker": "no sign of life: run manage.py qcluster"}
    assert ready(client) == (503, checks)


def test_with_a_worker_it_is_ready(client):
    beat()
    assert ready(client) == (200, {"database": "ok", "migrations": "ok", "worker": "ok"})


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


def test_metrics_are_closed_to_strangers_and_to_keys_without_the_scope(client):
    assert client.get("/metrics").status_code == 401
    assert caller("items:read").get("/metrics").status_code == 403
    assert signed_in("reviewers").get("/metrics").status_code == 403


def test_metrics_can_be_opened_to_a_closed_network(client, settings):
    settings.HITL_METRICS_OPEN = True
    assert client.get("/metrics").status_code == 200


def test_metrics_are_those_of_the_rows():
    factories.item_type()
    for confidence in (0.97, 0.98, 0.85, 0.3):
        factories.submit(confidence)
    beat()
    response = caller("metrics:read").get("/metrics", headers={"accept": "text/plain;version=0.0.4"})
    lines = response.content.decode().splitlines()
    wanted = {
        'hitl_items{item_type="sentiment",status="approved"} 2.0',
        'hitl_decisions_total{by="router",item_type="sentiment"} 2.0',
        'hitl_queue_items{priority="normal",queue="reviews"} 1.0',
        'hitl_queue_items{priority="urgent",queue="experts"} 1.0',
        'hitl_queue_overdue_items{queue="reviews"} 0.0',
        "hitl_people_at_work 0.0",
    }
    assert wanted - set(lines) == set()
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")


def test_the_latest_look_at_what_arrives_is_a_metric():
    made = factories.item_type()
    for drifted in (False, True):
        DriftReport.objects.create(item_type=made, model="clf@1", window=200, found={}, drifted=drifted)
    lines = caller("metrics:read").get("/metrics").content.decode().splitlines()
    assert 'hitl_drift_found{item_type="sentiment"} 1.0' in lines
    assert sum(one.startswith("hitl_drift_last_look_timestamp_seconds{") for one in lines) == 1


def test_a_scrape_costs_at_most_thirteen_statements():
    factories.item_type()
    client = caller("metrics:read")
    client.get("/metrics")  # notes when the key was last used, to the minute
    with counted(most=13):
        client.get("/metrics")
