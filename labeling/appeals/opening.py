"""Dispute a decision, and take the dispute back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import trail
from audit.trail import Actor, actor_name
from labeling.appeals import experts
from labeling.models import Appeal
from routing import appealing, assignments, decisions, telling, webhooks
from routing.assignments import Want
from routing.errors import HitlError
from routing.models import DECIDED, Assignment, Item, Priority, Purpose

SUBJECT = "subject"  # the actor that comes by the link: whom the item is about, or who acts for them
LONGEST_REASON = 5_000  # characters
MOST_TAKEN_BACK = 3  # disputes of one decision
STATES = Appeal.State


class NotDisputable(HitlError):
    """This decision can't be disputed."""

    code = "not_disputable"
    status = 409


class NotYours(HitlError):
    """A dispute is taken back by whom it was opened."""

    code = "not_yours"
    status = 409


@dataclass(frozen=True)
class Opened:
    """A dispute, and whether it was open before."""

    appeal: Appeal
    duplicate: bool


def items() -> Any:
    """Return items with all that a dispute needs to know of one."""
    joined = ("policy", "item_type__queue", "item_type__expert_queue", "item_type__subject_rights")
    return Item.objects.select_related(*joined)


def refusal(item: Item, *, now: datetime) -> str | None:
    """Return why the item's decision can't be disputed now, as a sentence; None where it can."""
    if item.erased_at:
        return "What this decision was made on has been erased, so nobody can look at it again."
    if item.status not in DECIDED:
        return "There is no decision yet."
    until = appealing.until(item)
    if until is None:
        return "Decisions of this kind can't be disputed here."
    if now > until:
        return f"The time to dispute this decision ended on {timezone.localtime(until):%-d %B %Y}."
    earlier = Appeal.objects.filter(item=item, closed_at__gte=item.decided_at)
    states = list(earlier.values_list("state", flat=True))
    if STATES.UPHELD in states or STATES.OVERTURNED in states:
        return "An expert has decided on a dispute of this decision; that is final."
    if states.count(STATES.WITHDRAWN) >= MOST_TAKEN_BACK:
        return "Disputes of this decision were taken back too often."
    return None


@transaction.atomic
def dispute(item_id: UUID, reason: str, *, by: Actor) -> Opened:
    """Dispute the item's decision and ask an expert who had no part in it; the decision stands until then.

    An item has one open dispute: asked again, that one is returned and nothing changes. Raises
    Item.DoesNotExist, and NotDisputable saying why.
    """
    item = items().select_for_update(of=("self",)).get(pk=item_id)
    known = Appeal.objects.filter(item=item, state=STATES.OPEN).select_related("seat").first()
    if known:
        known.item = item
        return Opened(known, duplicate=True)
    now = timezone.now()
    if why_not := refusal(item, now=now):
        raise NotDisputable(why_not)
    appeal = Appeal(
        item=item,
        reason=reason.strip(),
        disputed_status=item.status,
        disputed_label=item.label,
        disputed_by=item.decided_by,
        disputed_at=item.decided_at,
        opened_at=now,
        opened_by=actor_name(by),
    )
    appeal.seat = _ask(appeal)
    appeal.save(force_insert=True)
    told = {"disputed": decision(item.status, item.label), "decided_by": item.decided_by}
    record("appeal.opened", appeal, told, {"reason": appeal.reason}, by=by, now=now)
    return Opened(appeal, duplicate=False)


def _ask(appeal: Appeal) -> Assignment:
    """Open the seat: blind, so that neither the model's answer nor colleagues' are at hand."""
    item, named = appeal.item, experts.meant_for(appeal)
    queue = item.item_type.expert_queue
    want = Want(item, Purpose.APPEAL, queue, Priority.HIGH, blind=True, meant_for=named)
    return assignments.ask([want], now=appeal.opened_at)[0]


@transaction.atomic
def withdraw(appeal: Appeal, *, by: Actor) -> Appeal:
    """Take an open dispute back and call its seat off; one that is closed stays as it is.

    Only whom it was opened by may: raises NotYours.
    """
    item = items().select_for_update(of=("self",)).get(pk=appeal.item_id)
    mine = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal.pk)
    if _whose(mine.opened_by) != _whose(actor_name(by)):
        raise NotYours
    if mine.state == STATES.OPEN:
        now = timezone.now()
        assignments.call_off(Assignment.objects.filter(pk=mine.seat_id), now=now)
        mine.item = item
        mine.state, mine.closed_at, mine.closed_by = STATES.WITHDRAWN, now, actor_name(by)
        mine.save(update_fields=["state", "closed_at", "closed_by"])
        record("appeal.withdrawn", mine, {}, {}, by=by, now=now)
    return mine


def _whose(actor: str) -> str:
    """Return an actor without the prefix of its key: a client whose key was replaced is still the same."""
    return f"key:{actor.partition('/')[2]}" if actor.startswith("key:") else actor


def decision(status: str, label: Any) -> dict[str, Any]:
    """Return a decision as the trail and clients are told of it."""
    return {"status": status, "label": label}


def record(
    verb: str,
    appeal: Appeal,
    told: Mapping[str, Any],
    said: Mapping[str, str],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Write into the item's story what became of a dispute, and tell its client.

    What was `said` in free words can be read while the item's secret lives.
    """
    item = appeal.item
    data = {"policy": decisions.number(item), "appeal": appeal.pk, "assignment": appeal.seat_id}
    entry = telling.entry(verb, item, data | dict(told))
    words = {name: text for name, text in said.items() if text}
    whole = trail.Entry(verb, item, entry.data, entry.private | words, item.secret)
    trail.record_all([whole], by=by)
    webhooks.announce([item], verb, now=now, told={"appeal": appeal_data(appeal)})


def appeal_data(appeal: Appeal) -> dict[str, Any]:
    """Return a dispute as the API and webhooks show it."""
    return {
        "id": appeal.pk,
        "item": str(appeal.item_id),
        "item_type": appeal.item.item_type.slug,
        "item_ref": appeal.item.item_ref,
        "state": appeal.state,
        "reason": appeal.reason,
        "answer": appeal.answer,
        "disputed": decision(appeal.disputed_status, appeal.disputed_label)
        | {"decided_by": appeal.disputed_by, "decided_at": appeal.disputed_at.isoformat()},
        "opened_at": appeal.opened_at.isoformat(),
        "opened_by": appeal.opened_by,
        "closed_at": appeal.closed_at.isoformat() if appeal.closed_at else None,
        "closed_by": appeal.closed_by,
    }
