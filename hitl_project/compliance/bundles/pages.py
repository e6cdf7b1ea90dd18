"""The pages under /compliance/bundles/: ask for a bundle, see how far it is, fetch it and the verifier."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from audit import verifying
from audit.bundles import keeping, opening, writing
from audit.models import Bundle
from hitl_project.compliance.access import reads_the_book, reads_the_whole_book
from hitl_project.compliance.asking import LAST_DAY
from hitl_project.compliance.bundles.api import file_of

SHOWN = 30  # bundles on the page
TONES = {"done": "good", "failed": "bad", "running": "plain", "waiting": "plain", "gone": "quiet"}


class AskForm(forms.Form):
    """What a bundle is to hold, in days; a period's last day is part of it."""

    subject = forms.RegexField(
        r"^[a-z_]+(\.[a-z_]+)*:.+$",
        required=False,
        max_length=301,
        label="About",
        widget=forms.TextInput(attrs={"placeholder": "everything", "autocomplete": "off"}),
        help_text="One subject, TYPE:ID; “Export bundle” on an item’s story writes it here. Empty: "
        "everything of the period.",
        error_messages={"invalid": "Write TYPE:ID, for example routing.item:0192…"},
    )
    since = forms.DateField(
        required=False,
        label="From",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: from the first event.",
    )
    until = forms.DateField(
        required=False,
        validators=[MaxValueValidator(LAST_DAY)],
        label="To",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="This day included. Empty: until now, of everything until a minute ago.",
    )
    why = forms.CharField(
        max_length=500,
        label="What it is for",
        widget=forms.TextInput(attrs={"placeholder": "court order 12/2026", "autocomplete": "off"}),
        help_text="The bundle and the trail keep it.",
    )
    opened = forms.BooleanField(
        required=False,
        label="With the keys of what was told in confidence",
        help_text="Comments, answers and texts can then be read by whoever holds the file.",
    )

    def asked(self) -> dict[str, Any]:
        """Return what was asked for, the days as times in the server's zone."""
        said = self.cleaned_data
        until = said["until"] and _midnight(said["until"] + timedelta(days=1))
        return said | {
            "since": said["since"] and _midnight(said["since"]),
            "until": None if until is None or until > timezone.now() else until,
        }


@reads_the_whole_book
@require_http_methods(["GET", "HEAD", "POST"])
def bundles(request: HttpRequest) -> HttpResponse:
    """Show the form and the bundles; a POST asks for one."""
    opens = opening.allowed(request.user)
    if request.method == "POST":
        form = AskForm(request.POST)
        if form.is_valid():
            asked = form.asked()
            if asked["opened"] and not opens:
                raise PermissionDenied
            try:
                bundle = keeping.ask(**asked, by=request.user)
            except keeping.Refused as error:
                form.add_error(error.attr, str(error))
            else:
                return redirect("compliance-bundle", pk=bundle.pk)
    else:
        form = AskForm(initial={name: request.GET.get(name, "") for name in ("subject", "since", "until")})
    if not opens:
        del form.fields["opened"]
    rows = [_shown(one) for one in Bundle.objects.all()[:SHOWN]]
    told = {"form": form, "rows": rows, "at_work": any(row["at_work"] for row in rows)}
    return render(request, "compliance/bundles/bundles.html", told, status=400 if form.errors else 200)


@reads_the_whole_book
@require_GET
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one bundle: how far it is, its hash, and how to check it."""
    row = get_object_or_404(Bundle, pk=pk)
    told = {
        "row": _shown(row),
        "keys": verifying.known_keys(),
        "may_fetch": not row.opened or opening.allowed(request.user),
    }
    return render(request, "compliance/bundles/bundle.html", told)


@reads_the_whole_book
@require_GET
def file(request: HttpRequest, pk: int) -> FileResponse:
    """Return the file of a bundle; the trail keeps who took it."""
    row = get_object_or_404(Bundle, pk=pk)
    if row.opened and not opening.allowed(request.user):
        raise PermissionDenied
    return file_of(row, request)


@reads_the_book
@require_GET
def verifier(request: HttpRequest) -> FileResponse:
    """Return the program that checks bundles, to be handed on by another way than the bundle."""
    return FileResponse(writing.VERIFIER.open("rb"), as_attachment=True, filename="verify_bundle.py")


def _shown(row: Bundle) -> dict[str, Any]:
    percent = 100 * row.done // row.total if row.total else 0
    at_work = row.state in (Bundle.State.WAITING, Bundle.State.RUNNING)
    told = {"bundle": row, "tone": TONES[row.state], "percent": min(percent, 100), "at_work": at_work}
    return told | {"item": _item(row.subject)}


def _item(subject: str) -> UUID | None:
    """Return the id of the item that a bundle tells of, None for other bundles."""
    subject_type, _, subject_id = subject.partition(":")
    try:
        return UUID(subject_id) if subject_type == "routing.item" else None
    except ValueError:
        return None


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
