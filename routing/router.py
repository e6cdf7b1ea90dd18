"""Take items in and send each on its way: approved at once, to people, or to an expert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from audit import trail
from audit.trail import Actor, actor_name
from routing import assignments, policies, predictor, webhooks
from routing.assignments import Want
from routing.draws import draw
from routing.errors import PredictionFailed, UnknownItemType
from routing.models import (
    Action,
    Assignment,
    Item,
    ItemType,
    Policy,
    Prediction,
    Priority,
    Purpose,
    Queue,
    Status,
)
from routing.policy import Opinion, Reason, Verdict, decide

ROUTER = "system:router"
STATUS_AFTER = {
    Action.AUTO_APPROVE: Status.APPROVED,
    Action.HUMAN_REVIEW: Status.PENDING_HUMAN,
    Action.EXPERT_ESCALATION: Status.PENDING_EXPERT,
}
ROUTE_FIELDS = [
    "policy",
    "action",
    "status",
    "priority",
    "reasons",
    "shadow",
    "uncertainty",
    "disagreement",
    "label_probability",
    "model",
    "confidence",
    "score",
    "label",
    "decided_at",
    "decided_by",
]


@dataclass(frozen=True)
class Entry:
    """One thing to be decided, as its client sent it and the kind has cleaned it."""

    item_ref: str
    payload: dict[str, Any]
    context: dict[str, Any] = field(default_factory=dict)
    opinions: tuple[Opinion, ...] = ()
    callback_url: str = ""
    pool: bool = False


@dataclass(frozen=True)
class Judged:
    """An item with its route written into it, and what led to it."""

    item: Item
    opinions: tuple[Opinion, ...]
    verdict: Verdict


@dataclass(frozen=True)
class Submitted:
    """An item after `submit`, and whether it was known before."""

    item: Item
    duplicate: bool


def submit(item_type: str, entries: Sequence[Entry], *, by: Actor) -> list[Submitted]:
    """Take in, judge and store the entries, all or none, and return their items in the order given.

    An `item_ref` that is known is answered with the stored item and changes nothing. However many entries,
    the number of statements is the same. Raises UnknownItemType and NoPolicy.
    """
    for attempt in range(3):
        try:
            with transaction.atomic():
                return _submit(item_type, entries, by=by)
        except IntegrityError:
            # Somebody else stored one of the references meanwhile: the next round finds it known.
            if attempt == 2:
                raise
    return []


def find_type(slug: str) -> ItemType:
    """Return the item type with its queues; raises UnknownItemType."""
    found = ItemType.objects.select_related("queue", "expert_queue").filter(slug=slug).first()
    if found is None:
        raise UnknownItemType(f"There is no item type {slug!r}.", attr="item_type")
    return found


def _submit(slug: str, entries: Sequence[Entry], *, by: Actor) -> list[Submitted]:
    item_type = find_type(slug)
    policy = policies.latest(item_type)
    refs = [entry.item_ref for entry in entries]
    known = {
        item.item_ref: item
        for item in Item.objects.select_related("policy").filter(item_type=item_type, item_ref__in=refs)
    }
    fresh: dict[str, Entry] = {}
    for entry in entries:
        if entry.item_ref not in known:
            fresh.setdefault(entry.item_ref, entry)
    now = timezone.now()
    items = {ref: _new_item(item_type, entry, now=now, by=by) for ref, entry in fresh.items()}
    judged = judge(
        item_type,
        policy,
        [(items[ref], entry.opinions) for ref, entry in fresh.items() if not entry.pool],
        now=now,
    )
    Item.objects.bulk_create(sorted(items.values(), key=lambda item: item.item_ref))
    store_consequences(item_type, judged, now=now)
    trail.record_all(
        [_arrival(item, entry) for item, entry in zip(items.values(), fresh.values(), strict=True)], by=by
    )
    unseen = set(items)
    submitted = []
    for ref in refs:
        submitted.append(Submitted(items.get(ref) or known[ref], duplicate=ref not in unseen))
        unseen.discard(ref)
    return submitted


def _new_item(item_type: ItemType, entry: Entry, *, now: datetime, by: Actor) -> Item:
    key, slug = settings.HITL_DRAW_KEY, item_type.slug
    return Item(
        item_type=item_type,
        item_ref=entry.item_ref,
        payload=entry.payload,
        context=entry.context,
        callback_url=entry.callback_url,
        status=Status.POOLED if entry.pool else Status.PENDING_AI,
        audit_draw=draw(key, "audit", slug, entry.item_ref),
        held_out=draw(key, "held-out", slug, entry.item_ref) < item_type.held_out_share,
        created_at=now,
        created_by=actor_name(by),
    )


def judge(
    item_type: ItemType,
    policy: Policy,
    pairs: Sequence[tuple[Item, tuple[Opinion, ...]]],
    *,
    now: datetime,
) -> list[Judged]:
    """Decide each item by the policy and write its route into it (not yet into the database).

    Items without opinions are answered by the server's own model. Where there is none they are left as they
    are and not returned; where it fails they go to people, with that reason.
    """
    silent = [item for item, opinions in pairs if not opinions]
    failure: PredictionFailed | None = None
    try:
        answers = predictor.predict(item_type, [item.payload for item in silent])
    except PredictionFailed as error:
        answers, failure = None, error
    own = {item.pk: (answer,) for item, answer in zip(silent, answers or (), strict=False)}
    pure, spec = policies.pure(policy), item_type.spec
    judged = []
    for item, opinions in pairs:
        said = opinions or own.get(item.pk, ())
        if not said and failure is None:
            continue
        verdict = decide(pure, said, payload=item.payload, context=item.context, spec=spec)
        reasons = [_stored(reason) for reason in verdict.reasons]
        if not said and failure is not None:
            reasons.insert(
                0, {"code": "prediction_failed", "text": f"the model failed: {failure.detail}", "data": {}}
            )
        _write_route(item, policy, verdict, reasons, said, now=now)
        judged.append(Judged(item, said, verdict))
    return judged


def _stored(reason: Reason) -> dict[str, str]:
    named = {"rule": reason.data["rule"]} if "rule" in reason.data else {}
    return {"code": reason.code, "text": reason.text} | named


def _write_route(
    item: Item,
    policy: Policy,
    verdict: Verdict,
    reasons: list[dict[str, str]],
    opinions: tuple[Opinion, ...],
    *,
    now: datetime,
) -> None:
    automated = verdict.action == Action.AUTO_APPROVE
    item.policy = policy
    item.action = verdict.action
    item.status = STATUS_AFTER[Action(verdict.action)]
    item.priority = Priority[verdict.priority.upper()]
    item.reasons = reasons
    item.shadow = list(verdict.shadow)
    item.uncertainty = verdict.uncertainty
    item.disagreement = verdict.disagreement
    item.label_probability = policies.pure(policy).audit_rate if automated else 1.0
    if opinions:
        item.model = opinions[0].model
        item.confidence = opinions[0].confidence
        item.score = opinions[0].confidence if opinions[0].score is None else opinions[0].score
    if automated:
        item.label = opinions[0].label
        item.decided_at = now
        item.decided_by = ROUTER


def store_consequences(item_type: ItemType, judged: Sequence[Judged], *, now: datetime) -> None:
    """Store what follows from the routes: predictions, seats and messages, each table in one statement."""
    Prediction.objects.bulk_create(
        Prediction(
            item=one.item,
            rank=rank,
            model=opinion.model,
            label=opinion.label,
            confidence=opinion.confidence,
            probabilities=dict(opinion.probabilities) if opinion.probabilities else None,
            created_at=now,
        )
        for one in judged
        for rank, opinion in enumerate(one.opinions)
    )
    names = {one.verdict.queue for one in judged if one.verdict.queue}
    queues = {queue.slug: queue for queue in Queue.objects.filter(slug__in=names)} if names else {}
    assignments.ask([want for one in judged for want in _wants(item_type, one, queues)], now=now)
    webhooks.announce([one.item for one in judged if one.item.decided_at], "item.decided", now=now)


def _wants(item_type: ItemType, one: Judged, queues: dict[str, Queue]) -> list[Want]:
    """Return the seats that an item's route asks for."""
    item = one.item
    if item.status == Status.PENDING_EXPERT:
        return [Want(item, Purpose.EXPERT, item_type.expert_queue, item.priority)]
    if item.status == Status.PENDING_HUMAN:
        queue = queues.get(one.verdict.queue or "", item_type.queue)
        purposes = [Purpose.REVIEW] + [Purpose.OVERLAP] * (item_type.opinions_wanted - 1)
        return [
            Want(item, purpose, queue, item.priority, blind=_blind(item_type, item, seat))
            for seat, purpose in enumerate(purposes)
        ]
    if item.audit_draw < item.label_probability:
        return [
            Want(
                item,
                Purpose.AUDIT,
                item_type.queue,
                Priority.LOW,
                blind=True,
                inclusion=item.label_probability,
            )
        ]
    return []


def _blind(item_type: ItemType, item: Item, seat: int) -> bool:
    chance = draw(settings.HITL_DRAW_KEY, "blind", item_type.slug, item.item_ref, str(seat))
    return chance < item_type.blind_share


def _arrival(item: Item, entry: Entry) -> trail.Entry:
    return trail.Entry(
        "item.submitted", item, {"item_type": item.item_type.slug, "item_ref": item.item_ref} | route(item)
    )


def route(item: Item) -> dict[str, Any]:
    """Return what the trail keeps of an item's route: enough to judge it again."""
    return {
        "status": item.status,
        "action": item.action,
        "priority": Priority(item.priority).label,
        "reasons": [reason["text"] for reason in item.reasons],
        "rules": [reason["rule"] for reason in item.reasons if "rule" in reason],
        "shadow": item.shadow,
        "policy": item.policy.number if item.policy else None,
        "model": item.model or None,
        "confidence": item.confidence,
        "score": item.score,
        "label": item.label,
        "audit_draw": item.audit_draw,
        "label_probability": item.label_probability,
        "held_out": item.held_out,
    }


@transaction.atomic
def judge_pending(item_type: ItemType, *, limit: int = 500) -> int:
    """Judge up to `limit` items that waited for a model, and return how many there were.

    Items that a person holds at this moment are left to that person. Safe to run twice at once: each run
    locks what it takes and skips what others have taken.
    """
    policy = policies.latest(item_type)
    now = timezone.now()
    held = Assignment.objects.open().filter(item=OuterRef("pk"), leased_until__gt=now)
    waiting = list(
        Item.objects.filter(~Exists(held), item_type=item_type, status=Status.PENDING_AI)
        .order_by("id")
        .select_for_update(skip_locked=True)[:limit]
    )
    for item in waiting:
        item.item_type = item_type
    judged = judge(item_type, policy, [(item, ()) for item in waiting], now=now)
    items = [one.item for one in judged]
    Item.objects.bulk_update(items, ROUTE_FIELDS)
    # What was asked for while no model could answer is replaced by what the route now asks for.
    assignments.withdraw([item.pk for item in items if not item.decided_at], [Purpose.LEARN], now=now)
    store_consequences(item_type, judged, now=now)
    trail.record_all([trail.Entry("item.judged", item, route(item)) for item in items], by=ROUTER)
    return len(judged)
