"""The admin's pages of labeling: facts to read, golden examples to retire."""

import pytest
from django.db.models import Q
from django.urls import reverse

from audit.models import AuditEvent
from labeling.answering import review
from labeling.models import GoldenExample, Label
from routing import assignments
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db


def answered(*refs):
    """Have one person answer items of these references."""
    rita = factories.person(f"rita-{refs[0]}", "reviewers")
    for ref in refs:
        factories.submit(0.85, ref=ref)
        review.submit(assignments.claim(by=rita).pk, review.Answer("edit", label="negative"), by=rita)


@pytest.mark.parametrize("name", ["review", "label"])
def test_a_list_costs_the_same_for_one_row_and_for_ten(name):
    factories.item_type()
    client, url = signed_in("leads"), reverse(f"admin:labeling_{name}_changelist")
    answered("first")
    with counted(most=20) as first:
        client.get(url)
    answered(*(f"more-{number}" for number in range(9)))
    with counted(most=len(first)):
        client.get(url)


@pytest.mark.parametrize("name", ["review", "label"])
def test_rows_are_found_by_the_reference_of_their_item(name):
    factories.item_type()
    answered("r-1", "r-2")
    url = reverse(f"admin:labeling_{name}_changelist")
    rows = signed_in("leads").get(url, {"q": "r-2"}).context["cl"].result_list
    assert [getattr(row, "item", row).item_ref for row in rows] == ["r-2"]


def test_a_filter_is_named_in_the_words_of_its_list_and_still_filters():
    factories.item_type()
    answered("r-1", "r-2")
    Label.objects.update(reserved=Q(item_ref="r-1"), weight=3 * 0.95)
    url = reverse("admin:labeling_label_changelist")
    shown = signed_in("leads").get(url, {"reserved__exact": 1}).context["cl"]
    assert [row.item_ref for row in shown.result_list] == ["r-1"]
    titles = [one.title for one in shown.filter_specs]
    assert titles == ["look", "what it says of the model’s answer", "held out"]
    assert shown.model_admin.weighs(shown.result_list[0]) == "2.85"


def test_a_review_can_be_read_and_not_changed():
    factories.item_type()
    answered("r-1")
    client = signed_in(is_superuser=True)
    url = reverse("admin:labeling_review_changelist")
    page = client.get(url).context["cl"].result_list[0]
    change = reverse("admin:labeling_review_change", args=[page.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"action": "approve"}).status_code == 403


@pytest.mark.parametrize(("role", "retired"), [("leads", True), ("compliance", False)])
def test_a_golden_example_is_retired_by_whoever_steers(role, retired):
    example = GoldenExample.objects.create(
        item_type=factories.item_type(), query="How much?", edited_output="10"
    )
    url = reverse("admin:labeling_goldenexample_changelist")
    signed_in(role).post(url, {"action": "retire", "_selected_action": [example.pk]})
    example.refresh_from_db()
    assert (example.retired_at is not None) is retired
    assert AuditEvent.objects.filter(verb="golden.retired").count() == retired


def test_a_retired_example_comes_back_into_use():
    example = GoldenExample.objects.create(item_type=factories.item_type(), query="How much?")
    url, client = reverse("admin:labeling_goldenexample_changelist"), signed_in("admins")
    for action in ("retire", "restore"):
        client.post(url, {"action": action, "_selected_action": [example.pk]})
    example.refresh_from_db()
    assert example.retired_at is None
    verbs = AuditEvent.objects.filter(verb__startswith="golden").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["golden.retired", "golden.restored"]
