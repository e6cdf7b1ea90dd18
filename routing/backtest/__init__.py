"""What a policy would have done with items of the past, beside the policy in force.

Both are judged anew by the functions that `policy.decide` is made of, so that both sides are on equal terms;
what two policies ask alike is asked once.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from zlib import crc32

from routing import findings
from routing.findings import ACTIONS, AUTO, HUMAN, LEAST, Finding, Reason
from routing.kinds import KINDS, KindErrors, TypeSpec
from routing.opinions import Opinion, disagreement
from routing.policy import Policy, Verdict, decide

EXAMPLES = 10
SEVERAL, NONE = "several", "none"


@dataclass(frozen=True, slots=True)
class Case:
    """One item as it once came in, what was done with it, and whether its answer proved wrong.

    `unseen` are the predicted classes that were new then, None where that was not looked at. `stored` is
    the place in ACTIONS of what was done. `chance` is the probability with which a person was to see it;
    `wrong` is 1.0 or 0.0, nan where nobody's answer is known. `corrected` tells that a person had corrected
    this answer to the same input before.
    """

    id: str
    ref: str
    opinions: tuple[Opinion, ...]
    payload: Mapping[str, Any]
    context: Mapping[str, Any]
    stored: int
    unseen: Sequence[str] | None = None
    novelty: float | None = None
    chance: float = 1.0
    wrong: float = math.nan
    corrected: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Example:
    """One item that moves, with the reasons that it loses and gains; `move` is from and to in ACTIONS."""

    id: str
    ref: str
    move: tuple[int, int]
    label: str
    score: float | None
    wrong: bool | None
    lost: tuple[str, ...]
    gained: tuple[str, ...]


@dataclass
class Columns:
    """What was found of each item, one list each; `classes` names the numbers in `of_class`."""

    before: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)
    stored: list[int] = field(default_factory=list)
    chance: list[float] = field(default_factory=list)
    wrong: list[float] = field(default_factory=list)
    score: list[float] = field(default_factory=list)
    model: list[str] = field(default_factory=list)
    of_class: list[int] = field(default_factory=list)
    classes: dict[str, int] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()


class Pair:
    """Two policies, ready to judge the same items; `spec` serves a policy that has none of its own."""

    def __init__(self, before: Policy, after: Policy, spec: TypeSpec) -> None:
        self.policies = (before, after)
        self.specs = tuple(policy.spec or spec for policy in self.policies)
        self._rules, self._whose = _merged(self.policies)
        stern = [rule for rule in self._rules.rules if LEAST[rule.effect][0] > HUMAN]
        self._stern = replace(self._rules, rules=tuple(stern))
        self._settings = tuple(_strictest(findings.by_settings(policy)) for policy in self.policies)
        self._asked = tuple(
            (spec, policy.confirm_classes) for spec, policy in zip(self.specs, self.policies, strict=True)
        )
        self._limits: tuple[dict[Any, float], ...] = ({}, {})  # the threshold by model and classes
        self._committee = any(policy.committee_limit is not None for policy in self.policies)

    def routes(self, case: Case) -> tuple[int, int, tuple[str, ...]]:
        """Return where each policy sends the item, as places in ACTIONS, and its classes by the second."""
        actions, classes = self._by_answer(case)
        # Rules and committees cost more than the rest together: they are asked where it makes a difference.
        # Only a rule that names an expert asks for more than a person does.
        rules = self._rules if min(actions) < HUMAN else self._stern
        matched, _, _ = findings.by_rules(rules, case.opinions, case.payload, case.context)
        for one in matched:
            for at in self._whose[one.reason.data["rule"]]:
                actions[at] = max(actions[at], one.action)
        if self._committee and case.opinions and not case.corrected and min(actions) < HUMAN:
            actions = [max(both) for both in zip(actions, self._split(case), strict=True)]
        return actions[0], actions[1], classes

    def _by_answer(self, case: Case) -> tuple[list[int], tuple[str, ...]]:
        """Return the actions that settings, label and figures ask for, and the classes by the second."""
        if not case.opinions:
            person = findings.no_prediction().action
            return [max(action, person) for action in self._settings], ()
        actions = []
        strange, classes = self._labelled(case, 0)
        for at in range(len(self.policies)):
            if at and self._asked[0] != self._asked[1]:
                strange, classes = self._labelled(case, 1)
            said = AUTO if case.corrected else max(strange, self._by_figures(at, case, classes))
            actions.append(max(self._settings[at], said))
        return actions, classes

    def _by_figures(self, at: int, case: Case, classes: tuple[str, ...]) -> int:
        """Return the action that score, costs and novelty of an answered item ask for."""
        policy, first, limits = self.policies[at], case.opinions[0], self._limits[at]
        key = first.model, classes
        if key not in limits:
            limits[key] = policy.auto_threshold(classes, first.model)[0]
        action = findings.band(policy, first.judged, limits[key])
        if policy.costs is not None:
            action = max(action, ACTIONS.index(policy.costs.cheapest(first.judged)))
        if policy.novelty_limit is not None and findings.by_novelty(policy, case.novelty):
            action = max(action, HUMAN)
        return action

    def _labelled(self, case: Case, at: int) -> tuple[int, tuple[str, ...]]:
        """Return the action that a strange prediction asks for, and the predicted classes."""
        spec, confirm = self._asked[at]
        known, label = known_labels(case, spec), case.opinions[0].label
        strange, classes = findings.by_label(label, case.payload, spec, known, confirm=confirm)
        return _strictest(strange), classes

    def _split(self, case: Case) -> list[int]:
        """Return the action that a committee at odds asks for, by each policy."""
        apart = [disagreement(case.opinions, case.payload, self.specs[0])]
        same = self.specs[0] == self.specs[1]
        apart.append(apart[0] if same else disagreement(case.opinions, case.payload, self.specs[1]))
        return [
            _strictest(findings.by_committee(policy, one))
            for policy, one in zip(self.policies, apart, strict=True)
        ]

    def verdicts(self, case: Case) -> tuple[Verdict, Verdict]:
        """Return what each policy decides on the item, with all reasons."""
        first, second = (
            decide(
                policy,
                case.opinions,
                payload=case.payload,
                context=case.context,
                spec=spec,
                known_labels=known_labels(case, spec),
                novelty=case.novelty,
                corrected=case.corrected,
            )
            for policy, spec in zip(self.policies, self.specs, strict=True)
        )
        return first, second


def known_labels(case: Case, spec: TypeSpec) -> list[str] | None:
    """Return which of the predicted classes had been seen when the item came in; None: not looked at."""
    if case.unseen is None or not case.opinions:
        return None
    kind = KINDS[spec.kind]
    try:
        clean = kind.clean_label(case.opinions[0].label, case.payload, spec)
    except KindErrors:
        return None
    return [name for name in kind.slices(clean) if name not in case.unseen]


def run(pair: Pair, cases: Iterable[Case]) -> Columns:
    """Return what both policies do with the items, in their order, with up to ten examples of each move.

    The examples are a sample that hangs on nothing but the items' ids.
    """
    columns, number = Columns(), count()
    kept: dict[tuple[int, int], list[tuple[int, int, Case]]] = {}
    for case in cases:
        before, after, classes = pair.routes(case)
        _note(columns, case, before, after, classes)
        if before != after:
            heap = kept.setdefault((before, after), [])
            entry = (-crc32(case.id.encode()), next(number), case)
            if len(heap) < EXAMPLES:
                heapq.heappush(heap, entry)
            else:
                heapq.heappushpop(heap, entry)
    for move in sorted(kept):
        chosen = sorted(kept[move], key=lambda entry: -entry[0])
        columns.examples += tuple(_example(pair, move, case) for _, _, case in chosen)
    return columns


def _note(columns: Columns, case: Case, before: int, after: int, classes: tuple[str, ...]) -> None:
    first = case.opinions[0] if case.opinions else None
    name = SEVERAL if len(classes) > 1 else (classes[0] if classes else NONE)
    columns.before.append(before)
    columns.after.append(after)
    columns.stored.append(case.stored)
    columns.chance.append(case.chance)
    columns.wrong.append(case.wrong)
    columns.score.append(first.judged if first else math.nan)
    columns.model.append(first.model if first else "")
    columns.of_class.append(columns.classes.setdefault(name, len(columns.classes)))


def _example(pair: Pair, move: tuple[int, int], case: Case) -> Example:
    before, after = map(_grounds, pair.verdicts(case))
    first = case.opinions[0] if case.opinions else None
    return Example(
        id=case.id,
        ref=case.ref,
        move=move,
        label=KINDS[pair.specs[1].kind].describe(first.label) if first else "",
        score=first.judged if first else None,
        wrong=None if math.isnan(case.wrong) else case.wrong > 0,
        lost=tuple(text for text in before if text not in after),
        gained=tuple(text for text in after if text not in before),
    )


def _grounds(verdict: Verdict) -> list[str]:
    """Return why an item goes where it goes: where a person looks, no confidence that suffices is why."""
    automated = verdict.action == ACTIONS[AUTO]
    return [one.text for one in verdict.reasons if automated or not _suffices(one)]


def _suffices(reason: Reason) -> bool:
    limit = reason.data.get("threshold")
    return reason.code == "confidence" and limit is not None and reason.data["confidence"] >= limit


def _merged(policies: Sequence[Policy]) -> tuple[Policy, dict[str, tuple[int, ...]]]:
    """Return a policy with each live rule of both once, and which of the two has the rule of a name.

    The rules are named anew, since two different ones may share a name.
    """
    live = [[rule for rule in policy.rules if rule.state == "live"] for policy in policies]
    distinct = list(dict.fromkeys(rule for rules in live for rule in rules))
    named = tuple(replace(rule, name=str(number)) for number, rule in enumerate(distinct))
    whose = {
        str(number): tuple(at for at, rules in enumerate(live) if rule in rules)
        for number, rule in enumerate(distinct)
    }
    return replace(policies[0], rules=named), whose


def _strictest(found: Sequence[Finding]) -> int:
    return max((one.action for one in found), default=AUTO)
