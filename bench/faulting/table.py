"""What a run of the fault bench has shown, as a table in Markdown."""

COLUMNS = (
    "Fault",
    "Acknowledged: items, answers, messages, trainings",
    "Lost",
    "Doubled",
    "Sent again under the same id",
    "Goes on after (s): posting, reviewing, training, delivering",
    "The book",
)


def table(rows: list[dict], seconds: float, *, quick: bool) -> str:
    """Return what became of each cell as a table in Markdown, and how it was run."""
    said = f"What lasts (a cut, a full disk) lasted {seconds:.0f} s."
    if quick:
        said += " What the clock starts each minute was started each second; pauses were cut short."
    head = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    return "\n".join([*head, *map(_line, rows), "", said])


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
