"""What an expression may not hold, however well it is written: it would take long on some item."""

from __future__ import annotations

from routing.rules import messages
from routing.rules.cost import states
from routing.rules.tree import Node, walk

MOST_LOOPS = 5  # exists, all, map, filter, exists_one in one expression
DEEPEST_LOOP = 2  # one inside another
LONGEST_LIST = 200  # values written out
LONGEST_PATTERN = 200  # characters of a regular expression
MOST_STATES = 50  # repeated wild cards of a regular expression


def check(expression: str, tree: Node) -> None:
    """Raise RuleError at the first thing that goes beyond the limits above."""
    loops = sorted(node.at for node in walk(tree) if node.kind == "loop")
    if len(loops) > MOST_LOOPS:
        said = f"An expression goes through lists at most {MOST_LOOPS} times; this is one too many."
        raise messages.at(expression, loops[MOST_LOOPS], said)
    _nested(expression, tree, 0)
    for node in walk(tree):
        if node.kind == "list" and len(node.children) > LONGEST_LIST:
            said = f"Write at most {LONGEST_LIST} values in a list; this has {len(node.children):,}."
            raise messages.at(expression, node.at, said)
        if node.kind == "call" and node.name == "matches" and node.children:
            _pattern(expression, node.children[-1])


def _nested(expression: str, node: Node, depth: int) -> None:
    if node.kind != "loop":
        for child in node.children:
            _nested(expression, child, depth)
        return
    if depth == DEEPEST_LOOP:
        said = f"Going through lists inside one another is possible at most {DEEPEST_LOOP} deep."
        raise messages.at(expression, node.at, said)
    through, *inside = node.children
    _nested(expression, through, depth)
    for child in inside:
        _nested(expression, child, depth + 1)


def _pattern(expression: str, node: Node) -> None:
    if not isinstance(node.value, str):
        said = "Write the pattern of matches as text in quotation marks, so that it can be checked here."
        raise messages.at(expression, node.at, said)
    if len(node.value) > LONGEST_PATTERN:
        said = f"Write at most {LONGEST_PATTERN} characters in a pattern; this has {len(node.value):,}."
        raise messages.at(expression, node.at, said)
    if states(node.value) > MOST_STATES:
        said = (
            f"This pattern takes too long on some texts: at most {MOST_STATES} wild cards, counting "
            "each as often as it is repeated in { }."
        )
        raise messages.at(expression, node.at, said)
