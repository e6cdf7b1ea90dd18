"""A figure beside its target and beside what it was before."""

from datetime import date

import pytest

from hitl_project.dashboard.tiles import Tile, tiles
from hitl_project.goals.definitions import DEFINITIONS
from hitl_project.goals.estimates import Estimate, Verdict
from hitl_project.goals.promises import Promise
from routing.models import Target

SPACE = "\N{NO-BREAK SPACE}"


def tile(name, now, before):
    return Tile(DEFINITIONS[name], Estimate(now), Estimate(before), None, Verdict.FREE)


@pytest.mark.parametrize(
    ("name", "now", "before", "said"),
    [
        ("automation_rate", 0.9, 0.85, f"5.0{SPACE}points more"),
        ("automation_rate", 0.85, 0.9, f"5.0{SPACE}points less"),
        ("automation_rate", 0.9, 0.9001, "as much"),
        ("time_to_review", 30.0, 45.0, f"15{SPACE}s less"),
        ("cost_per_decision", 0.75, 0.5, "0.25 more"),
        ("automation_rate", 0.9, None, ""),
    ],
)
def test_the_change_is_said_in_the_figures_own_unit(name, now, before, said):
    assert tile(name, now, before).change == said


def test_a_figure_is_judged_by_the_target_of_the_day():
    made = {"automation_rate": Promise(Target(metric="automation_rate", value=0.8), own=False)}
    found = {"automation_rate": Estimate(0.9, 0.85, 0.95, 400)}
    (row,) = tiles(found, {}, made, today=date(2026, 3, 2), names=("automation_rate",))
    assert (row.target, row.verdict, row.earlier) == (0.8, Verdict.MET, "–")


def test_a_cost_that_nobody_can_tell_says_what_is_missing():
    assert tile("cost_per_decision", None, None).lacking.endswith("whose hourly costs are typed")
    assert tile("time_to_review", None, None).lacking == "no answers in this time"
