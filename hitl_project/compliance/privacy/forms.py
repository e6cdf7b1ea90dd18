"""What is to be erased or kept, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet

from routing import teams
from routing.models import Item, ItemType
from routing.privacy import people

LONGEST_WHY = 2_000


class SubjectForm(forms.Form):
    """A person as items name them, an item by type and reference, or a whole type (to be kept only)."""

    about = forms.CharField(
        required=False,
        max_length=200,
        label="Person",
        help_text="As the items name them, for example their number.",
    )
    item_type = forms.ModelChoiceField(
        ItemType.objects.order_by("slug"), required=False, to_field_name="slug", label="Item type"
    )
    item_ref = forms.CharField(required=False, max_length=200, label="Reference")

    def __init__(self, *args: Any, caller: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = self.fields["item_type"]
        types.queryset = teams.visible(types.queryset, caller)

    def clean(self) -> dict[str, Any]:
        """Return what is meant: a person, or a type with or without a reference."""
        said = super().clean()
        if bool(said.get("about")) == bool(said.get("item_type")):
            raise forms.ValidationError("Name a person, or an item by its type and reference.")
        if said.get("item_ref") and said.get("item_type"):
            said["item"] = (
                Item.objects.select_related("item_type")
                .filter(item_type=said["item_type"], item_ref=said["item_ref"])
                .first()
            )
            if said["item"] is None:
                self.add_error("item_ref", "There is no item of this type and reference.")
        return said

    @property
    def subject(self) -> Subject:
        """What a valid form is about."""
        said = self.cleaned_data
        return Subject(said.get("about") or "", said.get("item_type"), said.get("item"))


class ActForm(SubjectForm):
    """What is to be done to it, and the grounds."""

    act = forms.ChoiceField(choices=[("erase", "Erase"), ("hold", "Hold")])
    why = forms.CharField(max_length=LONGEST_WHY)

    def clean(self) -> dict[str, Any]:
        """A whole type can be kept, and is never erased at once."""
        said = super().clean()
        if said.get("act") == "erase" and not said.get("about") and not said.get("item"):
            raise forms.ValidationError("A whole item type is erased by its age alone.")
        return said


class LiftForm(forms.Form):
    """Which hold is lifted, and why."""

    hold = forms.IntegerField()
    why = forms.CharField(max_length=LONGEST_WHY)


@dataclass(frozen=True)
class Subject:
    """Whom or what an erasure or a hold is about: exactly one of person, one item, a whole type."""

    about: str
    item_type: ItemType | None
    item: Item | None

    @property
    def items(self) -> QuerySet[Item]:
        """The items that are not erased."""
        if self.about:
            return people.items_of(self.about)
        known = Item.objects.filter(item_type=self.item_type, erased_at__isnull=True)
        return known.filter(pk=self.item.pk) if self.item else known

    @property
    def covered(self) -> dict[str, Any]:
        """What a hold on it covers, as `holds.place` takes it."""
        if self.about:
            return {"about": self.about}
        return {"item": self.item} if self.item else {"item_type": self.item_type}

    def __str__(self) -> str:
        if self.about:
            return f"about {self.about}"
        return f"of {self.item_type.slug}" + (f", {self.item.item_ref}" if self.item else "")
