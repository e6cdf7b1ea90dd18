"""A miss is told once, after two nights; its end is told once too."""

from datetime import UTC, datetime, timedelta

from hitl_project.goals.alarm import News, State, step
from hitl_project.goals.estimates import Verdict

NIGHT = datetime(2026, 3, 2, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def nights(*verdicts, alert=True, apart=DAY):
    """Return what is told in each of these nights, and the state after the last."""
    state, told = State(), []
    for number, verdict in enumerate(verdicts):
        state, news = step(state, verdict, NIGHT + number * apart, alert=alert)
        told.append(news)
    return told, state


def test_one_bad_night_is_not_told():
    assert nights(Verdict.MISSED, Verdict.UNDECIDED, Verdict.MISSED)[0] == [None, None, None]


def test_two_bad_nights_running_are_told_once():
    told, state = nights(*[Verdict.MISSED] * 4)
    assert told == [None, News.MISSED, None, None]
    assert state == State(NIGHT, NIGHT + DAY)


def test_the_same_night_measured_twice_is_one():
    assert nights(Verdict.MISSED, Verdict.MISSED, apart=timedelta(hours=1))[0] == [None, None]


def test_a_miss_ends_when_the_target_is_met_not_when_it_is_in_doubt():
    told, state = nights(Verdict.MISSED, Verdict.MISSED, Verdict.UNDECIDED, Verdict.MISSED, Verdict.MET)
    assert told == [None, News.MISSED, None, None, News.MET_AGAIN]
    assert state == State()


def test_a_silent_target_is_watched_and_not_told():
    told, state = nights(*[Verdict.MISSED] * 3, alert=False)
    assert (told, state) == ([None, None, None], State(NIGHT, None))


def test_a_target_that_is_taken_back_is_forgotten():
    assert nights(Verdict.MISSED, Verdict.MISSED, Verdict.FREE)[1] == State()
