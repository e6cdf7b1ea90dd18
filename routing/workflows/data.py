"""How far an item has come, put together from its trail, its predictions and its place in the queue."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.utils import timezone

from audit import trail
from routing import metrics, workflows
from routing.models import Assignment, Item, Outcome
from routing.workflows.stages import AI, Event, Path, follow

LAST_LOOKS = 100  # how many of a queue's latest answers tell how long one takes


def path(item: Item) -> Path:
    """Return the states that the item passed through, in two statements."""
    events = (
        Event(event.at, event.verb, event.actor, trail.opened(event, item.secret))
        for event in trail.story(item)
    )
    found = follow(events)
    said = [
        {"model": one.model, "label": one.label, "confidence": one.confidence}
        for one in item.predictions.order_by("rank")
    ]
    if said and found.transitions:
        found.results[AI] = said
    return found


def name(item: Item) -> str:
    """Return the workflow that the item is in, by the policy that judged it; until then by the draft."""
    route = item.policy.pure if item.policy else item.item_type
    return workflows.name(
        {
            "opinions_wanted": item.item_type.opinions_wanted,
            "automate": route.automate,
            "expert_mandatory": route.expert_mandatory,
        }
    )


def workflow_data(item: Item, now: datetime | None = None) -> dict[str, Any]:
    """Return the item's workflow as the API gives it, in at most four statements."""
    now = now or timezone.now()
    found = path(item)
    return {
        "item": str(item.pk),
        "workflow": name(item),
        "state": found.state,
        "progress": found.progress,
        "expected_completion": _expected(item, now),
        "started_at": item.created_at,
        "completed_at": item.decided_at,
        "error": found.error,
        "transitions": [
            {"from": one.before, "to": one.after, "at": one.at, "trigger": one.trigger, "by": one.by}
            for one in found.transitions
        ],
        "results": found.results,
    }


def shown(item: Item) -> dict[str, Any]:
    """Return the item's workflow for its page: the template's title, the path, and its steps in words."""
    found = path(item)
    steps = [
        {"after": one.after, "state": one.after.replace("_", " "), "at": one.at}
        | {"trigger": one.trigger, "by": one.by}
        for one in found.transitions
    ]
    return {"name": workflows.TEMPLATES[name(item)].title.lower(), "path": found, "steps": steps}


def _expected(item: Item, now: datetime) -> datetime | None:
    """Return when a person will have answered, by the queue's pace and the time that an answer takes."""
    if item.decided_at:
        return None
    place = metrics.place(item.pk, now)
    if place is None or place.wait_seconds is None:
        return None
    service = _typical_service(place.queue)
    return None if service is None else now + timedelta(seconds=place.wait_seconds + service)


def _typical_service(queue: str) -> float | None:
    """Return the median seconds from claim to answer of the queue's latest answers, or None without any."""
    answered = Assignment.objects.filter(
        queue__slug=queue, outcome__in=[Outcome.ANSWERED, Outcome.ESCALATED]
    ).order_by("-closed_at")
    times = answered.values_list("claimed_at", "closed_at")[:LAST_LOOKS]
    return median(spent) if (spent := [(end - start).total_seconds() for start, end in times]) else None
