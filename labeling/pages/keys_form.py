"""The page on which a person chooses the keys of the review page."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from labeling.pages import keymaps
from labeling.pages.keys import ACTS, problems


class KeysForm(forms.Form):
    """One field for each act; an empty one means its usual key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        box = {
            "maxlength": 1,
            "size": 1,
            "data-one-key": True,
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        for act in ACTS.values():
            field = forms.CharField(label=act.does, required=False, widget=forms.TextInput(attrs=box))
            self.fields[act.name] = field

    def keys(self) -> dict[str, str]:
        """Return the key of each act, as typed or else the usual one; the form must be valid."""
        return {name: self.cleaned_data.get(name, "").lower() or act.key for name, act in ACTS.items()}

    def clean(self) -> dict[str, Any]:
        """Refuse what is no key, and a key that two acts of one page share."""
        for name, said in problems(self.keys()).items():
            self.add_error(name, said)
        return self.cleaned_data

    def groups(self) -> list[tuple[str, list[tuple[forms.BoundField, str]]]]:
        """Return by page the fields with the usual key of each."""
        found = groupby(ACTS.values(), key=lambda act: act.kinds)
        return [(_title(kinds), [(self[act.name], act.key) for act in acts]) for kinds, acts in found]


def _title(kinds: tuple[str, ...]) -> str:
    return ", ".join(kind.replace("_", " ") for kind in kinds).capitalize() or "Everywhere"


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def keys_page(request: HttpRequest) -> HttpResponse:
    """Show the person's keys, and keep what they choose; `reset` goes back to the usual ones."""
    if "reset" in request.POST:
        keymaps.reset(by=request.user)
        return HttpResponseRedirect(f"{reverse('review-keys')}?said=reset", status=303)
    if request.method == "GET":
        form = KeysForm(initial=keymaps.keys_of(request.user.pk))
        return render(request, "labeling/keys.html", {"form": form, "said": request.GET.get("said", "")})
    form = KeysForm(request.POST)
    if not form.is_valid():
        return render(request, "labeling/keys.html", {"form": form}, status=400)
    keymaps.keep(form.keys(), by=request.user)
    return HttpResponseRedirect(f"{reverse('review-keys')}?said=kept", status=303)
