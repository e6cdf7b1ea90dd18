"""Judge items by a policy, and store what follows: predictions, seats and messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from audit import bulk
from routing import assignments, corrections, hearing, novelty, policies, webhooks
from routing.assignments import Want
from routing.draws import draw
from routing.errors import PredictionFailed
from routing.jsonb import as_stored
from routing.kinds import TypeSpec
from routing.models import Action, Item, ItemType, Policy, Prediction, Priority, Purpose, Queue, Status
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
    "signals",
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
class Judged:
    """An item with its route written into it, and what led to it."""

    item: Item
    opinions: tuple[Opinion, ...]
    verdict: Verdict


def judge(
    item_type: ItemType,
    policy: Policy,
    pairs: Sequence[tuple[Item, tuple[Opinion, ...]]],
    *,
    now: datetime,
    failed: Mapping[UUID, PredictionFailed] | None = None,
) -> list[Judged]:
    """Decide each item by the policy and write its route into it (not yet into the database).

    Labels and settings of the type are those of the policy, so that an item can be judged again as it was.
    Items without opinions are answered by the server's own model. Where there is none they are left as they
    are and not returned; where it fails they go to people, with that reason, and so do those of which is
    known, by their ids, that a model has `failed`, and those with opinions of models not in force alone. The
    policy is `policies.latest`.
    """
    opinions, failures = hearing.hear(item_type, pairs, failed or {})
    known = opinions.keys() | failures.keys()
    answered = [(item, opinions.get(item.pk, ())) for item, _ in pairs if item.pk in known]
    pure = policies.pure(policy)
    spec = pure.spec or item_type.spec
    signals = _signals(item_type, policy, spec, [(item.payload, said) for item, said in answered], now=now)
    judged = []
    for (item, said), signal in zip(answered, signals, strict=True):
        verdict = decide(
            pure,
            said,
            payload=as_stored(item.payload) if pure.rules else item.payload,
            context=as_stored(item.context) if pure.rules else item.context,
            spec=spec,
            known_labels=novelty.known_labels(signal, item.payload, said, spec),
            novelty=signal.get("novelty"),
            corrected=signal.get("corrected"),
        )
        item.signals = signal
        _write(item, policy, verdict, _reasons(verdict, failures.get(item.pk), signal), said, now=now)
        judged.append(Judged(item, said, verdict))
    return judged


def _reasons(verdict: Verdict, failed: PredictionFailed | None, signal: dict[str, Any]) -> tuple[Reason, ...]:
    """Return the verdict's reasons, after why no model could answer; `signal` keeps that too."""
    if failed is None:
        return verdict.reasons
    signal["prediction_failed"] = failed.detail
    return (Reason("prediction_failed", failed.said), *verdict.reasons)


def _signals(
    item_type: ItemType,
    policy: Policy,
    spec: TypeSpec,
    given: Sequence[tuple[dict[str, Any], tuple[Opinion, ...]]],
    *,
    now: datetime,
) -> list[dict[str, Any]]:
    """Return what `Item.signals` keeps of each payload and its opinions: novelty, and what was corrected."""
    signals = novelty.signals(item_type, policies.pure(policy), spec, given)
    if item_type.reuse_corrections and policy.corrections:
        recalled = corrections.recall(item_type, spec, given, now=now, by=ROUTER)
        for signal, found in zip(signals, recalled, strict=True):
            if found:
                signal["corrected"] = found
    return signals


def _write(
    item: Item,
    policy: Policy,
    verdict: Verdict,
    reasons: Sequence[Reason],
    opinions: tuple[Opinion, ...],
    *,
    now: datetime,
) -> None:
    automated = verdict.action == Action.AUTO_APPROVE
    item.policy = policy
    item.action = verdict.action
    item.status = STATUS_AFTER[Action(verdict.action)]
    item.priority = Priority[verdict.priority.upper()]
    item.reasons = [
        {"code": reason.code, "text": reason.text, "data": dict(reason.data)} for reason in reasons
    ]
    item.shadow = list(verdict.shadow)
    item.uncertainty = verdict.uncertainty
    item.disagreement = verdict.disagreement
    item.label_probability = policies.pure(policy).audit_rate if automated else 1.0
    if opinions:
        note(item, opinions[0])
    if automated:
        corrected = item.signals.get("corrected")
        item.label = corrected["label"] if corrected else opinions[0].label
        item.decided_at = now
        item.decided_by = ROUTER


def note(item: Item, opinion: Opinion) -> None:
    """Write into the item which model's answer stands for it, and how sure that model was."""
    item.model = opinion.model
    item.confidence = opinion.confidence
    item.score = opinion.confidence if opinion.score is None else opinion.score


def store_consequences(item_type: ItemType, judged: Sequence[Judged], *, now: datetime) -> None:
    """Store what follows from the routes: predictions, seats and messages, each table in one statement."""
    store_predictions([(one.item, one.opinions) for one in judged], now=now)
    names = {one.verdict.queue for one in judged if one.verdict.queue}
    queues = {queue.slug: queue for queue in Queue.objects.filter(slug__in=names)} if names else {}
    assignments.ask([want for one in judged for want in _wants(item_type, one, queues)], now=now)
    webhooks.announce([one.item for one in judged if one.item.decided_at], "item.decided", now=now)


def store_predictions(said: Sequence[tuple[Item, tuple[Opinion, ...]]], *, now: datetime) -> None:
    """Store what models said of items, all in one statement; the first of each is the one that was judged."""
    rows = [
        {
            "item_id": item.pk,
            "rank": rank,
            "model": opinion.model,
            "label": opinion.label,
            "confidence": opinion.confidence,
            "probabilities": dict(opinion.probabilities) if opinion.probabilities else None,
            "created_at": now,
        }
        for item, opinions in said
        for rank, opinion in enumerate(opinions)
    ]
    bulk.insert(Prediction, rows)


def _wants(item_type: ItemType, one: Judged, queues: dict[str, Queue]) -> list[Want]:
    """Return the seats that an item's route asks for."""
    item = one.item
    if item.status == Status.PENDING_EXPERT:
        hidden = blind(item_type, item, 0)
        return [Want(item, Purpose.EXPERT, item_type.expert_queue, item.priority, blind=hidden)]
    if item.status == Status.PENDING_HUMAN:
        queue = queues.get(one.verdict.queue or "", item_type.queue)
        return [
            Want(item, purpose, queue, item.priority, blind=blind(item_type, item, seat), inclusion=share)
            for seat, (purpose, share) in enumerate(_looks(item_type, item))
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


def _looks(item_type: ItemType, item: Item) -> list[tuple[Purpose, float]]:
    """Return the looks with which an item begins, each with the probability with which it was drawn.

    Where people are asked until it is sure, one begins. Where one is enough, a second is drawn for a share of
    the items: how far people agree can't be told from items that somebody picked.
    """
    first = 1 if item_type.ask_until_sure else item_type.opinions_wanted
    looks = [(Purpose.REVIEW, 1.0)] + [(Purpose.OVERLAP, 1.0)] * (first - 1)
    share = item_type.overlap_share
    if first == 1 and draw(settings.HITL_DRAW_KEY, "overlap", item_type.slug, item.item_ref) < share:
        looks.append((Purpose.OVERLAP, share))
    return looks


def blind(item_type: ItemType, item: Item, seat: int) -> bool:
    """Return whether the look with this number, from 0 on, hides the model's answer: a keyed draw."""
    chance = draw(settings.HITL_DRAW_KEY, "blind", item_type.slug, item.item_ref, str(seat))
    return chance < item_type.blind_share


def route(item: Item, opinions: tuple[Opinion, ...] = ()) -> dict[str, Any]:
    """Return what the trail keeps of an item's route: enough to judge it again, and what the model said."""
    return {
        "status": item.status,
        "action": item.action,
        "priority": Priority(item.priority).label,
        "reasons": [reason["text"] for reason in item.reasons],
        "rules": [reason["data"]["rule"] for reason in item.reasons if reason["code"] == "rule"],
        "signals": item.signals,
        "shadow": item.shadow,
        "policy": item.policy.number if item.policy else None,
        "model": item.model or None,
        "confidence": item.confidence,
        "score": item.score,
        "label": item.label,
        "said": opinions[0].label if opinions else None,
        "audit_draw": item.audit_draw,
        "label_probability": item.label_probability,
        "held_out": item.held_out,
    }
