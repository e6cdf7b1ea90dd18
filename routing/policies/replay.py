"""Judge a stored item again: by its own policy, which must agree, or by another, and say what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from routing import novelty, policies
from routing.differences import differences
from routing.models import Item, Policy, Priority, Status
from routing.opinions import Opinion
from routing.policy import Policy as PurePolicy
from routing.policy import Verdict, decide

# Not the policy's doing: what the router was told when the model failed, and what came after it had judged.
NOT_JUDGED = ("prediction_failed", "escalated")
WHO = {
    "auto_approve": "approved without a person",
    "human_review": "a person looks",
    "expert_escalation": "an expert decides",
}
MEASURED = "What looks take and cost was measured anew."
ERASED = "Its content was erased: there is nothing left to judge."
NEVER = {
    Status.POOLED: "It waits unlabelled for the sampler: the router was never asked about it.",
    Status.PENDING_AI: "No model has answered yet: it is judged as soon as one does.",
}


@dataclass(frozen=True)
class Route:
    """Where an item went or would go; the reasons are the policy's, in words, strictest first."""

    action: str
    priority: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Replay:
    """What came of judging a stored item again; `impossible` says why it can't be, and then no route is set.

    `own`: by the policy that judged it. `agrees`: action, priority and reasons are those stored; by another
    policy, action and priority. `causes` are the differences of the two policies that change this item.
    """

    item: Item
    policy: Policy | None
    own: bool
    stored: Route | None = None
    now: Route | None = None
    agrees: bool = False
    causes: tuple[str, ...] = ()
    impossible: str = ""

    @property
    def gained(self) -> tuple[str, ...]:
        """The reasons that were not there when it was judged."""
        return _without(self.now, self.stored)

    @property
    def lost(self) -> tuple[str, ...]:
        """The reasons that no longer hold."""
        return _without(self.stored, self.now)

    @property
    def said(self) -> str:
        """Who decides, in words."""
        return WHO[self.now.action] if self.now else ""


def replay(item: Item, *, policy: Policy | None = None) -> Replay:
    """Judge the item from what was stored of it, by this policy (None: by its own)."""
    own = item.policy
    if item.erased_at:
        return Replay(item, policy, own=policy is None, impossible=ERASED)
    if own is None:
        why = NEVER.get(Status(item.status), "It was decided without the router: there is nothing to repeat.")
        return Replay(item, policy, own=policy is None, impossible=why)
    chosen = policy or own
    judge = _judge_of(item)
    verdict = judge(policies.pure(chosen))
    stored, now = _stored(item), _route(verdict)
    if chosen.pk == own.pk:
        return Replay(item, own, True, stored, now, agrees=_same(item, stored, now, verdict))
    agrees = (stored.action, stored.priority) == (now.action, now.priority)
    causes = tuple(_causes(policies.pure(own), policies.pure(chosen), judge))
    return Replay(item, chosen, False, stored, now, agrees=agrees, causes=causes)


def _judge_of(item: Item) -> Callable[[PurePolicy], Verdict]:
    """Return what judges this item by a policy, from what the router was told then."""
    opinions = _opinions(item)

    def judge(policy: PurePolicy) -> Verdict:
        spec = policy.spec or item.item_type.spec
        return decide(
            policy,
            opinions,
            payload=item.payload,
            context=item.context,
            spec=spec,
            known_labels=novelty.known_labels(item.signals, item.payload, opinions, spec),
            novelty=item.signals.get("novelty"),
            corrected=item.signals.get("corrected"),
        )

    return judge


def _opinions(item: Item) -> tuple[Opinion, ...]:
    return tuple(
        Opinion(
            model=one.model,
            label=one.label,
            confidence=one.confidence,
            probabilities=one.probabilities,
            score=item.score if one.rank == 0 else None,
        )
        for one in item.predictions.order_by("rank")
    )


def _stored(item: Item) -> Route:
    reasons = tuple(one["text"] for one in item.reasons if one["code"] not in NOT_JUDGED)
    return Route(item.action, Priority(item.priority).label, reasons)


def _route(verdict: Verdict) -> Route:
    return Route(verdict.action, verdict.priority, tuple(one.text for one in verdict.reasons))


def _same(item: Item, stored: Route, now: Route, verdict: Verdict) -> bool:
    """An escalation raises the priority to high at the least, and is not the router's."""
    if any(one["code"] == "escalated" for one in item.reasons):
        raised = max(Priority[now.priority.upper()], Priority.HIGH)
        now = replace(now, priority=raised.label)
    return (stored, tuple(item.shadow)) == (now, verdict.shadow)


def _without(these: Route | None, those: Route | None) -> tuple[str, ...]:
    if these is None or those is None:
        return ()
    return tuple(text for text in these.reasons if text not in those.reasons)


def _causes(own: PurePolicy, other: PurePolicy, judge: Callable[[PurePolicy], Verdict]) -> Iterator[str]:
    """Yield each difference that changes the verdict by itself, or all where only several do together."""
    before, after = judge(own), judge(other)
    if _heard(before) == _heard(after):
        return
    found = False
    for mixed in _one_by_one(own, other):
        if _heard(judge(mixed)) != _heard(before):
            found = True
            yield from differences(own, mixed) or [MEASURED]
    if not found:
        yield from differences(own, other)


def _heard(verdict: Verdict) -> tuple[Any, ...]:
    return _route(verdict), verdict.queue, verdict.shadow


def _one_by_one(own: PurePolicy, other: PurePolicy) -> Iterator[PurePolicy]:
    """Yield the own policy with one part of the other, for each part and each rule in which they differ."""
    for part in fields(PurePolicy):
        if part.name not in ("number", "rules") and getattr(own, part.name) != getattr(other, part.name):
            yield replace(own, **{part.name: getattr(other, part.name)})
    old, new = ({rule.name: rule for rule in policy.rules} for policy in (own, other))
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            rules = {**old, name: new.get(name)}
            yield replace(own, rules=tuple(rule for rule in rules.values() if rule))
