"""What a kept file holds, before anything of it goes in: its columns, and what its first rows become."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from labeling.importing import columns, running, uploads
from labeling.importing.checking import Arrival, check
from labeling.importing.columns import Column
from labeling.importing.files import Row, read
from labeling.importing.running import Source
from labeling.models import ImportRun
from routing.errors import InvalidInput
from routing.kinds import KINDS
from routing.models import ItemType
from routing.values import Findings

LOOKED_AT = 200  # rows
MOST_COLUMNS = 500  # the answers about each come in one form, of which Django takes a thousand fields
TOO_WIDE = (
    "This file has {:,} columns, and the guide takes {:,}. Take some of them away, or have it taken in on "
    "the server: manage.py import_items reads any number."
)
TOLD = 5  # rows that would be refused
FOR_ANSWERS = 10_000  # rows, in which answers are looked for that nobody knows yet
MOST_LABELS = 500


@dataclass(frozen=True)
class Trouble:
    """A row that would be refused: its line, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Look:
    """The first rows as they would go in: those that can, those that can't, and answers nobody knows yet.

    `item_type` has those answers as well where they are to be added.
    """

    item_type: ItemType
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

    Raises OSError where the file is gone, and InvalidInput where it has more than MOST_COLUMNS.
    """
    source = uploads.source(run)
    with running.opened(source) as file:
        rows = [one.value for one in islice(read(run.format, file, run.delimiter), LOOKED_AT)]
    flat = [row for row in rows if run.format == "csv" or running.is_flat(row)]
    flat = [row for row in flat if isinstance(row, Mapping)]
    names = list(dict.fromkeys(name for row in flat for name in row))
    if len(names) > MOST_COLUMNS:
        raise InvalidInput.single(TOO_WIDE.format(len(names), MOST_COLUMNS), attr="file")
    kind, spec = KINDS[run.item_type.kind], run.item_type.spec
    return columns.guess(names, flat, kind.cells, spec.labels, json_labels=kind.writes_labels_as_json(spec))


def look(run: ImportRun, names: Mapping[str, str], *, adding: bool = False) -> Look:
    """Return what the first rows of a waiting file become under these names; nothing is stored.

    With `adding` as if the answers that nobody knows yet were labels of the item type.

    Raises OSError where the file is gone.
    """
    source = uploads.source(run, names)
    with running.opened(source) as file:
        rows = list(islice(running.records(source, run.item_type, file), LOOKED_AT))
        unknown = _unknown(rows, source, run.item_type, file)
    item_type = copy(run.item_type)
    if adding:
        item_type.labels = [*item_type.labels, *unknown]
    good, troubles = [], []
    for row in rows:
        found = _checked(row, item_type)
        (good if isinstance(found, Arrival) else troubles).append(found)
    return Look(item_type, len(rows), tuple(good), tuple(troubles[:TOLD]), unknown)


def _checked(row: Row, item_type: ItemType) -> Arrival | Trouble:
    if row.problem:
        return Trouble(row.line, row.problem)
    try:
        return check(row.line, row.value, item_type)
    except InvalidInput as error:
        told = (f"{_field(one.attr)}: {one.detail}" if one.attr else one.detail for one in error.problems)
        return Trouble(row.line, " ".join(told))


def _field(attr: str) -> str:
    """Return a path as a table has it, where a row holds one label and one prediction at most."""
    return attr.replace("labels.0.", "").replace("predictions.0.", "prediction.")


def _unknown(rows: list[Row], source: Source, item_type: ItemType, file: TextIO) -> tuple[str, ...]:
    """Return the answers that are no labels of the item type but could be, commonest first.

    Where the first rows hold answers they are looked for in all of the file, within reason.
    """
    known = item_type.spec.labels
    found = Counter(_answers(rows))
    if not (known and found):
        return ()
    file.seek(0)
    found = Counter(_answers(islice(running.records(source, item_type, file), FOR_ANSWERS)))
    fit = (one for one, _ in found.most_common() if one not in known and Findings().text(one, "", limit=100))
    return tuple(islice(fit, MOST_LABELS - len(known)))


def _answers(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        value = row.value if isinstance(row.value, Mapping) else {}
        for said in (*(value.get("labels") or ()), *(value.get("predictions") or ())):
            label = said.get("label") if isinstance(said, Mapping) else None
            several = label if isinstance(label, list) else [label]
            yield from (one for one in several if isinstance(one, str))
