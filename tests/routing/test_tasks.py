"""What the clock does for routing."""

import pytest
from croniter import croniter
from django.utils.module_loading import import_string

from routing import predictor, tasks
from routing.models import Item
from tests import factories

pytestmark = pytest.mark.django_db


def sure(item_type, payloads):
    return [factories.opinion(0.99) for _ in payloads]


def test_every_schedule_names_a_function_and_a_cron_line():
    assert [
        (callable(import_string(name)), croniter.is_valid(cron)) for _, name, cron in tasks.SCHEDULES
    ] == [(True, True)] * len(tasks.SCHEDULES)


def test_items_of_every_type_are_judged_once_there_is_a_model(monkeypatch):
    factories.item_type()
    factories.item_type("other")
    for n in range(3):
        factories.submit(None, ref=f"r-{n}")
    factories.submit(None, to="other")
    assert tasks.judge_pending() == 0
    monkeypatch.setattr(predictor, "_registered", [sure])
    monkeypatch.setattr(tasks, "CHUNK", 2)
    assert tasks.judge_pending() == 4
    assert set(Item.objects.values_list("status", flat=True)) == {"approved"}


def test_nothing_owed_is_nothing_sent():
    assert tasks.deliver_webhooks() == 0


def test_certificates_are_fed_where_there_is_a_target_and_nowhere_else(monkeypatch):
    fed = []
    monkeypatch.setattr(
        "routing.certificates.guarding.run", lambda item_type: fed.append(item_type.slug) or 7
    )
    monkeypatch.setattr(tasks, "async_task", lambda name, pk: import_string(name)(pk))
    factories.item_type()
    factories.item_type("other", target_alpha=0.05, audit_rate=0.05)
    assert (tasks.certify(), fed) == (1, ["other"])


def test_certificates_of_one_type_that_fail_keep_no_other_from_being_watched(monkeypatch):
    for name in ("one", "two"):
        factories.item_type(name, target_alpha=0.05, audit_rate=0.05)
    queued = []
    monkeypatch.setattr(tasks, "async_task", lambda *task: queued.append(task))
    monkeypatch.setattr("routing.certificates.guarding.run", lambda item_type: 1 / 0)
    assert tasks.certify() == len(queued) == 2
    with pytest.raises(ZeroDivisionError):
        tasks.certify_one(queued[0][1])
