"""Activation conditions become rules that match the very same items, or nothing becomes of them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import rules
from routing.a2i import conditions, expressions, results
from tests.routing.a2i.samples import key, label, missing, sampling

SIGNS = ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
NAMES = st.sampled_from(["Suggestive", "Violence", "*"])
KEYS = st.sampled_from(["Name", "Pay Date", 'Quo"te'])
LIMITS = st.sampled_from([0, 50, 60.5, 100])


def bounds(*before):
    names = [start + sign for start in before for sign in SIGNS]
    return st.dictionaries(st.sampled_from(names), LIMITS, min_size=1, max_size=3)


LEAVES = st.one_of(
    st.builds(lambda name, limits: label(name, **limits), NAMES, bounds("Confidence")),
    st.builds(
        lambda name, alias, limits: key(name, alias, **limits),
        st.one_of(KEYS, st.just("*")),
        KEYS,
        bounds("KeyValueBlockConfidence", "WordBlockConfidence"),
    ),
    st.builds(missing, KEYS, KEYS),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda joined, parts: {joined: parts},
        st.sampled_from(["And", "Or"]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=6,
)
NUMBERS = st.sampled_from([0, 49.5, 50, 60.5, 99, 100, "no number", None])
CONTEXTS = st.fixed_dictionaries(
    {},
    optional={
        "moderation_labels": st.lists(
            st.fixed_dictionaries({"name": st.sampled_from(["Suggestive", "Other"]), "confidence": NUMBERS}),
            max_size=3,
        ),
        "form_keys": st.lists(
            st.fixed_dictionaries(
                {"key": KEYS, "confidence": NUMBERS},
                optional={"word_confidences": st.lists(NUMBERS, max_size=3)},
            ),
            max_size=3,
        ),
    },
)


def parse(*raw):
    return conditions.parse({"Conditions": list(raw)})


def problems(call, *given):
    with pytest.raises(conditions.ConditionErrors) as caught:
        call(*given)
    return [one.attr for one in caught.value.problems]


@settings(max_examples=100, deadline=None)
@given(TREES, CONTEXTS)
def test_a_rule_matches_exactly_where_the_conditions_hold(tree, context):
    nodes = parse(tree)
    try:
        drafts = expressions.translate(nodes).rules
    except conditions.ConditionErrors as error:  # a rule goes through lists five times at most
        if any(one.code != "too_large" for one in error.problems):
            raise
        return
    facts = rules.facts(payload={}, context=context, prediction={})
    matched = any(rules.evaluate(rules.compile_rule(one.when), facts).matched for one in drafts)
    found = results.evaluated(nodes, context, draw=0.5)
    assert matched is found["Conditions"][0]["EvaluationResult"]


def test_every_node_says_what_it_came_to():
    tree = {"Or": [label("Suggestive", ConfidenceLessThan=98), label("Violence", ConfidenceGreaterThan=98)]}
    context = {"moderation_labels": [{"name": "Suggestive", "confidence": 96.7}]}
    found = results.evaluated(parse(tree, sampling(5)), context, draw=0.04)
    assert found == {
        "Conditions": [
            {
                "Or": [
                    label("Suggestive", ConfidenceLessThan=98) | {"EvaluationResult": True},
                    label("Violence", ConfidenceGreaterThan=98) | {"EvaluationResult": False},
                ],
                "EvaluationResult": True,
            },
            sampling(5) | {"EvaluationResult": True},
        ]
    }


def test_amazons_examples_become_rules():
    check = key("Pay Date", "PayDate", KeyValueBlockConfidenceLessThan=65, WordBlockConfidenceLessThan=85)
    found = expressions.translate(
        parse(check, {"Or": [sampling(5), label("*", ConfidenceGreaterThanEquals=75)]})
    )
    first, second = (one.when for one in found.rules)
    assert first == (
        'context.form_keys.exists(f, f.key in ["Pay Date", "PayDate"] && f.confidence < 65 '
        "&& f.word_confidences.all(w, w < 85))"
    )
    assert second == "context.moderation_labels.exists(l, l.confidence >= 75)"
    assert [one.name for one in found.rules] == ["A2I 1: Pay Date < 65 %", "A2I 2: any label >= 75 %"]
    assert found.share == 0.05


def test_a_limit_is_written_out_as_it_was_given():
    tree = label("Violence", ConfidenceGreaterThan=0.00001, ConfidenceLessThan=99.999999999999)
    (found,) = expressions.translate(parse(tree)).rules
    assert found.when.endswith("l.confidence < 99.999999999999 && l.confidence > 0.00001)")


def test_two_samples_are_drawn_independently():
    assert expressions.translate(parse(sampling(50), sampling(50))).share == 0.75


def test_what_can_not_be_said_is_told_by_its_path():
    nodes = parse(missing("Name"), {"And": [sampling(5), label("Violence", ConfidenceLessThan=9)]})
    assert problems(expressions.translate, nodes) == ["Conditions[1].And[0]"]


def test_conditions_nest_far_deeper_than_amazons():
    tree = missing("Name")
    for _ in range(12):
        tree = {"Or": [tree, {"And": [missing("Pay Date"), key(KeyValueBlockConfidenceLessThan=60)]}]}
    assert len(expressions.translate(parse(tree)).rules) == 13
    for _ in range(40):
        tree = {"And": [tree, missing("Pay Date")]}
    assert len(problems(parse, tree)) == 1


@pytest.mark.parametrize(
    ("raw", "paths"),
    [
        ([], ["$"]),
        ({"Conditions": []}, ["Conditions"]),
        ({"Conditions": [3]}, ["Conditions[0]"]),
        ({"Conditions": [{"And": [sampling(5)]}]}, ["Conditions[0].And"]),
        ({"Conditions": [{"ConditionType": "Luck"}]}, ["Conditions[0].ConditionType"]),
        ({"Conditions": [sampling(0)]}, ["Conditions[0].ConditionParameters.RandomSamplingPercentage"]),
        ({"Conditions": [label("X")]}, ["Conditions[0].ConditionParameters.ConfidenceLessThan"]),
        (
            {"Conditions": [label("X", ConfidenceLessThan=101, Colour=1)]},
            [
                "Conditions[0].ConditionParameters.ConfidenceLessThan",
                "Conditions[0].ConditionParameters.ConfidenceLessThan",
                "Conditions[0].ConditionParameters.Colour",
            ],
        ),
        ({"Conditions": [missing("*")]}, ["Conditions[0].ConditionParameters.ImportantFormKey"]),
    ],
)
def test_what_is_wrong_is_told_by_its_path(raw, paths):
    assert problems(conditions.read, json.dumps(raw)) == paths


def test_what_is_no_json_is_refused():
    assert problems(conditions.read, "{") == ["$"]
    assert problems(conditions.read, "[" * 200_000) == ["$"]
