"""Who answers a seeded error must not be able to tell it from any other check."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labeling import metrics
from labeling.models import Label
from learning import dataset, plans
from routing import assignments
from routing.assignments import Want
from routing.models import Assignment, Item
from tests import factories
from tests.api_client import caller

pytestmark = pytest.mark.django_db

OWN = ("id", "item_ref", "due_at", "claimed_at", "lease_expires_at", "created_at")


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


def without_names(data):
    """Return the data without what differs between any two items."""
    left = {name: value for name, value in data.items() if name not in OWN}
    return left | {"item": without_names(left["item"])} if "item" in left else left


def answer_both(label, by):
    """Claim and answer both by the API; return what was claimed and what was answered, each without names."""
    client, said = caller("reviews:write", user=by), []
    for _ in range(2):
        claimed = client.post("/api/v1/assignments/claim/").json()
        url = f"/api/v1/assignments/{claimed['id']}/submit/"
        answer = client.post(url, {"action": "edit", "label": label}).json()
        said.append((without_names(claimed), without_names(answer)))
    return said


@pytest.mark.parametrize("label", ["positive", "negative"])
def test_the_api_says_the_same_of_both_before_and_after_the_answer(both, label):
    check, seed = answer_both(label, factories.person("rita", "reviewers"))
    assert check == seed
    assert (check[0]["purpose"], check[1]["label"], check[1]["decided_by"]) == ("audit", None, None)


def test_the_review_page_shows_both_alike(both):
    client = Client()
    client.force_login(
        factories.person("rita", "reviewers"), backend="django.contrib.auth.backends.ModelBackend"
    )
    pages = []
    for _ in both:
        page = client.get(reverse("review-work"))
        seat = page.context["page"].seat
        pages.append(_neutral(page.content.decode(), seat))
        client.post(reverse("review-skip", args=[seat.pk]))
    assert pages[0] == pages[1]
    assert "Random check" in pages[0]


def _neutral(text, seat):
    """Return a page without what differs between any two: names, numbers, times and tokens."""
    text = text.replace(seat.item.item_ref, "REF").replace(str(seat.item_id), "ITEM")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text).replace(f"/{seat.pk}/", "/SEAT/")
    text = text.replace(f'data-seat="{seat.pk}"', "")
    return re.sub(r"\d{4}-\d\d-\d\dT[0-9:.+]+", "", text)


def test_the_answer_to_a_seed_is_stored_and_neither_taught_nor_counted(both):
    check, seed = both
    answer_both("positive", factories.person("rita", "reviewers"))
    assert set(Label.objects.values_list("item", "source")) == {(check.pk, "audit"), (seed.pk, "seed")}
    newest = dataset.load(check.item_type).newest
    assert (newest, plans.new_labels(check.item_type)) == (Label.objects.get(source="audit").pk, 1)
    found = metrics.summary("sentiment")
    assert (found.reviews, found.agreement_with_model, found.checked.checks) == (2, 1.0, 1)
