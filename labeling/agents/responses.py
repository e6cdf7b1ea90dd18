"""What people said of an agent's proposal, as the agent reads it: LangGraph's list of HumanResponse."""

from __future__ import annotations

from typing import Any

from labeling.agents.timing import CLOCK
from labeling.models import Approval, Review
from routing.kinds.agent_action import allowed, proposal
from routing.models import DECIDED, HIDDEN, Item, Status

Responses = list[dict[str, Any]]

TOO_LATE = "Nobody answered in time, so this may not be done."
REFUSED = "This may not be done."


def responses(item: Item) -> Responses | None:
    """Return the answer to an approval, a list of one; None while it waits.

    Accepted as proposed, edited, answered in words (a rejection with a comment), or ignored (without). Once
    erased it is ignored, whatever was said: nobody knows any more how it was edited.
    """
    if item.status not in DECIDED:
        return None
    if item.status == Status.APPROVED and not item.erased_at:
        if item.label == proposal(item.payload):
            return [{"type": "accept", "args": None}]
        return [{"type": "edit", "args": item.label}]
    said = "" if item.erased_at else _said(item)
    if said and allowed(item.payload)["respond"]:
        return [{"type": "response", "args": said}]
    return [{"type": "ignore", "args": None}]


def _said(item: Item) -> str:
    """Return what the agent is told with a rejection; empty where nothing."""
    if item.decided_by == CLOCK:
        return TOO_LATE if item.approval.on_timeout == Approval.OnTimeout.REJECT else ""
    refusals = Review.objects.filter(item=item, action=Review.Action.REJECT)
    latest = refusals.exclude(assignment__purpose__in=HIDDEN).order_by("-created_at").first()
    if latest and latest.comment:
        return latest.comment
    # Where an agent takes nothing but words it gets some, also where an API client rejected without.
    return "" if allowed(item.payload)["ignore"] else REFUSED


def added(item: Item) -> dict[str, Any]:
    """Return what messages about an approval say besides."""
    return {"responses": responses(item)}
