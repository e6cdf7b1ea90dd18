"""What labeling keeps of an item goes when it is erased; what figures rest on stays."""

import json

import pytest
from django.utils import timezone

from labeling import forgetting
from labeling.alike import precedents
from labeling.answering import review
from labeling.answering.review import Answer
from labeling.exporting import streaming
from labeling.exporting.formats import FORMATS
from labeling.feedback import reports
from labeling.importing import storing, uploads
from labeling.importing.files import Row
from labeling.models import Flag, ImportRun, Label, Precedent, Review
from routing import assignments
from routing.errors import InvalidInput, SeatLost
from routing.models import ItemType
from routing.privacy import erasing
from tests import factories

pytestmark = pytest.mark.django_db


def answered(by):
    item = factories.submit(0.5)
    seat = assignments.claim(by=by)
    review.submit(seat.pk, Answer("edit", label="negative", comment="Ann said so"), by=by)
    return item, seat


def test_a_class_stays_as_a_label_and_the_comment_goes(rita):
    factories.item_type()
    item, _ = answered(rita)
    Precedent.objects.create(item=item, item_type=item.item_type, sketch=b"x")
    forgetting.forget([item], timezone.now())
    kept = Review.objects.get()
    assert (kept.comment, kept.label, Label.objects.get().label) == ("", "negative", "negative")
    assert Precedent.objects.count() == 0


def test_an_open_flag_ends_without_its_words(rita):
    factories.item_type()
    item, _ = answered(rita)
    label = Label.objects.get()
    Flag.objects.create(
        label=label, item=item, item_type=item.item_type, check_name="too_fast", score=1, detail="Ann"
    )
    forgetting.forget([item], timezone.now())
    assert list(Flag.objects.values_list("outcome", "detail")) == [("dismissed", "erased")]


def test_an_answer_to_an_erased_item_can_not_be_replaced_nor_judged(rita):
    factories.item_type()
    item, seat = answered(rita)
    erasing.of_item(item, why="x", by="user:carla")
    with pytest.raises(SeatLost):
        review.submit(seat.pk, Answer("edit", label="positive"), by=rita)
    with pytest.raises(InvalidInput, match="was erased"):
        reports.receive([{"item_type": "sentiment", "item_ref": item.item_ref, "correct": True}], by=rita)


def test_refused_rows_that_name_the_item_are_taken_out_of_their_file(settings, tmp_path):
    settings.HITL_IMPORT_PATH = tmp_path
    factories.item_type()
    now = timezone.now()
    run = ImportRun.objects.create(
        item_type=ItemType.objects.get(), name="a.jsonl", format="jsonl", by="user:ada", size=1, refused=2,
        status="done", finished_at=now,
    )  # fmt: skip
    path = uploads.refused_file(run)
    kept = '{"row": {"item_ref": "r10"}}\n{"row": "no row"}\n'
    path.write_text('{"row": {"item_ref": "r\\u00f6"}}\n{"row": [{"ref": "r1"}]}\n' + kept)
    uploads.forget(run.item_type, ["r1", "rö"])
    assert (path.read_text(), list(tmp_path.iterdir())) == (kept, [path])


def test_an_erased_item_does_not_come_back_with_a_file(rita):
    made = factories.item_type()
    item, _ = answered(rita)
    wanted = streaming.wanted(made, FORMATS["jsonl"])
    lines = b"".join(streaming.stream("jsonl", FORMATS["jsonl"], wanted, by="user:ada")).splitlines()
    rows = [Row(number, json.loads(line)) for number, line in enumerate(lines)]
    erasing.of_item(item, why="x", by="user:carla")
    outcome = storing.store([row for row in rows if "item_ref" in row.value], made, by="user:ada")
    assert [(one.reason, one.row) for one in outcome.refused] == [
        (storing.ERASED, {"item_ref": item.item_ref})
    ]
    assert set(Review.objects.values_list("comment", flat=True)) == {""}


def test_what_was_read_before_an_item_was_erased_is_not_kept_after_it(rita, monkeypatch):
    made = factories.item_type()
    item, _ = answered(rita)
    missing = precedents._missing(made)
    erasing.of_item(item, why="x", by="user:carla")
    monkeypatch.setattr(precedents, "_missing", lambda item_type: missing)
    precedents.note(made)
    assert (missing, Precedent.objects.count()) == ([item.pk], 0)
