"""How the admin shows values: JSON laid out, times as distances, links between pages, states as badges."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil

from routing.values import is_number

LONGEST = 2_000  # characters of one text
MOST_NUMBERS, FIRST_NUMBERS = 100, 8  # of a longer list the first ones are shown
TONES = {
    "approved": "good",
    "answered": "good",
    "champion": "good",
    "delivered": "good",
    "done": "good",
    "live": "good",
    "rejected": "bad",
    "parked": "bad",
    "failed": "bad",
    "refused": "bad",
    "overdue": "bad",
    "pending_expert": "warn",
    "pending_human": "warn",
    "held": "warn",
    "challenger": "warn",
    "running": "warn",
    "shadow": "warn",
    "due": "warn",
}


NUMBERS = re.compile(r"\[\s+(?:-?\d[\d.eE+-]*,\s+)*-?\d[\d.eE+-]*\s+\]")


def _on_one_line(numbers: re.Match[str]) -> str:
    return " ".join(numbers.group().split()).replace("[ ", "[").replace(" ]", "]")


def laid_out(value: Any) -> SafeString:
    """Return a JSON value laid out over lines; of a very long text or list of numbers the beginning."""
    text = json.dumps(_clipped(value), indent=2, ensure_ascii=False)
    return format_html("<pre class='json'>{}</pre>", NUMBERS.sub(_on_one_line, text))


def short(value: Any, length: int = 60) -> str:
    """Return a label on one line; text as it is, anything else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= length else text[: length - 1] + "…"


def badge(text: str, tone: str | None = None) -> SafeString:
    """Return a word in a coloured frame; the tone is taken from the word where none is given."""
    tone = tone or TONES.get(text, "plain")
    return format_html("<span class='badge {}'>{}</span>", tone, text.replace("_", " "))


def link(row: Model | None, text: str | None = None) -> SafeString | str:
    """Return a link to the row's page in the admin, or a dash where there is none."""
    if row is None:
        return "–"
    meta = row._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return format_html("<a href='{}'>{}</a>", url, text or row)


def ago(moment: datetime | None) -> SafeString | str:
    """Return how long ago a moment was, with the exact time as its title."""
    if moment is None:
        return "–"
    return format_html(
        "<time datetime='{0}' title='{0}'>{1} ago</time>", moment.isoformat(), _first(timesince(moment))
    )


def due_in(moment: datetime, now: datetime) -> SafeString:
    """Return how far off a deadline is, or by how much it is missed."""
    if moment > now:
        text, tone = f"in {_first(timeuntil(moment, now))}", "plain"
    else:
        text, tone = f"{_first(timesince(moment, now))} late", "bad"
    return format_html("<time class='badge {}' datetime='{}'>{}</time>", tone, moment.isoformat(), text)


def percent(value: float | None, digits: int = 1) -> str:
    """Return a share as a percentage, or a dash."""
    return "–" if value is None else f"{100 * value:.{digits}f} %"


def _clipped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clipped(one) for key, one in value.items()}
    if isinstance(value, list) and len(value) > MOST_NUMBERS and all(map(is_number, value)):
        return [*value[:FIRST_NUMBERS], f"… ({len(value):,} numbers)"]
    if isinstance(value, list):
        return [_clipped(one) for one in value]
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}… ({len(value):,} characters)"
    return value


def _first(text: str) -> str:
    return text.split(",")[0]
