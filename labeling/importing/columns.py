"""What the columns of a table are likely to be, told by their headings and by what stands below them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeling.importing.files import NO_NAME
from labeling.importing.plain import number
from routing.kinds.cells import Cell

REF, LABEL, WHO, WHEN = "item_ref", "label", "user", "ts"
SAID, SURE, MODEL = "prediction.label", "prediction.confidence", "prediction.model"
LEFT_OUT = ""
SAMPLES = 3
JSON = ":json"
HEADINGS = {
    REF: (
        "itemref",
        "id",
        "itemid",
        "ref",
        "reference",
        "uuid",
        "key",
        "nr",
        "no",
        "number",
        "postid",
        "docid",
    ),
    LABEL: (
        "label",
        "labels",
        "class",
        "category",
        "target",
        "gold",
        "truth",
        "groundtruth",
        "verdict",
        "tag",
        "intent",
        "sentiment",
    ),
    WHO: ("user", "annotator", "labeler", "reviewer", "labelledby", "labeledby"),
    WHEN: ("ts", "labelledat", "labeledat"),
    SAID: ("prediction", "predicted", "predictedlabel", "modellabel", "modelanswer", "pred", "yhat"),
    SURE: ("confidence", "score", "probability", "prob", "conf", "certainty"),
    MODEL: ("model", "modelname", "modelversion"),
}


@dataclass(frozen=True)
class Column:
    """One column: its heading, what its first cells hold, and what an import is to take it for."""

    name: str
    samples: tuple[str, ...]
    target: str


def guess(
    names: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    cells: Sequence[Cell],
    labels: Sequence[str],
    *,
    json_labels: bool,
) -> tuple[Column, ...]:
    """Return the columns, each with what it is taken for; no target but LEFT_OUT stands twice.

    A name of ours counts first, then a heading that is known, then what the cells hold: labels of the item
    type, and for the kind's first field the longest texts. Anything else becomes a detail of its own name.
    """
    found: dict[str, str] = {}
    targets = [*HEADINGS, *(cell.target for cell in cells)]
    known = {cell.target: cell.known_as for cell in cells} | HEADINGS
    for target in targets:
        if name := _headed(names, found, target, known[target]):
            found[name] = target
    _drop_repeated_refs(found, rows)
    _find_labels(names, found, rows, labels)
    _find_text(names, found, rows, cells)
    _drop_baseless(found, rows)
    if SURE in found.values() and SAID not in found.values():
        # A confidence is a model's: the answer beside it is the model's as well.
        found = {name: SAID if target == LABEL else target for name, target in found.items()}
    if json_labels:
        found = {
            name: f"{target}{JSON}" if target in (LABEL, SAID) else target for name, target in found.items()
        }
    return tuple(Column(name, samples(name, rows), found.get(name) or _own(name)) for name in names)


def samples(name: str, rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the first texts of a column that are not empty, each once."""
    texts = (text for row in rows if (text := as_text(row.get(name))))
    return tuple(dict.fromkeys(texts))[:SAMPLES]


def as_text(value: Any) -> str:
    """Return what a cell holds as people read it."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


def plain(heading: str) -> str:
    """Return a heading without case, spaces and signs: `Post ID` and `post_id` are one."""
    return re.sub(r"[\W_]+", "", heading.casefold())


def _headed(names: Sequence[str], found: Mapping[str, str], target: str, known: Sequence[str]) -> str | None:
    free = [name for name in names if name not in found]
    ours = target.removesuffix(JSON)
    for name in free:
        if name in (ours, f"payload.{ours}"):
            return name
    by_heading = {plain(name): name for name in reversed(free)}
    return next((by_heading[one] for one in known if one in by_heading), None)


def _drop_repeated_refs(found: dict[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
    """A column that names two rows alike, or some not at all, is no reference."""
    for name in [name for name, target in found.items() if target == REF]:
        values = [as_text(row.get(name)) for row in rows]
        if "" in values or len(set(values)) < len(values):
            del found[name]


def _drop_baseless(found: dict[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
    """A score is no confidence where it is none of 0 to 1, or no answer stands beside it."""
    answered = not {LABEL, SAID}.isdisjoint(found.values())
    for name in [name for name, target in found.items() if target in (SURE, MODEL)]:
        if not answered or (found[name] == SURE and not all(_is_share(row.get(name)) for row in rows)):
            del found[name]


def _is_share(value: Any) -> bool:
    share = number(value)
    return value in ("", None) or (isinstance(share, int | float) and 0 <= share <= 1)


def _find_labels(
    names: Sequence[str], found: dict[str, str], rows: Sequence[Mapping[str, Any]], labels: Sequence[str]
) -> None:
    if LABEL in found.values() or not labels:
        return
    for name in names:
        values = {as_text(row.get(name)) for row in rows} - {""}
        if name not in found and values and values <= set(labels):
            found[name] = LABEL
            return


def _find_text(
    names: Sequence[str], found: dict[str, str], rows: Sequence[Mapping[str, Any]], cells: Sequence[Cell]
) -> None:
    """Where nothing to look at was found, the longest texts are it."""
    if any(cell.target in found.values() for cell in cells):
        return
    free = [name for name in names if name not in found]
    lengths = {name: sum(len(as_text(row.get(name))) for row in rows) for name in free}
    longest = max(lengths, key=lengths.__getitem__, default=None)
    if longest and not cells[0].json:
        found[longest] = cells[0].target


def _own(name: str) -> str:
    """Return the name under which a column that nobody knows is shown beside the item."""
    if name.partition(".")[0] in ("context", "payload") and "." in name:
        return name
    return LEFT_OUT if not name or re.fullmatch(rf"{NO_NAME} \d+", name) else f"payload.{name}"
