"""The version of the guidelines is shown, kept with what was said, and its changes are told once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from labeling.models import Label, Review
from labeling.pages import guidelines
from labeling.pages.words import Piece
from routing import assignments, names
from tests import factories
from tests.api_client import caller
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    return signed_in("reviewers", name="rita")


def write(item_type, text):
    item_type.guidelines = text
    item_type.save()
    item_type.refresh_from_db()


def answer(client, **fields):
    seat = client.get(reverse("review-work")).context["page"].seat
    client.post(reverse("review-answer", args=[seat.pk]), {"action": "approve"} | fields)


def news(item_type, client, **later):
    return guidelines.news(item_type, client.user.pk, now=timezone.now() + timedelta(**later))


def test_the_page_shows_the_version_and_sends_it_back(rita):
    made = factories.item_type(guidelines="Be fair.")
    write(made, "Be fair and quick.")
    factories.submit(0.85)
    text = rita.get(reverse("review-work")).content.decode()
    assert "version 2" in text
    assert '<input type="hidden" name="guidelines" value="2">' in text


def test_the_version_that_was_shown_is_kept_though_it_changed_meanwhile(rita):
    made = factories.item_type(guidelines="Be fair.")
    factories.submit(0.85)
    rita.get(reverse("review-work"))
    write(made, "Be quick.")
    answer(rita, guidelines="1")
    assert (Review.objects.get().guidelines, Label.objects.get().guidelines) == (1, 1)


def test_a_version_that_does_not_exist_yet_counts_as_the_one_in_force(rita):
    factories.item_type(guidelines="Be fair.")
    factories.submit(0.85)
    answer(rita, guidelines="7")
    assert Review.objects.get().guidelines == 1


def test_the_api_tells_and_takes_the_version():
    made = factories.item_type(guidelines="Be fair.")
    write(made, "Be quick.")
    factories.submit(0.85)
    client = caller("reviews:write", user=factories.person("rita", "reviewers"))
    seat = client.post("/api/v1/assignments/claim/").json()
    client.post(f"/api/v1/assignments/{seat['id']}/submit/", {"action": "approve", "guidelines": 1})
    assert (seat["guidelines_version"], Label.objects.get().guidelines) == (2, 1)


@pytest.mark.parametrize("version", [0, 1.5, "1", 2**31])
def test_the_api_refuses_what_is_no_version(version):
    factories.item_type()
    factories.submit(0.85)
    rita = factories.person("rita", "reviewers")
    seat = assignments.claim(by=rita)
    sent = {"action": "approve", "guidelines": version}
    answer = caller("reviews:write", user=rita).post(
        f"/api/v1/assignments/{names.of_seat(seat.pk)}/submit/", sent
    )
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "guidelines")


def test_what_changed_since_the_last_answer_is_told_word_by_word(rita):
    made = factories.item_type(guidelines="Be fair to guests.")
    factories.submit(0.85)
    factories.submit(0.85)
    answer(rita)
    write(made, "Be kind to guests.")
    page = rita.get(reverse("review-work"))
    assert "Changed since your last answer" in page.content.decode()
    assert page.context["page"].news.pieces == (
        Piece("same", "Be "),
        Piece("out", "fair"),
        Piece("in", "kind"),
        Piece("same", " to guests."),
    )


def test_it_is_told_until_the_next_answer(rita):
    made = factories.item_type(guidelines="Be fair.")
    factories.submit(0.85)
    factories.submit(0.85)
    answer(rita)
    write(made, "Be kind.")
    assert news(made, rita).since == 1
    answer(rita, guidelines="2")
    assert news(made, rita) is None


def test_who_has_never_answered_reads_it_all_anew(rita):
    made = factories.item_type(guidelines="Be fair.")
    write(made, "Be kind.")
    assert news(made, rita) is None


def test_after_a_month_it_is_no_news(rita):
    made = factories.item_type(guidelines="Be fair.")
    factories.submit(0.85)
    answer(rita)
    write(made, "Be kind.")
    assert news(made, rita, days=31) is None


def test_long_unchanged_text_is_left_out_between_changes(rita):
    made = factories.item_type(guidelines="fair " + "same " * 200)
    factories.submit(0.85)
    answer(rita)
    write(made, "kind " + "same " * 200)
    kept = news(made, rita).pieces[-1]
    assert (kept.kind, " … " in kept.text, len(kept.text)) == ("same", True, 2 * guidelines.KEPT + 3)


def test_a_type_whose_guidelines_never_changed_costs_nothing(rita):
    made = factories.item_type(guidelines="Be fair.")
    with counted(most=0):
        news(made, rita)


def test_a_changed_one_costs_one_statement(rita):
    made = factories.item_type(guidelines="Be fair.")
    factories.submit(0.85)
    answer(rita)
    write(made, "Be kind.")
    news(made, rita)
    with counted(most=1):
        news(made, rita)
