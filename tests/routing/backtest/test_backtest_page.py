"""The page on which a draft is tried on history: who may see it, what it says, what it costs."""

import pytest
from django.db import OperationalError
from django.urls import reverse

from routing.admin.backtest import number
from routing.backtest import history
from routing.models import Item, ItemType, Prediction
from tests import factories
from tests.people import signed_in
from tests.routing.backtest.test_history import decided
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def drafted():
    """An item type with three items, of which the draft would automate one more."""
    item_type = factories.item_type()
    for confidence in (0.99, 0.9, 0.4):
        factories.submit(confidence)
    ItemType.objects.update(auto_approve=0.85)
    return item_type


def page(item_type, group="admins", **asked):
    url = reverse("admin:routing_itemtype_backtest", args=[item_type.pk])
    return signed_in(group).get(url, asked)


def test_leads_may_see_it_and_reviewers_may_not(drafted):
    assert page(drafted, "leads").status_code == 200
    client = signed_in("reviewers", name="rita")
    url = reverse("admin:routing_itemtype_backtest", args=[drafted.pk])
    assert client.get(url, follow=True).status_code == 403


def test_it_says_first_what_moves_and_what_is_not_known(drafted):
    said = page(drafted).context["sentences"]
    assert said[:3] == [
        "Of the last 3 items 1 more would be approved without a person.",
        "How many of the approved would be wrong can't be said: no person's answer to them is known.",
        "Of the 1 newly approved no person's answer is known.",
    ]


def test_each_move_has_examples_with_links(drafted):
    response = page(drafted)
    (title, count, (example,)) = response.context["moved"][0]
    assert (title, count, example.score) == ("from a person to approved", 1, 0.9)
    assert reverse("admin:routing_item_change", args=[example.id]) in response.content.decode()


def test_what_is_approved_and_never_checked_is_left_out_of_the_errors(drafted):
    for item in drafted.items.filter(score=0.9):
        decided(item, "negative")
    response = page(drafted)
    assert response.context["sentences"][1] == (
        "Errors can be expected of 1 of the 2 approved only, of the others nothing is known: "
        "100.0 % (95 %: 20.7 % to 100.0 %), from 1 answer only."
    )
    after = response.context["found"].after
    assert (after.errors.dark, after.errors.expected, after.cost) == (1, None, None)


def test_known_answers_give_errors_with_a_range(drafted):
    drafted.items.filter(score=0.99).update(action="human_review", label_probability=1)
    for item in drafted.items.filter(score__gte=0.9):
        decided(item, "negative")
    said = page(drafted).context["sentences"]
    assert said[1] == (
        "Expected errors among the approved stay at 100.0 % (95 %: 34.2 % to 100.0 %), from 2 answers only."
    )


def test_a_target_without_a_proof_is_why_nothing_is_approved(drafted):
    ItemType.objects.update(target_alpha=0.05, audit_rate=0.1)
    said = page(drafted).context["sentences"]
    assert said[1:3] == [
        "The draft has an error target that no threshold is proven to hold yet: until then people look.",
        "Nothing would be approved without a person, so the machine would make no errors.",
    ]


def test_labels_and_names_are_shown_as_text_never_run(drafted):
    ItemType.objects.update(labels=["positive", "<script>x</script>"])
    Item.objects.filter(score=0.9).update(item_ref="<img src=x onerror=alert(1)>")
    Prediction.objects.update(label="<script>x</script>")
    html = page(drafted).content.decode()
    assert ("&lt;img src=x" in html, "<img src=x" in html, "<script>x" in html) == (True, False, False)


def test_a_draft_like_the_policy_in_force_is_told(drafted):
    ItemType.objects.update(auto_approve=0.95)
    response = page(drafted)
    assert "The draft is the same as" in response.content.decode()
    assert response.context["sentences"][0] == "Of the last 3 items none would go another way."


def test_without_items_it_says_so():
    assert "Nothing has been judged yet" in page(factories.item_type()).content.decode()


@pytest.mark.parametrize(
    ("asked", "chosen"), [("1000", 1_000), ("100000", 100_000), ("7", 10_000), ("x", 10_000)]
)
def test_the_choice_of_items_is_one_of_three(drafted, asked, chosen):
    choices = page(drafted, last=asked).context["choices"]
    assert [count for count, is_it in choices if is_it] == [chosen]


def test_a_database_that_stops_it_is_told(drafted, monkeypatch):
    def stopped(*_):
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(history, "backtest", stopped)
    assert "The database ended it" in page(drafted).content.decode()


def test_the_bound_is_shown_where_a_target_is_set(drafted):
    assert page(drafted).context["bound"] == []
    for item in drafted.items.filter(score__lt=0.95):
        decided(item, "positive")
    ItemType.objects.update(target_alpha=0.05, audit_rate=0.05)
    url = reverse("admin:routing_itemtype_backtest", args=[drafted.pk])
    first = signed_in("leads", name="lena").get(url).context["bound"][0]
    assert first.startswith("With clf@1 at most 100.0 % (95 %: ")


def test_statements_do_not_grow_with_the_items(drafted):
    client = signed_in("admins")
    url = reverse("admin:routing_itemtype_backtest", args=[drafted.pk])
    client.get(url)
    with counted(most=30) as few:
        client.get(url)
    for _ in range(15):
        factories.submit(0.9)
    with counted(most=30) as many:
        client.get(url)
    assert len(many) == len(few)


def test_thousands_stand_apart():
    assert number(1_234_567) == "1\u00a0234\u00a0567"
