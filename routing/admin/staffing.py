"""What if: how long items of a queue would wait with other arrivals and other people, and what would help."""

from __future__ import annotations

import math
from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from routing.economics import capacity, costing, staffing
from routing.economics.pace import CAP, Pace, paces
from routing.economics.staffing import Load
from routing.models import Queue

LATE = 0.05  # share of items that may come late
FEWEST = 20  # answers below which the usual look stands for a measured one
# What can be asked; a queue beyond it is shown at the limit.
MOST_PER_HOUR, DAY, MOST_SPREAD, MOST_ON_DUTY, MOST_MINUTES = 1_000_000, 86_400, 20, 1_000, 100_000
FEWER, MORE = 2, 5  # how far the table reaches to either side


def _number(step: str) -> forms.NumberInput:
    return forms.NumberInput(attrs={"step": step, "inputmode": "decimal"})


class WhatIf(forms.Form):
    """What the figures are asked for."""

    per_hour = forms.FloatField(
        label="Looks per hour", min_value=0, max_value=MOST_PER_HOUR, widget=_number("any")
    )
    seconds = forms.FloatField(label="Seconds for one", min_value=0.1, max_value=DAY, widget=_number("any"))
    cv = forms.FloatField(
        label="Spread of these",
        min_value=0,
        max_value=MOST_SPREAD,
        widget=_number("any"),
        help_text="Standard deviation over mean: 0 all alike, 1 usual, 2 some take very long.",
    )
    people = forms.IntegerField(
        label="People on duty", min_value=1, max_value=MOST_ON_DUTY, widget=_number("1")
    )
    sla = forms.FloatField(
        label="Answered within, minutes", min_value=0, max_value=MOST_MINUTES, widget=_number("any")
    )


def staffing_page(request: HttpRequest, admin: ModelAdmin, queue: Queue) -> HttpResponse:
    """Show waits, lateness and the people needed at the figures in the address, at first the real ones."""
    pace = paces()[queue.slug]
    form = WhatIf(request.GET if "per_hour" in request.GET else _as_it_is(queue, pace))
    figures = _figures(queue, form.cleaned_data) if form.is_valid() else {}
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Staffing of {queue}",
        "opts": admin.model._meta,
        "original": queue,
        "form": form,
        "pace": pace,
        "measured": pace.answered >= FEWEST,
        "most_answers": CAP,
        "changed": "per_hour" in request.GET,
        **figures,
    }
    return TemplateResponse(request, "admin/routing/queue/staffing.html", context)


def _as_it_is(queue: Queue, pace: Pace) -> dict[str, float]:
    known = pace.answered >= FEWEST and pace.seconds
    return {
        "per_hour": min(round(pace.per_hour, 1), MOST_PER_HOUR),
        "seconds": min(max(0.1, round(pace.seconds, 1)), DAY) if known else costing.REVIEW_SECONDS,
        "cv": min(round(pace.cv or 0.0, 2), MOST_SPREAD) if known else 1.0,
        "people": min(max(1, pace.people), MOST_ON_DUTY),
        "sla": min(queue.sla_minutes, MOST_MINUTES),
    }


def _figures(queue: Queue, asked: dict[str, Any]) -> dict[str, Any]:
    load, people, seconds = (
        Load(asked["per_hour"], asked["seconds"], asked["cv"]),
        asked["people"],
        asked["sla"] * 60,
    )
    rows = [_row(load, count, seconds) for count in range(max(1, people - FEWER), people + MORE + 1)]
    late = staffing.late_share(load, people, seconds)
    most = staffing.most_per_hour(load, people, seconds, LATE)
    try:
        needed = staffing.people_needed(load, seconds, LATE)
    except ValueError:
        needed = None
    return {
        "now": _row(load, people, seconds),
        "rows": rows,
        "needed": needed,
        "most": most,
        "in_time": late <= LATE,
        "relief": capacity.relief(queue, load.per_hour, most) if late > LATE else None,
        "late": LATE,
        "most_people": staffing.MOST_PEOPLE,
    }


def _row(load: Load, people: int, seconds: float) -> dict[str, Any]:
    """Return one line of the table; the wait is None where the queue grows without end."""
    wait = staffing.mean_wait(load, people)
    return {
        "people": people,
        "busy": load.erlangs / people,
        "wait": None if math.isinf(wait) else wait,
        "late": staffing.late_share(load, people, seconds),
        "growth": staffing.growth(load, people),
    }
