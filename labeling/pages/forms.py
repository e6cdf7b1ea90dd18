"""What the review pages post, turned into values; whether it fits the item is review.submit's to say."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime

from labeling.answering.review import LONGEST_COMMENT, Answer
from labeling.models import Review

WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
DECIMAL = re.compile(r"[+-]?([0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(e[+-]?[0-9]{1,3})?", re.IGNORECASE)
COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")
GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
LONGEST_LOOK_MS = 3_600_000  # an hour: a tab that was forgotten open is not an hour of thought


def number(text: str) -> int | float | str:
    """Return the number that somebody typed, with a point or a comma before the decimals; else the text.

    One comma before exactly three digits could as well group thousands: it is left for the kind to refuse.
    """
    text = text.strip()
    if COMMA.fullmatch(text) and not GROUPED.fullmatch(text):
        text = text.replace(",", ".")
    if WHOLE.fullmatch(text):
        return int(text)
    return float(text) if DECIMAL.fullmatch(text) else text


def written(text: str) -> Any:
    """Return the JSON value that a script of the page wrote; else the text, which no kind takes for one."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


class Milliseconds(forms.Field):
    """A time that the page measured: held within 0 and an hour, and unknown rather than refused when odd."""

    def to_python(self, value: Any) -> int | None:
        """Return whole milliseconds from 0 to LONGEST_LOOK_MS, or None."""
        text = str(value or "")
        if not (text.isascii() and text.isdigit() and len(text) < 20):
            return None
        return min(int(text), LONGEST_LOOK_MS)


class AnswerForm(forms.Form):
    """One act at a seat. A label without an action is an edit, so that one button says it all."""

    action = forms.ChoiceField(choices=Review.Action.choices, required=False)
    # An act that takes nothing of what was typed along.
    wordless = forms.ChoiceField(choices=[(Review.Action.REJECT, "reject")], required=False)
    comment = forms.CharField(required=False, max_length=LONGEST_COMMENT)
    confidence = forms.FloatField(required=False, min_value=0, max_value=1)
    time_spent_ms = Milliseconds(required=False)
    guidelines = forms.IntegerField(required=False, min_value=1)
    taken = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def answer(self) -> Answer:
        """Return what was said; the form must be valid."""
        said = self.cleaned_data
        wordless = said["wordless"]
        return Answer(
            action=wordless or said["action"] or Review.Action.EDIT,
            label=self._label(),
            comment="" if wordless else said["comment"],
            confidence=said["confidence"],
            time_spent_ms=said["time_spent_ms"],
            in_order=True,
            guidelines=said["guidelines"],
        )

    def _label(self) -> Any:
        """Return the label as the pressed button or the one field of the page gives it.

        `label` is one answer (a button that was pressed, or a text), `nothing` says that there is none,
        `number` is a number, `typed` a label that no button had, `json` a label that a script wrote, `labels`
        are the ticked boxes of several.
        """
        if "label" in self.data:
            return self.data["label"]
        if "nothing" in self.data:
            return None
        if "number" in self.data:
            return number(self.data["number"])
        if "json" in self.data:
            return written(self.data["json"])
        return self.data["typed"].strip() if "typed" in self.data else self.data.getlist("labels")


class WhichForm(forms.Form):
    """Which work is wanted: of one queue, of one item type, or (empty) whatever is most urgent."""

    queue = forms.SlugField(required=False)
    item_type = forms.SlugField(required=False)

    def which(self) -> dict[str, str | None]:
        """Return the filters as `assignments.claim` takes them; what isn't a name finds nothing."""
        if not self.is_valid():
            return {"queue": "", "item_type": None}
        return {name: value or None for name, value in self.cleaned_data.items()}


class LeaseForm(forms.Form):
    """The end of the lease that a page knows of."""

    lease = forms.CharField(required=False)

    def moment(self) -> datetime | None:
        """Return the moment with its zone, or None where none (or no moment) was sent."""
        try:
            moment = parse_datetime(self.data.get("lease", ""))
            # PostgreSQL takes no zone that is more than 15 hours away from UTC.
            return moment.astimezone(UTC) if moment and moment.tzinfo else None
        except (ValueError, OverflowError):
            return None
