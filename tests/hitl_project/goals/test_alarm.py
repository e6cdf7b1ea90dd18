"""A miss is told once, after a week; its end is told once too."""

from datetime import UTC, datetime, timedelta

from hitl_project.goals.alarm import News, State, step
from hitl_project.goals.estimates import Verdict

NIGHT = datetime(2026, 3, 2, 4, 10, tzinfo=UTC)
WEEK = timedelta(days=7)


def nights(*verdicts, alert=True, apart=WEEK):
    """Return what is told in each of these nights, and the state after the last."""
    state, told = State(), []
    for number, verdict in enumerate(verdicts):
        state, news = step(state, verdict, NIGHT + number * apart, alert=alert)
        told.append(news)
    return told, state


def test_one_bad_night_is_not_told():
    assert nights(Verdict.MISSED, Verdict.UNDECIDED, Verdict.MISSED)[0] == [None, None, None]


def test_what_misses_all_week_is_told_once():
    told, state = nights(*[Verdict.MISSED] * 4)
    assert told == [None, News.MISSED, None, None]
    assert state == State(NIGHT, NIGHT + WEEK)


def test_six_nights_that_share_nearly_all_they_count_are_not_told():
    assert nights(*[Verdict.MISSED] * 7, apart=timedelta(days=1))[0] == [None] * 7
    assert nights(*[Verdict.MISSED] * 8, apart=timedelta(days=1))[0] == [None] * 7 + [News.MISSED]


def test_one_night_in_doubt_begins_the_week_anew():
    week = [Verdict.MISSED] * 5 + [Verdict.UNDECIDED] + [Verdict.MISSED] * 5
    assert nights(*week, apart=timedelta(days=1))[0] == [None] * 11


def test_a_miss_ends_when_the_target_is_met_not_when_it_is_in_doubt():
    told, state = nights(Verdict.MISSED, Verdict.MISSED, Verdict.UNDECIDED, Verdict.MISSED, Verdict.MET)
    assert told == [None, News.MISSED, None, None, News.MET_AGAIN]
    assert state == State()


def test_a_silent_target_is_watched_and_not_told():
    told, state = nights(*[Verdict.MISSED] * 3, alert=False)
    assert (told, state) == ([None, None, None], State(NIGHT, None))


def test_a_target_that_is_taken_back_is_forgotten():
    assert nights(Verdict.MISSED, Verdict.MISSED, Verdict.FREE)[1] == State()
