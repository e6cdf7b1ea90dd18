"""A whole file taken in, in portions; one that broke off goes on after the last portion."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from audit.trail import Actor
from labeling.importing import plain, tasks
from labeling.importing.checking import FIELDS
from labeling.importing.files import Row, read
from labeling.importing.storing import Outcome, store
from routing.models import ItemType

PORTION = 1_000  # rows in one transaction
WHOLE = {"payload", "record"}  # a line with one of these is an object of the API's or our own
UTF8 = "utf-8-sig"

# Takes how many bytes of the file were read and what became of its rows so far.
Heard = Callable[[int, "Totals"], None]


@dataclass(frozen=True)
class Source:
    """A file and how it is read: `names` maps their fields to ours, `pool` keeps items for the sampler.

    `encoding` is Python's name of one, `delimiter` stands between the cells of a CSV.
    """

    path: Path
    format: str
    names: Mapping[str, str] = field(default_factory=dict)
    pool: bool = False
    encoding: str = UTF8
    delimiter: str = ","


@dataclass
class Totals:
    """How far an import has come."""

    file: str
    rows: int = 0
    created: int = 0
    duplicates: int = 0
    labels: int = 0
    refused: int = 0
    refused_bytes: int = 0


def refused_path(path: Path) -> Path:
    """Return where refused rows are written."""
    return path.with_name(f"{path.name}.refused.jsonl")


def state_path(path: Path) -> Path:
    """Return where an import keeps how far it has come."""
    return path.with_name(f"{path.name}.import.json")


def run(source: Source, item_type: ItemType, *, heard: Heard, by: Actor) -> Totals:
    """Take the file in and return what became of its rows; refused ones stand in a file beside it.

    `heard` is told after every portion; what it raises breaks the import off, which then can be gone on with.

    A file that has changed since an import of it broke off begins anew; what is known already is left as it
    is. Raises OSError, and NoPolicy.
    """
    totals = _resumed(source, item_type)
    with opened(source) as file:
        rows = islice(records(source, item_type, file), totals.rows, None)
        with refused_path(source.path).open("ab") as refused:
            refused.truncate(totals.refused_bytes)
            while portion := list(islice(rows, PORTION)):
                outcome = store(portion, item_type, by=by)
                _note(totals, portion, outcome)
                refused.writelines(_refusal(one) for one in outcome.refused)
                refused.flush()
                totals.refused_bytes = refused.seek(0, os.SEEK_END)
                _keep(source.path, totals)
                heard(file.buffer.tell(), totals)
    state_path(source.path).unlink(missing_ok=True)
    if not totals.refused:
        refused_path(source.path).unlink()
    return totals


def _note(totals: Totals, portion: list[Row], outcome: Outcome) -> None:
    totals.rows += len(portion)
    totals.created += outcome.created
    totals.duplicates += outcome.duplicates
    totals.labels += outcome.labels
    totals.refused += len(outcome.refused)


def opened(source: Source) -> TextIO:
    """Return the file, opened to be read; what its encoding can't say is kept to be refused."""
    # The half of a pair at the end of UTF-16 can't be kept, but the sign in its place.
    kept = "replace" if source.encoding == "utf-16" else "surrogateescape"
    return source.path.open(encoding=source.encoding, errors=kept, newline="")


def records(source: Source, item_type: ItemType, file: TextIO) -> Iterator[Row]:
    """Yield each row of the opened file as a record, or with why it can't be read."""
    for row in read(source.format, file, source.delimiter):
        yield row if row.problem else _record(source, item_type, row)


def _record(source: Source, item_type: ItemType, row: Row) -> Row:
    """Return the row as a record, whatever it came as."""
    value = row.value
    if source.format == "label-studio" and not plain.is_ours(value):
        if source.names and isinstance(value, dict) and isinstance(value.get("data"), dict):
            value = value | {"data": plain.renamed(value["data"], source.names)}
        try:
            value = tasks.record(value, item_type.spec, item_type.slug)
        except tasks.NoTask as error:
            return Row(row.line, row.value, str(error))
    elif source.format == "csv" or is_flat(value):
        value = plain.record(value, source.names, item_type.spec.labels)
    if source.pool and isinstance(value, dict) and "status" not in value:
        value = value | {"purpose": "pool"}
    return Row(row.line, value)


def is_flat(value: Any) -> bool:
    """Return whether a line of JSON is a plain row: it has fields of its own beside no payload."""
    return plain.is_ours(value) and WHOLE.isdisjoint(value) and not value.keys() <= set(FIELDS)


def _refusal(one: Any) -> bytes:
    # A file that is not UTF-8 has halves of surrogate pairs in it, which only escapes can say.
    told = {"line": one.line, "reason": one.reason, "row": one.row}
    return json.dumps(told, default=str).encode() + b"\n"


def _fingerprint(source: Source, item_type: ItemType) -> str:
    """Return what tells whether this is the same file, read the same way."""
    found = source.path.stat()
    read = [found.st_size, found.st_mtime_ns, source.format, sorted(source.names.items()), source.pool]
    read += [source.encoding, source.delimiter]
    return json.dumps([item_type.slug, *read])


def _resumed(source: Source, item_type: ItemType) -> Totals:
    fingerprint = _fingerprint(source, item_type)
    try:
        kept = Totals(**json.loads(state_path(source.path).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return Totals(fingerprint)
    return kept if kept.file == fingerprint else Totals(fingerprint)


def _keep(path: Path, totals: Totals) -> None:
    fresh = state_path(path).with_suffix(".new")
    fresh.write_text(json.dumps(vars(totals)))
    fresh.replace(state_path(path))
