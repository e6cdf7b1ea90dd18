"""Real threads on real connections: of one input one correction is in force, every use counts."""

from functools import partial

import pytest

from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments, router
from routing.models import Correction, Item
from tests import factories
from tests.races.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
LABELS = ["negative", "neutral", "positive"]


def corrected(name, text, label="negative"):
    """Let a new person claim an item of this text and return what answers it."""
    by = factories.person(name, "reviewers")
    factories.submit(0.85, payload={"text": text})
    seat = assignments.claim(by=by)
    return lambda: review.submit(seat.pk, Answer("edit", label), by=by)


def test_of_two_who_correct_the_same_input_at_once_one_is_in_force():
    factories.item_type(labels=LABELS, reuse_corrections=True)
    at_once([corrected("rita", "x", "negative"), corrected("ruth", "x", "neutral")])
    assert sorted(Item.objects.values_list("label", flat=True)) == ["negative", "neutral"]
    assert Correction.objects.filter(ended_at__isnull=True).count() == 1


def test_posts_that_meet_the_same_corrections_in_another_order_wait_in_no_circle():
    factories.item_type(labels=LABELS, reuse_corrections=True)
    for name, text in (("rita", "x"), ("ruth", "y")):
        corrected(name, text)()

    def post(texts):
        entries = [factories.entry(0.99, payload={"text": text}) for text in texts]
        return [one.item.label for one in router.submit("sentiment", entries, by="system:test")]

    labels = at_once([lambda: post("xy"), lambda: post("yx")] * 4)
    assert labels == [["negative", "negative"]] * 8
    assert list(Correction.objects.values_list("uses", flat=True)) == [8, 8]


def test_a_post_while_a_correction_ends_is_judged_by_it_or_by_the_model_alone():
    factories.item_type(labels=LABELS, reuse_corrections=True)
    corrected("rita", "x")()
    right = factories.entry(0.99, payload={"text": "x"}, label="negative")
    wrong = factories.entry(0.99, payload={"text": "x"})
    acts = [partial(router.submit, "sentiment", [one], by="system:test") for one in (right, wrong)]
    said = [submitted[0].item for submitted in at_once(acts)]
    ended = Correction.objects.get()
    assert ended.ended_at is not None
    assert said[0].label == "negative"
    assert said[1].label == ("negative" if ended.uses else "positive")
