"""Workflow templates name what the settings do, and each runs from arrival to its end."""

import itertools

import pytest

from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments, workflows
from routing.models import Item, ItemType
from routing.workflows import TEMPLATES
from routing.workflows.data import path
from tests import factories

NAMES = ["single_look", "two_opinions", "expert_mandatory", "shadow"]


def answer(by, label):
    """Claim the next seat as this person, say this label, and return the item as stored."""
    seat = assignments.claim(by=by)
    review.submit(seat.pk, Answer("edit", label=label), by=by)
    return Item.objects.get(pk=seat.item_id)


def states(item):
    return [one.after for one in path(Item.objects.get(pk=item.pk)).transitions]


@pytest.fixture
def otto(db):
    return factories.person("otto", "reviewers")


def test_there_are_four_and_each_is_called_by_its_own_settings():
    assert list(TEMPLATES) == NAMES
    assert [workflows.name(workflows.settings(name)) for name in NAMES] == NAMES


def test_every_combination_of_settings_has_a_name_and_a_sentence():
    found = {}
    for values in itertools.product([1, 2, 3], [False, True], [False, True]):
        settings = dict(zip(workflows.SETTINGS, values, strict=True))
        found[values] = workflows.name(settings)
        assert workflows.sentence(settings).startswith(f"Workflow: {TEMPLATES[found[values]].title.lower()}.")
    assert {name for (_, _, mandatory), name in found.items() if mandatory} == {"expert_mandatory"}
    assert {name for (_, auto, mandatory), name in found.items() if not auto and not mandatory} == {"shadow"}
    assert (found[1, True, False], found[3, True, False]) == ("single_look", "two_opinions")


def test_shadow_with_two_opinions_says_so():
    settings = workflows.settings("shadow") | {"opinions_wanted": 2}
    assert workflows.sentence(settings).endswith("2 people answer each reviewed item.")


def test_templates_set_only_columns_that_an_item_type_has():
    columns = {field.name for field in ItemType._meta.get_fields()}
    assert set(workflows.SETTINGS) - columns == set()


def test_a_single_look_decides_what_the_router_leaves(rita):
    factories.item_type(**workflows.settings("single_look"))
    sure, unsure = factories.submit(0.99), factories.submit(0.85)
    assert answer(rita, "negative").label == "negative"
    assert states(sure) == ["ai_processing", "routing_decision", "completed"]
    assert states(unsure) == ["ai_processing", "routing_decision", "human_review", "completed"]


def test_two_who_agree_need_no_expert(rita, otto):
    factories.item_type(**workflows.settings("two_opinions"))
    item = factories.submit(0.85)
    assert answer(rita, "negative").status == "pending_human"
    assert (answer(otto, "negative").label, states(item)[2:]) == ("negative", ["human_review", "completed"])


def test_two_who_differ_leave_it_to_an_expert(rita, otto, edgar):
    factories.item_type(**workflows.settings("two_opinions"))
    item = factories.submit(0.85)
    answer(rita, "negative")
    assert answer(otto, "positive").status == "pending_expert"
    assert answer(edgar, "negative").label == "negative"
    found = path(Item.objects.get(pk=item.pk))
    assert [one.after for one in found.transitions][2:] == ["human_review", "expert_review", "completed"]
    assert [one["by"] for one in found.results["human_review"]] == ["user:rita", "user:otto"]
    assert [one["by"] for one in found.results["expert_review"]] == ["user:edgar"]


def test_where_experts_are_mandatory_nobody_else_decides(rita, edgar):
    factories.item_type(**workflows.settings("expert_mandatory"))
    item = factories.submit(1.0)
    assert assignments.claim(by=rita) is None
    assert answer(edgar, "negative").decided_by == "user:edgar"
    assert states(item) == ["ai_processing", "routing_decision", "expert_review", "completed"]


def test_shadow_never_automates_even_the_surest(rita):
    factories.item_type(**workflows.settings("shadow"), auto_approve=0.0, review=0.0, expert=0.0)
    items = [factories.submit(confidence) for confidence in (1.0, 0.5)]
    assert [item.status for item in items] == ["pending_human"] * 2
    answer(rita, "positive")
    answer(rita, "positive")
    assert {item.decided_by for item in Item.objects.all()} == {"user:rita"}
