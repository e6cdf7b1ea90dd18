"""Steps of a window: every item in its own, empty ones with zeros."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from hitl_project import flow
from tests import factories

NOW = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)


def test_a_day_is_cut_into_hours_and_a_week_into_days():
    day, week = flow.window(1, NOW), flow.window(7, NOW)
    assert (day.first, day.steps) == (datetime(2026, 11, 20, 16, tzinfo=UTC), 24)
    assert (week.first, week.steps) == (datetime(2026, 11, 15, tzinfo=UTC), 7)
    assert week.days == pytest.approx(6 + 15.5 / 24)


@pytest.mark.django_db
def test_each_item_counts_in_its_step_by_its_route():
    factories.item_type()
    for confidence in (0.97, 0.98, 0.85, 0.3):
        factories.submit(confidence)
    steps, before = flow.steps(flow.window(7))
    assert [(step.automated, step.human, step.expert) for step in steps] == [(0, 0, 0)] * 6 + [(2, 1, 1)]
    assert [step.routed for step in before] == [0] * 7


@pytest.mark.django_db
def test_the_stretch_before_is_told_apart():
    factories.item_type()
    with time_machine.travel(datetime.now(UTC) - timedelta(days=8)):
        factories.submit(0.97)
    steps, before = flow.steps(flow.window(7))
    assert (flow.total(steps).routed, flow.total(before).routed) == (0, 1)


@pytest.mark.django_db
def test_one_item_type_can_be_looked_at_alone():
    factories.item_type()
    factories.item_type("spam")
    factories.submit(0.97)
    factories.submit(0.97, to="spam")
    steps, _ = flow.steps(flow.window(1), "spam")
    assert flow.total(steps).automated == 1


# Clocks in Berlin went an hour forward on 30 March 2025 at 2:00 and back on 26 October 2025 at 3:00.
@pytest.mark.django_db
@pytest.mark.parametrize("today", ["2025-04-01", "2025-10-28"])
def test_no_item_is_lost_or_moved_where_a_day_has_23_or_25_hours(today):
    factories.item_type()
    with timezone.override("Europe/Berlin"):
        now = timezone.make_aware(datetime.fromisoformat(f"{today}T12:00"))
        for ago in range(14):
            for clock in ("00:05", "23:55"):
                day = (now - timedelta(days=ago)).date()
                with time_machine.travel(timezone.make_aware(datetime.fromisoformat(f"{day}T{clock}"))):
                    factories.submit(0.97)
        now = now.replace(hour=23, minute=59)
        steps, before = flow.steps(flow.window(7, now))
    assert [step.routed for step in before + steps] == [2] * 14
    assert {step.start.hour for step in before + steps} == {0}


@pytest.mark.django_db
@pytest.mark.parametrize("midnight", ["2025-03-29T23:30", "2025-10-25T22:30"])
def test_every_hour_of_a_day_of_23_or_25_hours_counts_once(midnight):
    factories.item_type()
    first = datetime.fromisoformat(midnight).replace(tzinfo=UTC)
    for hour in range(24):
        with time_machine.travel(first + timedelta(hours=hour)):
            factories.submit(0.97)
    with timezone.override("Europe/Berlin"):
        steps, _ = flow.steps(flow.window(1, first + timedelta(hours=23, minutes=1)))
    assert [step.routed for step in steps] == [1] * 24


def test_a_rate_needs_items():
    assert flow.Step(NOW).automation_rate is None
    assert flow.Step(NOW, 3, 1, 0).automation_rate == 0.75
