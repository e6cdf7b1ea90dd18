"""The admin's pages of golden examples."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from labeling.alike.sketches import sketch_text
from labeling.models import GoldenExample
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def answers():
    return factories.item_type("answers", kind="generation", labels=[])


def kept(item_type, query="Is breakfast included?", answer="Yes."):
    looks = sketch_text(query).to_bytes()
    return GoldenExample.objects.create(item_type=item_type, query=query, edited_output=answer, sketch=looks)


def page(item_type):
    return reverse("admin:routing_itemtype_golden", args=[item_type.pk])


def examples(sides):
    return [side.example for side in sides]


def test_examples_that_answer_differently_contradict_each_other(answers):
    yes, no = kept(answers), kept(answers, "is breakfast included ?", "No.")
    kept(answers, "May I bring my dog?", "No.")
    context = signed_in("leads").get(page(answers)).context
    assert [examples(pair) for pair in context["contradictions"]] == [[no, yes]]
    assert context["duplicates"] == []


def test_examples_that_answer_alike_are_duplicates(answers):
    rows = [kept(answers) for _ in range(3)]
    context = signed_in("leads").get(page(answers)).context
    assert [examples(group) for group in context["duplicates"]] == [rows[::-1]]
    assert context["contradictions"] == []


def test_questions_that_differ_in_a_number_are_no_doubles(answers):
    kept(answers, "How much does the large double room on floor 2 cost in summer, with breakfast?", "90")
    kept(answers, "How much does the large double room on floor 3 cost in summer, with breakfast?", "95")
    context = signed_in("leads").get(page(answers)).context
    assert (context["contradictions"], context["duplicates"]) == ([], [])


def test_the_one_that_is_kept_stays_and_the_other_says_why_not(answers):
    yes, no = kept(answers), kept(answers, answer="No.")
    client = signed_in("leads")
    why = client.get(page(answers)).context["because_contradiction"]
    client.post(page(answers), {"retire": [yes.pk], "why": why})
    yes.refresh_from_db()
    assert (bool(yes.retired_at), yes.retired_because) == (True, why)
    assert AuditEvent.objects.filter(verb="golden.retired").count() == 1
    assert client.get(page(answers)).context["contradictions"] == []
    assert GoldenExample.objects.get(retired_at__isnull=True) == no


@pytest.mark.parametrize("why", ["nonsense", "it contradicts another example"])
def test_an_example_of_another_type_is_not_touched(answers, why):
    other = kept(factories.item_type())
    signed_in("leads").post(page(answers), {"retire": [other.pk], "why": why})
    other.refresh_from_db()
    assert other.retired_at is None


@pytest.mark.parametrize(("role", "status"), [("leads", 302), ("compliance", 403)])
def test_only_who_steers_retires(answers, role, status):
    row = kept(answers)
    body = {"retire": [row.pk], "why": "it contradicts another example"}
    assert signed_in(role).post(page(answers), body).status_code == status


def test_a_reason_typed_beside_the_list_is_kept(answers):
    row = kept(answers)
    url = reverse("admin:labeling_goldenexample_changelist")
    body = {"action": "retire", "why": "The plan changed.", "_selected_action": [row.pk]}
    signed_in("leads").post(url, body)
    row.refresh_from_db()
    assert row.retired_because == "The plan changed."


def test_one_example_shows_where_it_comes_from(answers):
    url = reverse("admin:labeling_goldenexample_change", args=[kept(answers).pk])
    page = signed_in("leads").get(url)
    assert page.status_code == 200
    assert "version of the guidelines" in page.content.decode().lower()


def test_the_page_costs_the_same_for_two_doubles_and_for_twenty(answers):
    kept(answers), kept(answers)
    client = signed_in("leads")
    with counted(most=25) as first:
        client.get(page(answers))
    for number in range(9):
        (
            kept(answers, f"May I bring a dog number {number}?"),
            kept(answers, f"May I bring a dog number {number}?"),
        )
    with counted(most=len(first)):
        client.get(page(answers))
