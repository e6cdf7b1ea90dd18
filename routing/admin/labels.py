"""The labels of an item type in one line of its form; one that has a comma in it comes back as it was."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError

UNREAD = "Write labels with commas between them; quotes stand around a whole label."


class LabelsField(SimpleArrayField):
    """Labels between commas; as in a CSV, quotes hold together what has a comma in it."""

    def to_python(self, value: Any) -> list[str]:
        """Return the labels of a line."""
        return super().to_python(_apart(value) if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        """Return the line of these labels; what was typed stands as it is."""
        return _line(value) if isinstance(value, list) else value


def _apart(line: str) -> list[str]:
    if line.count('"') % 2:
        raise ValidationError(UNREAD)
    try:
        rows = list(csv.reader(line.splitlines(), skipinitialspace=True))
    except csv.Error as problem:
        raise ValidationError(UNREAD) from problem
    return [label for row in rows for label in row if label.strip()]


def _line(labels: list[str]) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="").writerow(labels)
    return line.getvalue()
