"""Routing is monotone and repeatable, over policies, items and predictions that nobody thought of.

Monotone holds for rules that don't read `prediction.confidence` or `prediction.score`; the last test of that
part shows why no router could promise more.
"""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from routing.findings import ACTIONS, PRIORITIES
from routing.policy import Opinion, Policy, Rule, decide
from tests.routing.strategies import COSTS, GIVEN, OPINIONS, POLICIES, RULES, SPEC, UNIT, quick


def strictness(policy, opinions, given):
    verdict = decide(policy, opinions, spec=SPEC, **given)
    return ACTIONS.index(verdict.action), PRIORITIES.index(verdict.priority)


def no_looser(stricter, looser):
    assert stricter[0] >= looser[0]
    assert stricter[1] >= looser[1]


# -- monotone --


@quick
@given(POLICIES, st.lists(OPINIONS, min_size=1, max_size=3), UNIT, GIVEN)
def test_more_confidence_never_gives_a_stricter_route(policy, said, other, given):
    """Whether the confidence itself is judged, or its calibrated score."""
    judged = "confidence" if said[0].score is None else "score"
    routes = []
    for value in sorted([getattr(said[0], judged), other]):
        routes.append(strictness(policy, [replace(said[0], **{judged: value}), *said[1:]], given))
    no_looser(*routes)


@quick
@given(POLICIES, RULES, st.lists(OPINIONS, max_size=3), GIVEN)
def test_one_more_rule_never_loosens(policy, rule, said, given):
    more = replace(policy, rules=(*policy.rules, replace(rule, state="live")))
    no_looser(strictness(more, said, given), strictness(policy, said, given))


@quick
@given(POLICIES, OPINIONS, st.lists(OPINIONS, min_size=1, max_size=3), GIVEN)
def test_what_a_committee_says_never_loosens(policy, judged, others, given):
    no_looser(strictness(policy, [judged, *others], given), strictness(policy, [judged], given))


@quick
@given(POLICIES, OPINIONS, st.integers(1, 4), GIVEN)
def test_agreement_alone_never_overrides_a_risk_rule_and_never_approves(policy, judged, size, given):
    rule = Rule("risk", "risk", "true", "review")
    judged = replace(judged, confidence=0.0, score=None)
    agreed = [judged, *[replace(judged, confidence=1.0)] * size]
    assert strictness(replace(policy, rules=(rule,)), agreed, given)[0] > 0
    alone, together = (strictness(policy, said, given) for said in ([judged], agreed))
    assert together == alone


@quick
@given(POLICIES, COSTS, st.lists(OPINIONS, max_size=2), GIVEN)
def test_costs_never_loosen_what_is_certified(policy, costs, said, given):
    policy = replace(policy, costs=None)
    no_looser(strictness(replace(policy, costs=costs), said, given), strictness(policy, said, given))


@quick
@given(POLICIES, OPINIONS, GIVEN, UNIT)
def test_more_novelty_never_loosens(policy, said, given, other):
    less, more = sorted([given["novelty"] or 0.0, other])
    routes = [strictness(policy, [said], given | {"novelty": share}) for share in (more, less)]
    no_looser(*routes)


@quick
@given(POLICIES, st.lists(OPINIONS, max_size=3), GIVEN)
def test_what_is_not_certified_is_not_automated(policy, said, given):
    verdict = decide(replace(policy, certified={}), said, spec=SPEC, **given)
    assert verdict.action != "auto_approve"


def test_a_rule_that_reads_the_confidence_can_ask_for_the_opposite():
    policy = Policy(1, rules=(Rule("too sure", "risk", "prediction.confidence > 0.999", "review"),))
    given = {"payload": {}, "context": {}}
    sure, surer = (strictness(policy, [Opinion("clf@3", "positive", c)], given) for c in (0.97, 1.0))
    assert (sure[0], surer[0]) == (0, 1)


# -- repeatable --


@quick
@given(POLICIES, st.lists(OPINIONS, max_size=3), GIVEN)
def test_the_same_arguments_give_the_same_verdict_from_a_stored_policy_too(policy, said, given):
    stored = Policy.from_snapshot(json.loads(json.dumps(policy.to_snapshot(), allow_nan=False)))
    assert stored == policy
    first, again = (decide(one, said, spec=SPEC, **given) for one in (policy, stored))
    assert first == again
    assert first.reasons
    assert (first.action == "auto_approve") <= (said != [] and policy.automate)
    assert first.action == "auto_approve" or first.priority != "low"
