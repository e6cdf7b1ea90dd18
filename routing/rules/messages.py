"""The expression engine's errors in plain words, with the place in the expression."""

from __future__ import annotations

import re
from difflib import get_close_matches

from routing.rules import hints

NAMES = ("payload", "context", "prediction")
LEVELS = 32
# Words that can't stand for a field after a dot (cel-spec, langdef.md, syntax).
RESERVED = (
    *("in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop"),
    *("package", "namespace", "return", "var", "void", "while", "true", "false", "null"),
)
AROUND = 30  # characters on either side of the place that is pointed at

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
    "google.protobuf.timestamp": "a time",
    "google.protobuf.duration": "a span of time",
}


class RuleError(ValueError):
    """An expression can't serve as a rule: what is wrong and where, counted from 1."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        self.message = message
        self.line = line
        self.column = column
        super().__init__(f"Line {line}, column {column}: {message}")


def pointed(expression: str, error: RuleError) -> str:
    """Return the line of the expression that is wrong, with a caret below the place, for a fixed pitch.

    A long line is cut to what stands around the place.
    """
    lines = expression.split("\n")
    line = lines[min(error.line, len(lines)) - 1].expandtabs(1)
    start = max(0, error.column - 1 - AROUND)
    end = start + 2 * AROUND
    before, after = "…" * (start > 0), "…" * (end < len(line))
    caret = " " * (error.column - 1 - start + len(before)) + "^"
    return f"{before}{line[start:end]}{after}\n{caret}"


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
    lines = expression.split("\n")
    source = lines[line - 1] if line <= len(lines) else ""
    name = _NAME.match(said)
    if name:
        column = _start(source, name[1].split(".")[0], column)
    offset = sum(len(one) + 1 for one in lines[: line - 1]) + column - 1
    hint = hints.find(expression, offset)
    if hint:
        return at(expression, hint.at, hint.remedy)
    if name:
        return _unknown_name(name[1], source, line, column)
    return RuleError(_static(said, source, column), line, column)


def _start(source: str, name: str, column: int) -> int:
    """Return the column of the name: the engine points at the dot or the parenthesis behind it."""
    found = source.rfind(name, 0, column + len(name))
    return found + 1 if found >= 0 else column


def _unknown_name(name: str, source: str, line: int, column: int) -> RuleError:
    root = name.split(".")[0]
    if source[column - 1 + len(root) :].lstrip().startswith("("):
        return RuleError(f"There is no function '{root}'.", line, column)
    meant = next(iter(get_close_matches(root, NAMES, n=1)), f"context.{name}")
    # Beside an equals sign or in a list it is rather a text whose quotation marks are missing.
    if name == root and source[: column - 1].rstrip().endswith(("==", "!=", "[", ",")):
        meant = f"'{name}' in quotation marks, or {meant}"
    reads = "a rule reads payload, context and prediction"
    return RuleError(f"There is no '{root}' here: {reads}. Did you mean {meant}?", line, column)


def _static(said: str, source: str, column: int) -> str:
    types = _STATIC.match(said)
    if types:
        return sentence(_unfit(types[1], [kind for kind in (types[2], *types[3].split(", ")) if kind]))
    rest = source[column - 1 :]
    token = re.match(r"[&|=<>!]+|\w+|\S", rest)
    if source[: column - 1].rstrip().endswith("."):
        return f"Write the field as ['{token[0]}']." if token and token[0].isalnum() else "Name a field here."
    if rest[:1] in ("'", '"') and "token recognition" in said:
        return "This text has no closing quotation mark."
    if "<EOF>" in said.split(" expecting")[0] and "extraneous" not in said:
        return "The expression ends too early: something is missing, perhaps a closing bracket."
    if said.startswith("reserved identifier"):
        return f"'{said.split(': ')[-1]}' can't be used here; write condition ? this : that."
    if token and re.match(r"extraneous|mismatched|no viable|token recognition", said):
        word = token[0].isidentifier() or token[0].isdigit() or token[0] in "'\"(["
        missing = "an operator such as &&, || or == may be missing" if word else "something is missing"
        return f"'{token[0]}' isn't expected here; {missing} before it."
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
        ("Timestamp conversion failed", "a time is written as in 2026-01-31T00:00:00Z"),
        ("Duration conversion failed", "a span of time is written as in 36h or 90m"),
        ("Index error", "it asks for a place that the list doesn't have"),
    ):
        if sign in text:
            return words
    return text[:200]


def remedy(why: str) -> str | None:
    """Return what to write so that an expression no longer fails on items for this reason, or None."""
    missing = re.fullmatch(r"no field '(\w+)' in (\S+)", why)
    if missing:
        return f"Ask first whether it is there: has({missing[2]}.{missing[1]}) && …"
    if re.search(r"'[<>]=?' doesn't work on text and a (whole )?number", why):
        return "double(context.amount) > 10000.0 reads a number sent as text too."
    return None


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
    elif function in ("_&&_", "_||_"):
        hint = "; it stands between conditions that are true or false"
    return f"'{name}' doesn't work on {given}{hint}" if given else f"'{name}' doesn't work on these values"
