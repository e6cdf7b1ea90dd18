"""The expression engine's errors in plain words, with the place in the expression."""

from __future__ import annotations

import re
from difflib import get_close_matches

NAMES = ("payload", "context", "prediction")
LEVELS = 32

_HEAD = re.compile(r"<input>:(-?\d+):(-?\d+): (?:Syntax error: )?(.*)")
_NAME = re.compile(r"undeclared reference to '([^']*)'")
_STATIC = re.compile(r"found no matching overload for '([^']*)' applied to '(?:([^']*)\.)?\(([^']*)\)'")
_RUNTIME = re.compile(r"No matching overloads found : (?:\((\w+)\)\.)?([^\s(]+)(?:\(([^)]*)\))?")
_CODE = re.compile(r"^[A-Z_]+: ")
_TAIL = re.compile(r" \[[A-Z_]+\]$")

_OPERATORS = {"_&&_": "&&", "_||_": "||", "!_": "!", "@in": "in", "-_": "-", "_?_:_": "? :", "_[_]": "[ ]"}
_INSIDE = {"<jump_condition>": "? :", "<iter_range>": "exists or all"}
_TYPES = {
    "string": "text",
    "bytes": "bytes",
    "bool": "true or false",
    "int": "a whole number",
    "int64": "a whole number",
    "uint": "a whole number",
    "uint64": "a whole number",
    "double": "a number with a decimal point",
    "null": "null",
    "null_type": "null",
    "list": "a list",
    "map": "an object",
    "dyn": "any value",
    "type": "a type",
    "timestamp": "a time",
    "duration": "a span of time",
}
# What people write who know SQL or Python, and what it is here.
_HINTS = {
    "and": "Write && for 'and'.",
    "or": "Write || for 'or'.",
    "not": "Write ! for 'not'.",
    "is": "Write == for 'is'.",
    "True": "Write true.",
    "False": "Write false.",
    "None": "Write null.",
    "NULL": "Write null.",
    "contains": "Write payload.text.contains('word').",
    "=": "Write == to compare.",
    "<>": "Write != for 'unlike'.",
    "=>": "Write >= for 'at least'.",
    "=<": "Write <= for 'at most'.",
    ";": "Write one expression, without a semicolon.",
    "#": "Write // before a remark.",
}


class RuleError(ValueError):
    """An expression can't serve as a rule: what is wrong and where, counted from 1."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        self.message = message
        self.line = line
        self.column = column
        super().__init__(f"Line {line}, column {column}: {message}")


def at(expression: str, offset: int, message: str) -> RuleError:
    """Return the error at this offset, counted in characters from 0."""
    before = expression[:offset]
    return RuleError(message, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def translate(expression: str, error: str) -> RuleError:
    """Return what the engine says of an expression that doesn't compile, in plain words."""
    if "recursion" in error:
        return RuleError(f"This is nested too deeply; at most {LEVELS} levels or operators in a row.")
    found = _HEAD.search(error)
    if not found:
        return RuleError(in_words(error))
    line, column, said = max(1, int(found[1])), max(1, int(found[2])), _TAIL.sub("", found[3])
    source = expression.split("\n")[line - 1] if line <= expression.count("\n") + 1 else ""
    name = _NAME.match(said)
    if name:
        return _unknown_name(name[1], source, line, column)
    return RuleError(_static(said, source, column), line, column)


def _unknown_name(name: str, source: str, line: int, column: int) -> RuleError:
    root = name.split(".")[0]
    # The engine points at the dot or the parenthesis behind the name; people look for the name.
    start = source.rfind(root, 0, column + len(root))
    column = start + 1 if start >= 0 else column
    if root in _HINTS:
        return RuleError(_HINTS[root], line, column)
    if source[column - 1 + len(root) :].lstrip().startswith("("):
        return RuleError(f"There is no function '{root}'.", line, column)
    meant = next(iter(get_close_matches(root, NAMES, n=1)), f"context.{name}")
    reads = "a rule reads payload, context and prediction"
    return RuleError(f"There is no '{root}' here: {reads}. Did you mean {meant}?", line, column)


def _static(said: str, source: str, column: int) -> str:
    types = _STATIC.match(said)
    if types:
        return sentence(_unfit(types[1], [kind for kind in (types[2], *types[3].split(", ")) if kind]))
    rest = source[column - 1 :]
    before = re.findall(r"\w+", source[: column - 1])
    token = re.match(r"=[<>]?(?!=)|\w+|\S", rest)
    for word in (source[column - 2 : column], token[0] if token else "", before[-1] if before else ""):
        if word in _HINTS:
            return _HINTS[word]
    if source[: column - 1].rstrip().endswith("."):
        return f"Write the field as ['{token[0]}']." if token and token[0].isalnum() else "Name a field here."
    if rest[:1] in ("'", '"') and "token recognition" in said:
        return "This text has no closing quotation mark."
    if "<EOF>" in said.split(" expecting")[0] and "extraneous" not in said:
        return "The expression ends too early: something is missing, perhaps a closing bracket."
    if said.startswith("reserved identifier"):
        return f"'{said.split(': ')[-1]}' can't be used here; write condition ? this : that."
    if token and re.match(r"extraneous|mismatched|no viable|token recognition", said):
        return f"'{token[0]}' isn't expected here; an operator such as &&, || or == may be missing before it."
    return sentence(said.split(" expecting")[0])


def in_words(error: str) -> str:
    """Return why an expression couldn't be evaluated, in plain words without a full stop."""
    text = _TAIL.sub("", _CODE.sub("", error))
    types = _RUNTIME.search(text)
    if types:
        return _unfit(types[2], [kind for kind in (types[1], *(types[3] or "").split(", ")) if kind])
    for sign, words in (
        ("Iteration budget exceeded", "it goes through too many values"),
        ("construction from null", "the item holds text that isn't valid Unicode"),
        ("out of range", "the item holds a whole number of more than 64 bits"),
        ("SELECT to non-message", "it asks for a field of something that has no fields"),
        ("Non-CEL value type", "the item holds something that isn't JSON"),
        ("Index error", "it asks for a place that the list doesn't have"),
    ):
        if sign in text:
            return words
    return text[:200]


def sentence(text: str) -> str:
    """Return the words as a sentence of bounded length."""
    return text[:1].upper() + text[1:200] + "."


def called(kind: str) -> str:
    """Return what people call a type of the engine."""
    return _TYPES.get(kind.split("<")[0].split("(")[0].lower(), kind)


def _unfit(function: str, kinds: list[str]) -> str:
    name = _OPERATORS.get(function) or _INSIDE.get(function) or function.strip("_")
    given = " and ".join(map(called, kinds))
    hint = ""
    if {"double", "int"} <= set(kinds):
        hint = "; write whole numbers with a point, as in 1.0"
    return f"'{name}' doesn't work on {given}{hint}" if given else f"'{name}' doesn't work on these values"
