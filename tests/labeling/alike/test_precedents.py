"""Answered items that look alike."""

import pytest

from labeling.alike import precedents, remembered
from labeling.answering import review
from labeling.answering.review import Answer
from labeling.models import Precedent
from routing import assignments
from tests import factories
from tests.statements import counted

pytestmark = pytest.mark.django_db

LATE = "The parcel arrived two weeks late and nobody answered the telephone."
LATER = "The parcel arrived three weeks late and nobody answered the phone."
BED = "The bed was soft, the breakfast was excellent."


def answered(text, *, by, label="negative", **fields):
    """Return an item with this text that a person has answered."""
    item = factories.submit(0.85, payload={"text": text}, **fields)
    seat = assignments.claim(by=by)
    review.submit(seat.pk, Answer("edit", label=label), by=by)
    return item


def test_the_most_alike_comes_first(rita):
    sentiment = factories.item_type()
    bed, late = answered(BED, by=rita), answered(LATE, by=rita)
    precedents.note(sentiment)
    found = precedents.nearest(sentiment, {"text": LATER}, 5)
    assert [one.item_id for one in found] == [late.pk, bed.pk]
    assert found[0].score > 0.6 > 0.3 > found[1].score


def test_what_came_since_is_found_too(rita):
    sentiment = factories.item_type()
    late = answered(LATE, by=rita)
    assert precedents.note(sentiment) == 1
    assert precedents.nearest(sentiment, {"text": BED}, 1)[0].item_id == late.pk
    bed = answered(BED, by=rita)
    assert precedents.note(sentiment) == 1
    assert precedents.nearest(sentiment, {"text": BED}, 1)[0].item_id == bed.pk


def test_an_item_is_noted_once(rita):
    sentiment = factories.item_type()
    answered(LATE, by=rita)
    assert [precedents.note(sentiment), precedents.note(sentiment)] == [1, 0]


def test_what_nobody_has_answered_is_no_precedent(rita):
    sentiment = factories.item_type()
    factories.submit(0.99)
    assert precedents.note(sentiment) == 0


def test_an_item_that_cannot_be_looked_at_is_not_tried_again(rita):
    sentiment = factories.item_type()
    answered("\u2003", by=rita, ref="blank")
    assert [precedents.note(sentiment), precedents.note(sentiment)] == [1, 0]
    assert precedents.nearest(sentiment, {"text": BED}, 1) == []


def test_other_types_keep_to_themselves(rita):
    sentiment, mood = factories.item_type(), factories.item_type("mood")
    answered(LATE, by=rita)
    precedents.note(sentiment)
    assert precedents.nearest(mood, {"text": LATE}, 1) == []


def test_only_the_newest_are_kept(rita, monkeypatch):
    monkeypatch.setattr(precedents, "MOST", 2)
    sentiment = factories.item_type()
    items = []
    for number in range(3):
        items.append(answered(f"{LATE} {number}", by=rita).pk)
        precedents.note(sentiment)
    assert set(Precedent.objects.values_list("item_id", flat=True)) == set(items[1:])


def test_what_was_read_is_not_read_again(rita, monkeypatch):
    sentiment = factories.item_type()
    for number in range(3):
        answered(f"{LATE} {number}", by=rita)
    precedents.note(sentiment)
    read = []
    add = remembered._Known.add
    monkeypatch.setattr(
        remembered._Known, "add", lambda self, rows: (read.append(len(rows)), add(self, rows))
    )
    for _ in range(2):
        precedents.nearest(sentiment, {"text": LATE}, 5)
    answered(BED, by=rita)
    precedents.note(sentiment)
    precedents.nearest(sentiment, {"text": LATE}, 5)
    assert read == [3, 0, 1]


def test_one_statement_finds_them(rita):
    sentiment = factories.item_type()
    answered(LATE, by=rita)
    precedents.note(sentiment)
    for _ in range(2):
        with counted(most=1):
            precedents.nearest(sentiment, {"text": LATE}, 5)
