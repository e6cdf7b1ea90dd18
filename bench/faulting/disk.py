"""A small disk of its own that can be filled to the last byte: a tmpfs, which root may mount."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BALLAST = "ballast"


@contextmanager
def small(place: Path, megabytes: int) -> Iterator[bool]:
    """Mount a disk of this size at `place`, and yield whether that was allowed; else a plain folder."""
    place.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(place)]
    mounted = os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> int:
    """Write until nothing more fits, and return how many bytes that took."""
    written = 0
    with (place / BALLAST).open("ab", buffering=0) as ballast:
        for size in (1 << 20, 1 << 12, 1):
            block = b"\0" * size
            try:
                while True:
                    written += ballast.write(block)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
    return written


def empty(place: Path) -> None:
    """Give the space back."""
    (place / BALLAST).unlink(missing_ok=True)
