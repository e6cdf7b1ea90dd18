"""Proofs: made when enough new answers came, of both arms as people answered them, and acted on."""

import pytest

from audit.models import AuditEvent
from labeling.models import Label
from learning import tasks
from learning.asking import batch
from learning.models import Proof
from learning.proving import measure, standing
from routing.models import Item
from tests.learning import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def item_type():
    """An item type with 60 chosen and 60 random answers, and 110 held-out ones."""
    item_type = worlds.shapes(slug="shapes", plan={"strategy": "margin"})
    worlds.label(worlds.items(item_type, 60, seed=1, held_out=0))
    worlds.label(worlds.items(item_type, 60, seed=2, held_out=0), inclusion=0.2)
    worlds.label(worlds.items(item_type, 110, seed=3, held_out=2), source="review")
    return item_type


def told(item_type, *verdicts, strategy="margin"):
    """Store proofs with these verdicts, the last one newest."""
    for verdict in verdicts:
        Proof.objects.create(
            item_type=item_type,
            strategy=strategy,
            labels_chosen=60,
            labels_random=60,
            labels_held_out=110,
            curves={},
            saving=0.5,
            low=0.3,
            high=0.8,
            verdict=verdict,
        )


def test_arms_are_told_by_the_chance_with_which_a_question_was_drawn(item_type):
    assert standing.counts(item_type) == standing.Counts(60, 60, 110)


def test_a_proof_tells_both_curves_and_the_saving(item_type):
    proof = measure.prove(item_type)
    assert (proof.labels_chosen, proof.labels_random, proof.labels_held_out) == (60, 60, 110)
    assert [arm[-1][0] for arm in (proof.curves["chosen"], proof.curves["random"])] == [60, 60]
    assert proof.low <= proof.saving <= proof.high
    assert proof.curves["learner"].startswith("logistic regression, C = ")
    event = AuditEvent.objects.get(verb="proof.made")
    assert (event.subject_id, event.actor) == (str(proof.pk), "system:learning")


def test_chosen_labels_that_teach_nothing_lose(item_type):
    chosen = Label.objects.filter(source="learn", inclusion=1).order_by("pk").values_list("pk", flat=True)
    for place, pk in enumerate(chosen):
        Label.objects.filter(pk=pk).update(label=worlds.LABELS[place // 2 % 3])
    proof = measure.prove(item_type)
    assert (proof.verdict, proof.high < 1) == ("loses", True)


def test_what_was_labelled_before_any_question_is_where_both_start(item_type):
    early = worlds.label(worlds.items(item_type, 30, seed=4, held_out=0), source="import")
    late = worlds.label(worlds.items(item_type, 30, seed=5, held_out=0), source="import")
    first = Label.objects.filter(source="learn").order_by("pk").first()
    Label.objects.filter(pk__in=[one.pk for one in early]).update(ts=first.ts.replace(year=2020))
    assert len(late) == 30
    assert measure.prove(item_type).curves["base"] == 30


def test_a_late_correction_of_the_first_answer_moves_no_later_label_to_the_start(item_type):
    first = Label.objects.filter(source="learn").order_by("pk").first()
    worlds.label(worlds.items(item_type, 30, seed=5, held_out=0), source="import")
    worlds.label([first.item], source="expert")
    assert measure.prove(item_type).curves["base"] == 0


def test_held_out_labels_that_can_not_be_read_are_no_judges(item_type):
    some = Item.objects.filter(item_type=item_type, held_out=True).values("pk")[2:]
    Item.objects.filter(pk__in=list(some.values_list("pk", flat=True))).update(payload={"text": "a"})
    proof = measure.prove(item_type)
    assert (proof.saving, proof.curves) == (None, {})


@pytest.mark.parametrize(
    ("lost", "missing"),
    [({"inclusion": 0.2}, {"random": 10}), ({"inclusion": 1.0}, {"chosen": 10})],
)
def test_nothing_is_compared_before_each_arm_has_enough(item_type, lost, missing):
    some = Label.objects.filter(source="learn", **lost).values("pk")[:20]
    Label.objects.filter(pk__in=list(some.values_list("pk", flat=True))).delete()
    assert standing.counts(item_type).missing == missing
    assert measure.due(item_type.learning_plan) is None


def test_a_proof_waits_for_new_answers(item_type):
    plan = item_type.learning_plan
    assert measure.due(plan) == "120 new answers"
    told(item_type, "open")
    worlds.label(worlds.items(item_type, 19, seed=6, held_out=0))
    assert measure.due(plan) is None
    worlds.label(worlds.items(item_type, 1, seed=7, held_out=0))
    assert measure.due(plan) == "20 new answers"


def test_a_strategy_that_draws_at_random_has_nothing_to_prove(item_type):
    item_type.learning_plan.strategy = "random"
    assert measure.due(item_type.learning_plan) is None


def test_of_two_comparisons_at_once_one_is_kept(item_type, monkeypatch):
    inner = measure.dataset.load

    def meanwhile(one):
        told(item_type, "open")
        return inner(one)

    monkeypatch.setattr(measure.dataset, "load", meanwhile)
    assert measure.prove(item_type) is None
    assert Proof.objects.count() == 1


def test_the_clock_makes_a_proof_once(item_type, monkeypatch):
    queued = []
    monkeypatch.setattr(tasks, "async_task", lambda *task: queued.append(task))
    assert (tasks.prove(), queued) == (1, [("learning.tasks.prove_of", item_type.pk)])
    assert tasks.prove_of(item_type.pk).startswith("proof ")
    assert tasks.prove_of(item_type.pk) == "nothing to compare"


def test_sampling_falls_back_to_random_after_two_losses_and_returns(item_type):
    plan = item_type.learning_plan
    told(item_type, "loses")
    assert standing.random_share(plan) == (0.1, "")
    told(item_type, "loses")
    share, why = standing.random_share(plan)
    assert (share, why.startswith("random in place of margin")) == (0.9, True)
    told(item_type, "open")
    assert standing.random_share(plan) == (0.1, "")


def test_a_proof_that_can_not_tell_does_not_end_falling_back(item_type):
    told(item_type, "loses", "loses", "open")
    Proof.objects.filter(verdict="open").update(saving=None)
    assert standing.random_share(item_type.learning_plan)[0] == 0.9


def test_losses_of_another_strategy_do_not_count(item_type):
    told(item_type, "loses", "loses", strategy="entropy")
    assert standing.random_share(item_type.learning_plan) == (0.1, "")


def test_a_run_that_fell_back_draws_at_random_and_says_why(item_type):
    told(item_type, "loses", "loses")
    worlds.items(item_type, 40, seed=8, held_out=0)
    run = batch.sample(item_type, trigger="test")
    arms = [one["arm"] for one in run.suggestions]
    assert (run.strategy, arms.count("random"), arms.count("strategy")) == ("random", 9, 1)
    assert run.progress.startswith(standing.FALLEN.format(strategy="margin"))


def test_a_plan_that_draws_at_random_marks_its_picks_so(item_type):
    item_type.learning_plan.strategy = "random"
    item_type.learning_plan.save()
    worlds.items(item_type, 40, seed=8, held_out=0)
    run = batch.sample(item_type, trigger="test")
    assert {one["arm"] for one in run.suggestions} == {"random"}


@pytest.mark.parametrize(
    ("before", "verdict", "verb"),
    [
        (["loses"], "loses", "sampling.fell_back"),
        (["loses", "loses"], "open", "sampling.chooses_again"),
        (["loses"], "open", None),
        (["loses", "loses"], "loses", None),
    ],
)
def test_the_trail_tells_when_falling_back_begins_and_ends(item_type, monkeypatch, before, verdict, verb):
    told(item_type, *before)
    monkeypatch.setattr(
        measure, "_compared", lambda *given: {"curves": {}, "saving": 0.9, "verdict": verdict}
    )
    measure.prove(item_type)
    said = AuditEvent.objects.filter(verb__startswith="sampling.").values_list("verb", flat=True)
    assert list(said) == ([verb] if verb else [])
