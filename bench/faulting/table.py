"""The table of docs/reliability.md, written anew from what a run has shown."""

from __future__ import annotations

from pathlib import Path

BEGIN = "<!-- table: python bench/faults.py --write docs/reliability.md -->"
END = "<!-- end of the table -->"
COLUMNS = (
    "Fault",
    "Acknowledged: items, answers, messages, trainings",
    "Lost",
    "Doubled",
    "Sent again under the same id",
    "Goes on after (s): posting, reviewing, training, delivering",
    "The book",
)


def write(page: Path, rows: list[dict], seconds: float, *, quick: bool) -> None:
    """Put the rows in place of the page's table; ValueError where it has no place for one."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{page} lacks the lines {BEGIN} and {END}")
    said = f"What lasts (a cut, a full disk) lasted {seconds:.0f} s."
    if quick:
        said += " What the clock starts each minute was started each second; pauses were cut short."
    head = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    lines = [BEGIN, *head, *map(_line, rows), "", said, END]
    page.write_text(before + "\n".join(lines) + after)


def _line(row: dict) -> str:
    if "not_run" in row:
        return f"| {row['words']} | not run: needs {row['not_run']} | | | | | |"
    done = ", ".join(f"{row[name]:,}" for name in ("posts", "answers", "messages", "trainings"))
    back = ", ".join(
        f"{row['back'][work]:.1f}" if work in row["back"] else "not"
        for work in ("posting", "reviewing", "training", "delivering")
    )
    cells = [row["words"], done, row["lost_count"], row["doubled_count"], row["repeated"], back, row["book"]]
    return f"| {' | '.join(map(str, cells))} |"
