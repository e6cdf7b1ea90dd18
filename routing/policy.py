"""Decide where an item goes: thresholds, rules and committee give findings, and the strictest one holds.

Nothing here makes a route looser than the thresholds do: rules, doubt and disagreement only tighten it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from routing import findings
from routing.economics.costs import Costs
from routing.findings import ACTIONS, PRIORITIES, Reason
from routing.kinds import TypeSpec
from routing.opinions import Disagreement, Opinion, confidence_level, disagreement, uncertainty

__all__ = [
    "Opinion",
    "Policy",
    "Reason",
    "Rule",
    "Thresholds",
    "Verdict",
    "confidence_level",
    "decide",
]

CATEGORIES = ("business", "risk", "compliance")
EFFECTS = tuple(findings.LEAST)
STATES = ("live", "shadow")


@dataclass(frozen=True)
class Thresholds:
    """Confidences from which an item is automated, looked at, looked at with care; an expert decides below.

    `auto_approve` None or above 1 automates nothing. Raises ValueError unless 0 <= expert <= review <= 1 and
    review <= auto_approve.
    """

    auto_approve: float | None = 0.95
    review: float = 0.8
    expert: float = 0.5

    def __post_init__(self) -> None:
        top = _or_never(self.auto_approve)
        if not (0 <= self.expert <= self.review <= 1 and self.review <= top) or self.auto_approve == math.inf:
            raise ValueError("Thresholds must rise: 0 <= expert <= review <= auto_approve.")


@dataclass(frozen=True)
class Rule:
    """An admin's expression as it was published; `priority` is the least that a match gives."""

    name: str
    category: str
    when: str
    effect: str
    state: str = "live"
    priority: str | None = None
    queue: str | None = None

    def __post_init__(self) -> None:
        for value, allowed in (
            (self.category, CATEGORIES),
            (self.effect, EFFECTS),
            (self.state, STATES),
            (self.priority, (None, *PRIORITIES)),
        ):
            if value not in allowed:
                raise ValueError(f"Rule {self.name!r}: {value!r} is none of {allowed}.")


@dataclass(frozen=True)
class Policy:
    """What the router goes by; `class_thresholds` replace auto_approve for single predicted classes.

    `committee_limit` bounds `Verdict.disagreement`; None switches the committee off. `certified`
    holds the proven thresholds by model and class ("*": every class without its own), and then replaces
    `thresholds.auto_approve`: what is not proven is not automated. `costs` send an item to whom it costs
    least. `spec` is what the item type asked for when the policy was published, and `usual_audit_rate` the
    rate that `audit_rate` returns to. `target` is the error that may be made, as it was typed (`alpha`,
    `delta`, `of`, `by`, `simultaneous`). With `four_eyes` a second admin must approve what comes next.
    """

    number: int
    thresholds: Thresholds = field(default_factory=Thresholds)
    class_thresholds: Mapping[str, float | None] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    audit_rate: float = 0.05
    committee_limit: float | None = None
    automate: bool = True
    expert_mandatory: bool = False
    certified: Mapping[str, Mapping[str, float | None]] | None = None
    costs: Costs | None = None
    novelty_limit: float | None = None
    confirm_classes: bool = False
    usual_audit_rate: float | None = None
    spec: TypeSpec | None = None
    four_eyes: bool = False
    target: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.audit_rate <= 1:
            raise ValueError("The audit rate must lie between 0 and 1.")
        if self.committee_limit is not None and not self.committee_limit >= 0:
            raise ValueError("The committee limit can't be negative.")
        if not all(value is None or 0 <= value < math.inf for value in self.class_thresholds.values()):
            raise ValueError("Class thresholds must be numbers from 0 on, or None.")

    @classmethod
    def from_snapshot(cls, snapshot: Mapping[str, Any]) -> Policy:
        """Return the policy that `to_snapshot` wrote; what an older snapshot lacks has its default."""
        given = dict(snapshot)
        given["thresholds"] = Thresholds(**given.get("thresholds", {}))
        given["rules"] = tuple(Rule(**rule) for rule in given.get("rules", ()))
        if given.get("costs"):
            given["costs"] = Costs(**given["costs"])
        if given.get("spec"):
            given["spec"] = TypeSpec(**{**given["spec"], "labels": tuple(given["spec"]["labels"])})
        return cls(**given)

    def to_snapshot(self) -> dict[str, Any]:
        """Return the policy as JSON-able values, from which `from_snapshot` makes an equal one."""
        plain = asdict(self) | {"rules": [asdict(rule) for rule in self.rules]}
        if self.spec:
            plain["spec"]["labels"] = list(self.spec.labels)
        return plain

    def auto_threshold(self, classes: Collection[str], model: str = "") -> tuple[float, str | None]:
        """Return the strictest auto-approve threshold of these classes, and the class whose own it is."""
        own = [self._of_class(name, model) for name in classes]
        return max(own, key=lambda one: one[0], default=(self._general(model), None))

    def _general(self, model: str) -> float:
        if self.certified is None:
            return _or_never(self.thresholds.auto_approve)
        return _or_never(self.certified.get(model, {}).get("*"))

    def _of_class(self, name: str, model: str) -> tuple[float, str | None]:
        """The typed threshold of a class can be stricter than the proven one, and never looser."""
        typed = _or_never(self.class_thresholds[name]) if name in self.class_thresholds else None
        if self.certified is None:
            return (self._general(model), None) if typed is None else (typed, name)
        proven = self.certified.get(model, {})
        limit, of = (_or_never(proven[name]), name) if name in proven else (self._general(model), None)
        return (typed, name) if typed is not None and typed > limit else (limit, of)


@dataclass(frozen=True)
class Verdict:
    """Where an item goes and why, strictest reason first.

    `shadow` says what each shadow rule that matched would have done. `uncertainty` is in nats;
    `disagreement` is `Disagreement.value`: the larger of the committee's mean divergence in nats and the mean
    distance (0 to 1) of its answers from the judged one.
    """

    action: str
    priority: str
    reasons: tuple[Reason, ...]
    queue: str | None = None
    shadow: tuple[str, ...] = ()
    uncertainty: float | None = None
    disagreement: float | None = None


def decide(
    policy: Policy,
    opinions: Sequence[Opinion],
    *,
    payload: Mapping[str, Any],
    context: Mapping[str, Any],
    spec: TypeSpec,
    known_labels: Collection[str] | None = None,
    novelty: float | None = None,
    corrected: Mapping[str, Any] | None = None,
) -> Verdict:
    """Return where an item with a cleaned payload goes. The same arguments always give the same verdict.

    The first opinion is judged, the others are its committee; without any a person looks. `known_labels` are
    the classes that people have given as answers, as far as somebody has looked (else None): an entity beyond
    them and the candidates goes to a person, and so does any other class where the policy wants classes
    confirmed. `novelty` says how far the payload lies from all that was labelled: the share (0 to 1) of the
    labelled items that lie nearer to each other. `corrected` tells that a person has corrected this answer to
    this input before: then only settings and rules send it to somebody.

    More confidence never makes a route stricter, all else equal, unless a rule reads the confidence or the
    score: `prediction.score > 0.99` sends just the surest to a person, as its author asked.
    """
    apart = disagreement(opinions, payload, spec)
    if corrected and opinions:
        said = [findings.by_correction(corrected, spec)]
    else:
        said = _by_answers(policy, opinions, payload, spec, known_labels, apart, novelty)
    matched, queue, shadow = findings.by_rules(policy, opinions, payload, context)
    found = _strictest_first([*findings.by_settings(policy), *said, *matched])
    return Verdict(
        action=ACTIONS[found[0].action],
        priority=PRIORITIES[max(one.priority for one in found)],
        reasons=tuple(one.reason for one in found),
        queue=queue,
        shadow=shadow,
        uncertainty=uncertainty(opinions[0], spec) if opinions else None,
        disagreement=apart.value if apart else None,
    )


def _strictest_first(found: Sequence[findings.Finding]) -> list[findings.Finding]:
    return sorted(found, key=lambda one: (-one.action, -one.priority))


def _by_answers(
    policy: Policy,
    opinions: Sequence[Opinion],
    payload: Mapping[str, Any],
    spec: TypeSpec,
    known_labels: Collection[str] | None,
    apart: Disagreement | None,
    novelty: float | None,
) -> list[findings.Finding]:
    """Return what the judged answer, how far its committee is apart, and a strange payload ask for."""
    strangeness = findings.by_novelty(policy, novelty)
    if not opinions:
        return [findings.no_prediction(), *strangeness]
    first = opinions[0]
    strange, classes = findings.by_label(
        first.label, payload, spec, known_labels, confirm=policy.confirm_classes
    )
    return [
        *strange,
        findings.by_confidence(policy, first.judged, classes, first.model),
        *findings.by_cost(policy, first.judged),
        *findings.by_committee(policy, apart),
        *strangeness,
    ]


def _or_never(threshold: float | None) -> float:
    return math.inf if threshold is None else threshold
