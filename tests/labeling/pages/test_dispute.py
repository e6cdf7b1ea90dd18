"""The expert who decides a dispute reads its reason, and neither the decision nor anybody's answer."""

import pytest
from django.urls import reverse

from labeling.models import Appeal
from tests.labeling.disputes import automated, dispute
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def test_the_page_shows_the_reason_escaped_and_hides_the_answers():
    dispute(automated(), "I am <b>not</b>.")
    page = signed_in("experts", name="edgar").get(reverse("review-work"))
    text = page.content.decode()
    assert ("I am &lt;b&gt;not&lt;/b&gt;." in text, "What you tell who disputes it" in text) == (True, True)
    assert (page.context["page"].suggestion, page.context["page"].sides) == (None, ())
    assert [option.suggested for option in page.context["page"].options] == [False, False]


def test_an_answer_without_a_comment_is_refused_and_one_with_it_decides():
    appeal = dispute(automated())
    client = signed_in("experts", name="edgar")
    client.get(reverse("review-work"))
    address = reverse("review-answer", args=[appeal.seat_id])
    refused = client.post(address, {"label": "positive"}, headers={"X-Requested-With": "fetch"})
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "comment")
    client.post(address, {"label": "positive", "comment": "It says so."})
    assert Appeal.objects.values_list("state", "answer").get() == ("upheld", "It says so.")
