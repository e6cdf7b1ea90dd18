"""Who looks a second time must not be able to tell it from any other check."""

import pytest
from django.test import Client
from django.urls import reverse

from labeling.quality import seconds
from routing.models import Assignment
from tests import factories
from tests.labeling.quality import doubted
from tests.labeling.test_seeds import _neutral, answer_both

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
    return seat, Assignment.objects.get(item=check)


@pytest.mark.parametrize("label", ["positive", "negative"])
def test_the_api_says_the_same_of_both_before_and_after_the_answer(both, label):
    second, check = answer_both(label, factories.person("olga", "reviewers"))
    assert second == check
    assert (second[0]["purpose"], second[1]["label"], second[1]["decided_by"]) == ("audit", None, None)


def test_the_review_page_shows_both_alike(both):
    client = Client()
    client.force_login(
        factories.person("olga", "reviewers"), backend="django.contrib.auth.backends.ModelBackend"
    )
    pages = []
    for _ in both:
        page = client.get(reverse("review-work"))
        seat = page.context["page"].seat
        pages.append(_neutral(page.content.decode(), seat))
        client.post(reverse("review-skip", args=[seat.pk]))
    assert pages[0] == pages[1]
    assert "Random check" in pages[0]
