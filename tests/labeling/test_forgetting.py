"""What labeling keeps of an item goes when it is erased; what figures rest on stays."""

import pytest
from django.utils import timezone

from labeling import forgetting
from labeling.answering import review
from labeling.answering.review import Answer
from labeling.feedback import reports
from labeling.importing import uploads
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
    path.write_text('{"row": {"item_ref": "r1"}}\n{"row": {"item_ref": "r10"}}\n')
    uploads.forget(run.item_type, ["r1"])
    assert path.read_text() == '{"row": {"item_ref": "r10"}}\n'
