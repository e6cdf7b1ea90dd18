"""What the demo shows while it works and at its end: a progress bar and a table, in plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TextIO

from labeling.progress import CLEAR, line


class Progress:
    """A bar on a terminal; elsewhere one line whenever the words change."""

    def __init__(self, out: TextIO, total: int) -> None:
        self.out, self.total, self.done, self.words = out, max(total, 1), 0, ""
        self.live = out.isatty()

    def step(self, count: int = 1) -> None:
        """Count what was done."""
        self.done += count
        self._draw()

    def say(self, words: str) -> None:
        """Say what comes next."""
        changed, self.words = words != self.words, words
        if self.live:
            self._draw()
        elif changed:
            self.out.write(f"{self._share():4.0%}  {words}\n")
            self.out.flush()

    def end(self) -> None:
        """Leave the bar behind."""
        if self.live:
            self.out.write(CLEAR)
            self.out.flush()

    def _draw(self) -> None:
        if self.live:
            self.out.write(f"{line(self._share())}  {self.words}")
            self.out.flush()

    def _share(self) -> float:
        return min(1.0, self.done / self.total)


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return the rows under their heads as text, numbers to the right; shares as percent, None as a dash."""
    cells = [list(heads), *[[_cell(value) for value in row] for row in rows]]
    widths = [max(len(line[column]) for line in cells) for column in range(len(heads))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{100 * value:.1f} %" if isinstance(value, float) else str(value)
