"""An admin whose every edit is a trail event with old and new values, in the edit's own transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget as Reason
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import BaseModelFormSet, CharField, ModelForm
from django.http import HttpRequest

from audit import trail
from audit.admin.lookups import NamedLookups
from audit.trail import Entry

JSON_ABLE = (str, int, float, list, dict, datetime, date, UUID, Decimal)

Values = dict[str, Any]


def snapshot(model: type[Model], pk: Any) -> Values:
    """Return the stored values of a row by field name, many-to-many ones as sorted texts; none: empty."""
    row = model._base_manager.filter(pk=pk).first()
    if row is None:
        return {}
    values = {one.name: _plain(one.value_from_object(row)) for one in model._meta.concrete_fields}
    for one in model._meta.many_to_many:
        values[one.name] = sorted(str(related) for related in getattr(row, one.name).all())
    return values


def difference(before: Values, after: Values, *, secret: tuple[str, ...] = ()) -> tuple[Values, Values]:
    """Return the old and the new values of what differs; of a secret field only that it did."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    old = {name: before[name] for name in names if name in before and name not in secret}
    new = {name: "changed" if name in secret else after[name] for name in names if name in after}
    return old, new


class AuditedAdmin(NamedLookups, admin.ModelAdmin):
    """Record MODEL.added, MODEL.changed and MODEL.deleted, of the row and of the rows edited inside it.

    Saving and recording stand in the one transaction that Django's admin opens; deleting opens its own. With
    `asks_why` the form of a change asks for its reason, which HITL_REASONS may make a must.
    """

    audit_secret: tuple[str, ...] = ()
    asks_why = False

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        """Return the form; of what `asks_why` with a field for the reason of a change."""
        if change and self.asks_why:
            base = kwargs.get("form", self.form)
            kwargs["form"] = type(base.__name__, (base,), {"why": _why()})
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Return the form's parts; the reason is asked for last."""
        parts = super().get_fieldsets(request, obj)
        asked = obj is not None and self.asks_why and self.has_change_permission(request, obj)
        shown = any("why" in part["fields"] for _, part in parts)
        return [*parts, ("Why", {"fields": ["why"]})] if asked and not shown else parts

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        """Save the row, having noted what was stored."""
        form.audit_before = snapshot(type(obj), obj.pk) if change else {}
        super().save_model(request, obj, form, change)

    def save_formset(
        self, request: HttpRequest, form: ModelForm, formset: BaseModelFormSet, change: bool
    ) -> None:
        """Save the rows edited inside this one and record each."""
        known = {one.instance.pk for one in formset.initial_forms}
        before = {pk: snapshot(formset.model, pk) for pk in known}
        super().save_formset(request, form, formset, change)
        touched = {one.instance.pk for one in formset.forms if one.instance.pk} | known
        entries = []
        for pk in sorted(touched, key=str):
            entries += self._entries(formset.model, pk, before.get(pk, {}), snapshot(formset.model, pk))
        trail.record_all(_given(entries, form), by=request.user)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: list, change: bool) -> None:
        """Save what hangs on the row, then record the row itself, many-to-many included."""
        super().save_related(request, form, formsets, change)
        model, pk = type(form.instance), form.instance.pk
        entries = self._entries(model, pk, form.audit_before, snapshot(model, pk))
        trail.record_all(_given(entries, form), by=request.user)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Delete the row and record what it held."""
        self._delete([obj], request)
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Delete the chosen rows and record what each held."""
        self._delete(queryset, request)
        super().delete_queryset(request, queryset)

    def _delete(self, rows: Any, request: HttpRequest) -> None:
        entries = []
        for row in rows:
            entries += self._entries(type(row), row.pk, snapshot(type(row), row.pk), {})
        trail.record_all(entries, by=request.user)

    def _entries(self, model: type[Model], pk: Any, before: Values, after: Values) -> list[Entry]:
        old, new = difference(before, after, secret=self.audit_secret)
        if not old and not new:
            return []
        act = "changed" if before and after else "added" if after else "deleted"
        verb = f"{model._meta.model_name}.{act}"
        return [Entry(verb, (model._meta.label_lower, pk), {"before": old, "after": new})]


def _given(entries: list[Entry], form: ModelForm) -> list[Entry]:
    """Return what a form changed with the reason that was given in it."""
    why = form.cleaned_data.get("why", "")
    return [replace(one, data=one.data | {"why": why}) for one in entries] if why else entries


def _why() -> CharField:
    required = settings.HITL_REASONS == "required"
    text = "Kept in the trail with what was changed, for whoever asks later."
    return CharField(required=required, max_length=500, label="Reason", help_text=text, widget=Reason)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, JSON_ABLE) else str(value)
