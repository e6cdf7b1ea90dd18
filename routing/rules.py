"""Compile, check and evaluate an admin's expression over payload, context and prediction.

The language is CEL, the Common Expression Language (github.com/google/cel-spec): no loops beyond its
bounded macros, no side effects, no access to anything but the three values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from routing import rule_messages
from routing.rule_messages import RuleError
from routing.values import too_deep

NAMES = ("payload", "context", "prediction")
PREDICTION_FIELDS = ("label", "confidence", "score", "model", "probabilities")
MAX_LENGTH = 2_000  # characters

_ENV = cel.NewEnv(variables=dict.fromkeys(NAMES, cel.Type.DYN))
_STRING = re.compile(r"""(?:\b[rRbB]{1,2})?("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""")
_PREDICTION_FIELD = re.compile(r"(?<![\w.])prediction\s*\.\s*(\w+)")
_REGEX = re.compile(rf"\.\s*matches\s*\(\s*({_STRING.pattern})\s*\)")
_MISSING = re.compile(r'Key not found in map : "?(.*?)"?$', re.DOTALL)
_STEP = r"""\[\s*(?:'([^']*)'|"([^"]*)")\s*\]|\.\s*(\w+)"""
_PATH = re.compile(rf"(?<![\w.])(?:payload|context|prediction)(?:\s*(?:{_STEP}))+")


@dataclass(frozen=True)
class Compiled:
    """An expression that is ready to be evaluated, from any thread."""

    expression: str
    program: Any = field(repr=False, compare=False)


@dataclass(frozen=True)
class Facts:
    """One item's values, converted once for all rules; `error` where they can't be given to any rule."""

    values: Mapping[str, Any]
    activation: Any
    error: str | None = None


@dataclass(frozen=True)
class Outcome:
    """Whether an expression matched; one that couldn't be evaluated counts as matched, `error` says why."""

    matched: bool
    error: str | None = None


def check(expression: str) -> None:
    """Raise RuleError, with line, column and what to do, unless the expression can serve as a rule."""
    compile_rule(expression)
    bare = _STRING.sub(lambda found: " " * len(found[0]), expression)
    for found in _PREDICTION_FIELD.finditer(bare):
        if found[1] not in PREDICTION_FIELDS:
            raise rule_messages.at(
                expression,
                found.start(1),
                f"A prediction has no field '{found[1]}'; it has {', '.join(PREDICTION_FIELDS)}.",
            )
    for found in _REGEX.finditer(expression):
        tried = _ENV.compile(f"''.matches({found[1]})").eval(_ENV.Activation({}))
        if tried.type() == cel.Type.ERROR:
            said = rule_messages.in_words(tried.value())
            raise rule_messages.at(expression, found.start(1), rule_messages.sentence(said))


def compile_rule(expression: str) -> Compiled:
    """Return the expression compiled, from a cache; raises RuleError where it isn't one."""
    found = _compiled(expression)
    if isinstance(found, RuleError):
        raise RuleError(found.message, found.line, found.column)
    return found


@lru_cache(maxsize=4096)
def _compiled(expression: str) -> Compiled | RuleError:
    """A wrong expression is kept too, so that a broken rule doesn't cost a compilation an item."""
    problem = _unreadable(expression)
    if problem:
        return RuleError(problem)
    try:
        program = _ENV.compile(expression)
    except RuntimeError as error:
        return rule_messages.translate(expression, str(error))
    if program.return_type() not in (cel.Type.BOOL, cel.Type.DYN):
        result = rule_messages.called(str(program.return_type()))
        return RuleError(f"A rule must come out true or false; this gives {result}. Compare it.")
    return Compiled(expression, program)


def _unreadable(expression: str) -> str | None:
    if not expression.strip():
        return "Write an expression, for example context.amount > 10000."
    if expression.strip() in NAMES:
        return f"Name a field and compare it, for example {expression.strip()}.amount > 10000."
    if len(expression) > MAX_LENGTH:
        return f"Write at most {MAX_LENGTH:,} characters; this has {len(expression):,}."
    if not all(character.isprintable() or character in "\n\r\t" for character in expression):
        return "Remove the invisible characters."
    return None


def facts(*, payload: Any, context: Any, prediction: Any) -> Facts:
    """Return an item's values in the form in which rules read them; use it for all rules of the item."""
    values = {"payload": payload, "context": context, "prediction": prediction}
    # The engine converts recursively in C++: far beyond any real nesting it would end the process.
    if too_deep(values):
        return Facts(values, None, "the item is nested too deeply")
    return Facts(values, _ENV.Activation(values))


def evaluate(compiled: Compiled, given: Facts) -> Outcome:
    """Return whether the rule matches the item; never raises."""
    if given.error:
        return Outcome(True, given.error)
    try:
        result = compiled.program.eval(given.activation)
    except RuntimeError as error:
        return Outcome(True, rule_messages.in_words(str(error)))
    if result.type() == cel.Type.BOOL:
        return Outcome(result.value())
    if result.type() == cel.Type.ERROR:
        return Outcome(True, _why(compiled.expression, result.value(), given.values))
    return Outcome(True, f"it gives {rule_messages.called(str(result.type()))}, not true or false")


def matches(compiled: Compiled, *, payload: Any, context: Any, prediction: Any) -> Outcome:
    """Return whether the rule matches one item's values; for several rules use `facts` and `evaluate`."""
    return evaluate(compiled, facts(payload=payload, context=context, prediction=prediction))


def _why(expression: str, error: str, values: Mapping[str, Any]) -> str:
    missing = _MISSING.search(error)
    if not missing:
        return rule_messages.in_words(error)
    holder = _holder(expression, missing[1], values)
    return f"no field '{missing[1]}'" + (f" in {holder}" if holder else "")


def _holder(expression: str, key: str, values: Mapping[str, Any]) -> str | None:
    """Return the dotted name of the object in which the expression looked for the missing key."""
    for path in _PATH.finditer(expression):
        steps = path[0].split(".")[0].split("[")[0].split()
        at: Any = values.get(steps[0])
        for step in re.findall(_STEP, path[0]):
            name = "".join(step)
            if not isinstance(at, Mapping):
                break
            if name not in at:
                if name == key:
                    return ".".join(steps)
                break
            at = at[name]
            steps.append(name)
    return None
