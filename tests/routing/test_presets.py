"""Each preset makes a valid item type whose first policy judges an item of its use."""

import pytest

from routing import config, router, rules, workflows
from routing.models import Policy
from routing.presets import PRESETS
from routing.router import Entry
from tests import factories

PAYLOADS = {
    "content_moderation": ({"text": "Have a nice day."}, "allow"),
    "document_extraction": (
        {"query": "total", "context": "Total: 12.50 EUR", "output": "12.50"},
        "12.50",
    ),
    "medical": ({"text": "No effusion, no infiltrate."}, "no_finding"),
    "rag_answers": (
        {"query": "When do you open?", "context": ["We open at 9."], "output": "At 9."},
        "At 9.",
    ),
    "data_labelling": ({"text": "So so."}, "neutral"),
    "transactions": ({"text": "Card payment, 24.90 EUR, known device."}, "genuine"),
    "pictures": (
        {"image": "https://pictures.example/1.jpg", "width": 100, "height": 100},
        [{"label": "face", "box": [10, 10, 30, 30]}],
    ),
    "agent_actions": (
        {"action": "mail", "args": {"to": "x@example.org", "amount": 20}},
        {"action": "mail", "args": {"to": "x@example.org", "amount": 20}},
    ),
    "recommendation": ({"text": "Asked for: running shoes. Shown: trail shoes."}, "good"),
}


def made(preset):
    """Return the item type that the preset's form makes, checked as the form checks it."""
    given = [
        {
            "name": rule.name,
            "category": rule.category,
            "when": rule.when,
            "effect": rule.effect,
            "state": rule.state,
        }
        | ({"priority": ["low", "normal", "high", "urgent"].index(rule.priority)} if rule.priority else {})
        for rule in preset.rules
    ]
    item_type = factories.item_type(rules=given, **preset.settings)
    item_type.full_clean()
    for rule in item_type.rules.all():
        rule.full_clean()
    return item_type


def judged(name, context=None, label=None):
    """Submit one sure item to the preset's item type and return it."""
    payload, said = PAYLOADS[name]
    entry = Entry("a", payload, context or {}, (factories.opinion(0.99, label or said),))
    return router.submit(PRESETS[name].settings["slug"], [entry], by="system:test")[0].item


@pytest.mark.parametrize("name", PRESETS)
def test_rules_are_expressions_that_can_serve(name):
    for rule in PRESETS[name].rules:
        rules.check(rule.when)


@pytest.mark.parametrize("name", PRESETS)
def test_the_settings_make_the_workflow_that_the_card_promises(name):
    preset = PRESETS[name]
    assert workflows.name(preset.settings) == preset.workflow
    assert [preset.settings[column] for column in ("name", "kind")] == [preset.title, preset.kind]


@pytest.mark.django_db
@pytest.mark.parametrize("name", PRESETS)
def test_the_first_policy_judges_an_item_and_no_rule_fails_on_it(name):
    made(PRESETS[name])
    item = judged(name)
    assert item.policy == Policy.objects.get()
    assert [reason for reason in item.reasons if reason["code"] in ("unparsable", "novelty", "rule")] == []
    assert item.status == ("pending_expert" if name == "medical" else "pending_human")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "context", "label", "rule", "status", "priority"),
    [
        ("content_moderation", {"minor": True}, None, "child involved", "pending_expert", 3),
        ("content_moderation", {}, "self_harm", "danger or crime suspected", "pending_expert", 3),
        ("content_moderation", {"reports": 3}, None, "reported by several people", "pending_human", 2),
        ("document_extraction", {"field": "iban"}, None, "bank details", "pending_human", 2),
        ("document_extraction", {"amount": 10000.5}, None, "large amount", "pending_expert", 2),
        ("medical", {"setting": "emergency"}, None, "emergency", "pending_expert", 3),
        ("medical", {}, "finding", "a finding is suspected", "pending_expert", 2),
        ("rag_answers", {"topic": "legal"}, None, "advice on money, health or law", "pending_expert", 2),
        ("data_labelling", {}, None, None, "pending_human", 1),
        ("transactions", {"amount": 10000.5}, None, "large amount", "pending_expert", 2),
        ("transactions", {"deviation": 4.2}, None, "unusual trade", "pending_expert", 3),
        ("transactions", {"payee_days": 1}, None, "new payee", "pending_human", 2),
        ("pictures", {"to_be_published": True}, None, "a face must be blurred", "pending_human", 2),
        ("recommendation", {}, "harmful", "may harm", "pending_expert", 2),
        ("recommendation", {"minor": True}, None, "for a minor", "pending_human", 3),
    ],
)
def test_what_matters_in_a_use_is_caught(name, context, label, rule, status, priority):
    made(PRESETS[name])
    item = judged(name, context, label)
    assert (item.status, item.priority) == (status, priority)
    assert [one["data"]["rule"] for one in item.reasons if one["code"] == "rule"] == ([rule] if rule else [])


@pytest.mark.django_db
def test_labelling_asks_two_and_medicine_only_an_expert():
    asked = {}
    for name in ("data_labelling", "medical"):
        made(PRESETS[name])
        seats = judged(name).assignments.order_by("pk")
        asked[name] = list(seats.values_list("purpose", flat=True))
    assert asked == {"data_labelling": ["review", "overlap"], "medical": ["expert"]}


@pytest.mark.django_db
@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_written_to_a_file_and_applied_from_it_without_a_change(name):
    made(PRESETS[name])
    written = config.export()
    assert config.apply(written, by="system:test") == config.Report()
    assert config.export() == written


def test_costs_are_left_to_the_customer():
    for preset in PRESETS.values():
        assert [column for column in preset.settings if column.startswith("cost_")] == []


@pytest.mark.django_db
def test_a_medical_look_may_hide_what_the_model_said():
    item_type = made(PRESETS["medical"])
    item_type.blind_share = 1.0
    item_type.save()
    assert [seat.blind for seat in judged("medical").assignments.all()] == [True]
