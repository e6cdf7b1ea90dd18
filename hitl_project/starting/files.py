"""The guide's second step: a file dropped in, its columns told, and what a reviewer will see of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hitl_project.starting import making
from hitl_project.starting.forms import ColumnsForm, FileForm
from hitl_project.starting.views import guided, page
from labeling.importing import looking, uploads
from labeling.importing.looking import Look
from labeling.importing.rights import TAKES_IN
from labeling.models import ImportRun
from labeling.pages.keymaps import keys_of
from labeling.pages.previewing import preview
from routing import policies
from routing.config import Report
from routing.config_file import ConfigError
from routing.differences import differences
from routing.errors import InvalidInput
from routing.kinds import KINDS
from routing.models import ItemType

ADDS_LABELS = ("routing.change_itemtype", "routing.add_policy")  # as the changed type is put in force
SEEN = 5  # rows that can be leafed through
UNREAD = "These are not the file's letters. It is read as before."
GONE = "The file is no longer there. Send it once more."
IN_FORCE = "The added labels are in force."
PROPOSED = "The added labels are proposed: they come into force once a second admin approves them."
HELD = "The added labels wait in the draft: the server has stopped the automation, so nothing was published."


@require_http_methods(["GET", "POST"])
@permission_required(TAKES_IN, raise_exception=True)
@guided
def data(request: HttpRequest, item_type: ItemType) -> HttpResponse:
    """Take a file in, to be told what its columns are."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_valid():
        try:
            run = uploads.keep(item_type, form.cleaned_data["file"], by=request.user)
        except InvalidInput as error:
            form.add_error("file", [one.detail for one in error.problems])
        else:
            return HttpResponseRedirect(_address(run))
    return page(request, "data", item_type, 2, form=form, example=KINDS[item_type.kind].cells)


@require_http_methods(["GET", "POST"])
@permission_required(TAKES_IN, raise_exception=True)
@guided
def columns(request: HttpRequest, item_type: ItemType, run: Any) -> HttpResponse:
    """Show what each column is taken for and what comes of it; a POST changes that, or takes the file in."""
    row = get_object_or_404(ImportRun, pk=run, item_type=item_type)
    row.item_type = item_type
    if row.status != ImportRun.Status.WAITING:
        return HttpResponseRedirect(reverse("admin:start_of", args=[item_type.pk]))
    if request.POST.get("do") == "forget":
        uploads.cancel(row, by=request.user)
        return HttpResponseRedirect(reverse("admin:start_data", args=[item_type.pk]))
    try:
        form = _form(request, row)
        more = making.holds_more(item_type)
        look = looking.look(row, form.names(), adding=form.adds and not more)
        if request.POST.get("do") == "take" and form.is_valid() and _taken(request, row, form, look):
            return HttpResponseRedirect(reverse("admin:start_of", args=[item_type.pk]))
    except OSError:
        return _dropped(request, row, GONE)
    except InvalidInput as error:
        return _dropped(request, row, error.problems[0].detail)
    except UnicodeError:
        # UTF-16 can be asked for where there is none: it is read as it was guessed again.
        uploads.guess(row)
        messages.error(request, UNREAD)
        return HttpResponseRedirect(_address(row))
    shown = _unknown(request, item_type, look, more) | _seen(request, row, look)
    return page(request, "columns", item_type, 2, run=row, form=form, look=look, **shown)


def _unknown(request: HttpRequest, item_type: ItemType, look: Look, more: bool) -> dict[str, Any]:
    """Return whether answers that nobody knows yet can be added here, and what must be done before.

    `more` says whether the draft holds other changes; those wait for a second admin, or to be published.
    """
    adds = bool(look.unknown) and request.user.has_perms(ADDS_LABELS)
    if not adds or not more:
        return {"adds_labels": adds, "proposal": None, "more": None}
    if policies.proposed(item_type):
        proposal = item_type.proposals.filter(closed_at=None).first()
        return {"adds_labels": False, "proposal": proposal, "more": None}
    before = policies.newest(item_type)
    return {
        "adds_labels": False,
        "proposal": None,
        "more": differences(before.pure if before else None, policies.draft(item_type)),
    }


def _dropped(request: HttpRequest, run: ImportRun, why: str) -> HttpResponse:
    """Give a file up, say why, and ask for another one."""
    uploads.cancel(run, by=request.user)
    messages.error(request, why)
    return HttpResponseRedirect(reverse("admin:start_data", args=[run.item_type_id]))


def _form(request: HttpRequest, run: ImportRun) -> ColumnsForm:
    """Return the form of this file; one read in another way than before has other columns to begin with."""
    if request.method != "POST":
        return ColumnsForm(run, looking.table(run))
    sent = ColumnsForm(run, (), request.POST)
    sent.is_valid()
    written = {name: sent.cleaned_data.get(name) or getattr(run, name) for name in ("encoding", "delimiter")}
    if written != {"encoding": run.encoding, "delimiter": run.delimiter}:
        uploads.reread(run, **written)
        return ColumnsForm(run, looking.table(run))
    return ColumnsForm(run, looking.table(run), request.POST)


def _taken(request: HttpRequest, run: ImportRun, form: ColumnsForm, look: Look) -> bool:
    """Begin the import and say so; False where nothing of it could go in."""
    if not look.good:
        form.add_error(None, "Not one of the rows could go in: see what is wrong with them.")
        return False
    report = None
    try:
        with transaction.atomic():
            if form.adds and look.unknown:
                if not request.user.has_perms(ADDS_LABELS):
                    raise PermissionDenied
                report = making.add_labels(run.item_type, look.unknown, by=request.user)
            uploads.begin(run, names=form.names(), pool=False, ask=form.cleaned_data["ask"], by=request.user)
    except ConfigError as error:
        form.add_error("add_labels", error.message)
        return False
    if report:
        _tell(request, run.item_type, report)
    return True


def _tell(request: HttpRequest, item_type: ItemType, report: Report) -> None:
    """Say what became of labels that were added."""
    if report.held:
        messages.info(request, HELD)
    elif policies.proposed(item_type):
        messages.info(request, PROPOSED)
    else:
        messages.success(request, IN_FORCE)


def _seen(request: HttpRequest, run: ImportRun, look: Look) -> dict[str, Any]:
    """Return the row that is looked at, as a reviewer would see it."""
    # Those first that people will be asked about.
    ordered = sorted(look.good, key=lambda one: bool(one.labels))
    seen = [one.entry for one in ordered if one.entry][:SEEN]
    count = len(seen)
    rows = range(1, count + 1)
    at = next((number for number in rows if request.POST.get("row") == str(number)), 1)
    shown = preview(look.item_type, seen[at - 1], by=request.user) if count else None
    return {"shown": shown, "at_row": at, "rows": rows, "keys": keys_of(request.user.pk)}


def _address(run: ImportRun) -> str:
    return reverse("admin:start_columns", args=[run.item_type_id, run.pk])
