"""Two who dispute one decision at once open one dispute; one who takes it back races who answers it."""

import pytest

from audit.models import AuditEvent
from labeling.answering import review
from labeling.answering.review import Answer
from labeling.appeals import opening
from labeling.models import Appeal
from routing import assignments
from routing.errors import HitlError
from routing.models import Assignment, Item
from routing.privacy import erasing
from tests import factories
from tests.labeling.disputes import automated, dispute
from tests.races.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_four_posts_at_once_open_one_dispute_with_one_seat():
    item = automated()
    opened = at_once([lambda: opening.dispute(item.pk, "No.", by=opening.SUBJECT)] * 4)
    assert sorted(one.duplicate for one in opened) == [False, True, True, True]
    assert (Appeal.objects.count(), Assignment.objects.filter(purpose="appeal").count()) == (1, 1)


def test_a_dispute_taken_back_while_it_is_answered_ends_in_one_way():
    appeal = dispute(automated())
    edgar = factories.person("edgar", "experts")
    seat = assignments.claim(by=edgar)

    def answer():
        try:
            return review.submit(seat.pk, Answer("edit", "negative", "So."), by=edgar) and "answered"
        except HitlError:
            return "lost"

    at_once([answer, lambda: opening.withdraw(appeal, by=opening.SUBJECT)])
    state = Appeal.objects.get().state
    ended = AuditEvent.objects.filter(verb__in=["appeal.decided", "appeal.withdrawn"]).count()
    assert (state in ("overturned", "withdrawn"), ended) == (True, 1)


def test_an_item_erased_while_it_is_disputed_leaves_no_dispute_open():
    item = automated()

    def disputed():
        try:
            return opening.dispute(item.pk, "No.", by=opening.SUBJECT) and "opened"
        except HitlError:
            return "refused"

    said, _ = at_once([disputed, lambda: erasing.of_item(item, why="asked", by="user:ada")])
    left = list(Appeal.objects.values_list("state", "reason"))
    assert (said, left) in [("refused", []), ("opened", [("withdrawn", "")])]
    assert (Item.objects.get().erased_at is None, Assignment.objects.open().count()) == (False, 0)
