"""The page on which Amazon A2I's activation conditions are pasted or sent, and become draft rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from routing.a2i import storing
from routing.a2i.conditions import ConditionErrors
from routing.admin.pages import ROUTING, page
from routing.errors import Problem
from routing.models import ItemType

CHANGE = "routing.change_itemtype"
LONGEST = 1_000_000  # characters


class ConditionsForm(forms.Form):
    """The conditions, as text or as a file."""

    text = forms.CharField(required=False, max_length=LONGEST, strip=False)
    file = forms.FileField(required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        """Put the file's text in the place of the text; refuse where there is neither."""
        given = super().clean()
        file = given.get("file")
        if file and file.size > LONGEST:
            raise forms.ValidationError(f"Send at most {LONGEST:,} bytes.")
        if file:
            try:
                given["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise forms.ValidationError("The file is not UTF-8.") from error
        if not given.get("text", "").strip():
            raise forms.ValidationError("Paste the conditions, or choose their file.")
        return given


@page("a2i", "From Amazon A2I", ROUTING, right=CHANGE)
def a2i_view(request: HttpRequest, model_admin: admin.ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Take conditions in as draft rules, or show what of them can't be rules and where."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ConditionsForm(*sent)
    problems: list[Problem] = []
    found = None
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            found = (
                storing.plan(text)
                if "look" in request.POST
                else storing.store(item_type, text, by=request.user)
            )
        except ConditionErrors as error:
            problems = error.problems
        else:
            if "look" not in request.POST:
                messages.success(request, f"{len(found.rules)} draft rules. Try them out, then publish.")
                return HttpResponseRedirect(reverse("admin:routing_itemtype_change", args=[item_type.pk]))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "From Amazon A2I",
        "opts": model_admin.model._meta,
        "original": item_type,
        "form": form,
        "text": form.cleaned_data.get("text", "")
        if form.is_bound and form.is_valid()
        else form.data.get("text", ""),
        "problems": problems,
        "found": found,
    }
    refused = bool(problems) or (form.is_bound and not form.is_valid())
    return TemplateResponse(
        request, "admin/routing/itemtype/a2i.html", context, status=400 if refused else 200
    )
