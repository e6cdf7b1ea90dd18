"""What the conditions come to on one item: the same tree, with an EvaluationResult on every node."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from routing.a2i.conditions import ANY, Bounds, FormKey, MissingKey, Moderation, Node, Sampling
from routing.values import is_number

COMPARE: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

Truth = bool | None  # None: it can't be told
MISSING = object()


def evaluated(nodes: tuple[Node, ...], context: Mapping[str, Any], *, draw: float) -> dict[str, Any]:
    """Return A2I's humanTaskActivationConditionResults for an item.

    What can't be told counts as true, as with rules: doubt goes to a person. `draw` in [0, 1) is the item's
    own, by which a share is taken.
    """
    return {"Conditions": [_echo(node, context, draw) for node in nodes]}


def _echo(node: Node, context: Mapping[str, Any], draw: float) -> dict[str, Any]:
    result = truth(node, context, draw) is not False
    if node.joined:
        return {node.joined: [_echo(part, context, draw) for part in node.parts], "EvaluationResult": result}
    return {**node.raw, "EvaluationResult": result}


def truth(node: Node, context: Mapping[str, Any], draw: float) -> Truth:
    """Return whether a condition holds, by Kleene's logic of three values; None: it can't be told."""
    if node.joined == "And":
        return _every(truth(part, context, draw) for part in node.parts)
    if node.joined == "Or":
        return _any(truth(part, context, draw) for part in node.parts)
    check = node.check
    if isinstance(check, Sampling):
        return draw < check.share
    if isinstance(check, Moderation):
        return _exists(context.get("moderation_labels"), lambda one: _labelled(one, check))
    if isinstance(check, MissingKey):
        found = _exists(context.get("form_keys"), lambda one: _keyed(one, check.keys))
        return None if found is None else not found
    return _exists(context.get("form_keys"), lambda one: _paired(one, check))


def _labelled(one: Any, check: Moderation) -> Truth:
    named = True if check.name == ANY else _equal(one, "name", (check.name,))
    return _every([named, _within(_field(one, "confidence"), check.confidence)])


def _keyed(one: Any, keys: tuple[str, ...]) -> Truth:
    return True if ANY in keys else _equal(one, "key", keys)


def _paired(one: Any, check: FormKey) -> Truth:
    parts = [_keyed(one, check.keys)]
    if check.pair:
        parts.append(_within(_field(one, "confidence"), check.pair))
    if check.words:
        words = _field(one, "word_confidences")
        each = [_within(word, check.words) for word in words] if isinstance(words, list) else [None]
        parts.append(_every(each))
    return _every(parts)


def _field(one: Any, name: str) -> Any:
    return one.get(name, MISSING) if isinstance(one, dict) else MISSING


def _equal(one: Any, name: str, wanted: tuple[str, ...]) -> Truth:
    if not isinstance(one, dict) or name not in one:
        return None
    return one[name] in wanted


def _within(value: Any, bounds: Bounds) -> Truth:
    return _every(_compared(value, sign, limit) for sign, limit in bounds)


def _compared(value: Any, sign: str, limit: float) -> Truth:
    """Return as rules do: what is no number equals none, and is neither more nor less than one."""
    if is_number(value):
        return COMPARE[sign](value, limit)
    return False if sign == "==" and value is not MISSING else None


def _exists(rows: Any, test: Callable[[Any], Truth]) -> Truth:
    return _any(map(test, rows)) if isinstance(rows, list) else None


def _any(found: Iterable[Truth]) -> Truth:
    results = list(found)
    return True if True in results else None if None in results else False


def _every(found: Iterable[Truth]) -> Truth:
    results = list(found)
    return False if False in results else None if None in results else True
