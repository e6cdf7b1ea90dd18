"""Waiting times agree with Erlang's tables and with a queue that is played through."""

import heapq
import math

import numpy as np
import pytest

from routing.economics import staffing
from routing.economics.staffing import Load


def played(load, people, *, looks=200_000, seed=7):
    """Return the seconds that each arrival waited, looks being gamma, first come first served."""
    rng = np.random.default_rng(seed)
    lasting = rng.gamma(load.cv**-2, load.seconds * load.cv**2, looks)
    arriving = np.cumsum(rng.exponential(3600 / load.per_hour, looks))
    free, waits = [0.0] * people, np.zeros(looks)
    for number in range(looks):
        at = max(heapq.heappop(free), arriving[number])
        waits[number] = at - arriving[number]
        heapq.heappush(free, at + lasting[number])
    return waits[looks // 20 :]


@pytest.mark.parametrize(
    ("people", "erlangs", "share"), [(1, 0.5, 0.5), (2, 1.0, 1 / 3), (3, 2.0, 4 / 9), (5, 4.0, 0.5541)]
)
def test_the_share_that_waits_is_erlangs_c(people, erlangs, share):
    assert staffing.erlang_c(people, erlangs) == pytest.approx(share, abs=5e-5)


def test_one_person_with_exponential_looks_is_the_textbooks_queue():
    load = Load(per_hour=90, seconds=20)  # half busy: an arrival waits as long as a look lasts
    assert staffing.mean_wait(load, 1) == pytest.approx(20)
    assert staffing.late_share(load, 1, 40) == pytest.approx(0.5 * math.exp(-1))


@pytest.mark.parametrize(("people", "busy", "cv"), [(2, 0.8, 1.0), (4, 0.85, 0.8), (10, 0.9, 1.2)])
def test_waits_are_those_of_a_queue_played_through(people, busy, cv):
    load = Load(per_hour=busy * people * 120, seconds=30, cv=cv)
    waits = played(load, people)
    assert staffing.mean_wait(load, people) == pytest.approx(waits.mean(), rel=0.1)
    late = np.quantile(waits, 0.95)
    assert staffing.late_share(load, people, late) == pytest.approx(0.05, abs=0.01)


def test_the_fewest_people_who_keep_the_promise():
    load = Load(per_hour=320, seconds=30, cv=1.2)
    needed = staffing.people_needed(load, 60)
    assert staffing.late_share(load, needed, 60) <= 0.05 < staffing.late_share(load, needed - 1, 60)


def test_the_most_that_people_can_take_is_where_they_are_just_in_time():
    load = Load(per_hour=1, seconds=30, cv=1.2)
    most = staffing.most_per_hour(load, 4, 60)
    assert staffing.late_share(Load(most, 30, 1.2), 4, 60) == pytest.approx(0.05, abs=1e-6)


def test_a_queue_that_grows_without_end_says_how_fast():
    load = Load(per_hour=300, seconds=30)
    figures = (staffing.mean_wait(load, 2), staffing.late_share(load, 2, 60), staffing.growth(load, 2))
    assert figures == (math.inf, 1.0, pytest.approx(60))
    assert staffing.growth(load, 3) == 0


def test_nobody_is_late_where_nothing_comes():
    assert staffing.people_needed(Load(per_hour=0, seconds=30), 0) == 1


def test_what_no_number_of_people_can_do_is_refused():
    with pytest.raises(ValueError, match="keep up"):
        staffing.people_needed(Load(per_hour=1e9, seconds=30), 60)


@pytest.mark.parametrize("wrong", [{"per_hour": -1}, {"seconds": 0}, {"cv": math.nan}])
def test_loads_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="some time"):
        Load(**({"per_hour": 1.0, "seconds": 30.0} | wrong))


def test_nine_of_ten_items_come_up_within_the_bounds():
    rng, people, ahead, inside, turns = np.random.default_rng(3), 4, 40, 0, []
    for _ in range(2000):
        looks = rng.gamma(1.5, 20, ahead + 1 + people)  # mean 30 s, sd 24.5 s
        free = list(looks[:people] * rng.random(people))
        heapq.heapify(free)
        for look in looks[people : people + ahead]:
            heapq.heapreplace(free, free[0] + look)
        turns.append(free[0])
    told = staffing.wait(ahead, people, 30, 30 / math.sqrt(1.5))
    inside = np.mean([(told.low <= turn <= told.high) for turn in turns])
    assert (told.seconds == pytest.approx(np.mean(turns), rel=0.1), inside > 0.87) == (True, True)


def test_later_arrivals_of_a_higher_priority_make_a_wait_longer():
    plain, overtaken = (staffing.wait(9, 2, 30, 0, overtaken=share) for share in (0, 0.5))
    assert (plain.seconds, overtaken.seconds) == (150, 300)
