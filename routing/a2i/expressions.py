"""Activation conditions as expressions of rules, and as the share of a random check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from routing import rules
from routing.a2i.conditions import (
    ANY,
    Bounds,
    ConditionErrors,
    FormKey,
    MissingKey,
    Moderation,
    Node,
    Sampling,
)
from routing.errors import Problem
from routing.rules import RuleError

NOT_INSIDE_AND = (
    "A share of what meets other conditions can't be said as a rule: take Sampling out of this And, and let "
    "the audit rate of the item type check a share of everything that is automated."
)
NAMED = "A2I"
LONGEST_NAME = 100


@dataclass(frozen=True)
class RuleDraft:
    """One rule to be made: the condition at `path`, by a name for people."""

    path: str
    name: str
    when: str


@dataclass(frozen=True)
class Translated:
    """What the conditions come to: a person looks where a rule matches, and at a share of the rest."""

    rules: tuple[RuleDraft, ...]
    share: float | None


def translate(nodes: tuple[Node, ...]) -> Translated:
    """Return the conditions as rules and a share; raises ConditionErrors with the path of what can't be said.

    Any top condition is enough, so each becomes a rule of its own. Samplings beside others are drawn
    independently of one another: together they check 1 - (1 - p)(1 - q).
    """
    problems: list[Problem] = []
    found: list[RuleDraft] = []
    rest = 1.0
    for node in _alternatives(nodes):
        if isinstance(node.check, Sampling):
            rest *= 1 - node.check.share
            continue
        expression = _expression(node, problems)
        _check(expression, node, problems)
        name = f"{NAMED} {len(found) + 1}: {_words(node)}"
        found.append(RuleDraft(node.path, name[:LONGEST_NAME], expression))
    if problems:
        raise ConditionErrors(problems)
    return Translated(tuple(found), round(1 - rest, 9) if rest < 1 else None)


def _alternatives(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Yield the conditions of which any one is enough: each part of an Or is one."""
    for node in nodes:
        if node.joined == "Or":
            yield from _alternatives(node.parts)
        else:
            yield node


def _check(expression: str, node: Node, problems: list[Problem]) -> None:
    if any(one.attr and one.attr.startswith(node.path) for one in problems):
        return
    try:
        rules.check(expression)
    except RuleError as error:
        problems.append(Problem(node.path, "too_large", f"This can't be a rule: {error.message}"))


def _expression(node: Node, problems: list[Problem]) -> str:
    if node.joined:
        sign = " && " if node.joined == "And" else " || "
        return "(" + sign.join(_expression(part, problems) for part in node.parts) + ")"
    check = node.check
    if isinstance(check, Sampling):
        problems.append(Problem(node.path, "not_expressible", NOT_INSIDE_AND))
        return "false"
    if isinstance(check, Moderation):
        named = [] if check.name == ANY else [f"l.name == {_text(check.name)}"]
        parts = [*named, *_bounds("l.confidence", check.confidence)]
        return f"context.moderation_labels.exists(l, {_all(parts)})"
    if isinstance(check, MissingKey):
        return f"!context.form_keys.exists(f, {_of(check.keys)})"
    return _form_key(check)


def _form_key(check: FormKey) -> str:
    named = [] if ANY in check.keys else [_of(check.keys)]
    words = _bounds("w", check.words)
    each = [f"f.word_confidences.all(w, {_all(words)})"] if words else []
    parts = [*named, *_bounds("f.confidence", check.pair), *each]
    return f"context.form_keys.exists(f, {_all(parts)})"


def _of(keys: tuple[str, ...]) -> str:
    return f"f.key in [{', '.join(map(_text, keys))}]"


def _bounds(value: str, bounds: Bounds) -> list[str]:
    return [f"{value} {sign} {Decimal(repr(limit)).normalize():f}" for sign, limit in bounds]


def _all(parts: list[str]) -> str:
    return " && ".join(parts)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _words(node: Node) -> str:
    """Return what a condition asks, for a list of rules."""
    if node.joined:
        return f" {node.joined.lower()} ".join(_words(part) for part in node.parts)
    check = node.check
    if isinstance(check, Moderation):
        name = "any label" if check.name == ANY else check.name
        return f"{name} {_limits(check.confidence)}"
    if isinstance(check, MissingKey):
        return f"no {check.keys[0]}"
    if isinstance(check, FormKey):
        name = "any key" if ANY in check.keys else check.keys[0]
        return f"{name} {_limits(check.pair or check.words)}"
    return "a share"


def _limits(bounds: Bounds) -> str:
    return " ".join(f"{sign} {limit:g} %" for sign, limit in bounds)
