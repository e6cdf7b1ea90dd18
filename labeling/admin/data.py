"""The admin's page of an item type where data goes out and comes in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from labeling.exporting import formats
from labeling.exporting.reading import SOURCES, SPLITS
from labeling.importing import uploads
from labeling.importing.guessing import SUFFIXES
from labeling.importing.rights import TAKES_IN, reads_refused
from labeling.models import ImportRun
from routing.admin.pages import ANSWERS, page
from routing.errors import HitlError, InvalidInput
from routing.models import ItemType

SHOWN = 20  # imports on the page
ANY = ("", "any")
WHAT = {
    "jsonl": "Our own: everything, to take in again elsewhere.",
    "csv": "A row a label, for a spreadsheet.",
    "parquet": "A row a label, with types, for analysis.",
    "label-studio": "Tasks with annotations and predictions.",
    "openai-chat": "Conversations with the good answer.",
    "sft": "Prompt and completion (TRL).",
    "dpo": "Prompt, chosen, rejected (TRL).",
    "kto": "Prompt, completion, good or bad (TRL).",
    "coco": "Pictures with their boxes and outlines.",
    "yolo": "A zip with a text for each picture.",
    "a2i": "The output of Amazon A2I's human loops.",
}


class WantedForm(forms.Form):
    """Which labels an export is to hold; empty: all."""

    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(
        required=False, label="Before", widget=forms.DateInput(attrs={"type": "date"}), help_text="In UTC."
    )
    source = forms.ChoiceField(
        required=False,
        label="Came by",
        choices=[ANY, *((name, name) for name in SOURCES)],
        help_text="Why the person looked; import and feedback came from outside.",
    )
    split = forms.ChoiceField(
        required=False,
        label="Items",
        choices=[("", "as the format is meant"), *((name, name.replace("_", " ")) for name in SPLITS)],
        help_text="train leaves out what judges models; held out is that alone.",
    )

    def query(self) -> str:
        """Return what was chosen as the parameters of an export's address."""
        chosen = self.cleaned_data if self.is_valid() else {}
        times = {name: f"{chosen[name]}T00:00:00Z" for name in ("since", "until") if chosen.get(name)}
        words = {name: chosen[name] for name in ("source", "split") if chosen.get(name)}
        return urlencode(times | words)


class FileForm(forms.Form):
    """A file to be taken in, and how it is read."""

    file = forms.FileField(
        help_text="JSON Lines (our own export, or objects as the API takes them), CSV, or a JSON export of "
        f"Label Studio. Its name ends in {', '.join(SUFFIXES)}. The format is described in docs/data.md."
    )
    fields = forms.CharField(
        required=False,
        label="Rename",
        widget=forms.TextInput(attrs={"placeholder": "review=text, stars=context.stars", "size": 50}),
        help_text="What their columns or fields are called here, separated by commas. Empty: as they are.",
    )
    pool = forms.BooleanField(
        required=False,
        label="Keep for the sampler",
        help_text="Items without an answer wait until learning picks them; nobody is asked at once.",
    )

    def clean_fields(self) -> dict[str, str]:
        """Return their name -> ours."""
        pairs = [pair.partition("=") for pair in self.cleaned_data["fields"].split(",") if pair.strip()]
        if not all(theirs.strip() and ours.strip() for theirs, _, ours in pairs):
            raise forms.ValidationError("Write theirs=ours, separated by commas.")
        return {theirs.strip(): ours.strip() for theirs, _, ours in pairs}


@page("data", "Data in and out", ANSWERS)
def data(request: HttpRequest, admin: ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show exports to take, and the form and progress of imports; a POST sends a file or ends an import."""
    if "refused" in request.GET:
        if not reads_refused(request.user, item_type):
            raise PermissionDenied
        return _refused(_run(item_type, request.GET["refused"]))
    form = FileForm()
    if request.method == "POST":
        if not request.user.has_perm(TAKES_IN):
            raise PermissionDenied
        if "cancel" in request.POST:
            return _cancel(request, item_type)
        form = FileForm(request.POST, request.FILES)
        if form.is_valid() and _accepted(request, item_type, form):
            return HttpResponseRedirect(_address(item_type))
    wanted = WantedForm(request.GET)
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Data of {item_type}",
        "opts": admin.model._meta,
        "original": item_type,
        "wanted": wanted,
        "exports": _exports(item_type, wanted.query()),
        "form": form,
        "may_send": request.user.has_perm(TAKES_IN),
        "reads_refused": reads_refused(request.user, item_type),
        "imports": [_shown(run) for run in item_type.imports.all()[:SHOWN]],
    }
    context["at_work"] = any(one["run"].status == ImportRun.Status.RUNNING for one in context["imports"])
    return TemplateResponse(request, "admin/labeling/data.html", context)


def _address(item_type: ItemType) -> str:
    return reverse("admin:routing_itemtype_data", args=[item_type.pk])


def _exports(item_type: ItemType, query: str) -> list[dict[str, str]]:
    found = []
    for name in formats.FORMATS:
        try:
            form = formats.find(name, item_type.kind)
        except formats.KindHasNoFormat:
            continue
        except formats.FormatUnavailable as error:
            found.append({"name": name, "what": WHAT[name], "missing": str(error)})
            continue
        address = f"{reverse('export', args=[name])}?{urlencode({'item_type': item_type.slug})}"
        asked = f"{address}&{query}" if query else address
        file = f"{item_type.slug}.{form.suffix}"
        found.append({"name": name, "what": WHAT[name], "address": asked, "file": file})
    return found


def _accepted(request: HttpRequest, item_type: ItemType, form: FileForm) -> bool:
    said = form.cleaned_data
    try:
        run = uploads.accept(
            item_type, said["file"], names=said["fields"], pool=said["pool"], by=request.user
        )
    except InvalidInput as error:
        form.add_error("file", [one.detail for one in error.problems])
        return False
    except HitlError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, f"{run.name} is being taken in. This page shows how far it is.")
    return True


def _cancel(request: HttpRequest, item_type: ItemType) -> HttpResponse:
    run = _run(item_type, request.POST["cancel"])
    if uploads.cancel(run, by=request.user):
        messages.success(request, f"{run.name} was broken off. What had gone in stays.")
    else:
        messages.warning(request, f"{run.name} had ended already.")
    return HttpResponseRedirect(_address(item_type))


def _run(item_type: ItemType, pk: str) -> ImportRun:
    try:
        return get_object_or_404(ImportRun, item_type=item_type, pk=pk)
    except ValidationError as error:  # this is no id at all
        raise Http404 from error


def _refused(run: ImportRun) -> FileResponse:
    """Return the rows that were refused: line, reason and row, as JSON Lines."""
    try:
        file = uploads.refused_file(run).open("rb")
    except FileNotFoundError as error:
        raise Http404("No row of this file was refused.") from error
    name = f"{run.name}.refused.jsonl"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/x-ndjson")


def _shown(run: ImportRun) -> dict[str, Any]:
    tone = {"done": "good", "failed": "bad", "running": "plain"}.get(run.status, "warn")
    share = 100 * run.read // run.size if run.size else 100
    return {"run": run, "tone": tone, "percent": min(share, 100)}
