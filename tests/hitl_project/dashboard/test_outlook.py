"""What becomes of a queue."""

import pytest

from hitl_project.dashboard.outlook import Outlook, outlook
from routing.economics.pace import Pace


def test_people_who_can_do_more_than_comes_in_empty_the_queue():
    pace = Pace(per_hour=30, people=2, answered=9, seconds=60.0, cv=1.0)
    assert outlook(90, pace) == Outlook(seconds=3600.0)


def test_too_few_people_let_it_grow_and_more_would_stop_that():
    found = outlook(5, Pace(per_hour=150, people=2, answered=9, seconds=60.0, cv=1.0))
    assert (found.grows, found.needed) == (30.0, 3)


def test_as_many_as_come_in_need_one_person_more():
    found = outlook(5, Pace(per_hour=120, people=2, answered=9, seconds=60.0, cv=1.0))
    assert (found.grows, found.needed) == (0.0, 3)


@pytest.mark.parametrize(
    "pace", [None, Pace(10, 0, 0, 60.0, 1.0), Pace(10, 1, 0, None, None)], ids=["none", "nobody", "no answer"]
)
def test_where_nobody_works_nothing_is_foretold(pace):
    assert outlook(5, pace) == Outlook()
