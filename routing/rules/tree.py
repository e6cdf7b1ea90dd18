"""The parsed form of an expression: what is called on what, and where it stands in the text.

The engine gives it as a CheckedExpr message (github.com/google/cel-spec, proto/cel/expr/checked.proto and
syntax.proto) in the protocol buffers' wire format; macros are already written out as loops there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# Field numbers of an Expr's kinds.
_CONST, _IDENT, _SELECT, _CALL, _LIST, _STRUCT, _LOOP = range(3, 10)

Fields = dict[int, list[Any]]


@dataclass(frozen=True)
class Node:
    """One part of an expression.

    `kind` is const, ident, select, has, call, list, map or loop; `name` what is read or called, or a loop's
    variable; `value` a constant, or the name of the value that a loop builds; a loop's children are range,
    start, condition, step and result. `at` is the offset in characters from 0.
    """

    kind: str
    at: int
    name: str = ""
    value: Any = None
    children: tuple[Node, ...] = ()


def read(message: bytes) -> Node:
    """Return the tree of an expression that the engine has serialized."""
    checked = _fields(_one(_fields(message), 2))
    places = {}
    for entry in _fields(_one(checked, 5)).get(4, []):
        pair = _fields(entry)
        places[_one(pair, 1)] = _one(pair, 2, 0)
    return _node(_one(checked, 4), places)


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and all below it, a parent before its children."""
    yield node
    for child in node.children:
        yield from walk(child)


def path(node: Node) -> tuple[str, ...] | None:
    """Return the steps of a plain path such as context.customer.country; None where it is something else."""
    if node.kind == "ident":
        return (node.name,)
    if node.kind in ("select", "has"):
        before = path(node.children[0])
        return before and (*before, node.name)
    if node.kind == "call" and node.name == "_[_]" and isinstance(node.children[1].value, str):
        before = path(node.children[0])
        return before and (*before, node.children[1].value)
    return None


def _node(message: bytes, places: dict[int, int]) -> Node:
    fields = _fields(message)
    at = places.get(_one(fields, 2, 0), 0)
    kind = next((number for number in fields if number >= _CONST), _CONST)
    part = _fields(_one(fields, kind, b""))

    def below(*numbers: int) -> tuple[Node, ...]:
        return tuple(_node(child, places) for number in numbers for child in part.get(number, []))

    if kind == _IDENT:
        return Node("ident", at, _text(part, 1))
    if kind == _SELECT:
        return Node("has" if _one(part, 3, 0) else "select", at, _text(part, 2), None, below(1))
    if kind == _CALL:
        return Node("call", at, _text(part, 2), None, below(1, 3))
    if kind == _LIST:
        return Node("list", at, children=below(1))
    if kind == _STRUCT:
        pairs = [_fields(entry) for entry in part.get(2, [])]
        ends = [_one(pair, number, b"") for pair in pairs for number in (3, 4)]
        return Node("map", at, children=tuple(_node(end, places) for end in ends))
    if kind == _LOOP:
        return Node("loop", at, _text(part, 1), _text(part, 3), below(2, 4, 5, 6, 7))
    return Node("const", at, value=_constant(part))


def _constant(part: Fields) -> Any:
    for number, given in part.items():
        value = given[0]
        if number == 2:
            return bool(value)
        if number == 3:
            return value - (1 << 64) if value >> 63 else value
        if number == 5:
            return struct.unpack("<d", value)[0]
        if number == 6:
            return value.decode()
        if number != 1:
            return value
    return None


def _text(part: Fields, number: int) -> str:
    return _one(part, number, b"").decode()


def _one(fields: Fields, number: int, default: Any = None) -> Any:
    return fields[number][0] if number in fields else default


def _fields(message: bytes) -> Fields:
    """Return a message's fields by number: whole numbers as such, everything else as bytes."""
    found: Fields = {}
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
        else:
            length, at = _varint(message, at) if kind == 2 else (8 if kind == 1 else 4, at)
            value, at = message[at : at + length], at + length
        found.setdefault(key >> 3, []).append(value)
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
