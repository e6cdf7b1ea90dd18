"""Whatever is posted gets a verdict or is refused with the field that is wrong; what is stored gets one."""

import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from routing import intake
from routing.errors import InvalidInput
from routing.findings import ACTIONS
from routing.kinds import KINDS
from routing.models import Item, ItemType
from routing.policy import Opinion, Policy, Rule, Thresholds, decide
from routing.values import storable
from tests import factories
from tests.api_client import caller
from tests.routing.strategies import CONTEXTS, EXPRESSIONS, LABELS, MODELS, UNIT, quick

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)
CANDIDATE = {"id": "Q1", "name": "One"}
PAYLOADS = {
    "classification": {"text": "So so."},
    "entity_linking": {"text": "Paris", "mention": {"start": 0, "end": 5}, "candidates": [CANDIDATE]},
    "generation": {"query": "Why?", "output": "So."},
    "preference": {"prompt": "Why?", "a": "So.", "b": "No."},
    "detection": {"image": "https://images.example/1.png", "width": 100, "height": 80},
    "regression": {"features": [1, 2.5]},
    "agent_action": {"action": "pay", "args": {"amount": 5, "to": None}},
}
BOX = {"label": "negative", "box": [1, 2, 3, 4]}
ANSWERS = {
    "classification": [*LABELS, "unknown"],
    "entity_linking": ["Q1", "Q2", None],
    "generation": ["It is 5.", "It is not 5."],
    "preference": ["a", "tie", "c"],
    "detection": [[], [BOX], [BOX, {**BOX, "label": "unknown"}]],
    "regression": [0, 2.5],
    "agent_action": [
        {"action": "pay", "args": {"amount": 5, "to": None}},
        {"action": "pay", "args": {"amount": 6, "to": "x"}},
    ],
}
SAID = st.sampled_from([answer for answers in ANSWERS.values() for answer in answers] + [["negative"]])
STRICT = Policy(
    1,
    Thresholds(0.5, 0.2, 0.1),
    rules=tuple(Rule(f"{i}", "risk", when, "review") for i, when in enumerate(EXPRESSIONS)),
    committee_limit=0.0,
    novelty_limit=0.5,
    confirm_classes=True,
)


def item_type(kind, multilabel=False):
    """Return an item type of this kind, in memory."""
    labels = list(LABELS) if kind in ("classification", "detection") else []
    return ItemType(slug="total", kind=kind, labels=labels, multilabel=multilabel, minimum=0, maximum=9)


def sound(kind):
    """Return entries that may be stored, though people may have to look at them."""
    prediction = st.fixed_dictionaries(
        {"model": MODELS, "label": st.sampled_from(ANSWERS[kind]), "confidence": UNIT},
        optional={"probabilities": st.just({"negative": 0.5, "positive": 0.5})},
    )
    return st.fixed_dictionaries(
        {
            "item_type": st.just("total"),
            "item_ref": st.just("r"),
            "payload": st.just(PAYLOADS[kind]),
            "predictions": st.lists(prediction, min_size=1, max_size=3) | st.none(),
        },
        optional={"context": CONTEXTS},
    )


@st.composite
def spoilt(draw, kind):
    """Return a sound entry of which one part, at any depth, is something else, or has one part more."""
    entry = json.loads(json.dumps(draw(sound(kind))))
    node, anything = entry, draw(ANY_JSON)
    while True:
        keys = sorted(node) if isinstance(node, dict) else range(len(node))
        key = draw(st.sampled_from([*keys, draw(ANY_TEXT)] if isinstance(node, dict) else keys))
        below = node.get(key) if isinstance(node, dict) else node[key]
        if not below or not isinstance(below, dict | list) or draw(st.booleans()):
            node[key] = anything
            return entry
        node = below


def entries(kind):
    """Return things that a client may post."""
    return st.one_of(sound(kind), spoilt(kind), spoilt(kind), ANY_JSON)


def taken_in(raw, made):
    """Return the entry, or None and at least one problem."""
    try:
        return intake.clean_entry(raw, made), []
    except InvalidInput as refused:
        return None, refused.problems


def is_told(verdict):
    """Return whether a verdict says where and why in words that can be stored."""
    told = [{"code": one.code, "text": one.text, "data": dict(one.data)} for one in verdict.reasons]
    json.dumps(told, allow_nan=False)
    return (
        verdict.action in ACTIONS
        and all(storable(one["text"]) and one["text"] for one in told)
        and told != []
    )


@settings(quick, max_examples=60)
@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
def test_whatever_is_posted_gets_a_verdict_or_is_refused_with_the_field(kind, data):
    made = item_type(kind)
    entry, problems = taken_in(data.draw(entries(kind)), made)
    if entry is None:
        assert problems
        assert all(one.code and one.detail for one in problems)
        return
    verdict = decide(
        STRICT, entry.opinions, payload=entry.payload, context=entry.context, spec=made.spec, known_labels=[]
    )
    assert is_told(verdict)


@settings(quick, max_examples=60)
@pytest.mark.parametrize("kind", KINDS)
@given(st.booleans(), st.lists(SAID | ANY_JSON, max_size=3), st.sampled_from([None, [], ["negative", "Q2"]]))
def test_whatever_prediction_was_stored_gets_a_verdict(kind, multilabel, labels, known):
    spec = item_type(kind, multilabel).spec
    said = [Opinion("clf@3", label, 0.9, {"negative": 0.0}) for label in labels]
    verdict = decide(STRICT, said, payload=PAYLOADS[kind], context={}, spec=spec, known_labels=known)
    assert verdict.action in ACTIONS
    assert verdict.reasons


@pytest.fixture
def client(db):
    factories.item_type(
        "total", rules=[{"name": f"{i}", "when": when} for i, when in enumerate(EXPRESSIONS[:-1])]
    )
    return caller("items:read", "items:write")


@settings(quick, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example({"item_type": "total", "item_ref": "r", "payload": PAYLOADS["classification"]})
@given(entries("classification").filter(lambda raw: raw != []))
def test_the_api_stores_it_with_its_route_or_says_what_is_wrong(client, raw):
    with transaction.atomic():
        response = client.post("/api/v1/items/", json.dumps(raw), content_type="application/json")
        stored = Item.objects.count()
        transaction.set_rollback(True)
    if response.status_code == 201:
        assert stored == len(response.json().get("items", [raw]))
        return
    assert (response.status_code, stored) == (400, 0)
    told = response.json()["errors"]
    assert told
    assert all(one["code"] and one["detail"] for one in told)
