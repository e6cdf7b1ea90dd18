"""The page /analytics/: every figure of some days, by item type, queue and week, and as a table to keep."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audit.spreadsheets import guarded
from hitl_project.dashboard import drawing, periods, tiles
from hitl_project.dashboard.asking import Asked, asks
from hitl_project.dashboard.tiles import Tile
from hitl_project.goals import keeping, remembering
from hitl_project.goals.board import Flow, workflow
from hitl_project.goals.definitions import DEFINITIONS, GROUPS
from hitl_project.goals.estimates import Estimate, together
from hitl_project.goals.facts import Cell, Facts, added
from hitl_project.goals.measuring import measure
from hitl_project.goals.promises import Promise, promises
from hitl_project.goals.told import TOLD, told
from routing import teams
from routing.models import Queue
from routing.roles import SEES_FIGURES

# What can be told of one queue; all else is of item types.
OF_QUEUE = ("time_to_review", "cases_per_hour", "queue_time", "sla_compliance")
COUNTS = ("came", "automated", "human", "expert")
HEAD = ("item_type", "queue", "from", "to", "figure", "value", "low", "high", "count", "unit")


@dataclass(frozen=True)
class Desk:
    """One queue: how many looks were answered there in these days, and its figures."""

    queue: Queue
    looks: int
    tiles: list[Tile]


@never_cache
@require_safe
@login_required
@permission_required(SEES_FIGURES, raise_exception=True)
def page(request: HttpRequest) -> HttpResponse:
    """Show every figure with its interval, its target and its weeks, of all item types or some of it."""
    asked, queue, queues = _wish(request)
    context = asked.context | {"periods": periods.LONG.values(), "queue": queue, "queue_choices": queues}
    shown = remembering.facts(asked.now)
    context |= {"facts": shown.facts, "late": shown.late}
    if shown.facts is not None:
        context |= _figures(shown.facts, asked, queue, queues)
    return render(request, "dashboard/analytics.html", context)


@never_cache
@require_safe
@login_required
@permission_required(SEES_FIGURES, raise_exception=True)
def table(request: HttpRequest) -> HttpResponse:
    """Send what the page shows as CSV (RFC 4180): one row for each figure, item type and day."""
    asked, queue, _ = _wish(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"figures-{timezone.localdate(asked.now)}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(HEAD)
    facts = remembering.facts(asked.now).facts
    days = [] if facts is None else periods.split(facts.days, asked.period)[0]
    for one, day in product(asked.of, days):
        cell = _cell(facts, one.pk, queue, [day])
        for figure, *values in _told(cell, queue):
            writer.writerow([_safe(one.slug), _safe(queue.slug if queue else ""), day, day, figure, *values])
    return response


def _safe(text: str) -> str:
    """Return a short name so that no spreadsheet takes it for a formula."""
    return guarded(text)


def _wish(request: HttpRequest) -> tuple[Asked, Queue | None, list[Queue]]:
    """Return who asks for what, the queue that is asked for, and those that may be."""
    period = periods.period(request.GET.get("days"), periods.LONG, periods.MONTH)
    asked = asks(request, period, timezone.now())
    queues = list(teams.queues(Queue.objects.order_by("slug"), request))
    return asked, next((one for one in queues if one.slug == request.GET.get("queue")), None), queues


def _figures(facts: Facts, asked: Asked, queue: Queue | None, queues: list[Queue]) -> dict[str, Any]:
    """Return what the page shows of one queue or, with None, of all that the item types have."""
    days, earlier = periods.split(facts.days, asked.period)
    made, today = promises(asked.chosen), timezone.localdate(asked.now)
    names = OF_QUEUE if queue else tuple(DEFINITIONS)
    found, before = _measured(facts, asked, queue, days), _measured(facts, asked, queue, earlier)
    if not queue:
        elsewhere = told(asked.of, now=asked.now)
        for name in TOLD:
            found[name] = together([elsewhere[one.pk].get(name, Estimate()) for one in asked.of])
    rows = tiles.tiles(found, before, made, today=today, names=names)
    weeks = _known(_weeks(facts, asked, queue, today))
    plots = [drawing.figure(name, sorted(weeks), weeks, made[name].on(today)) for name in names]
    desks = [_desk(facts, asked, one, days, made) for one in ([queue] if queue else queues)]
    return {
        "groups": [(name, of) for name in GROUPS if (of := [one for one in rows if one.group == name])],
        "plots": [one for one in plots if not one.empty],
        "without": [one.title for one in plots if one.empty],
        "desks": desks,
    } | ({} if queue else _items(facts, asked, days, made["automation_rate"].on(today)))


def _items(facts: Facts, asked: Asked, days: Any, target: float | None) -> dict[str, Any]:
    """Return what became of the items that came in: by day, and of each item type."""
    cells = {day: added(facts.cells.get((one.pk, day)) for one in asked.of) for day in days}
    first = min((day for day in days if cells[day].came), default=days[0])
    drawn = [day for day in days if day >= min(first, days[-periods.WEEK.days])]
    return {
        "days_plots": drawing.by_day(drawn, [cells[day] for day in drawn], target),
        "flows": [Flow(one, workflow(one), facts.of_type(one.pk, days)) for one in asked.of],
    }


def _measured(facts: Facts, asked: Asked, queue: Queue | None, days: Any) -> dict[str, Estimate]:
    return measure([_cell(facts, one.pk, queue, days) for one in asked.of])


def _cell(facts: Facts, item_type: int, queue: Queue | None, days: Any) -> Cell:
    return facts.of_desk(queue.pk, item_type, days) if queue else facts.of_type(item_type, days)


def _weeks(facts: Facts, asked: Asked, queue: Queue | None, today: date) -> dict[date, dict[str, Estimate]]:
    """Return the figures by week: those that are kept, and of what is read the weeks as they are now."""
    stored = {} if queue or not (asked.chosen or asked.whole) else keeping.weekly(asked.chosen, today=today)
    return stored | {
        week: stored.get(week, {}) | _measured(facts, asked, queue, facts.week(week)) for week in facts.weeks
    }


def _known(weeks: dict[date, dict[str, Estimate]]) -> dict[date, dict[str, Estimate]]:
    """Return the weeks from the first one of which anything is known."""
    some = [week for week, found in weeks.items() if any(one.value is not None for one in found.values())]
    return {week: found for week, found in weeks.items() if some and week >= min(some)}


def _desk(facts: Facts, asked: Asked, queue: Queue, days: Any, made: dict[str, Promise]) -> Desk:
    cells = [facts.of_desk(queue.pk, one.pk, days) for one in asked.of]
    today = timezone.localdate(asked.now)
    rows = tiles.tiles(measure(cells), {}, made, today=today, names=OF_QUEUE)
    return Desk(queue, added(cells).held.count, rows)


def _told(cell: Cell, queue: Queue | None) -> list[list[Any]]:
    """Return the rows of one cell: figure, value, ends of its interval, count, unit."""
    rows = [] if queue else [[name, getattr(cell, name), "", "", "", "items"] for name in COUNTS]
    for name, one in measure([cell]).items():
        if one.value is not None and (queue is None or name in OF_QUEUE):
            rows.append([name, one.value, one.low, one.high, one.count, DEFINITIONS[name].unit.value])
    return rows
