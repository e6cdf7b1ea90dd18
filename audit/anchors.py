"""Checkpoints in a file elsewhere: one line each, appended and flushed to the disk, and read for checking."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from audit import checkpoints
from audit.checkpoints import Statement


@dataclass(frozen=True, slots=True)
class Anchored:
    """What stands in the file: the statements with the numbers of their lines, and what can't be read."""

    statements: tuple[tuple[int, Statement], ...]
    remarks: tuple[str, ...] = ()


def append(path: Path, statement: Statement) -> None:
    """Add a statement to the file and wait until the disk has it; raises OSError.

    A line that an earlier crash left half written is ended first, so that this one stands alone.
    """
    with path.open("a+b") as file:
        size = file.seek(0, os.SEEK_END)
        broken_off = False
        if size:
            file.seek(-1, os.SEEK_END)
            broken_off = file.read(1) != b"\n"
        file.write(b"\n" * broken_off + checkpoints.line(statement).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read(path: Path | None) -> Anchored:
    """Return what stands in the file; what can't be opened is a remark, and a file not yet begun is none."""
    if path is None:
        return Anchored(())
    found, bad = [], []
    try:
        with path.open("rb") as file:
            for number, text in enumerate(file, 1):
                try:
                    found.append((number, checkpoints.read(json.loads(text))))
                except (ValueError, RecursionError):
                    bad.append(number)
    except FileNotFoundError:
        return Anchored(())
    except OSError as error:
        return Anchored((), (f"The anchor file can't be read: {error.strerror}.",))
    if bad:
        lines = ", ".join(map(str, bad[:5]))
        remark = f"Lines of the anchor file that are no checkpoints: {lines}{' …' * (len(bad) > 5)}."
        return Anchored(tuple(found), (remark,))
    return Anchored(tuple(found))
