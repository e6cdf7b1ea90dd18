"""What clients send along is what people are asked about first: unlike answers, odd boxes, unlikely words."""

import math

import pytest

from learning import plans
from learning.asking import batch, pool, sent
from learning.models import LearningPlan, SamplingRun
from routing import router
from routing.models import Assignment
from tests import factories
from tests.factories import opinion

pytestmark = pytest.mark.django_db

IMAGE = {"image": "https://example.com/a.png", "width": 100, "height": 100}
BOX, BESIDE = [0, 0, 10, 10], [50, 50, 60, 60]


def world(strategy, kind, **fields):
    labels = ["cat"] if kind == "detection" else []
    made = factories.item_type("sent", kind=kind, labels=labels, **fields)
    LearningPlan.objects.create(item_type=made, strategy=strategy, batch_size=2, random_share=0.0)
    return made


def store(item_type, payload, answers=(), **context):
    """Store one pooled item and return its name."""
    ref = f"one-{item_type.items.count()}"
    opinions = tuple(opinion(0.5, label, model=f"m@{n}") for n, label in enumerate(answers))
    entry = router.Entry(item_ref=ref, payload=payload, context=context, opinions=opinions, pool=True)
    router.submit(item_type, [entry], by="system:test")
    item_type.items.update(held_out=False)
    return ref


def asked(item_type):
    run = batch.sample(item_type, trigger="test")
    return [(one["item_ref"], round(one["score"], 3)) for one in run.suggestions]


def marked(*boxes, score=0.5):
    return [{"label": "cat", "box": box, "score": score} for box in boxes]


def test_numbers_by_their_variance():
    item_type = world("variance", "regression")
    near = store(item_type, {"text": "a flat"}, [1, 2])
    store(item_type, {"text": "a room"}, [7])
    far = store(item_type, {"text": "a villa by the lake"}, [1, 9])
    assert asked(item_type) == [(far, 16), (near, 0.25)]


def test_preferences_and_texts_by_how_far_the_models_are_apart():
    item_type = world("disagreement", "preference")
    same = store(item_type, {"prompt": "p", "a": "x", "b": "y"}, ["a", "a", "a"])
    apart = store(item_type, {"prompt": "other words", "a": "v", "b": "w"}, ["a", "b", "a"])
    assert asked(item_type) == [(apart, 0.667), (same, 0)]


def test_texts_that_differ_in_a_number_say_different_things():
    item_type = world("disagreement", "generation")
    one = store(item_type, {"query": "q", "output": "o"}, ["It takes 3 days.", "It takes 4 days."])
    assert asked(item_type) == [(one, 1)]


def test_generations_by_perplexity_and_what_has_none_is_left_out():
    item_type = world("perplexity", "generation")
    sure = store(item_type, {"query": "one", "output": "o"}, token_logprobs=[math.log(0.5)])
    store(item_type, {"query": "two", "output": "o"}, token_logprobs="many")
    odd = store(item_type, {"query": "three", "output": "o"}, token_logprobs=[math.log(0.1)] * 2)
    assert asked(item_type) == [(odd, 10), (sure, 2)]


def test_texts_that_were_flagged_come_first():
    item_type = world("harmful", "generation")
    calm = store(item_type, {"query": "weather today", "output": "o"}, harmful=[])
    bad = store(item_type, {"query": "how to pick a lock", "output": "o"}, harmful=["crime", "threat"])
    assert asked(item_type) == [(bad, 2), (calm, 0)]


@pytest.mark.parametrize(
    ("strategy", "calm", "odd", "scores"),
    [
        ("boxes", [marked(BOX, score=0.999)], [marked(BOX)], (0.067, 0.001)),
        ("box_instability", [marked(BOX), marked(BOX)], [marked(BOX), marked(BESIDE)], (1, 0)),
        ("box_errors", [marked(BOX), marked(BOX)], [marked(BOX), marked(BESIDE)], (2, 0)),
    ],
)
def test_images_by_their_boxes(strategy, calm, odd, scores):
    item_type = world(strategy, "detection")
    calm, odd = store(item_type, IMAGE, calm), store(item_type, IMAGE, odd)
    assert asked(item_type) == [(odd, scores[0]), (calm, scores[1])]


def test_a_kind_that_can_not_have_it_is_refused_with_a_sentence():
    item_type = world("boxes", "regression")
    store(item_type, {"text": "a flat"}, [1, 2])
    with pytest.raises(sent.Unsuited, match="boxes is for detection; sent is of kind regression"):
        batch.sample(item_type, trigger="test")
    assert SamplingRun.objects.get().error.startswith("Unsuited: The strategy boxes is for detection")


def test_where_no_item_has_it_the_run_says_what_to_send():
    item_type = world("perplexity", "generation")
    store(item_type, {"query": "one", "output": "o"})
    with pytest.raises(sent.Unsuited, match="None of 1 waiting items has token_logprobs in its context"):
        batch.sample(item_type, trigger="test")


def test_by_the_clock_people_are_asked_though_nothing_is_trained():
    item_type = world("variance", "regression")
    assert not pool.learns(item_type)
    store(item_type, {"text": "a flat"}, [1, 2])
    plan = plans.active().get()
    assert (plans.training_due(plan), plans.sampling_due(plan)) == (None, "0 of 2 questions are open")
    batch.sample(item_type, trigger="test")
    assert Assignment.objects.filter(purpose="learn").count() == 1
