"""Moves, hours and costs of a small past, by hand."""

import json
import math

import pytest

from routing.backtest import Columns
from routing.backtest.moves import Effort, compare, moves
from routing.certify import Target
from routing.economics.costs import Costs
from routing.policy import Policy

AUTO, PERSON, EXPERT = range(3)
EFFORT = Effort(review_seconds=36, expert_seconds=72)
FREE = {"review_wait_hours": 0, "expert_wait_hours": 0, "review_error": 0.5, "expert_error": 0.0}
COSTS = Costs(10, 100, 200, 0, 36, 72, **FREE)


def columns(*rows):
    """Return columns of (before, after, stored, chance, wrong, class) rows, scores falling from 0.9."""
    made = Columns()
    for number, (before, after, stored, chance, wrong, name) in enumerate(rows):
        made.before.append(before)
        made.after.append(after)
        made.stored.append(stored)
        made.chance.append(chance)
        made.wrong.append(wrong)
        made.score.append(0.9 - number / 10)
        made.model.append("m@2" if number < 3 else "m@1")
        made.of_class.append(made.classes.setdefault(name, len(made.classes)))
    return made


PAST = columns(
    (AUTO, AUTO, AUTO, 0.5, 0.0, "a"),
    (PERSON, AUTO, PERSON, 1.0, 1.0, "a"),
    (PERSON, PERSON, PERSON, 1.0, 0.0, "b"),
    (EXPERT, PERSON, AUTO, 0.5, math.nan, "b"),
)


def found(effort=EFFORT, target=None):
    return compare(PAST, Policy(1, audit_rate=0.5), Policy(0, audit_rate=0.0), effort, target)


def test_the_table_counts_from_the_policy_in_force_to_the_draft():
    assert found().table == ((1, 0, 0), (1, 1, 0), (0, 1, 0))
    assert (found().items, found().moved, found().known, found().differing) == (4, 2, 3, 1)
    assert moves(found().table) == [(PERSON, AUTO, 1), (EXPERT, PERSON, 1)]


def test_classes_are_told_apart_those_that_move_most_first():
    assert [(one.name, one.items, one.moved) for one in found().classes] == [("a", 2, 1), ("b", 2, 1)]
    assert found().classes[1].table == ((0, 0, 0), (0, 1, 0), (0, 1, 0))


def test_errors_are_those_among_what_each_side_approves():
    assert (found().before.errors.rate, found().after.errors.rate) == (0.0, pytest.approx(0.5))
    assert (found().newly.items, found().newly.rate) == (1, 1.0)


def test_hours_count_looks_opinions_experts_and_checks():
    assert found().before.hours == pytest.approx((2 * 36 + 0.5 * 36 + 72) / 3600)
    twice = found(Effort(36, 72, opinions=2))
    assert twice.after.hours == pytest.approx(2 * 2 * 36 / 3600)


def test_costs_add_looks_and_mistakes_of_machine_and_people():
    priced = found(Effort(36, 72, costs=COSTS))
    # Two looks at 1, half a check at 1, an expert at 4, and people wrong in half of two looks at 10.
    assert priced.before.cost == pytest.approx(2 + 0.5 + 4 + 10)
    assert priced.after.cost == pytest.approx(2 + 10 * (1 + 1))
    assert found().before.cost is None


def test_the_bound_is_of_the_model_that_answered_last():
    bound = found(target=Target(0.4)).bound
    assert (bound.model, bound.labels, bound.accuracy) == ("m@2", 3, pytest.approx(2 / 3))


def test_evidence_is_plain_json():
    kept = json.loads(json.dumps(found().to_json()))
    assert kept["moves"] == {
        "human_review > auto_approve": 1,
        "expert_escalation > human_review": 1,
    }
    assert (kept["items"], kept["after"]["approved"], kept["newly_automated"]["known"]) == (4, 2, 1)


def test_no_items_give_zeros_and_no_shares():
    empty = compare(Columns(), Policy(1), Policy(0), EFFORT, Target(0.05))
    assert (empty.items, empty.moved, empty.bound, empty.after.errors.rate) == (0, 0, None, None)
