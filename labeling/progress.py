"""A progress bar for commands, in plain text."""

from __future__ import annotations

import time
from typing import TextIO

WIDTH = 30
CLEAR = "\r\x1b[K"
EVERY = 5.0  # seconds between lines where there is no terminal


def line(share: float) -> str:
    """Return what takes the place of a terminal's last line: a bar and the share (0 to 1) in percent."""
    filled = round(WIDTH * share)
    return f"{CLEAR}{'█' * filled}{'·' * (WIDTH - filled)} {share:4.0%}"


class Progress:
    """A bar on a terminal; elsewhere a line every few seconds."""

    def __init__(self, out: TextIO, total: int, noun: str) -> None:
        self.out, self.total, self.noun = out, max(total, 1), noun
        self.live, self._told = out.isatty(), time.monotonic()

    def show(self, done: int, rows: int) -> None:
        """Show how much of the total is done, and how many rows that was."""
        share = min(1.0, done / self.total)
        if self.live:
            self.out.write(f"{line(share)}  {rows:,} {self.noun}")
        elif time.monotonic() - self._told < EVERY:
            return
        else:
            self._told = time.monotonic()
            self.out.write(f"{share:4.0%}  {rows:,} {self.noun}\n")
        self.out.flush()

    def end(self) -> None:
        """Take the bar away."""
        if self.live:
            self.out.write(CLEAR)
            self.out.flush()
