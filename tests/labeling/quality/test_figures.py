"""How many labels each check flagged, and how many of these were wrong."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.models import Flag, Label
from labeling.quality.figures import Flagged, by_check
from routing.backtest.estimates import wilson
from tests import factories
from tests.api_client import caller
from tests.statements import counted

pytestmark = pytest.mark.django_db

OUTCOMES = ["changed", "changed", "confirmed", "dismissed", None]


@pytest.fixture
def flags():
    """Five flags of one check, four of them settled, and one of another type."""
    for slug, outcomes in (("sentiment", OUTCOMES), ("other", [None])):
        made = factories.item_type(slug)
        for outcome in outcomes:
            item = factories.submit(0.7, to=slug)
            label = Label.objects.create(
                item_type=made, item_ref=item.item_ref, item=item, label="positive", source="review"
            )
            settled = timezone.now() if outcome else None
            Flag.objects.create(
                label=label,
                item=item,
                item_type=made,
                check_name="too_fast",
                score=0.5,
                detail="too fast",
                outcome=outcome,
                settled_at=settled,
            )


def test_flags_are_counted_by_what_became_of_them(flags):
    low, high = wilson(0.5, 4)
    assert by_check("sentiment") == (
        Flagged(
            check="too_fast",
            raised=5,
            open=1,
            changed=2,
            confirmed=1,
            dismissed=1,
            right=0.5,
            low=low,
            high=high,
        ),
    )


def test_nothing_is_said_of_how_often_a_check_is_right_before_a_flag_is_settled(flags):
    (row,) = by_check("other")
    assert (row.raised, row.open, row.right, row.low, row.high) == (1, 1, None, None, None)


def test_older_flags_are_left_out_and_all_types_take_one_statement(flags):
    Flag.objects.filter(item_type__slug="other").update(created_at=timezone.now() - timedelta(days=31))
    with counted(most=1):
        assert [row.raised for row in by_check()] == [5]


def test_the_metrics_tell_of_flags(flags):
    said = caller("metrics:read").get("/api/v1/metrics/", {"item_type": "other"}).json()["flags"]
    assert said == [
        {
            "check": "too_fast",
            "raised": 1,
            "open": 1,
            "changed": 0,
            "confirmed": 0,
            "dismissed": 0,
            "right": None,
            "low": None,
            "high": None,
        }
    ]
