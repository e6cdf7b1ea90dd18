"""Steps of a window: every item in its own, empty ones with zeros."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

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


def test_a_rate_needs_items():
    assert flow.Step(NOW).automation_rate is None
    assert flow.Step(NOW, 3, 1, 0).automation_rate == 0.75
