"""How pages write figures."""

from datetime import UTC, datetime, timedelta

import pytest

from hitl_project.templatetags import figures

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(("share", "text"), [(None, "–"), (0, "0.0 %"), (0.8749, "87.5 %"), (1, "100.0 %")])
def test_a_share_is_a_percentage(share, text):
    assert figures.percent(share) == text


@pytest.mark.parametrize(("number", "text"), [(None, "–"), (999, "999"), (1_234_567, "1 234 567")])
def test_thousands_stand_apart(number, text):
    assert figures.grouped(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (5.84, "5.8 s"), (45, "45 s"), (300, "5 min"), (7_300, "2 h"), (200_000, "2 d")],
)
def test_a_duration_is_in_the_unit_that_people_would_use(seconds, text):
    assert figures.lasting(seconds) == text


def test_how_long_ago_is_told_in_the_largest_unit():
    assert figures.since(None, NOW) == "–"
    assert figures.since(NOW - timedelta(seconds=20), NOW) == "moments"
    assert figures.since(NOW - timedelta(hours=5, minutes=20), NOW) == "5\xa0hours"


@pytest.mark.parametrize(
    ("part", "digits", "shown"),
    [
        (0.05, 1, "5 %"),
        (0.125, 1, "12.5 %"),
        (1.0, 1, "100 %"),
        (0.0379, 2, "3.79 %"),
        (None, 1, "–"),
        (0.1, 0, "10 %"),
    ],
)
def test_a_stated_share_has_no_zeros_at_its_end_and_does_not_break(part, digits, shown):
    assert figures.share(part, digits) == shown.replace(" ", "\N{NO-BREAK SPACE}")
