"""Compile, check and evaluate an admin's expression over payload, context and prediction.

The language is CEL, the Common Expression Language (github.com/google/cel-spec): no loops beyond its
bounded macros, no side effects, no access to anything but the three values. What could take long is refused
where it is written (limits) or, on an item that is too large for it, left to a person (cost).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from routing.rules import cost as rule_cost
from routing.rules import hints, limits, messages
from routing.rules import tree as rule_tree
from routing.rules.messages import RuleError
from routing.rules.tree import Node
from routing.values import too_deep

NAMES = ("payload", "context", "prediction")
PREDICTION_FIELDS = ("label", "confidence", "score", "model", "probabilities")
MAX_LENGTH = 2_000  # characters

_ENV = cel.NewEnv(variables=dict.fromkeys(NAMES, cel.Type.DYN))
_DATE = re.compile(r"(?<![\w.])\d{4}-\d\d?-\d\d?(?![\w.])")
_TRIED = {"matches": "''.matches({})", "timestamp": "timestamp({})", "duration": "duration({})"}
_MISSING = re.compile(r'Key not found in map : "?(.*?)"?$', re.DOTALL)
TOO_LARGE = "the item is too large for this expression, which would take too long"
_STEP = r"""\[\s*(?:'([^']*)'|"([^"]*)")\s*\]|\.\s*(\w+)"""
_PATH = re.compile(rf"(?<![\w.])(?:payload|context|prediction)(?:\s*(?:{_STEP}))+")


@dataclass(frozen=True)
class Compiled:
    """An expression that is ready to be evaluated, from any thread."""

    expression: str
    program: Any = field(repr=False, compare=False)
    tree: Node = field(repr=False, compare=False)
    heavy: bool = False  # it could take long on some item, so that each is measured first


@dataclass(frozen=True)
class Facts:
    """One item's values, converted once for all rules; `error` where they can't be given to any rule."""

    values: Mapping[str, Any]
    activation: Any
    error: str | None = None
    sizes: dict[int, int] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class Outcome:
    """Whether an expression matched; one that couldn't be evaluated counts as matched, `error` says why."""

    matched: bool
    error: str | None = None


def check(expression: str) -> None:
    """Raise RuleError, with line, column and what to do, unless the expression can serve as a rule.

    Stricter than `compile_rule`, by which policies load that were published before: what compiles and can
    only be a mistake is refused as well.
    """
    tree = compile_rule(expression).tree
    date = _DATE.search(hints.bare(expression))
    if date:
        said = f"This subtracts numbers. Write a date as text: '{date[0]}'."
        raise messages.at(expression, date.start(), said)
    for node in rule_tree.walk(tree):
        steps = rule_tree.path(node)
        if steps and len(steps) == 2 and steps[0] == "prediction" and steps[1] not in PREDICTION_FIELDS:
            raise _no_such_field(expression, node, steps[1])
        if node.kind == "call" and node.name in _TRIED and node.children[-1].kind == "const":
            _try_constant(expression, node.name, node.children[-1])


def _no_such_field(expression: str, node: Node, name: str) -> RuleError:
    # The engine places a field at the dot or the bracket before it.
    named = expression.find(name, node.at)
    said = f"A prediction has no field '{name}'; it has {', '.join(PREDICTION_FIELDS)}."
    return messages.at(expression, max(named, node.at), said)


def _try_constant(expression: str, function: str, node: Node) -> None:
    """Try a function on its constant: the engine itself looks at it only when it is evaluated."""
    tried = _ENV.compile(_TRIED[function].format(json.dumps(node.value, ensure_ascii=False))).eval(
        _ENV.Activation({})
    )
    if tried.type() == cel.Type.ERROR:
        said = messages.in_words(tried.value())
        raise messages.at(expression, node.at, messages.sentence(said))


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
        return problem
    try:
        program = _ENV.compile(expression)
    except RuntimeError as error:
        return messages.translate(expression, str(error))
    if program.return_type() not in (cel.Type.BOOL, cel.Type.DYN):
        result = messages.called(str(program.return_type()))
        return RuleError(f"A rule must come out true or false; this gives {result}. Compare it.")
    tree = rule_tree.read(program.serialize())
    try:
        limits.check(expression, tree)
    except RuleError as error:
        return error
    return Compiled(expression, program, tree, rule_cost.heavy(tree))


def _unreadable(expression: str) -> RuleError | None:
    if not expression.strip():
        return RuleError("Write an expression, for example context.amount > 10000.")
    name = expression.strip()
    if name in NAMES:
        example = "score < 0.9" if name == "prediction" else "amount > 10000"
        return RuleError(f"Name a field and compare it, for example {name}.{example}.")
    if len(expression) > MAX_LENGTH:
        return RuleError(f"Write at most {MAX_LENGTH:,} characters; this has {len(expression):,}.")
    for place, character in enumerate(expression):
        if not character.isprintable() and character not in "\n\r\t":
            said = f"Delete the invisible character here (U+{ord(character):04X}) and type it anew."
            return messages.at(expression, place, said)
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
    if compiled.heavy and rule_cost.too_large(compiled.tree, given.values, given.sizes):
        return Outcome(True, TOO_LARGE)
    try:
        result = compiled.program.eval(given.activation)
    except RuntimeError as error:
        return Outcome(True, messages.in_words(str(error)))
    if result.type() == cel.Type.BOOL:
        return Outcome(result.value())
    if result.type() == cel.Type.ERROR:
        return Outcome(True, _why(compiled.expression, result.value(), given.values))
    return Outcome(True, f"it gives {messages.called(str(result.type()))}, not true or false")


def _why(expression: str, error: str, values: Mapping[str, Any]) -> str:
    missing = _MISSING.search(error)
    if not missing:
        return messages.in_words(error)
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
