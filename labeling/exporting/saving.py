"""An export into a file, with a manifest beside it; one that broke off goes on where it stood."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from django.utils import timezone

from audit import trail
from audit.uuid7 import uuid7
from labeling.exporting import reading, streaming
from labeling.exporting.formats import Format, Rows, Whole
from labeling.exporting.reading import Wanted
from labeling.exporting.records import Record, Tally

PIECE = 1 << 20

# Takes how many records were read and how many rows they made.
Heard = Callable[[int, int], None]


def save(name: str, form: Format, wanted: Wanted, path: Path, *, heard: Heard, by: str) -> dict[str, Any]:
    """Write the export to `path` and its manifest to `path`.manifest.json, and return the manifest.

    Meanwhile it is `path`.part, with `path`.state to go on from: for formats of rows the place after the last
    page, others begin again. A state of another export is not gone on from.
    """
    part, state_path = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.state")
    told = json.loads(json.dumps(streaming.told(name, wanted), default=str))
    state = _state(state_path, part, told) if isinstance(form, Rows) else None
    state = state or {"export": str(uuid7()), "asked": told, "at": "", "bytes": 0, "records": 0, "rows": 0}
    subject = (streaming.SUBJECT, state["export"])
    trail.record("export.started", subject, by=by, **told, after=state["at"])
    tally = Tally(state["rows"])
    with part.open("r+b" if state["bytes"] else "wb") as file:
        file.truncate(state["bytes"])
        file.seek(state["bytes"])
        if isinstance(form, Whole):
            _whole(form, wanted, file, tally, heard)
        else:
            _rows(form, wanted, file, tally, state, state_path, heard)
        file.flush()
        os.fsync(file.fileno())
    manifest = {
        **told,
        "export": state["export"],
        "rows": tally.rows,
        "bytes": part.stat().st_size,
        "sha256": _digest(part),
        "made_at": timezone.now().isoformat(),
    }
    part.replace(path)
    path.with_name(f"{path.name}.manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    state_path.unlink(missing_ok=True)
    done = {name: manifest[name] for name in ("rows", "sha256")}
    trail.record("export.ended", subject, by=by, **told, **done, complete=True)
    return manifest


def _state(path: Path, part: Path, asked: dict[str, Any]) -> dict[str, Any] | None:
    """Return where an earlier run of the same export stood, if it can be gone on with."""
    if not (path.exists() and part.exists()):
        return None
    try:
        state = json.loads(path.read_text())
    except ValueError:
        return None  # it broke off while it wrote that
    return state if state["asked"] == asked and state["bytes"] <= part.stat().st_size else None


def _rows(
    form: Rows,
    wanted: Wanted,
    file: BinaryIO,
    tally: Tally,
    state: dict[str, Any],
    state_path: Path,
    heard: Heard,
) -> None:
    head = streaming.head(wanted.item_type)
    if not state["bytes"]:
        file.write(form.start(head))
    for page in reading.pages(replace(wanted, after=state["at"])):
        file.write(streaming.page_bytes(form, page, head, tally))
        file.flush()
        state |= {"at": page.at, "bytes": file.tell(), "rows": tally.rows}
        state["records"] += len(page.records)
        fresh = state_path.with_name(f"{state_path.name}.new")
        fresh.write_text(json.dumps(state))
        fresh.replace(state_path)
        heard(state["records"], tally.rows)
    file.write(form.end(head, tally.rows))


def _whole(form: Whole, wanted: Wanted, file: BinaryIO, tally: Tally, heard: Heard) -> None:
    read = 0

    def records() -> Iterator[Record]:
        nonlocal read
        for page in reading.pages(wanted):
            yield from page.records
            read += len(page.records)
            heard(read, tally.rows)

    for piece in form.stream(streaming.head(wanted.item_type), records(), tally):
        file.write(piece)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
