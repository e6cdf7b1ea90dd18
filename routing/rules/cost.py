"""How long an expression takes at most on one item: reckoned before it is evaluated, never exceeded.

The way of CEL's own cost estimates (github.com/google/cel-go, checker/cost.go): every operation costs what
its operands measure, a loop its body times the length of what it goes through. The operands of an item are
known, so that the bound is close. Costs are nanoseconds of the engine, measured and rounded up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from routing.rules.tree import Node, walk

BUDGET = 20_000_000  # ns that one rule may take on one item, on top of reading the item, at the most …
SMALL_BUDGET = (
    1_000_000  # … and on an item that holds next to nothing; between them it grows with the item, …
)
SHARE = 30  # … ns for each ns of going through it once, so that a batch is bounded by its length in bytes
LARGEST = 2_500_000  # ns at most for going once through the largest item that is accepted
LONGEST = 100_000  # characters of the longest text that is accepted

ELEMENT = 25  # ns for each value of a list or object
CHARACTER = 1  # ns for each character
STEP = 40  # ns for any operation, however small
TURN = 100  # ns for each turn of a loop
REGEX = 15  # ns for a character of text at the simplest pattern …
REGEX_STATE = 9  # … and for each state in which a harder one can be at once

_TOKEN = re.compile(
    r"\\[dDwWsSpPbBX]|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:[\w-]*:|P?<\w+>))?|\{(\d+)(?:,(\d*))?\}|.",
    re.DOTALL,
)
_WILD = re.compile(r"\\[dDwWsSpPbBX]|\[.+|\.", re.DOTALL)
_PLAIN = {int, float, bool, type(None)}
_COMPARISONS = ("_==_", "_!=_", "_<_", "_>_", "_<=_", "_>=_", "startsWith", "endsWith")
_SMALL = ("&&", "||", "!_", "_&&_", "_||_", "_?_:_", "@not_strictly_false", "-_", "type", "dyn")


@dataclass(frozen=True)
class _Part:
    """What a part of the expression costs, with the size of what it gives, or its value where known."""

    cost: int
    size: int = ELEMENT
    value: Any = None
    known: bool = False  # then the size is measured only where an operation depends on it


def states(pattern: str) -> int:
    """Return in how many states at once a regular expression can be, roughly: its wild cards, repeated."""
    sums = [0]  # of the pattern and of the groups that are open
    last = 0  # what the part counts that a repetition would repeat
    for found in _TOKEN.finditer(pattern):
        token, before = found[0], last
        if token.startswith("("):
            sums.append(0)
            last = 0
        elif token == ")" and len(sums) > 1:
            last = sums.pop()
            sums[-1] += last
        elif found[1]:
            last = max(1, before) * max(1, int(found[1]), int(found[2] or 0))
            sums[-1] += last - before
        elif token in "*+?":
            last = before + 1
            sums[-1] += 1
        else:
            last = int(bool(_WILD.fullmatch(token)))
            sums[-1] += last
    return max(1, sum(sums))


def heavy(tree: Node) -> bool:
    """Return whether the expression could exceed the budget on the largest item, so that it is reckoned."""
    total = 0
    for node in walk(tree):
        if node.kind == "loop":
            return True
        if node.kind != "call" or node.name in _SMALL or node.name == "_[_]":
            continue
        if node.name == "matches":
            total += LONGEST * (REGEX + REGEX_STATE * states(str(node.children[-1].value)))
        elif node.name == "contains" and node.children[-1].kind != "const":
            return True
        elif node.name in ("contains", "size") or not _small_beside(node):
            total += LARGEST
    return total > BUDGET


def _small_beside(node: Node) -> bool:
    """Return whether one operand is a constant, so that however large the other is, little is compared."""
    few = [child.kind in ("const", "list") for child in node.children]
    return few[-1] if node.name == "@in" else any(few) and node.name != "_+_"


def too_large(tree: Node, values: Mapping[str, Any], sizes: dict[int, int]) -> bool:
    """Return whether the expression might take longer on these values than an item of their size may."""
    size = sum(_size(value, sizes) for value in values.values())
    return bound(tree, values, sizes) > min(BUDGET, SMALL_BUDGET + SHARE * size)


def bound(tree: Node, values: Mapping[str, Any], sizes: dict[int, int]) -> int:
    """Return the most nanoseconds that the expression takes on these values, roughly.

    `sizes` remembers what was measured; give the same one for all rules of an item.
    """
    names = {name: _Part(0, 0, value, True) for name, value in values.items()}
    return _part(tree, names, sizes).cost


def _measure(part: _Part, sizes: dict[int, int]) -> int:
    return _size(part.value, sizes) if part.known else part.size


def _size(value: Any, sizes: dict[int, int]) -> int:
    if isinstance(value, str):
        return ELEMENT + CHARACTER * len(value)
    if not isinstance(value, dict | list):
        return ELEMENT
    found = sizes.get(id(value))
    if found is None:
        below = value if isinstance(value, list) else [*value.keys(), *value.values()]
        plain = set(map(type, below)) <= _PLAIN
        inside = ELEMENT * len(below) if plain else sum(_size(child, sizes) for child in below)
        found = sizes[id(value)] = ELEMENT + inside
    return found


def _part(node: Node, names: Mapping[str, _Part], sizes: dict[int, int]) -> _Part:
    if node.kind == "const":
        return _Part(STEP, 0, node.value, True)
    if node.kind == "ident":
        found = names.get(node.name, _Part(0))
        return _Part(STEP, found.size, found.value, found.known)
    if node.kind == "loop":
        return _loop(node, names, sizes)
    below = [_part(child, names, sizes) for child in node.children]
    cost = STEP + sum(part.cost for part in below)
    if node.kind == "has":
        return _Part(cost)
    if node.kind == "select":
        return _chosen(cost, below[0], node.name, sizes)
    if node.kind == "call" and node.name == "_[_]" and len(below) == 2 and below[1].known:
        return _chosen(cost, below[0], below[1].value, sizes)
    if node.kind == "call" and (node.name in _SMALL and node.name != "_?_:_"):
        return _Part(cost)
    given = [_measure(part, sizes) for part in below]
    if node.kind == "call":
        return _Part(cost + _call(node, given), ELEMENT + sum(given))
    return _Part(cost + ELEMENT * len(below), ELEMENT + sum(given))


def _chosen(cost: int, holder: _Part, key: Any, sizes: dict[int, int]) -> _Part:
    if holder.known and isinstance(holder.value, dict):
        return _Part(cost, 0, holder.value.get(key) if isinstance(key, str) else None, True)
    if holder.known and not isinstance(holder.value, list):
        return _Part(cost)
    return _Part(cost, _measure(holder, sizes))


def _call(node: Node, given: list[int]) -> int:
    if node.name in _SMALL or node.name == "_[_]":
        return 0
    if node.name == "matches" and len(given) == 2:
        return given[0] * (REGEX + REGEX_STATE * states(str(node.children[1].value)))
    if node.name == "contains" and len(given) == 2:
        return given[0] * (1 + given[1] // 40)
    if node.name in _COMPARISONS:
        return min(given)
    return sum(given)


def _loop(node: Node, names: Mapping[str, _Part], sizes: dict[int, int]) -> _Part:
    through, start, condition, step, result = node.children
    over = _part(through, names, sizes)
    turns, element = _turns(over, sizes)
    first = _part(start, names, sizes)
    inside = {**names, node.name: element}
    # What one turn adds to the value that is built: a list grows by that each time, and is copied each time.
    added = _measure(_part(step, {**inside, node.value: _Part(0, 0)}, sizes), sizes)
    grown = _Part(0, ELEMENT + turns * added) if start.kind == "list" else _Part(0)
    inside[node.value] = grown
    turn = TURN + _part(condition, inside, sizes).cost + _part(step, inside, sizes).cost
    last = _part(result, {**names, node.value: grown}, sizes)
    return _Part(over.cost + first.cost + turns * turn + last.cost, _measure(last, sizes))


def _turns(over: _Part, sizes: dict[int, int]) -> tuple[int, _Part]:
    """Return how often a loop over this turns at most, and the largest thing that it meets."""
    if not over.known:
        return over.size // ELEMENT, _Part(0, over.size)
    if not isinstance(over.value, dict | list):
        return 0, _Part(0)
    below = list(over.value)
    if not below:
        return 0, _Part(0)
    if len(below) == 1:
        return 1, _Part(0, 0, below[0], True)
    if set(map(type, below)) <= _PLAIN:
        return len(below), _Part(0)
    return len(below), _Part(0, max(_size(child, sizes) for child in below))
