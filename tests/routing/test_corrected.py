"""A corrected answer is a person's: settings and rules bind it, and no figure takes it for the model's."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from labeling import metrics
from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments, policies
from routing.backtest import history
from routing.certificates import checked, outcomes
from routing.economics import known
from routing.findings import ACTIONS
from routing.policy import Policy, Rule, decide
from tests import certificates, factories
from tests.certificates import later
from tests.routing.strategies import GIVEN, OPINIONS, POLICIES, RULES, SPEC, UNIT, quick

CORRECTED = {"correction": 1, "label": "negative", "item": "first", "by": "rita"}


def action(policy, said, given):
    """Return where a corrected answer goes, as a place in ACTIONS."""
    return ACTIONS.index(decide(policy, [said], spec=SPEC, corrected=CORRECTED, **given).action)


@quick
@given(POLICIES, OPINIONS, GIVEN, UNIT)
def test_how_sure_the_model_is_of_its_mistake_makes_no_difference(policy, said, given, other):
    routes = [
        action(policy, replace(said, confidence=one, score=None), given) for one in (said.judged, other)
    ]
    assert routes[0] == routes[1]


@quick
@given(POLICIES, RULES, OPINIONS, GIVEN)
def test_one_more_rule_never_loosens_it(policy, rule, said, given):
    more = replace(policy, rules=(*policy.rules, replace(rule, state="live")))
    assert action(more, said, given) >= action(policy, said, given)


@quick
@given(POLICIES, OPINIONS, GIVEN, st.sampled_from(["automate", "expert_mandatory", "rule"]))
def test_settings_and_rules_bind_it(policy, said, given, what):
    if what == "rule":
        policy = replace(policy, rules=(Rule("risk", "risk", "true", "expert"),))
    else:
        policy = replace(policy, **{what: what == "expert_mandatory"})
    assert action(policy, said, given) >= (1 if what == "automate" else 2)


def test_without_a_model_s_answer_there_is_nothing_to_correct():
    verdict = decide(Policy(1), [], payload={}, context={}, spec=SPEC, corrected=CORRECTED)
    assert (verdict.action, verdict.reasons[0].code) == ("human_review", "no_prediction")


@pytest.fixture
def world():
    """An item type whose checks count, with one item that got a corrected answer, checked and found right."""
    made = certificates.item_type(early_audit_rate=1.0, audit_rate=1.0, reuse_corrections=True)
    wanted = replace(policies.latest(made).pure, certified={"clf@1": {"*": 0.9}})
    policies.publish_pure(made, wanted, reason="for a test", by="system:test")
    for name, score in (("rita", 0.85), ("ruth", 0.97)):
        item = factories.submit(score)
        by = factories.person(name, "reviewers")
        review.submit(assignments.claim(by=by).pk, Answer("edit", "negative"), by=by)
    item.refresh_from_db()
    assert (item.label, item.decided_by) == ("negative", "system:router")
    return made, item


@pytest.mark.django_db
def test_a_certificate_takes_it_for_a_persons_decision(world):
    made, item = world
    policy = policies.latest(made).pure
    found = outcomes.complete(made, "clf@1", policy, after=None, now=later(), limit=100)
    row = {one.id: one for one in found.rows}[item.pk]
    assert (row.score, row.probability, row.drawn, row.loss) == (float("-inf"), 1.0, True, 1.0)
    assert (row.checked, row.missed) == (False, False)
    assert outcomes.scores(made, "clf@1", now=later(), last=10)[0] == [0.85]


@pytest.mark.django_db
def test_its_check_counts_in_no_rate(world):
    made, _ = world
    assert metrics.summary("sentiment", 1).checked.checks == 0
    assert checked.checks([made], now=timezone.now()) == {}
    found = known.known(made, timezone.now() - timedelta(days=1))
    assert found.scores.tolist() == [0.85]


@pytest.mark.django_db
def test_a_check_that_overturns_it_is_no_error_of_the_models(world):
    made, _ = world
    factories.submit(0.97)
    ada = factories.person("ada", "reviewers")
    review.submit(assignments.claim(by=ada).pk, Answer("edit", "positive"), by=ada)
    assert checked.overturned(made) == []


@pytest.mark.django_db
def test_a_draft_tried_on_it_leaves_it_where_it_is(world):
    made, _ = world
    assert [(case.stored, case.wrong == case.wrong) for case in history.load(made)] == [(0, False), (1, True)]
    table = history.backtest(made, draft=Policy(0)).table
    assert (table[0], sum(table[1])) == ((1, 0, 0), 1)
