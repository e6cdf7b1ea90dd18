"""What somebody asks of the trail: the page's parameters read, checked, and turned into what is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator
from django.db.models import Q
from django.utils import timezone

from audit.finding import Wanted
from audit.models import ApiKey
from routing.admin.lists import by_reference
from routing.models import Item

PERIODS = {"": "All time", "today": "Today", "7": "7 days", "30": "30 days", "90": "90 days"}
NAMES = ("item", "person", "verb", "thing", "model", "policy", "period", "since", "until", "request", "q")
LAST_DAY = date(9999, 12, 30)  # that one day more can be added to


class Asked(forms.Form):
    """A search of the trail. Everything may be left out, and what is given must all be met."""

    q = forms.CharField(required=False, max_length=300)
    item = forms.CharField(required=False, max_length=200)
    person = forms.CharField(required=False, max_length=200)
    verb = forms.CharField(required=False, max_length=100)
    thing = forms.CharField(required=False, max_length=100)
    model = forms.CharField(required=False, max_length=200)
    policy = forms.RegexField(
        r"^[^/]+/[0-9]{1,9}$", required=False, error_messages={"invalid": "Say it as ITEM-TYPE/NUMBER."}
    )
    period = forms.ChoiceField(required=False, choices=list(PERIODS.items()))
    since = forms.DateField(required=False)
    until = forms.DateField(required=False, validators=[MaxValueValidator(LAST_DAY)])
    request = forms.CharField(required=False, max_length=64)

    def clean(self) -> dict[str, Any]:
        """Return the fields; a period that ends before it begins is refused."""
        told = super().clean()
        if told.get("since") and told.get("until") and told["until"] < told["since"]:
            self.add_error("until", "It ends before it begins.")
        return told

    def wanted(self) -> Wanted:
        """Return what to look for; the form is valid."""
        told = self.cleaned_data
        since, until = _between(told)
        item_type, _, number = told["policy"].rpartition("/")
        return Wanted(
            subject_type=told["thing"],
            subjects=subjects(told["item"]) if told["item"] else None,
            actors=names(told["person"]) if told["person"] else None,
            verb=told["verb"],
            model=told["model"],
            policy=(item_type, int(number)) if number else None,
            request_id=told["request"],
            words=told["q"],
            since=since,
            until=until,
        )


def given(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return what a search's parameters ask for, by name, without what is empty or unknown."""
    found = {name: parameters.get(name, "").strip() for name in NAMES}
    return {name: value for name, value in found.items() if value}


def names(person: str) -> list[str]:
    """Return how the trail names a person: signed in, and by each of their keys; an actor's name: itself."""
    if ":" in person or person == "anonymous":
        return [person]
    keys = ApiKey.objects.filter(user__username=person).values_list("prefix", flat=True)
    return [f"user:{person}", *(f"key:{prefix}/{person}" for prefix in keys)]


def subjects(item: str) -> list[str]:
    """Return the ids of the items that have this reference, in whichever type, or this id.

    What no item has is returned as it is: it may be the id of something else, or of an item that is no more.
    """
    try:
        found = Q(pk=UUID(item))
    except ValueError:
        found = by_reference("", item)
    ids = [str(pk) for pk in Item.objects.filter(found).order_by().values_list("pk", flat=True)]
    return ids or [item]


def _between(told: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Return the first moment of the period and the first after it, in the server's own time."""
    if told["since"] or told["until"]:
        last = told["until"] + timedelta(days=1) if told["until"] else None
        return _midnight(told["since"]), _midnight(last)
    if not told["period"]:
        return None, None
    days = 0 if told["period"] == "today" else int(told["period"]) - 1
    return _midnight(timezone.localdate() - timedelta(days=days)), None


def _midnight(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
