"""Two policies on the same items: the same routes as `decide`, and the moves between them."""

import math
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.backtest import EXAMPLES, Case, Pair, run
from routing.economics.costs import Costs
from routing.findings import ACTIONS
from routing.kinds import TypeSpec
from routing.policy import Opinion, Policy, Rule, Thresholds

SPEC = TypeSpec("classification", ("negative", "positive"))
FEWER = TypeSpec("classification", ("positive", "neutral"))
LINKS = TypeSpec("entity_linking")
AUTO, PERSON, EXPERT = range(3)
WHENS = (
    "context.amount > 10",
    "has(context.amount) && context.amount > 5",
    "prediction.label == 'positive' && prediction.score > 0.9",
    "payload.text == 'odd'",
    "prediction.probabilities.positive < 0.5",
    "this is no (expression",
)
COSTS = Costs(5.0, 30.0, 90.0, 0.0, 36.0, 72.0, 0.0, 0.0)

shares = st.sampled_from([0.0, 0.3, 0.5, 0.8, 0.9, 0.95, 1.0])
rules = st.builds(
    Rule,
    name=st.sampled_from(["a", "b", "c"]),
    category=st.just("risk"),
    when=st.sampled_from(WHENS),
    effect=st.sampled_from(["review", "expert", "priority", "queue"]),
    state=st.sampled_from(["live", "live", "shadow"]),
)
policies = st.builds(
    Policy,
    number=st.just(1),
    thresholds=st.lists(shares, min_size=3, max_size=3).map(lambda them: Thresholds(*sorted(them)[::-1])),
    class_thresholds=st.dictionaries(st.sampled_from(["positive", "negative"]), shares, max_size=2),
    rules=st.lists(rules, max_size=4).map(tuple),
    committee_limit=st.sampled_from([None, 0.0, 0.05, 0.6]),
    automate=st.sampled_from([True, True, False]),
    expert_mandatory=st.sampled_from([False, False, True]),
    certified=st.sampled_from([None, None, {}, {"m": {"*": 0.9, "negative": None}}]),
    costs=st.sampled_from([None, COSTS]),
    novelty_limit=st.sampled_from([None, 0.9]),
    confirm_classes=st.booleans(),
    spec=st.sampled_from([None, SPEC, FEWER, LINKS]),
)
labels = st.sampled_from(["positive", "negative", "neutral", "nonsense", None, 3])
opinions = st.builds(
    Opinion,
    model=st.sampled_from(["m", "n"]),
    label=labels,
    confidence=shares,
    probabilities=st.sampled_from([None, {"positive": 0.9, "negative": 0.1}, {"negative": 1.0}]),
    score=st.none() | shares,
)
cases = st.builds(
    Case,
    id=st.uuids().map(str),
    ref=st.just("ref"),
    opinions=st.lists(opinions, max_size=3).map(tuple),
    payload=st.sampled_from([{"text": "odd"}, {"text": "so", "candidates": [{"id": "positive"}]}]),
    context=st.sampled_from([{}, {"amount": 7}, {"amount": 20}, {"amount": "much"}]),
    stored=st.sampled_from([AUTO, PERSON, EXPERT]),
    unseen=st.sampled_from([None, [], ["positive"]]),
    novelty=st.sampled_from([None, 0.5, 0.99]),
    corrected=st.sampled_from([None, {"correction": 1, "label": "neutral", "item": "r", "by": "rita"}]),
)


@settings(max_examples=400, deadline=None)
@given(policies, policies, cases)
def test_a_backtest_sends_each_item_where_decide_sends_it(before, after, case):
    pair = Pair(before, after, SPEC)
    expected = [ACTIONS.index(verdict.action) for verdict in pair.verdicts(case)]
    assert list(pair.routes(case)[:2]) == expected


def case(score, number=0, label="positive", **fields):
    said = () if score is None else (Opinion("m", label, score),)
    given = {"payload": {"text": "x"}, "context": {}, "stored": PERSON}
    return Case(f"{number:032x}", f"ref-{number}", said, **(given | fields))


def pair(after, before=None):
    return Pair(before or Policy(1), after, SPEC)


def routes(after, *items, before=None):
    columns = run(pair(after, before), items)
    return list(zip(columns.before, columns.after, strict=True))


def test_a_lower_threshold_moves_what_lies_between():
    after = Policy(0, thresholds=Thresholds(0.9))
    assert routes(after, case(0.99), case(0.92), case(0.7), case(0.3)) == [
        (AUTO, AUTO),
        (PERSON, AUTO),
        (PERSON, PERSON),
        (EXPERT, EXPERT),
    ]


def test_a_rule_that_cannot_be_read_sends_all_to_a_person():
    broken = Rule("broken", "risk", "this is no (expression", "queue")
    assert routes(Policy(0, rules=(broken,)), case(0.99), case(0.3)) == [(AUTO, PERSON), (EXPERT, EXPERT)]


def test_rules_of_one_name_in_two_policies_are_told_apart():
    old = Rule("large", "risk", "context.amount > 10", "review")
    new = replace(old, when="context.amount > 100", effect="expert")
    items = (case(0.99, context={"amount": 50}), case(0.99, context={"amount": 500}))
    found = routes(Policy(0, rules=(new,)), *items, before=Policy(1, rules=(old,)))
    assert found == [(PERSON, AUTO), (PERSON, EXPERT)]


def test_without_a_prediction_a_person_looks_by_either():
    assert routes(Policy(0, thresholds=Thresholds(0.0, 0.0, 0.0)), case(None)) == [(PERSON, PERSON)]


def test_what_is_proven_holds_for_its_model_alone():
    after = Policy(0, certified={"n": {"*": 0.9}})
    other = replace(case(0.92), opinions=(Opinion("n", "positive", 0.92),))
    assert routes(after, case(0.99), other) == [(AUTO, PERSON), (PERSON, AUTO)]


def test_examples_are_ten_of_each_move_and_the_same_whatever_the_order():
    items = [case(0.92, number) for number in range(50)]
    after = Policy(0, thresholds=Thresholds(0.9))
    first, second = (run(pair(after), order).examples for order in (items, items[::-1]))
    assert (len(first), [one.ref for one in first]) == (EXAMPLES, [one.ref for one in second])


def test_an_example_says_what_no_longer_holds_and_what_is_new():
    rule = Rule("large", "risk", "context.amount > 10", "expert")
    (example,) = run(pair(Policy(0, rules=(rule,))), [case(0.97, context={"amount": 20}, wrong=1.0)]).examples
    assert (example.move, example.wrong) == ((AUTO, EXPERT), True)
    assert example.lost == ("confidence 0.970 at or above the auto-approve threshold 0.950",)
    assert example.gained == ("risk rule 'large' (context.amount > 10)",)


def test_columns_keep_class_model_and_score():
    columns = run(pair(Policy(0)), [case(0.9), case(0.8, label="negative"), case(None)])
    assert columns.classes == {"positive": 0, "negative": 1, "none": 2}
    assert (columns.model, columns.of_class) == (["m", "m", ""], [0, 1, 2])
    assert (columns.score[:2], math.isnan(columns.score[2])) == ([0.9, 0.8], True)
