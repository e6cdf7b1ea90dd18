"""Each figure from the cells of the item types that it is of: strata stay apart, the rest adds up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import add
from types import MappingProxyType

from hitl_project.goals.estimates import Drawn, Estimate, counted, mean, per_decision, per_hour, share
from hitl_project.goals.facts import Cell

Parts = list[tuple[float, Drawn]]


def _checked(cells: Sequence[Cell]) -> Parts:
    return [(one.decided_automated, one.checks) for one in cells]


def _right(cells: Sequence[Cell]) -> Parts:
    reviewers = [(one.decided_human, one.validated) for one in cells]
    experts = [(one.decided_expert, counted(one.decided_expert, one.decided_expert)) for one in cells]
    return [*_checked(cells), *reviewers, *experts]


def _kept(cells: Sequence[Cell]) -> Parts:
    """What people left of models' answers; only of items that are decided the last word is known."""
    human = [(one.decided_human, one.kept_human) for one in cells]
    return [*_checked(cells), *human, *((one.decided_expert, one.kept_expert) for one in cells)]


def _blind(cells: Sequence[Cell]) -> Parts:
    human = [(one.decided_human, one.blind_human) for one in cells]
    return [*_checked(cells), *human, *((one.decided_expert, one.blind_expert) for one in cells)]


def _missed(parts: Parts) -> Parts:
    return [(size, drawn.missed()) for size, drawn in parts]


def _alone(drawn: Drawn) -> Estimate:
    return share([(drawn.count, drawn)])


def _routed(of: Cell, hits: int) -> Estimate:
    return share([(of.routed, counted(of.routed, hits))])


def _all(cells: Sequence[Cell]) -> Cell:
    return reduce(add, cells, Cell())


# By name: the figure of these item types' cells. Those that are not here are measured elsewhere; see `told`.
FIGURES: Mapping[str, Callable[[Sequence[Cell]], Estimate]] = MappingProxyType(
    {
        "automation_rate": lambda cells: _routed(whole := _all(cells), whole.automated),
        "review_rate": lambda cells: _routed(whole := _all(cells), whole.human + whole.expert),
        "system_accuracy": lambda cells: share(_right(cells)),
        "false_positive_rate": lambda cells: share(_missed(_checked(cells))),
        "correction_rate": lambda cells: share(_missed(_kept(cells))),
        "human_ai_agreement": lambda cells: share(_blind(cells)),
        "expert_validation": lambda cells: share([(one.decided_human, one.validated) for one in cells]),
        "overturned_disputes": lambda cells: _alone(_all(cells).disputes),
        "time_to_review": lambda cells: mean(_all(cells).looked),
        "cases_per_hour": lambda cells: per_hour(_all(cells).held),
        "queue_time": lambda cells: mean(_all(cells).queued),
        "time_to_resolution": lambda cells: mean(_all(cells).resolved),
        "sla_compliance": lambda cells: _alone(_all(cells).in_time),
        "processing_time": lambda cells: mean(_all(cells).processed),
        "cost_per_decision": lambda cells: per_decision(_all(cells).costs, _all(cells).priced),
    }
)


def measure(cells: Sequence[Cell]) -> dict[str, Estimate]:
    """Return every figure that the cells tell, by name."""
    return {name: figure(cells) for name, figure in FIGURES.items()}
