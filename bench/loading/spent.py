"""What processes have used, told by /proc: CPU seconds and memory of one with all its descendants."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def tree(root: int) -> list[int]:
    """Return the ids of a process and all that descend from it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int(_fields(int(entry.name))[1])
    found = [root]
    for one in found:
        found += [pid for pid, parent in parents.items() if parent == one]
    return found


def cpu_seconds(root: int) -> float:
    """Return CPU seconds of the tree, those of ended children included once they were waited for."""
    total = 0
    for pid in tree(root):
        with contextlib.suppress(OSError):
            own = _fields(pid)
            total += sum(map(int, own[11:15]))
    return total / TICKS


def megabytes(root: int) -> float:
    """Return the memory of the tree, what its processes share counted once (proportional set size)."""
    total = 0
    for pid in tree(root):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return round(total / 1024, 1)


def _fields(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat behind the command's name: state, parent, ..."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
