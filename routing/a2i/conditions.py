"""Amazon A2I's activation conditions, read: a tree of checks, with And and Or nested as deep as one likes.

The shape is that of "JSON Schema for Human Loop Activation Conditions" (Amazon SageMaker Developer Guide);
Amazon nests two levels, here there is no limit but that of the body. Confidences are 0 to 100, as Amazon's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from routing.errors import Problem
from routing.values import called, is_number, storable

ANY = "*"  # catch-all of a key or a label
MOST_DEPTH = 30
MOST_NODES = 500
BOUNDS = {
    "Equals": "==",
    "LessThan": "<",
    "LessThanEquals": "<=",
    "GreaterThan": ">",
    "GreaterThanEquals": ">=",
}
LEAST_SHARE, MOST_SHARE = 0.01, 100.0  # percent

Bounds = tuple[tuple[str, float], ...]  # of a confidence: comparison and limit; all must hold


class ConditionErrors(ValueError):
    """What of the conditions can't be read or can't be said as rules, each with its path."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(f"{one.attr}: {one.detail}" for one in problems))


@dataclass(frozen=True)
class FormKey:
    """ImportantFormKeyConfidenceCheck: a pair of one of these keys, its confidences within the bounds."""

    keys: tuple[str, ...]
    pair: Bounds
    words: Bounds


@dataclass(frozen=True)
class MissingKey:
    """MissingImportantFormKey: no pair of any of these keys was found."""

    keys: tuple[str, ...]


@dataclass(frozen=True)
class Moderation:
    """ModerationLabelConfidenceCheck: a label of this name (ANY: any) whose confidence lies in the bounds."""

    name: str
    confidence: Bounds


@dataclass(frozen=True)
class Sampling:
    """Sampling: a share (0 to 1) of all, by a draw that is the same whenever the same input comes."""

    share: float


@dataclass(frozen=True)
class Node:
    """One node: a check, or And/Or of other nodes; `raw` is what was written, `path` where."""

    path: str
    raw: Mapping[str, Any] = field(hash=False, compare=False)
    check: FormKey | MissingKey | Moderation | Sampling | None = None
    joined: str = ""
    parts: tuple[Node, ...] = ()


def read(text: str) -> tuple[Node, ...]:
    """Return the conditions of a JSON text, of which any one is enough; raises ConditionErrors."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConditionErrors([Problem("$", "invalid", f"This is not JSON: {error}.")]) from error
    return parse(raw)


def parse(raw: Any) -> tuple[Node, ...]:
    """Return the conditions, of which any one is enough; raises ConditionErrors with everything wrong."""
    problems: list[Problem] = []
    if not isinstance(raw, dict) or set(raw) != {"Conditions"} or not isinstance(raw["Conditions"], list):
        raise ConditionErrors([Problem("$", "invalid", 'Send {"Conditions": [...]} and nothing beside it.')])
    if not raw["Conditions"]:
        raise ConditionErrors([Problem("Conditions", "required", "There is no condition in it.")])
    count = [0]
    nodes = [_node(one, f"Conditions[{i}]", 1, count, problems) for i, one in enumerate(raw["Conditions"])]
    if problems:
        raise ConditionErrors(problems)
    return tuple(one for one in nodes if one)


def _node(raw: Any, path: str, depth: int, count: list[int], problems: list[Problem]) -> Node | None:
    count[0] += 1
    if count[0] > MOST_NODES or depth > MOST_DEPTH:
        said = f"Use at most {MOST_NODES} conditions, nested at most {MOST_DEPTH} deep."
        if not any(one.code == "too_large" for one in problems):
            problems.append(Problem(path, "too_large", said))
        return None
    if not isinstance(raw, dict):
        problems.append(Problem(path, "invalid", f"Send an object, not {called(raw)}."))
        return None
    for joined in ("And", "Or"):
        if joined in raw:
            return _joined(raw, joined, path, depth, count, problems)
    return _leaf(raw, path, problems)


def _joined(
    raw: dict[str, Any], joined: str, path: str, depth: int, count: list[int], problems: list[Problem]
) -> Node | None:
    parts = raw[joined]
    if set(raw) != {joined}:
        others = ", ".join(sorted(set(raw) - {joined}))
        problems.append(Problem(path, "invalid", f"Beside {joined} there may be nothing; this has {others}."))
        return None
    if not isinstance(parts, list) or len(parts) < 2:
        problems.append(Problem(f"{path}.{joined}", "invalid", "Join two conditions or more."))
        return None
    nodes = [_node(one, f"{path}.{joined}[{i}]", depth + 1, count, problems) for i, one in enumerate(parts)]
    return Node(path, raw, joined=joined, parts=tuple(one for one in nodes if one))


def _leaf(raw: dict[str, Any], path: str, problems: list[Problem]) -> Node | None:
    kind, given = raw.get("ConditionType"), raw.get("ConditionParameters")
    reader = READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        known = ", ".join(READERS)
        said = f"There is no condition of this type. Use And, Or, or one of: {known}."
        problems.append(Problem(f"{path}.ConditionType", "unknown", said))
        return None
    strangers = set(raw) - {"ConditionType", "ConditionParameters"}
    if strangers:
        said = f"There may be nothing else in a condition: {', '.join(sorted(strangers))}."
        problems.append(Problem(path, "invalid", said))
    if not isinstance(given, dict):
        problems.append(Problem(f"{path}.ConditionParameters", "required", "Send an object of parameters."))
        return None
    taken = _Parameters(given, f"{path}.ConditionParameters", problems)
    check = reader(taken)
    taken.refuse_rest()
    return Node(path, raw, check=check)


class _Parameters:
    """The parameters of one condition; what nobody asked for in the end is unknown."""

    def __init__(self, given: dict[str, Any], path: str, problems: list[Problem]) -> None:
        self.left, self.path, self.problems = dict(given), path, problems

    def say(self, name: str, detail: str) -> None:
        self.problems.append(Problem(f"{self.path}.{name}", "invalid", detail))

    def text(self, name: str) -> str:
        value = self.left.pop(name, None)
        if not isinstance(value, str) or not value:
            self.say(name, f"Send text, not {called(value)}.")
            return ""
        self.refuse_unstorable(name, value)
        return value

    def refuse_unstorable(self, name: str, *values: str) -> None:
        if not all(map(storable, values)):
            self.say(name, "Remove the null character or the half of a surrogate pair.")

    def keys(self) -> tuple[str, ...]:
        aliases = self.left.pop("ImportantFormKeyAliases", [])
        if not isinstance(aliases, list) or not all(isinstance(one, str) for one in aliases):
            self.say("ImportantFormKeyAliases", "Send a list of texts.")
            aliases = []
        self.refuse_unstorable("ImportantFormKeyAliases", *aliases)
        return tuple(dict.fromkeys([self.text("ImportantFormKey"), *aliases]))

    def bounds(self, before: str) -> Bounds:
        found = []
        for word, sign in BOUNDS.items():
            if before + word not in self.left:
                continue
            value = self.left.pop(before + word)
            if not is_number(value) or not 0 <= value <= 100:
                self.say(before + word, "Send a number from 0 to 100.")
            else:
                found.append((sign, float(value)))
        return tuple(found)

    def refuse_rest(self) -> None:
        for name in self.left:
            self.say(name, "There is no such parameter here.")


def _form_key(taken: _Parameters) -> FormKey:
    found = FormKey(
        taken.keys(), taken.bounds("KeyValueBlockConfidence"), taken.bounds("WordBlockConfidence")
    )
    if not found.pair and not found.words:
        taken.say("KeyValueBlockConfidenceLessThan", "Send at least one bound of a confidence.")
    return found


def _missing_key(taken: _Parameters) -> MissingKey:
    found = MissingKey(taken.keys())
    if ANY in found.keys:
        taken.say("ImportantFormKey", "Name a key: * can't be missing.")
    return found


def _moderation(taken: _Parameters) -> Moderation:
    found = Moderation(taken.text("ModerationLabelName"), taken.bounds("Confidence"))
    if not found.confidence:
        taken.say("ConfidenceLessThan", "Send at least one bound of the confidence.")
    return found


def _sampling(taken: _Parameters) -> Sampling:
    value = taken.left.pop("RandomSamplingPercentage", None)
    if not is_number(value) or not LEAST_SHARE <= value <= MOST_SHARE:
        taken.say("RandomSamplingPercentage", "Send a number from 0.01 to 100.")
        return Sampling(0.0)
    return Sampling(value / 100)


READERS = {
    "ImportantFormKeyConfidenceCheck": _form_key,
    "MissingImportantFormKey": _missing_key,
    "ModerationLabelConfidenceCheck": _moderation,
    "Sampling": _sampling,
}
