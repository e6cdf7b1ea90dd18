"""The form of one target, in the units in which people speak of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from hitl_project.goals.figures import HIGHEST, Definition
from hitl_project.goals.words import TYPED
from routing.models import Target

DAY = forms.DateInput(attrs={"type": "date"})


class TargetForm(forms.Form):
    """What a figure should be, whether it moves there, and whether a miss is told of."""

    value = forms.FloatField(required=False, help_text="Empty: no target.")
    start = forms.FloatField(required=False, label="Moves from")
    starts_on = forms.DateField(required=False, label="On", widget=DAY)
    ends_on = forms.DateField(required=False, label="Reached by", widget=DAY)
    alert = forms.BooleanField(required=False, label="Tell leads and listeners when it is missed")

    def __init__(self, definition: Definition, row: Target, data: Any = None) -> None:
        self.definition = definition
        self.scale, self.unit = TYPED[definition.unit]
        amounts = {name: self._typed(getattr(row, name)) for name in ("value", "start")}
        others = {name: getattr(row, name) for name in ("starts_on", "ends_on", "alert")}
        super().__init__(data, initial=amounts | others)
        self.fields["value"].label = f"{definition.title}: {definition.aim}"
        for name in ("value", "start"):
            self.fields[name].widget.attrs |= {"step": "any", "inputmode": "decimal", "min": "0"}
        for name, field in self.fields.items():
            if name in self.errors:
                field.widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"id_{name}_error"}

    def clean_value(self) -> float | None:
        """Return the target in the stored unit."""
        return self._stored("value")

    def clean_start(self) -> float | None:
        """Return what the path starts from in the stored unit."""
        return self._stored("start")

    def clean(self) -> dict[str, Any]:
        """Refuse half a path, and one that ends before it starts."""
        said = super().clean()
        path = [said.get(name) for name in ("start", "starts_on", "ends_on")]
        if self.errors or all(one is None for one in path):
            return said
        if None in path or said.get("value") is None:
            raise ValidationError(
                "A target that moves needs a first value, both days, and the value to reach."
            )
        if said["ends_on"] <= said["starts_on"]:
            self.add_error("ends_on", "Write a day after the first one.")
        return said

    def _typed(self, value: float | None) -> float | None:
        return None if value is None else round(value * self.scale, 6)

    def _stored(self, name: str) -> float | None:
        value = self.cleaned_data[name]
        if value is None:
            return None
        stored = value / self.scale
        if self.definition.refuses(stored):
            raise ValidationError(f"Write a number from 0 to {HIGHEST[self.definition.unit] * self.scale:g}.")
        return stored
