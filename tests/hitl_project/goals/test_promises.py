"""Targets: which one counts, how one moves over time, and what the trail keeps of a change."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from audit.models import AuditEvent
from hitl_project.goals import promises
from routing.models import Target
from tests import factories

pytestmark = pytest.mark.django_db


def test_until_somebody_says_otherwise_the_customers_value_counts():
    found = promises.promises(None)["automation_rate"]
    assert (found.on(date(2026, 1, 1)), Target.objects.count()) == (0.85, 0)


def test_an_item_types_own_target_goes_before_that_of_all():
    kept, other = factories.item_type(), factories.item_type("other")
    promises.promise("automation_rate", None, {"value": 0.8}, by="system:test")
    promises.promise("automation_rate", kept, {"value": 0.6}, by="system:test")
    found = {one: promises.promises(one)["automation_rate"] for one in (None, kept, other)}
    assert [(one.row.value, one.own) for one in found.values()] == [(0.8, True), (0.6, True), (0.8, False)]


def test_a_target_moves_in_a_straight_line_between_its_days():
    row = Target(value=0.05, start=0.30, starts_on=date(2026, 1, 1), ends_on=date(2026, 7, 1))
    days = [date(2025, 12, 1), date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2027, 1, 1)]
    assert [row.on(day) for day in days] == pytest.approx([0.30, 0.30, 0.30 - 0.25 * 90 / 181, 0.05, 0.05])


def test_a_path_that_ends_before_it_starts_is_refused():
    said = {"value": 0.05, "start": 0.3, "starts_on": date(2026, 7, 1), "ends_on": date(2026, 1, 1)}
    with pytest.raises(ValidationError):
        promises.promise("review_rate", None, said, by="system:test")


def test_a_change_is_recorded_with_what_was_before():
    promises.ensure()
    assert promises.promise("review_rate", None, {"value": 0.2}, by="system:test") is True
    event = AuditEvent.objects.get(verb="target.changed")
    assert (event.data["metric"], event.data["before"]["value"], event.data["after"]["value"]) == (
        "review_rate",
        0.1,
        0.2,
    )


def test_the_same_again_changes_nothing():
    promises.ensure()
    events = AuditEvent.objects.count()
    assert promises.promise("review_rate", None, {"value": 0.1}, by="system:test") is False
    promises.ensure()
    assert AuditEvent.objects.count() == events


def test_an_own_target_can_be_withdrawn():
    kept = factories.item_type()
    promises.promise("review_rate", kept, {"value": 0.2}, by="system:test")
    assert promises.withdraw("review_rate", kept, by="system:test") is True
    assert promises.withdraw("review_rate", kept, by="system:test") is False
    assert promises.promises(kept)["review_rate"].own is False
