"""What can be read as an expression, and will hardly do what is meant: told beside a rule, never refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from routing import rules
from routing.rules import messages, tree
from routing.rules.fields import CALLED, Field, written
from routing.rules.tree import Node

Known = Mapping[tuple[str, ...], Field]


def warnings(expression: str, fields: Sequence[Field]) -> list[str]:
    """Return a sentence, with its place, for each thing that doesn't fit the fields of recent items."""
    known = {field.steps: field for field in fields}
    return [*_strangers(expression, known), *_unlike(expression, known)]


def _strangers(expression: str, known: Known) -> list[str]:
    """Tell of each field of the expression that no recent item has."""
    said = {}
    for steps, at in _reads(expression):
        for length in (2, 3):
            part, above = steps[:length], steps[: length - 1]
            if len(steps) < length or part in known:
                continue
            # What is below a field that isn't an object, or below nothing at all, can't be compared.
            if length == 3 and "object" not in getattr(known.get(above), "kinds", ()):
                break
            if not any(one[: len(above)] == above for one in known):
                break
            said[part] = _stranger(expression, at, part, [one for one in known if len(one) == length])
            break
    return list(said.values())


def _reads(expression: str) -> list[tuple[tuple[str, ...], int]]:
    found = []
    for node in tree.walk(rules.compile_rule(expression).tree):
        steps = tree.path(node)
        if steps and len(steps) > 1 and steps[0] in ("payload", "context"):
            found.append((steps, _root(node).at))
    # Only whole paths: context.a is part of context.a.b, and comes after it.
    return [one for i, one in enumerate(found) if i == 0 or found[i - 1][0][: len(one[0])] != one[0]]


def _root(node: Node) -> Node:
    return _root(node.children[0]) if node.children else node


def _stranger(expression: str, at: int, steps: tuple[str, ...], others: list[tuple[str, ...]]) -> str:
    place = messages.at(expression, at, "")
    names = {written(other): other for other in others}
    close = get_close_matches(written(steps), names, n=1, cutoff=0.75)
    meant = f" Did you mean {close[0]}?" if close else ""
    return f"Line {place.line}, column {place.column}: no recent item has {written(steps)}.{meant}"


def _unlike(expression: str, known: Known) -> list[str]:
    """Tell of each field that is asked to equal a value of a kind that it never holds: text for a number."""
    said = []
    for node in tree.walk(rules.compile_rule(expression).tree):
        if node.kind != "call" or node.name not in ("_==_", "_!=_", "@in"):
            continue
        for one, other in (node.children, node.children[::-1]):
            field = known.get(tree.path(one) or ())
            given = {kind for value in _values(other) if (kind := _kind(value))}
            if field and given and "null" not in given and not given & set(field.kinds):
                place = messages.at(expression, _root(one).at, "")
                compared = " or ".join(sorted(CALLED[kind] for kind in given))
                said.append(
                    f"Line {place.line}, column {place.column}: {field.path} holds {field.called} in recent "
                    f"items; it never equals what it is compared with here, {compared}."
                )
    return said


def _values(node: Node) -> Iterator[Any]:
    """Yield what is written out: a constant, or the constants of a list."""
    for one in node.children if node.kind == "list" else (node,):
        if one.kind == "const":
            yield one.value


def _kind(value: Any) -> str | None:
    """Return the JSON type of a constant; None where JSON has none like it."""
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", type(None): "null"}
    return kinds.get(type(value))
