"""Requests of one key, person or address are counted in a window that slides, by all processes together."""

import pytest

from audit.models import Tally
from audit.throttling import counting, meeting
from audit.throttling.counting import OTHERS, Counts

NOW = 1_000 * 60.0


def taken(counts, who, limit, now, tries):
    """Return how many of so many requests at one moment are let through."""
    return sum(counts.wait(who, limit, now) == 0 for _ in range(tries))


def test_the_limit_and_no_more_are_let_through_in_a_minute():
    counts = Counts()
    assert taken(counts, "key:1", 10, NOW, 25) == 10
    assert taken(counts, "key:2", 10, NOW, 5) == 5


def test_at_the_turn_of_a_minute_no_second_burst_is_let_through():
    counts = Counts()
    assert taken(counts, "key:1", 60, NOW + 59, 100) == 60
    assert taken(counts, "key:1", 60, NOW + 60, 100) == 0
    assert taken(counts, "key:1", 60, NOW + 90, 100) == 30


@pytest.mark.parametrize("into", [0.0, 20.0, 59.0])
def test_who_waits_as_long_as_was_said_is_let_through(into):
    counts = Counts()
    taken(counts, "key:1", 10, NOW + into, 10)
    wait = counts.wait("key:1", 10, NOW + into)
    later = NOW + into + wait
    assert counts.wait("key:1", 10, later + counts.look("key:1", 10, later)) == 0


def test_made_up_addresses_fill_no_memory(monkeypatch):
    monkeypatch.setattr(counting, "MOST", 10)
    counts = Counts()
    for number in range(1_000):
        counts.wait(f"address:{number}", 5, NOW)
    assert len(counts.take(1_000)) <= 21
    assert counts.wait(OTHERS, 5, NOW) > 0


@pytest.mark.django_db
def test_processes_meet_in_one_statement_and_learn_the_sum(django_assert_num_queries):
    one, two = Counts(), Counts()
    taken(one, "key:1", 100, NOW, 30)
    taken(two, "key:1", 100, NOW, 50)
    with django_assert_num_queries(3):
        meeting.meet(one, now=NOW)
        meeting.meet(two, now=NOW)
        assert meeting.meet(one, now=NOW) == 0
        taken(one, "key:1", 100, NOW, 1)
        meeting.meet(one, now=NOW)
    assert (taken(one, "key:1", 100, NOW, 99), taken(two, "key:1", 100, NOW, 99)) == (19, 20)


@pytest.mark.django_db
def test_a_process_learns_what_others_counted_in_the_minute_before():
    one, two = Counts(), Counts()
    taken(one, "key:1", 60, NOW + 59, 100)
    meeting.meet(one, now=NOW + 59)
    assert taken(two, "key:1", 60, NOW + 60, 1) == 1
    meeting.meet(two, now=NOW + 60)
    assert taken(two, "key:1", 60, NOW + 60, 100) == 0


@pytest.mark.django_db
def test_old_tallies_go_and_the_count_of_refusals_stays():
    counts = Counts()
    counts.add("refused:key", 0)
    counts.wait("key:1", 5, NOW)
    meeting.meet(counts, now=NOW)
    assert meeting.prune(now=NOW + 3_600) == 1
    assert meeting.refused() == {"key": 1}
    assert Tally.objects.count() == 1
