"""What a kept file holds, before anything of it goes in: its columns, and what its first rows become."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from labeling.importing import columns, running, uploads
from labeling.importing.checking import Arrival, check
from labeling.importing.columns import Column
from labeling.importing.files import Row, read
from labeling.models import ImportRun
from routing.errors import InvalidInput
from routing.kinds import KINDS
from routing.values import Findings

LOOKED_AT = 200  # rows
TOLD = 5  # rows that would be refused
MOST_LABELS = 50


@dataclass(frozen=True)
class Trouble:
    """A row that would be refused: its line, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Look:
    """The first rows as they would go in: those that can, those that can't, and answers nobody knows yet."""

    rows: int
    good: tuple[Arrival, ...]
    troubles: tuple[Trouble, ...]
    unknown: tuple[str, ...]

    @property
    def refused(self) -> int:
        """How many of the rows would be refused."""
        return self.rows - len(self.good)

    @property
    def answered(self) -> int:
        """How many come with their answer, so that nobody is asked."""
        return sum(bool(one.labels) for one in self.good)


def table(run: ImportRun) -> tuple[Column, ...]:
    """Return the columns of a waiting file with what each is taken for; none where its format says it all.

    Raises OSError where the file is gone.
    """
    source = uploads.source(run)
    if run.format == "label-studio":
        return ()
    with running.opened(source) as file:
        rows = [one.value for one in islice(read(run.format, file, run.delimiter), LOOKED_AT)]
    flat = [row for row in rows if isinstance(row, Mapping) and (run.format == "csv" or running.is_flat(row))]
    names = list(dict.fromkeys(name for row in flat for name in row))
    kind, spec = KINDS[run.item_type.kind], run.item_type.spec
    return columns.guess(names, flat, kind.cells, spec.labels, json_labels=kind.writes_labels_as_json(spec))


def look(run: ImportRun, names: Mapping[str, str]) -> Look:
    """Return what the first rows of a waiting file become under these names; nothing is stored.

    Raises OSError where the file is gone.
    """
    source = uploads.source(run, names)
    with running.opened(source) as file:
        rows = list(islice(running.records(source, run.item_type, file), LOOKED_AT))
    good, troubles = [], []
    for row in rows:
        found = _checked(row, run)
        (good if isinstance(found, Arrival) else troubles).append(found)
    return Look(len(rows), tuple(good), tuple(troubles[:TOLD]), _unknown(rows, run))


def _checked(row: Row, run: ImportRun) -> Arrival | Trouble:
    if row.problem:
        return Trouble(row.line, row.problem)
    try:
        return check(row.line, row.value, run.item_type)
    except InvalidInput as error:
        told = (f"{_field(one.attr)}: {one.detail}" if one.attr else one.detail for one in error.problems)
        return Trouble(row.line, " ".join(told))


def _field(attr: str) -> str:
    """Return a path as a table has it, where a row holds one label and one prediction at most."""
    return attr.replace("labels.0.", "").replace("predictions.0.", "prediction.")


def _unknown(rows: list[Row], run: ImportRun) -> tuple[str, ...]:
    """Return the answers in these rows that are no labels of the item type but could be, commonest first."""
    known = run.item_type.spec.labels
    if not known:
        return ()
    found = Counter(
        answer
        for row in rows
        if isinstance(row.value, Mapping)
        for said in (*(row.value.get("labels") or ()), *(row.value.get("predictions") or ()))
        for answer in _answers(said)
    )
    fit = (one for one, _ in found.most_common() if one not in known and Findings().text(one, "", limit=100))
    return tuple(islice(fit, MOST_LABELS))


def _answers(said: Any) -> list[str]:
    label = said.get("label") if isinstance(said, Mapping) else None
    return [one for one in (label if isinstance(label, list) else [label]) if isinstance(one, str)]
