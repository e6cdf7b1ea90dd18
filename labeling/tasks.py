"""What the clock does for labeling."""

SCHEDULES: list[tuple[str, str, str]] = []
