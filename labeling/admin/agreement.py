"""The admin's page on how far people agree about items of one type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone

from audit.agreement import Agreement
from labeling import metrics
from labeling.people import agreement, agreement_by, agreement_reports, disputes, ratings, skills, wanted
from labeling.people.agreement_by import OfPair
from labeling.people.ratings import Unit
from routing.admin import pages
from routing.models import Assignment, ItemType, Purpose

DAYS = agreement_reports.DAYS
FEW = agreement.FEW  # answers under which a share says nothing
WEEKS = timedelta(weeks=26)  # that the page shows
MEASURES = "routing.change_reviewer"  # who helps people get better

WORDS: dict[str, tuple[str, str]] = {
    "percent": ("The same answer", "How often two people who answered the same item gave the same answer."),
    "ac1": ("AC1 (Gwet)", "The same beyond guessing. It stays true where one answer is rare."),
    "ac2": ("AC2 (Gwet)", "AC1 where answers that lie near each other count as partly the same."),
    "alpha": ("Alpha (Krippendorff)", "The same beyond what mixing up all answers would give."),
    "fleiss": ("Kappa (Fleiss)", "The same as alpha, nearly. It falls where one answer is rare."),
    "weighted": ("Weighted kappa", "Kappa where answers that lie near each other count as partly the same."),
    "likeness": ("Likeness", "How alike two people's answers to the same item are, on average."),
    "iou": (
        "Overlap of boxes",
        "Mean intersection over union of boxes matched one to one; a lone box counts 0.",
    ),
    "f1": ("Boxes found by both", "F1 at an overlap of .5: how many of the boxes have a partner."),
}


@dataclass(frozen=True)
class Line:
    """One figure as the page shows it: `more` is how many items are missing until it may be told."""

    name: str
    about: str
    found: Agreement
    more: int = 0
    judged: bool = False

    @property
    def shown(self) -> bool:
        """Whether there is a number to show."""
        return not self.more and self.found.value is not None

    @property
    def bar(self) -> dict[str, float]:
        """Where value and interval stand on a line from 0 to 100."""
        ends = {"low": self.found.low, "value": self.found.value, "high": self.found.high}
        return {name: round(100 * min(max(end, 0), 1), 1) for name, end in ends.items()}


@pages.page("agreement", "Agreement", pages.PEOPLE)
def agreement_page(request: HttpRequest, admin: ModelAdmin, item_type: ItemType) -> HttpResponse:
    """Show how far people agree with each other and with experts, and what their answers together decide.

    A POST measures it now and keeps that.
    """
    if request.method == "POST":
        return _measure(request, item_type)
    since = timezone.now() - timedelta(days=DAYS)
    units = ratings.read(item_type, since=since)
    drawn, asked = [one for one in units if one.drawn], [one for one in units if not one.drawn]
    found = agreement.of_units(item_type, drawn)
    target = wanted.agreement([item_type])[item_type.pk]
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Agreement on {item_type}",
        "opts": admin.model._meta,
        "original": item_type,
        "days": DAYS,
        "few": FEW,
        "found": found,
        "judged": found.verdict(target),
        "target": target,
        "aim": None if target is None else round(100 * target, 1),
        "kept": agreement_reports.newest(item_type.slug),
        "may_measure": request.user.has_perm(MEASURES),
        "lines": lines(found.figures, found.headline),
        "judged_by": WORDS[found.headline][0],
        "kappa": found.figures.get("fleiss"),
        "classes": _classes(item_type, drawn),
        "mixed_up": agreement_by.mixed_up(item_type, drawn),
        "pairs": _pairs(agreement_by.by_pair(item_type, drawn)),
        "weeks": _weeks(item_type, drawn),
        "asked": _share(item_type, asked),
        **_experts(item_type, since),
        "skills_known": item_type.ask_until_sure and skills.load(item_type) is not None,
    }
    return TemplateResponse(request, "admin/routing/itemtype/agreement.html", context)


def _classes(item_type: ItemType, drawn: Sequence[Unit]) -> list[dict[str, Any]]:
    found = agreement_by.by_class(item_type, drawn)
    return [_line(one.name, "", one.agreement, FEW) | {"share": one.share} for one in found]


def _experts(item_type: ItemType, since: datetime) -> dict[str, Any]:
    """What experts made of what reviewers had decided, and of what they differed on."""
    validated = metrics.validated(item_type.slug, since=since)
    whole = Agreement(validated.accuracy, validated.low, validated.high, validated.checks)
    target = wanted.validation([item_type])[item_type.pk]
    return {
        "validated": validated,
        "validated_verdict": agreement.verdict("percent", whole, target),
        "validated_target": target,
        "waiting": Assignment.objects.open().filter(item_type=item_type, purpose=Purpose.VALIDATE).count(),
        "settled": disputes.settled(item_type, since=since),
        "decided": disputes.decided(item_type, since=since),
    }


def _measure(request: HttpRequest, item_type: ItemType) -> HttpResponse:
    if not request.user.has_perm(MEASURES):
        raise PermissionDenied
    if agreement_reports.measure_now(item_type, by=request.user):
        messages.success(request, "Measured and kept: targets and alerts go by it from now on.")
    else:
        messages.warning(request, "There is nothing to measure: nobody answered the same item as another.")
    return HttpResponseRedirect(request.path)


def lines(figures: Mapping[str, Agreement], headline: str) -> list[Line]:
    """Return the figures in the words of the page, in the order measured."""
    return [
        Line(*WORDS[name], one, agreement.missing(name, one), name == headline)
        for name, one in figures.items()
    ]


def _line(name: str, about: str, found: Agreement, least: int) -> dict[str, Any]:
    return {"line": Line(name, about, found, max(0, least - found.units))}


def _pairs(found: Sequence[OfPair]) -> list[dict[str, Any]]:
    """Return the pairs by name, those with too few common items counted only."""
    names = dict(
        User.objects.filter(pk__in={pk for one in found for pk in one.people}).values_list("pk", "username")
    )
    rows = []
    for one in found:
        first, second = sorted(names[pk] for pk in one.people)
        same = Agreement(one.same.value, *one.same.interval, one.same.of)
        row = _line(f"{first} and {second}", "", same, FEW)
        kappa = one.kappa and Line("", "", one.kappa, agreement.missing("kappa", one.kappa))
        rows.append(row | {"kappa": kappa})
    return sorted(rows, key=lambda row: row["line"].name)


def _weeks(item_type: ItemType, drawn: Sequence[Unit]) -> list[dict[str, Any]]:
    """Return the weeks, newest first: those of the window as they are now, others as they were kept."""
    kept = agreement_reports.kept(item_type.slug, since=timezone.now() - WEEKS)
    told = {
        timezone.localtime(row.since).date(): (row.headline, agreement_reports.figures(row)) for row in kept
    }
    now = agreement_by.by_week(item_type, drawn)
    # The first week of the window may have begun before it.
    told |= {week: (found.headline, found.figures) for week, found in list(now.items())[1:] or now.items()}
    return [
        {
            "week": week,
            "percent": Line("", "", figures["percent"], agreement.missing("percent", figures["percent"])),
            "headline": Line("", "", figures[head], agreement.missing(head, figures[head])),
        }
        for week, (head, figures) in sorted(told.items(), reverse=True)
    ]


def _share(item_type: ItemType, units: Sequence[Unit]) -> dict[str, Any]:
    """Return of items that somebody doubted how many there are and how often people agreed about them."""
    same = agreement.agreeing(item_type, units)
    return {"items": len(units), "share": float(same.mean()) if len(units) >= FEW else None}
