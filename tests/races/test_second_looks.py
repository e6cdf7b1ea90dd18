"""Real threads: a doubtful label gets one second look, and a dismissal waits in no circle."""

from functools import partial

import pytest

from labeling.answering import review
from labeling.models import Flag
from labeling.quality import checking, seconds
from routing import assignments
from routing.errors import SeatLost
from routing.models import Assignment
from tests import factories
from tests.labeling.quality import doubted
from tests.races.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_checks_that_run_at_once_read_each_label_once_and_ask_once():
    made = factories.item_type()
    factories.person("otto", "reviewers")
    rita = factories.person("rita", "reviewers")
    for _ in range(4):
        factories.submit(0.7)
        doubted.answer(rita, spent=doubted.FAST)
    assert sum(at_once([doubted.check_all] * 4)) == 4
    assert Flag.objects.filter(check_name="too_fast").count() == 4
    assert sum(len(seats) for seats in at_once([partial(seconds.ask, made)] * 4)) == 4
    assert Assignment.objects.filter(purpose="second").count() == 4


def test_a_dismissal_and_the_second_look_itself_settle_a_flag_once():
    made = factories.item_type()
    otto, lead = factories.person("otto", "reviewers"), factories.person("ada", "leads")
    flag = doubted.flagged(factories.person("rita", "reviewers"))
    seconds.ask(made)
    seat = assignments.claim(by=otto)

    def answer():
        try:
            return review.submit(seat.pk, review.Answer("edit", label="negative"), by=otto).status
        except SeatLost:
            return "lost"

    dismissed = partial(seconds.dismiss, [flag.pk], reason="A short text.", by=lead)
    assert "approved" in at_once([answer, dismissed])
    assert Flag.objects.get().outcome in ("confirmed", "dismissed")
    assert checking.check() == 0
