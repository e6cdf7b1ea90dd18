"""Who looks a second time must not be able to tell it from any other check."""

import pytest

from labeling.quality import seconds
from routing.models import Assignment, Item
from tests import factories
from tests.labeling.disguised import answer_both, both_pages
from tests.labeling.quality import doubted

pytestmark = pytest.mark.django_db


@pytest.fixture
def both():
    """A second look and a check that wait, in this order, their items' names being as long."""
    made = factories.item_type(audit_rate=1.0)
    factories.person("edgar", "experts")
    factories.person("otto", "reviewers")
    doubted.flagged(factories.person("rita", "reviewers"), ref="item-a")
    (seat,) = seconds.ask(made)
    check = factories.submit(0.97, ref="item-b")
    Assignment.objects.filter(item=check).update(created_at=seat.created_at, due_at=seat.due_at)
    return seat, Assignment.objects.get(item=check)


@pytest.mark.parametrize("label", ["positive", "negative"])
def test_the_api_says_the_same_of_both_before_and_after_the_answer(both, label):
    second, check = answer_both(label, factories.person("olga", "reviewers"))
    assert second == check
    assert (second[0]["purpose"], second[1]["label"], second[1]["decided_by"]) == ("audit", None, None)


def test_where_the_flagged_item_is_no_decided_one_the_api_tells_as_little(both):
    undecided = {"status": "pooled", "label": None, "decided_at": None, "decided_by": None}
    Item.objects.filter(pk=both[0].item_id).update(**undecided)
    second, check = answer_both("positive", factories.person("olga", "reviewers"))
    assert second == check


def test_the_review_page_shows_both_alike(both):
    second, check = both_pages(factories.person("olga", "reviewers"))
    assert second == check
    assert "Random check" in check
