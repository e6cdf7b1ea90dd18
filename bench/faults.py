"""What faults do to a site at work: real processes are killed, cut off and filled up under load.

Clients post items, people claim and answer, the worker trains and delivers webhooks, all at once. In the
middle of that a fault comes. A journal of what was acknowledged is compared with the database afterwards:
nothing may be lost, nothing doubled, and each kind of work must go on by itself. Processes that end are
started again after half a second, as systemd or Kubernetes would.
Usage: python bench/faults.py [--quick] [--cells a,b] [--seconds 30] [--write docs/reliability.md]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import pages
from bench.faulting import disk
from bench.faulting.cells import CELLS, QUICK, Cell
from bench.faulting.kept import until
from bench.faulting.resting import WORK, Mark, rest
from bench.faulting.site import Load, Site
from bench.faulting.table import table
from bench.faulting.verdict import Verdict, compare
from bench.world import say

PATIENCE = 240.0  # seconds until all work goes on
DISKS = {"database": 400, "models": 24}  # megabytes


def main() -> int:
    """Run the cells, print one JSON object, and return 1 where one went badly."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help=f"only {', '.join(QUICK)}, and short ones")
    parser.add_argument("--cells", help=f"of {', '.join(one.name for one in CELLS)}")
    parser.add_argument("--seconds", type=float, help="how long a cut or a full disk lasts: 30, quick 3")
    parser.add_argument("--write", type=Path, help="the page whose table is to be written anew")
    options = parser.parse_args()
    wanted = options.cells.split(",") if options.cells else QUICK if options.quick else None
    # What was started is stopped, and unmounted, also where somebody ends this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    cells = [one for one in CELLS if wanted is None or one.name in wanted]
    seconds = options.seconds or (3.0 if options.quick else 30.0)
    rows = run(cells, seconds, quick=options.quick)
    print(json.dumps({"seconds": seconds, "quick": options.quick, "cells": rows}))
    if options.write:
        pages.put(options.write, "table", table(rows, seconds, quick=options.quick))
    return 0 if all(row["well"] for row in rows) else 1


def run(cells: list[Cell], seconds: float, *, quick: bool) -> list[dict]:
    """Return what became of each cell."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hitl-faults-")))
        home.chmod(0o755)
        (home / "disk").mkdir()
        mounted = [
            stack.enter_context(disk.small(home / "disk" / name, size)) for name, size in DISKS.items()
        ]
        possible = {"": True, "mount": all(mounted), "redis": bool(shutil.which("redis-server"))}
        site = Site(home)
        stack.callback(site.stop)
        stack.callback(lambda: say(site.logs()) if sys.exc_info()[0] else None)
        site.prepare()
        site.start()
        rows = []
        for cell in cells:
            if possible[cell.needs]:
                rows.append(_cell(site, cell, seconds, quick=quick))
            else:
                rows.append({"name": cell.name, "words": cell.words, "well": True, "not_run": cell.needs})
            say(json.dumps(rows[-1]))
        return rows


def _cell(site: Site, cell: Cell, seconds: float, *, quick: bool) -> dict:
    """Let everybody work, make the fault, wait until all go on, let them rest, and compare."""
    if cell.before:
        cell.before(site)
    load = Load(site, pulse=quick)
    begun = Mark(site, load)
    load.start()
    until(begun.all_went_on, PATIENCE, "all are at work")
    site.at_it.unlink(missing_ok=True)  # of one that was killed
    until(load.in_hand, PATIENCE, "all four are in the middle of it at one moment", pause=0.002)
    cell.make(site, seconds)
    over = Mark(site, load)
    with contextlib.suppress(TimeoutError):
        until(over.all_went_on, PATIENCE, "all go on")
    journal = load.stop()
    if cell.after:
        cell.after(site)
    rest(site, quick=quick)
    return _row(cell, compare(journal, site.receiver.got, begun), over.back, dict(journal.seen))


def _row(cell: Cell, found: Verdict, back: dict[str, float], seen: dict[str, int]) -> dict:
    told = asdict(found) | {"lost": found.lost[:10], "doubled": found.doubled[:10]}
    told |= {"lost_count": len(found.lost), "doubled_count": len(found.doubled)}
    still = [work for work in WORK if work not in back]
    refused = [answer for answer in seen if answer == "500" or answer.startswith("post ")]
    well = found.well and not still and not refused
    return {"name": cell.name, "words": cell.words, "well": well, "back": back, "still": still, **told} | {
        "seen": seen
    }


if __name__ == "__main__":
    sys.exit(main())
