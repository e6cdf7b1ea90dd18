"""/metrics tells those who may read it what the whole server does, at a cost that does not grow."""

import re

import pytest
from django.utils import timezone
from django_q.models import Success

from audit import trail
from hitl_project import counting, measures
from learning.models import DriftReport
from routing import assignments, counters, router
from tests import factories
from tests.api_client import caller
from tests.hitl_project.test_health import beat
from tests.labeling.answering.test_review import answer
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db
NOWHERE = {"view": "none", "method": "GET", "status": "404"}


def scraped():
    """Return every line that a scrape shows, after what was done was counted."""
    trail.seal()
    counting.run()
    return caller("metrics:read").get("/metrics").content.decode().splitlines()


def test_metrics_are_closed_to_strangers_and_to_keys_without_the_scope(client):
    assert client.get("/metrics").status_code == 401
    assert caller("items:read").get("/metrics").status_code == 403
    assert signed_in("reviewers").get("/metrics").status_code == 403


def test_metrics_can_be_opened_to_a_closed_network(client, settings):
    settings.HITL_METRICS_OPEN = True
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")


def test_metrics_are_those_of_the_rows():
    factories.item_type()
    for confidence in (0.97, 0.98, 0.85, 0.3):
        factories.submit(confidence)
    beat()
    wanted = {
        'hitl_items{item_type="sentiment",status="pending_human"} 1.0',
        'hitl_items_received_total{item_type="sentiment"} 4.0',
        'hitl_decisions_total{action="auto_approve",item_type="sentiment",status="approved"} 2.0',
        'hitl_queue_items{priority="normal",queue="reviews"} 1.0',
        'hitl_queue_items{priority="urgent",queue="experts"} 1.0',
        'hitl_queue_overdue_items{queue="reviews"} 0.0',
        "hitl_people_at_work 0.0",
        'hitl_webhook_deliveries_total{outcome="delivered"} 0.0',
    }
    assert wanted - set(scraped()) == set()


def test_an_answer_is_counted_with_its_time(rita):
    factories.item_type()
    factories.submit(0.85)
    answer(rita, time_spent_ms=12_000)
    lines = set(scraped())
    of = 'hitl_review_duration_seconds_bucket{item_type="sentiment"'
    assert {f'{of},le="10.0"}} 0.0', f'{of},le="20.0"}} 1.0', f'{of},le="+Inf"}} 1.0'} - lines == set()
    assert 'hitl_review_duration_seconds_sum{item_type="sentiment"} 12.0' in lines
    assert 'hitl_decisions_total{action="human_review",item_type="sentiment",status="approved"} 1.0' in lines


def test_an_event_is_counted_once_however_often_is_counted():
    factories.item_type()
    factories.submit(0.97)
    scraped()
    factories.submit(0.98)
    scraped()
    assert 'hitl_items_received_total{item_type="sentiment"} 2.0' in scraped()


def test_a_million_items_add_no_series():
    factories.item_type()
    factories.submit(0.97)
    factories.submit(0.3)
    before = names(scraped())
    router.submit("sentiment", [factories.entry(0.97) for _ in range(40)], by="system:test")
    assert names(scraped()) == before


def names(lines):
    """Return every series: names with their labels."""
    return {line.rpartition(" ")[0] for line in lines if not line.startswith("#")}


def test_a_request_is_counted_by_its_view_whatever_its_address(client):
    counters.flush()
    before = counters.value("hitl_http_requests", NOWHERE)
    for number in (1, 2):
        client.get(f"/nowhere/{number}/")
    lines = scraped()
    now = f'hitl_http_requests_total{{method="GET",status="404",view="none"}} {before + 2}'
    assert now in lines
    assert not any("nowhere" in line for line in lines)


def test_what_was_counted_is_brought_without_another_request(client, monkeypatch):
    counters.flush()
    client.get("/nowhere/")
    counters.bring()
    assert counters.value("hitl_http_requests", NOWHERE) == 0
    monkeypatch.setattr(counters, "EVERY", 0)
    counters.bring()
    assert counters.value("hitl_http_requests", NOWHERE) == 1


def test_a_claim_is_timed(rita):
    factories.item_type()
    counters.flush()
    before = counters.value("hitl_claim_duration_seconds_count")
    assignments.claim(by=rita)
    assert f"hitl_claim_duration_seconds_count {before + 1}" in scraped()


def test_tasks_are_counted_by_function_and_outcome():
    now = timezone.now() - timezone.timedelta(seconds=30)
    done = {"started": now, "stopped": now + timezone.timedelta(seconds=2), "success": True}
    Success.objects.create(id="a" * 32, name="a", func="audit.tasks.seal_trail", **done)
    lines = [*scraped(), *scraped()]
    assert lines.count('hitl_tasks_total{outcome="done",task="audit.tasks.seal_trail"} 1.0') == 2
    assert 'hitl_task_seconds_total{task="audit.tasks.seal_trail"} 2.0' in lines


def test_the_worker_is_remembered_after_its_end():
    beat()
    counting.run()
    seen = counters.value("hitl_worker_last_heartbeat_timestamp_seconds")
    assert timezone.now().timestamp() - seen < 5


def test_the_latest_look_at_what_arrives_is_a_metric():
    made = factories.item_type()
    for drifted in (False, True):
        DriftReport.objects.create(item_type=made, model="clf@1", window=200, found={}, drifted=drifted)
    lines = scraped()
    assert 'hitl_drift_found{item_type="sentiment"} 1.0' in lines
    assert sum(one.startswith("hitl_drift_last_look_timestamp_seconds{") for one in lines) == 1


def test_every_name_has_one_word_before_it_and_a_unit_behind():
    found = {line.split()[2] for line in scraped() if line.startswith("# TYPE")}
    assert {name for name in found if not re.fullmatch("hitl(_[a-z]+)+", name)} == set()
    assert set(measures.HISTOGRAMS) - found == set()


def test_a_scrape_costs_the_same_number_of_statements_however_much_there_is():
    factories.item_type()
    client = caller("metrics:read")
    client.get("/metrics")  # notes when the key was last used, to the minute
    with counted(most=30):
        client.get("/metrics")
