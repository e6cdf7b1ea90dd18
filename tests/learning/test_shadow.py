"""The shadow: a model answers live items unseen, and is compared on those that people labelled."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from learning import registry, retraining, shadow, tasks
from learning.judging.duel import PROVEN
from learning.models import ModelVersion, Trainer, TrialAnswer
from routing.models import Item, Prediction
from tests.learning import trials, worlds
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def item_type():
    item_type = worlds.shapes(plan={"shadow_labels": 20})
    worlds.label(worlds.items(item_type, 160))
    return item_type


@pytest.fixture
def rival(item_type):
    """A trained model in the shadow of a champion."""
    champion = retraining.retrain(item_type, trigger="test").model_version
    rival = retraining.retrain(item_type, trigger="test").model_version
    assert (ModelVersion.objects.get(pk=champion.pk).status, rival.status) == ("champion", "shadow")
    rival.shadow_since -= timedelta(minutes=1)
    return rival


def champion_of(rival):
    return registry.champion(rival.item_type)


def test_a_model_that_passed_the_gate_answers_in_the_shadow_of_the_champion(rival):
    event = AuditEvent.objects.get(verb="model.shadow_began")
    assert (event.subject_id, event.data["against"]) == (str(rival.pk), "shapes@1")
    run = ModelVersion.objects.get(pk=rival.pk).run
    assert run.progress.startswith("shapes@2 passed the gate and is in the shadow of shapes@1: ")


def test_it_answers_what_the_champion_answered_since_once(rival):
    items = trials.live(champion_of(rival), 3)
    assert [shadow.answer(rival, champion_of(rival)) for _ in range(2)] == [3, 0]
    said = TrialAnswer.objects.order_by("item").values_list("item", "label")
    assert list(said) == [(item.pk, "circle") for item in items]


def test_nothing_is_routed_or_shown_by_what_it_says(rival):
    (item,) = trials.live(champion_of(rival), 1, right=False)
    shadow.answer(rival, champion_of(rival))
    after = Item.objects.get(pk=item.pk)
    assert (after.model, after.status, after.action) == ("shapes@1", item.status, item.action)
    assert [one.label for one in Prediction.objects.filter(item=item)] == ["star"]


def test_items_from_before_of_others_and_from_the_pool_are_left_alone(rival, item_type):
    trials.live(champion_of(rival), 2)
    rival.shadow_since = timezone.now() + timedelta(seconds=1)
    worlds.items(item_type, 2, seed=5)
    assert shadow.answer(rival, champion_of(rival)) == 0


def test_what_people_have_labelled_is_answered_first_and_the_rest_in_bounded_batches(rival, monkeypatch):
    monkeypatch.setattr(shadow, "BATCH", 2)
    items = trials.live(champion_of(rival), 5)
    worlds.label(items[3:], trials.TRUTH, source="review")
    done = []
    while shadow.answer(rival, champion_of(rival)):
        done.append(set(TrialAnswer.objects.values_list("item", flat=True)))
    assert done[0] == {items[3].pk, items[4].pk}
    assert len(TrialAnswer.objects.all()) == 2  # what came before the newest answer was nobody's label


def test_an_item_that_it_can_not_read_is_wrong_not_missing(rival):
    (item,) = trials.live(champion_of(rival), 1)
    Item.objects.filter(pk=item.pk).update(payload={"features": [1.0]})
    worlds.label([item], trials.TRUTH, source="review")
    shadow.answer(rival, champion_of(rival))
    duel = shadow.compare(rival, champion_of(rival))
    assert (TrialAnswer.objects.get().label, duel.wins, duel.losses) == (None, 0, 1)


def test_a_model_from_outside_answers_by_the_predictions_that_clients_send(rival):
    ModelVersion.objects.filter(pk=rival.pk).update(trainer=Trainer.EXTERNAL, external_name="theirs@7")
    rival.refresh_from_db()
    one, _ = trials.live(champion_of(rival), 2)
    rival.shadow_since -= timedelta(minutes=1)
    Prediction.objects.create(item=one, rank=1, model="theirs@7", label="star", confidence=0.8)
    assert shadow.answer(rival, champion_of(rival)) == 1
    assert TrialAnswer.objects.values_list("item", "label", "confidence").get() == (one.pk, "star", 0.8)


def test_the_comparison_counts_what_only_one_of_them_had_right(rival):
    champion = champion_of(rival)
    for only, count in (("rival", 3), ("champion", 2), ("both", 4), ("neither", 1)):
        trials.labelled(champion, rival, only=only, count=count)
    duel = shadow.compare(rival, champion)
    assert (duel.labels, duel.wins, duel.losses) == (10, 3, 2)
    assert duel.wrong == pytest.approx(0.4)


def test_labels_of_items_that_were_not_drawn_do_not_count_and_drawn_ones_weigh(rival):
    champion = champion_of(rival)
    drawn, other = trials.labelled(champion, rival, only="rival", count=2)
    Item.objects.filter(pk=drawn.pk).update(label_probability=0.1, audit_draw=0.05)
    Item.objects.filter(pk=other.pk).update(label_probability=0.1, audit_draw=0.5)
    trials.labelled(champion, rival, only="champion", count=1)
    duel = shadow.compare(rival, champion)
    assert (duel.labels, duel.difference) == (2, pytest.approx(9 / 11))


def test_doubts_count_little_before_the_first_check_is_labelled_too(rival):
    champion = champion_of(rival)
    checked, unchecked = trials.live(champion, 2)
    trials.labelled(champion, rival, only="rival", count=12)
    assert shadow.compare(rival, champion).better > PROVEN
    Item.objects.filter(pk=checked.pk).update(label_probability=0.05, audit_draw=0.5)
    found = shadow.compare(rival, champion, expected=0.1)
    assert (found.better < 2, found.expected) == (True, 0.1)
    Item.objects.filter(pk=unchecked.pk).update(label_probability=0.0)
    assert shadow.compare(rival, champion, expected=0.1).expected is None


def test_comparing_costs_the_same_for_one_label_and_for_many(rival):
    champion = champion_of(rival)
    trials.labelled(champion, rival, only="rival", count=1)
    with counted(most=4):
        shadow.compare(rival, champion)
    trials.labelled(champion, rival, only="both", count=20)
    with counted(most=4):
        shadow.compare(rival, champion)


def test_by_the_clock_a_model_goes_from_the_shadow_into_force(rival):
    items = trials.live(champion_of(rival), 20)
    ModelVersion.objects.filter(pk=rival.pk).update(shadow_since=rival.shadow_since)
    assert tasks.shadow_of(rival.item_type_id) == "20 items answered in the shadow"
    worlds.label(items, trials.TRUTH, source="review")
    said = tasks.shadow_of(rival.item_type_id)
    assert said.startswith("0 items answered in the shadow; shapes@2: promoted; nothing speaks against it")
    assert champion_of(rival).number == 2
