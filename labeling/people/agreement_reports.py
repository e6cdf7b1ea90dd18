"""Agreement as it was measured, kept: each week, each night the days before it, and when somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import trail
from audit.agreement import Agreement
from audit.models import AgreementReport
from audit.trail import Actor
from labeling.people import agreement, ratings, wanted
from labeling.people.agreement import Found, Verdict
from labeling.people.agreement_by import monday
from routing.models import ItemType

DAYS = 90  # of the window that is judged
AGAIN = timedelta(minutes=1)
WEEKS = 4  # before this one, that are measured where it was missed: the worker may have stood still


def measure(item_type: ItemType, *, now: datetime | None = None) -> int:
    """Measure the weeks that are over and the last DAYS up to midnight; return how many rows are new.

    What was measured stays as it is: later corrections and erasures don't change history. Periods without an
    item that two people answered leave no row. Safe to run twice.
    """
    now = now or timezone.now()
    week, midnight = monday(now), _midnight(now)
    periods = [
        (AgreementReport.Period.WEEK, week - timedelta(weeks=ago), week - timedelta(weeks=ago - 1))
        for ago in range(1, WEEKS + 1)
    ]
    periods.append((AgreementReport.Period.WINDOW, midnight - timedelta(days=DAYS), midnight))
    rows = AgreementReport.objects.filter(
        item_type=item_type.slug, since__gte=midnight - timedelta(days=DAYS)
    )
    known = set(rows.values_list("period", "since"))
    new = [_row(item_type, *period) for period in periods if period[:2] not in known]
    made = [row for row in new if row.units]
    AgreementReport.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def kept(item_type: str, *, since: datetime) -> list[AgreementReport]:
    """Return the weeks of an item type that began since then, oldest first."""
    weeks = AgreementReport.objects.filter(
        item_type=item_type, period=AgreementReport.Period.WEEK, since__gte=since
    )
    return list(weeks.order_by("since"))


def newest(item_type: str) -> AgreementReport | None:
    """Return the newest window of an item type: one statement."""
    rows = AgreementReport.objects.filter(item_type=item_type, period=AgreementReport.Period.WINDOW)
    return rows.order_by("-until").first()


@dataclass(frozen=True)
class Missed:
    """An item type whose people agree less than `target`, by the figure that it is judged by."""

    item_type: ItemType
    found: Agreement
    target: float


def missed() -> list[Missed]:
    """Return the item types whose people are proven to agree less than they should, by the newest window.

    What was measured more than a week ago is history. Three statements, or one.
    """
    rows = AgreementReport.objects.filter(
        period=AgreementReport.Period.WINDOW, until__gt=timezone.now() - timedelta(days=7)
    )
    latest = {row.item_type: row for row in rows.order_by("item_type", "-until").distinct("item_type")}
    types = list(ItemType.objects.filter(slug__in=latest).order_by("slug")) if latest else []
    targets = wanted.agreement(types) if types else {}
    judged = [(one, latest[one.slug].headline, figures(latest[one.slug])) for one in types]
    return [
        Missed(one, found[head], targets[one.pk])
        for one, head, found in judged
        if agreement.verdict(head, found[head], targets[one.pk]) == Verdict("missed")
    ]


def measure_now(item_type: ItemType, *, by: Actor) -> AgreementReport | None:
    """Measure the last DAYS up to now and keep it, recorded; None where nobody answered with another.

    Asked again within AGAIN the row that is there is returned: two clicks are one measurement.
    """
    now, last = timezone.now(), newest(item_type.slug)
    if last and last.until > now - AGAIN:
        return last
    row = _row(item_type, AgreementReport.Period.WINDOW, now - timedelta(days=DAYS), now)
    if not row.units:
        return None
    with transaction.atomic():
        row.save()
        trail.record(
            "agreement.measured",
            item_type,
            by=by,
            since=row.since,
            until=row.until,
            units=row.units,
            headline=row.headline,
            figures=row.figures,
        )
    return row


def figures(row: AgreementReport) -> dict[str, Agreement]:
    """Return the figures of a row."""
    return {name: Agreement(**one) for name, one in row.figures.items()}


def _row(item_type: ItemType, period: str, since: datetime, until: datetime) -> AgreementReport:
    units = ratings.read(item_type, since=since, until=until)
    found = agreement.of_units(item_type, [unit for unit in units if unit.drawn])
    return AgreementReport(
        item_type=item_type.slug,
        period=period,
        since=since,
        until=until,
        units=found.units,
        ratings=found.ratings,
        people=found.people,
        headline=found.headline,
        figures=_plain(found),
    )


def _plain(found: Found) -> dict[str, Any]:
    return {
        name: {"value": one.value, "low": one.low, "high": one.high, "units": one.units}
        for name, one in found.figures.items()
    }


def _midnight(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
