"""API keys in the admin: made, shown once, and revoked; never edited, never deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from audit import keys
from audit.admin.facts import FactAdmin
from audit.models import ApiKey
from audit.scopes import SCOPES

ASKED = ["user", "name", "scopes", "item_types", "most_a_minute", "expires_at"]
SHOWN = ["prefix", *ASKED, "last_used_at", "created_at", "created_by", "rotated_at", "old_until"]
SHOWN += ["revoked_at", "revoked_by"]


class ApiKeyForm(forms.ModelForm):
    """What is asked for a new key."""

    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
        help_text="What the key may do.",
    )

    class Meta:
        model = ApiKey
        fields = ASKED

    item_types = SimpleArrayField(
        forms.CharField(max_length=50),
        required=False,
        label="Item types",
        help_text="Short names with commas between them: the key may touch these alone. Empty: all that its "
        "user may.",
    )

    def clean_item_types(self) -> list[str]:
        """Refuse what no item type is called."""
        asked = [one for one in self.cleaned_data["item_types"] if one]
        if missing := keys.unknown_item_types(asked):
            raise forms.ValidationError(f"There is no item type {', '.join(missing)}.")
        return asked

    def clean_expires_at(self) -> datetime | None:
        """Refuse a time that has passed."""
        expires_at = self.cleaned_data["expires_at"]
        if expires_at and expires_at <= timezone.now():
            raise forms.ValidationError("This has passed already.")
        return expires_at

    def clean(self) -> dict[str, Any]:
        """Refuse what the key's user may not do."""
        asked = super().clean()
        user, scopes = asked.get("user"), asked.get("scopes", [])
        if user and (more := keys.too_much(user, scopes)):
            self.add_error("scopes", more)
        return asked


@admin.register(ApiKey)
class ApiKeyAdmin(FactAdmin):
    """Keys by user, with what they may do and when they were last used."""

    list_display = ["prefix", "name", "user", "may", "state", "last_used_at", "created_at", "created_by"]
    list_select_related = ["user"]
    search_fields = ["prefix", "name", "user__username"]
    actions = ["rotate", "revoke"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        """Return the keys with the groups of their users."""
        return super().get_queryset(request).annotate(groups=keys.GROUPS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may make keys."""
        return request.user.has_perm("audit.add_apikey")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may revoke keys."""
        return request.user.has_perm("audit.change_apikey")

    def get_form(self, request: HttpRequest, obj: ApiKey | None = None, **options: Any) -> Any:
        """Return the form for a new key; an existing one is only shown."""
        return super().get_form(request, obj, **({} if obj else {"form": ApiKeyForm}), **options)

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[str]:
        """Return what is asked of a new key, or shown of an old one; the hash never."""
        return SHOWN if obj else ASKED

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **options: Any) -> Any:
        """Return the choice of a user; a key that acts for a superuser is made by superusers alone."""
        if db_field.name == "user" and not request.user.is_superuser:
            options["queryset"] = User.objects.filter(is_superuser=False)
        return super().formfield_for_foreignkey(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: ApiKeyForm, change: bool) -> None:
        """Make the key and show it, this once."""
        asked = form.cleaned_data
        key, text = keys.create_key(
            asked["user"],
            name=asked["name"],
            scopes=asked["scopes"],
            item_types=asked["item_types"],
            expires_at=asked["expires_at"],
            most_a_minute=asked["most_a_minute"],
            by=request.user,
        )
        obj.pk, obj.prefix = key.pk, key.prefix
        messages.warning(request, f"Copy the key now, it can't be shown again: {text}")

    @admin.display(description="may")
    def may(self, row: ApiKey) -> str:
        """Return the scopes, and the item types where it may not touch all."""
        only = f", only {' '.join(row.item_types)}" if row.item_types else ""
        return " ".join(row.scopes) + only

    @admin.display(description="state")
    def state(self, row: ApiKey) -> str:
        """Return whether it can be used, for what not, or why not at all."""
        lost = keys.withheld(row)
        usable = f"usable, not for {' '.join(lost)}: its user has lost the role" if lost else "usable"
        return keys.refusal(row, now=timezone.now()) or usable

    @admin.action(description="Rotate the selected keys: new secrets, shown once", permissions=["revoke"])
    def rotate(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """Give each a new secret and show it, this once; the old one goes on for the days of grace."""
        for key in queryset:
            if key.user.is_superuser and not request.user.is_superuser:
                messages.error(request, f"{key}: acts for a superuser, so only superusers rotate it.")
                continue
            try:
                text = keys.rotate(key, by=request.user)
            except ValueError as refused:
                messages.error(request, str(refused))
                continue
            hours = settings.HITL_KEY_GRACE_HOURS
            messages.warning(
                request,
                f"Copy the key now, it can't be shown again: {text} The old secret works for {hours} hours.",
            )

    @admin.action(description="Revoke the selected keys for good", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """Revoke each and say how many."""
        count = sum(keys.revoke(key, by=request.user) for key in queryset)
        messages.success(request, f"{count} revoked. They are refused from now on.")
