"""The page that says what an act will do, asks why, and then does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from routing.errors import HitlError


class ReasonForm(forms.Form):
    """Why somebody does what they do, kept in the trail; and what they saw when they decided."""

    reason = forms.CharField(
        max_length=2000,
        label="Why",
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        help_text="Kept in the trail for whoever asks later.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True)
class Question:
    """What is asked before an act: title, what will change, the button, and a mark of what was shown.

    `tried` says what it would do with recent items; `more` is the address of the page that says it in full.
    """

    title: str
    intro: str
    changes: Sequence[str]
    button: str
    seen: str = ""
    nothing: str = ""
    tried: Sequence[str] = ()
    more: str = ""
    context: dict[str, Any] = field(default_factory=dict)


def confirm(
    request: HttpRequest,
    admin: ModelAdmin,
    row: Model,
    question: Question,
    act: Callable[[str], str],
) -> HttpResponse:
    """Ask; once answered call `act(reason)`, show what it returns and go back to the row's page.

    An act on what has changed since it was shown is refused and the question is asked again.
    """
    meta = row._meta
    home = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    form = ReasonForm(request.POST or None, initial={"seen": question.seen})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["seen"] != question.seen:
            messages.warning(request, "This has changed since you opened the page. Look again, then confirm.")
            return HttpResponseRedirect(request.path)
        try:
            messages.success(request, act(form.cleaned_data["reason"].strip()))
        except HitlError as error:
            messages.error(request, error.detail)
        return HttpResponseRedirect(home)
    return TemplateResponse(
        request,
        "admin/confirming.html",
        {
            **admin.admin_site.each_context(request),
            "title": question.title,
            "question": question,
            "form": form,
            "opts": meta,
            "original": row,
            "home": home,
            **question.context,
        },
    )
