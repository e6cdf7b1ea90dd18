"""The hours of a day, also where the clock was turned."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from hitl_project.dashboard import hours
from routing.models import Item
from tests import factories


@pytest.mark.parametrize(("day", "count"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 7, 1), 24)])
def test_a_day_has_the_hours_that_the_clock_had(day, count):
    with timezone.override("Europe/Berlin"):
        end = datetime(*day, tzinfo=timezone.get_current_timezone()) + timedelta(hours=23, minutes=59)
        assert len(hours.starts(end.astimezone(UTC))) == count


@pytest.mark.django_db
def test_items_count_in_the_hour_in_which_they_came_in():
    kept, other = factories.item_type(), factories.item_type("other")
    for confidence in (0.97, 0.85, 0.3):
        factories.submit(confidence)
    factories.submit(0.97, to="other")
    now = timezone.now()
    Item.objects.update(created_at=now)  # and none an hour before
    steps = hours.steps([kept.pk], now)
    assert (steps[-1].automated, steps[-1].human, steps[-1].expert, steps[-1].routed) == (1, 1, 1, 3)
    assert sum(one.routed for one in hours.steps([kept.pk, other.pk], now)) == 4
    assert Item.objects.count() == 4
