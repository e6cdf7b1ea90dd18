"""Judges every target by the night's figures, and tells leads and whoever listens of what has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from audit import trail
from hitl_project.goals import words
from hitl_project.goals.alarm import News, State, step
from hitl_project.goals.definitions import DEFINITIONS
from hitl_project.goals.estimates import Estimate, verdict
from hitl_project.goals.figures import Aim
from hitl_project.goals.promises import AUTHOR
from labeling.people import telling
from routing import teams
from routing.models import Delivery, Target

Told = tuple[int | None, str, str]  # an item type's id, None for all, the news, and how the target stands
Found = Mapping[int | None, Mapping[str, Estimate]]  # by item type's id, None for all, and name


@transaction.atomic
def judge(found: Found, *, now: datetime) -> list[tuple[Target, News]]:
    """Note of every target whether it is missed, and owe the messages about what is news; return the news."""
    news = []
    rows = Target.objects.select_for_update(of=("self",)).select_related("item_type").order_by("pk")
    for target in rows:
        figure = found.get(target.item_type_id, {}).get(target.metric, Estimate())
        definition = DEFINITIONS.get(target.metric)
        if definition is None:  # of an older version of the server
            continue
        value = target.on(timezone.localdate(now))
        before = State(target.missed_since, target.told_at)
        judged = verdict(figure, value, definition.aim)
        after, said = step(before, judged, now, alert=target.alert)
        if after != before:
            target.missed_since, target.told_at = after.missed_since, after.told_at
            target.save(update_fields=["missed_since", "told_at"])
        if said:
            _owe(target, figure, value, said, now)
            news.append((target, said))
    if news:
        told = [
            (
                target.item_type_id,
                said.value,
                sentence(target, found[target.item_type_id][target.metric], now),
            )
            for target, said in news
        ]
        async_task("hitl_project.tasks.tell_leads_of_targets", told)
    return news


def sentence(target: Target, figure: Estimate, now: datetime) -> str:
    """Return how one target stands, for an e-mail and for whoever looks after the server."""
    definition = DEFINITIONS[target.metric]
    value = target.on(timezone.localdate(now))
    promised = words.wanted(value, definition) if value is not None else "no target"
    text = f"{named(target)}: {words.shown(figure.value, definition.unit)}"
    interval = words.between(figure, definition.unit)
    return f"{text} ({interval} with 95 % confidence); target: {promised}" if interval else text


def named(target: Target) -> str:
    """Return which figure a target is of, and of which item type."""
    title = DEFINITIONS[target.metric].title
    return f"{title} of {target.item_type}" if target.item_type else title


def tell_leads(told: Sequence[Told]) -> int:
    """Send leads an e-mail about those of these targets whose item types they see; return how many leads.

    Figures of all types together are for who sees all. Leads who see the same share a message.
    """
    alike: dict[tuple[Told, ...], list[str]] = {}
    for lead in telling.reached():
        hidden = teams.hidden(teams.Person(lead))
        seen = tuple(one for one in map(tuple, told) if (one[0] not in hidden if one[0] else not hidden))
        if seen:
            alike.setdefault(seen, []).append(lead.email)
    ending = "Each figure, its interval and its definition are at /targets/."
    return sum(
        telling.send(_subject(seen), "\n".join([*(line for _, _, line in seen), "", ending]), addresses)
        for seen, addresses in alike.items()
    )


def missed() -> list[Target]:
    """Return the targets whose miss was told and has not ended, in one statement."""
    rows = Target.objects.filter(told_at__isnull=False, metric__in=DEFINITIONS)
    return list(rows.select_related("item_type").order_by("told_at", "pk"))


def _subject(told: Sequence[Told]) -> str:
    count = sum(said == News.MISSED for _, said, _ in told)
    if not count:
        return "Targets met again"
    return "A target is missed" if count == 1 else f"{count} targets are missed"


def _owe(target: Target, figure: Estimate, value: float | None, said: News, now: datetime) -> None:
    """Record the news, and put it into the outbox where somebody listens."""
    definition = DEFINITIONS[target.metric]
    data: dict[str, Any] = {
        "metric": target.metric,
        "item_type": target.item_type.slug if target.item_type else None,
        "target": value,
        "aim": "least" if definition.aim is Aim.LEAST else "most",
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "count": figure.count,
        "unit": definition.unit.value,
    }
    trail.record(said.value, target, by=AUTHOR, **data)
    if settings.HITL_ALERT_URL:
        body = {"type": said.value, "timestamp": now.isoformat(), "data": data}
        Delivery.objects.create(
            url=settings.HITL_ALERT_URL, event=said.value, body=body, created_at=now, next_attempt_at=now
        )
