"""What rules did: matches, failures, what a shadow rule would change, and whether it catches errors."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from routing import policies
from routing.models import Item
from routing.rules.ledger import Failing, failing, ledger
from tests import factories

pytestmark = pytest.mark.django_db

RULES = [
    {"name": "large", "when": "context.amount > 10"},
    {"name": "a: review", "when": "has(context.vip)", "effect": "expert", "state": "shadow"},
    {
        "name": "unsure",
        "when": "context.amount > 100",
        "effect": "priority",
        "priority": 2,
        "state": "shadow",
    },
]


def line(found, name):
    return next(one for one in found if one.rule.name == name)


@pytest.fixture
def world():
    """Six items: two large, one without an amount, three small, of which one is of a VIP."""
    made = factories.item_type(rules=RULES)
    for context in (
        {"amount": 11},
        {"amount": 12},
        {},
        {"amount": 1},
        {"amount": 2},
        {"amount": 3, "vip": 1},
    ):
        factories.submit(0.99, context=context)
    return made


def test_each_rule_in_force_has_its_figures(world):
    found = ledger(world)
    figures = {one.rule.name: (one.judged, one.matched, one.failed, one.stricter) for one in found}
    assert figures == {"large": (6, 2, 1, 0), "a: review": (6, 1, 0, 1), "unsure": (6, 0, 1, 0)}


def test_the_last_failure_is_told_with_its_item(world):
    failed = Item.objects.get(context={})
    large = line(ledger(world), "large")
    assert (large.last_error, large.last_failed) == ("no field 'amount' in context", str(failed.pk))


def test_a_shadow_rule_that_fails_would_have_brought_a_person():
    made = factories.item_type(rules=[{**RULES[2], "name": "alone"}])
    factories.submit(0.99, context={})
    assert [(one.failed, one.stricter) for one in ledger(made)] == [(1, 1)]


def test_precision_is_the_share_of_matches_whose_model_was_wrong(world):
    for item, label in zip(
        Item.objects.filter(context__amount__gt=10), ["negative", "positive"], strict=True
    ):
        Item.objects.filter(pk=item.pk).update(
            status="approved", label=label, decided_by="user:ann", decided_at=item.created_at
        )
    large = line(ledger(world), "large")
    assert (large.decided, large.wrong, large.precision) == (2, 1, 0.5)
    assert line(ledger(world), "a: review").precision is None


def test_a_model_that_named_nothing_is_held_against_what_people_said(world):
    item = Item.objects.get(context__amount=11)
    item.predictions.update(label=None)
    Item.objects.filter(pk=item.pk).update(
        status="approved", label="negative", decided_by="user:ann", decided_at=item.created_at
    )
    assert line(ledger(world), "large").wrong == 1


def test_only_the_last_items_count(world):
    assert [one.judged for one in ledger(world, last=4)] == [4, 4, 4]


def test_a_rule_without_any_match_is_listed_and_one_that_no_item_met_has_judged_nothing(world):
    world.rules.create(name="new", when="true", state="live")
    world = type(world).objects.get(pk=world.pk)
    policies.publish(world, reason="more", by="system:test")
    assert line(ledger(world), "new").judged == 0


def test_the_ledger_takes_one_statement_beside_the_policy(world):
    world.newest = [policies.latest(world)]
    with CaptureQueriesContext(
        connection,
    ) as seen:
        ledger(world)
    assert len(seen) == 1


def test_an_item_type_without_rules_has_no_lines():
    assert ledger(factories.item_type()) == []


def test_failing_rules_are_counted_over_all_types(world):
    assert failing() == [Failing(world.pk, "large", 1)]
    assert failing(last=1) == []
