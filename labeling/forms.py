"""What the review pages post, turned into values; whether it fits the item is review.submit's to say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime

from labeling.models import Review
from labeling.review import LONGEST_COMMENT, Answer

LONGEST_LOOK_MS = 3_600_000  # an hour: a tab that was forgotten open is not an hour of thought


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
    comment = forms.CharField(required=False, max_length=LONGEST_COMMENT)
    confidence = forms.FloatField(required=False, min_value=0, max_value=1)
    time_spent_ms = Milliseconds(required=False)

    def answer(self) -> Answer:
        """Return what was said; the form must be valid."""
        said = self.cleaned_data
        return Answer(
            action=said["action"] or Review.Action.EDIT,
            label=self._label(),
            comment=said["comment"],
            confidence=said["confidence"],
            time_spent_ms=said["time_spent_ms"],
        )

    def _label(self) -> Any:
        """`label` is one answer, `labels` are the ticked boxes of several."""
        return self.data["label"] if "label" in self.data else self.data.getlist("labels")


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
        except ValueError:
            return None
        return moment if moment and moment.tzinfo else None
