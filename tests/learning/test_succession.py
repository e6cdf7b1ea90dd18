"""Succession: what the shadow proves promotes or refuses, a mistake is rolled back, nobody takes turns."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from audit.models import AuditEvent
from learning import registry, succession, tasks
from learning.models import LearningPlan, ModelVersion
from tests import factories
from tests.learning import trials, worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def item_type(monkeypatch):
    """A type whose models have no files: who answers what is told."""
    monkeypatch.setattr(registry, "load", lambda version: None)
    return worlds.shapes(plan={"shadow_labels": 20})


@pytest.fixture
def champion(item_type):
    return trials.model(item_type, 1)


@pytest.fixture
def rival(champion):
    return trials.model(champion.item_type, 2, "shadow")


@pytest.fixture
def earlier(item_type):
    """The first champion, in the shadow of the second."""
    first, second = trials.model(item_type, 1), trials.model(item_type, 2, "challenger")
    second.evaluations.create(metric="accuracy", slice="all", value=0.93, low=0.9, high=0.95, n=200)
    registry.promote(second, reason="better", by="user:ada")
    first.refresh_from_db()
    assert first.status == "shadow"
    registry.ModelVersion.objects.filter(pk=first.pk).update(
        shadow_since=timezone.now() - timedelta(minutes=1)
    )
    first.refresh_from_db()
    return first


def statuses(item_type):
    return list(
        ModelVersion.objects.filter(item_type=item_type).order_by("number").values_list("status", flat=True)
    )


def choose(item_type, **fields):
    LearningPlan.objects.filter(item_type=item_type).update(**fields)


def test_with_enough_labels_and_nothing_against_it_a_model_takes_over(item_type, champion, rival):
    trials.labelled(champion, rival, only="both", count=19)
    assert succession.settle(item_type) == []
    trials.labelled(champion, rival, only="rival", count=1)
    succession.settle(item_type)
    assert statuses(item_type) == ["shadow", "champion"]
    event = AuditEvent.objects.get(verb="model.promoted")
    assert (event.data["evidence"]["labels"], event.data["evidence"]["wins"]) == (20, 1)


def test_without_consent_it_waits_for_a_person_instead(item_type, champion, rival):
    choose(item_type, auto_promote=False)
    trials.labelled(champion, rival, only="both", count=20)
    succession.settle(item_type)
    assert statuses(item_type) == ["champion", "challenger"]
    reason = ModelVersion.objects.get(number=2).verdict["reasons"][0]
    assert reason.startswith("Shadow: nothing speaks against it beside shapes@1: right where ")


def test_what_is_proven_better_need_not_wait_for_all_labels(item_type, champion, rival):
    trials.labelled(champion, rival, only="rival", count=12)
    succession.settle(item_type)
    assert statuses(item_type)[1] == "champion"


def test_what_is_proven_worse_is_refused_at_once(item_type, champion, rival):
    trials.labelled(champion, rival, only="champion", count=12)
    succession.settle(item_type)
    assert statuses(item_type) == ["champion", "refused"]
    event = AuditEvent.objects.get(verb="model.shadow_ended")
    assert (event.data["status"], event.data["evidence"]["losses"]) == ("refused", 12)


def test_what_is_right_less_often_when_its_labels_are_in_is_refused(item_type, champion, rival):
    trials.labelled(champion, rival, only="champion", count=6)
    assert succession.settle(item_type) == []
    trials.labelled(champion, rival, only="both", count=14)
    succession.settle(item_type)
    assert statuses(item_type) == ["champion", "refused"]


def test_without_a_champion_there_is_nothing_to_wait_for(item_type, champion, rival):
    registry.retire(champion, reason="wrong", by="user:ada")
    succession.settle(item_type)
    assert statuses(item_type) == ["retired", "champion"]


def test_one_model_is_in_the_shadow_and_the_next_has_its_turn(item_type, champion, rival):
    third = trials.model(item_type, 3, "challenger", verdict={"against": "shapes@1"})
    said = succession.admit(third, item_type.learning_plan, reason="holds")
    assert said == "shapes@3 passed the gate and waits while shapes@2 is in the shadow"
    trials.labelled(champion, rival, only="champion", count=12)
    succession.settle(item_type)
    assert statuses(item_type) == ["champion", "refused", "shadow"]


def test_who_waits_has_its_turn_also_where_a_person_retired_the_one_before(item_type, champion, rival):
    trials.model(item_type, 3, "challenger", verdict={"against": "shapes@1"})
    registry.retire(rival, reason="not wanted", by="user:ada")
    assert tasks.shadow() == 1
    assert tasks.shadow_of(item_type.pk) == "0 items answered in the shadow"
    assert statuses(item_type) == ["champion", "retired", "shadow"]


@pytest.mark.parametrize(
    ("against", "labels", "types"),
    [("shapes@1", 20, 1), ("shapes@0", 20, 0), (None, 20, 0), ("shapes@1", 0, 0)],
)
def test_only_who_was_judged_against_this_champion_is_in_line(item_type, champion, against, labels, types):
    choose(item_type, shadow_labels=labels)
    trials.model(item_type, 3, "challenger", verdict={"against": against})
    assert tasks.shadow() == types


def test_a_shadow_that_does_not_end_makes_way_for_a_newer_model(item_type, champion, rival):
    ModelVersion.objects.filter(pk=rival.pk).update(shadow_since=timezone.now() - timedelta(days=8))
    third = trials.model(item_type, 3, "challenger")
    succession.admit(third, item_type.learning_plan, reason="holds")
    assert statuses(item_type) == ["champion", "retired", "shadow"]


def test_a_model_that_cannot_be_read_leaves_the_shadow(item_type, champion, rival, monkeypatch):
    monkeypatch.undo()
    trials.live(champion, 1)
    said = tasks.shadow_of(item_type.pk)
    assert said == "0 items answered in the shadow"
    assert statuses(item_type) == ["champion", "refused"]
    reason = ModelVersion.objects.get(number=2).verdict["reasons"][0]
    assert reason == "Shadow: The file of shapes@2 can't be read: No such file or directory."


def test_a_model_that_somebody_took_out_of_the_shadow_meanwhile_is_left_there(
    item_type, champion, rival, monkeypatch
):
    def unreadable(version, champion):
        registry.retire(version, reason="not wanted", by="user:ada")
        raise registry.ModelUnusable("gone")

    monkeypatch.setattr(succession.shadow, "answer", unreadable)
    assert succession.step(item_type) == "0 items answered in the shadow"
    assert statuses(item_type) == ["champion", "retired"]


def test_a_champion_that_is_right_less_often_than_the_one_before_is_rolled_back(item_type, earlier):
    trials.labelled(registry.champion(item_type), earlier, only="rival", count=12)
    succession.settle(item_type)
    assert statuses(item_type) == ["champion", "retired"]
    event = AuditEvent.objects.get(verb="model.rolled_back")
    assert (event.actor, event.data["before"], event.data["evidence"]["wins"]) == (
        "system:learning",
        "shapes@2",
        12,
    )


def test_a_champion_that_is_overturned_more_than_its_gate_foretold_is_rolled_back(item_type, earlier):
    champion = registry.champion(item_type)
    trials.labelled(champion, earlier, only="both", count=4)
    trials.labelled(champion, earlier, only="neither", count=4)
    succession.settle(item_type)
    assert statuses(item_type) == ["champion", "retired"]
    reason = AuditEvent.objects.get(verb="model.rolled_back").data["reason"]
    assert reason.startswith("people overturn shapes@2 on 50.0% of items, at most 10.0% were expected, and")


def test_it_is_not_rolled_back_to_a_model_that_does_worse_still(item_type, earlier):
    champion = registry.champion(item_type)
    trials.labelled(champion, earlier, only="champion", count=4)
    trials.labelled(champion, earlier, only="neither", count=4)
    succession.settle(item_type)
    assert statuses(item_type) == ["shadow", "champion"]


def test_where_the_plan_does_not_roll_back_the_one_before_is_retired(item_type):
    choose(item_type, auto_roll_back=False)
    trials.model(item_type, 1)
    registry.promote(trials.model(item_type, 2, "challenger"), reason="better", by="user:ada")
    assert statuses(item_type) == ["retired", "champion"]


def test_who_was_rolled_back_does_not_come_back_by_itself(item_type, earlier):
    trials.labelled(registry.champion(item_type), earlier, only="rival", count=12)
    succession.settle(item_type)
    assert list(registry.in_shadow(item_type)) == []
    assert succession.fallback(item_type) is None
    second = ModelVersion.objects.get(number=2)
    assert second.report["rolled_back"]["for"] == "shapes@1"


def test_a_person_may_still_bring_it_back_and_then_nobody_takes_that_back(item_type, earlier):
    trials.labelled(registry.champion(item_type), earlier, only="rival", count=12)
    succession.settle(item_type)
    registry.promote(ModelVersion.objects.get(number=2), reason="I know better", by="user:ada")
    assert statuses(item_type) == ["retired", "champion"]
    assert "rolled_back" not in ModelVersion.objects.get(number=2).report


@pytest.mark.parametrize("only", ["champion", "both"])
def test_a_champion_that_stands_its_trial_is_watched_no_more(item_type, earlier, monkeypatch, only):
    monkeypatch.setattr(succession, "WATCHED", 12)
    trials.labelled(registry.champion(item_type), earlier, only=only, count=12)
    succession.settle(item_type)
    assert statuses(item_type) == ["retired", "champion"]


def test_a_promotion_ends_the_trials_against_the_champion_before(item_type, earlier):
    rival = trials.model(item_type, 3, "shadow")
    other = trials.model(item_type, 4, "challenger")
    registry.promote(other, reason="by hand", by="user:ada")
    assert statuses(item_type) == ["retired", "shadow", "challenger", "champion"]
    story = AuditEvent.objects.filter(verb="model.shadow_ended", subject_id=str(rival.pk)).get()
    assert story.data["reason"] == "shapes@4 takes over"


def test_leads_get_one_message_about_a_roll_back(item_type, earlier, settings):
    settings.EMAIL_HOST = "mail.example.com"
    factories.person("lea", "leads", email="lea@example.com")
    second = registry.champion(item_type)
    assert tasks.tell_of_roll_back(second.pk) == 0
    trials.labelled(second, earlier, only="rival", count=12)
    succession.settle(item_type)
    assert tasks.tell_of_roll_back(second.pk) == 1
    (message,) = mail.outbox
    assert message.subject == "HITL: shapes@2 was rolled back"
    assert message.body.startswith("shapes@1 answers again for shapes: shapes@1 is proven right more often")


def test_the_clock_starts_a_task_for_each_type_with_a_model_in_the_shadow(item_type, champion, rival):
    trials.model(worlds.shapes("others"), 1)
    assert tasks.shadow() == 1
