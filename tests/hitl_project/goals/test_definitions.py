"""Every figure of the customer's tables is defined, with the value that was asked for."""

import pytest

from hitl_project.goals.definitions import DEFINITIONS, GROUPS
from hitl_project.goals.figures import Aim
from hitl_project.goals.told import ALL

ASKED = {
    "automation_rate": (Aim.LEAST, 0.85),
    "review_rate": (Aim.MOST, 0.10),
    "correction_rate": (Aim.MOST, 0.05),
    "false_positive_rate": (Aim.MOST, 0.05),
    "time_to_review": (Aim.MOST, 120.0),
    "cases_per_hour": (Aim.LEAST, 100.0),
    "time_to_resolution": (Aim.MOST, 7200.0),
    "system_accuracy": (Aim.LEAST, 0.95),
    "human_ai_agreement": (Aim.LEAST, 0.90),
    "agreement": (Aim.LEAST, 0.85),
    "expert_validation": (Aim.LEAST, 0.95),
    "cost_per_decision": (Aim.MOST, 0.50),
    "learning_acceleration": (Aim.LEAST, 3.0),
    "lift_per_quarter": (Aim.LEAST, 0.05),
}


def test_the_customers_targets_are_the_usual_ones():
    found = {one.name: (one.aim, one.asked) for one in DEFINITIONS.values() if one.asked is not None}
    assert found == ASKED


def test_every_definition_has_its_figure_and_every_figure_its_definition():
    assert set(DEFINITIONS) == set(ALL)


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=str)
def test_a_definition_is_one_sentence(definition):
    assert definition.sentence.endswith(".")
    assert definition.sentence.count(". ") == 0
    assert definition.group in GROUPS


def test_a_target_out_of_range_is_refused():
    shares = DEFINITIONS["automation_rate"]
    assert shares.refuses(1.2) == "Write a number from 0 to 1."
    assert shares.refuses(0.9) is None
