"""Who answers a seeded error must not be able to tell it from any other check."""

import pytest
from django.utils import timezone

from labeling import metrics
from labeling.models import Label
from learning import dataset, plans
from routing import assignments
from routing.assignments import Want
from routing.models import Assignment, Item
from tests import factories
from tests.labeling.disguised import answer_both, both_pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def both():
    """A check and a seeded error that wait, in this order, their items' names being as long."""
    made = factories.item_type(audit_rate=1.0)
    check, seed = factories.submit(0.97, ref="item-a"), factories.submit(0.62, ref="item-b")
    Assignment.objects.filter(item=seed).delete()
    decided = {"status": "approved", "decided_at": timezone.now(), "decided_by": "user:edgar", "priority": 2}
    Item.objects.filter(pk=seed.pk).update(label="negative", **decided)
    assignments.ask([Want(seed, "seed", made.queue, 0, blind=True)])
    return check, seed


@pytest.mark.parametrize("label", ["positive", "negative"])
def test_the_api_says_the_same_of_both_before_and_after_the_answer(both, label):
    check, seed = answer_both(label, factories.person("rita", "reviewers"))
    assert check == seed
    assert (check[0]["purpose"], check[1]["label"], check[1]["decided_by"]) == ("audit", None, None)


def test_the_review_page_shows_both_alike(both):
    check, seed = both_pages(factories.person("rita", "reviewers"))
    assert check == seed
    assert "Random check" in check


def test_the_answer_to_a_seed_is_stored_and_neither_taught_nor_counted(both):
    check, seed = both
    answer_both("positive", factories.person("rita", "reviewers"))
    assert set(Label.objects.values_list("item", "source")) == {(check.pk, "audit"), (seed.pk, "seed")}
    newest = dataset.load(check.item_type).newest
    assert (newest, plans.new_labels(check.item_type)) == (Label.objects.get(source="audit").pk, 1)
    found = metrics.summary("sentiment")
    assert (found.reviews, found.agreement_with_model, found.checked.checks) == (2, 1.0, 1)
