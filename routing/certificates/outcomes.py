"""What became of a model's decisions, in the order in which they came: what a certificate is fed with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from audit.uuid7 import earliest
from routing import policies
from routing.certify import gates
from routing.certify.slices import REST
from routing.judging import ROUTER
from routing.kinds import KINDS
from routing.models import (
    DECIDED,
    Action,
    Assignment,
    Item,
    ItemType,
    Outcome,
    Policy,
    Prediction,
    Purpose,
    Status,
)
from routing.policy import Policy as PurePolicy
from routing.recalling import TO_FINISH, UNDO
from routing.truth import was_right

# With these alone an item is automated at some threshold. That somebody escalated it came afterwards.
OPEN_REASONS = {"confidence", "cost", "automation_off", "expert_mandatory", "escalated"}
OPEN_EFFECTS = {"priority", "queue"}
SETTLED = timedelta(minutes=1)  # what is younger may have a sibling, older by its id, that isn't stored yet
FIRM = UNDO + TO_FINISH  # from an answer until it stands
LOOKED_AT = (Purpose.AUDIT, Purpose.EXPERT, Purpose.APPEAL)
FIELDS = (
    "id",
    "policy_id",
    "created_at",
    "action",
    "status",
    "reasons",
    "score",
    "audit_draw",
    "label_probability",
    "label",
    "decided_at",
    "decided_by",
    "said",
    "fields",
)


@dataclass(frozen=True)
class Row:
    """One decision: what a certificate needs to know of it, and whether that is known yet.

    `score` is -inf where no threshold would automate it. `least` is the smallest chance of a human label
    that its policy gives, 0 where the decision proves nothing. `loss` is nan where it is `missed`.
    `checked` items were automated and then looked at, or were to be.
    """

    id: UUID
    policy: int
    arrived_at: datetime
    score: float
    of: str
    probability: float
    least: float
    drawn: bool
    loss: float = math.nan
    complete: bool = True
    missed: bool = False
    checked: bool = False


@dataclass(frozen=True)
class Found:
    """Decisions in order, all complete; `late` is the next one, whose answer may still come, if it is known.

    `more`: as many were found as were asked for.
    """

    rows: Sequence[Row]
    late: Row | None
    more: bool


def decisions(item_type: ItemType, model: str) -> QuerySet[Item]:
    """Return what was decided on a model's answers, in the order in which it came."""
    return Item.objects.filter(item_type=item_type, model=model, policy__isnull=False).order_by("id")


def models(item_type: ItemType, most: int) -> list[str]:
    """Return the models whose answers were decided on, one statement each: the index knows their names."""
    found: list[str] = []
    judged = Item.objects.filter(item_type=item_type, policy__isnull=False).order_by("model")
    while len(found) < most:
        name = judged.filter(model__gt=found[-1] if found else "").values_list("model", flat=True).first()
        if name is None:
            break
        found.append(name)
    return found


def complete(
    item_type: ItemType,
    model: str,
    policy: PurePolicy,
    *,
    after: UUID | None,
    now: datetime,
    limit: int,
) -> Found:
    """Return the next decisions in order, up to the first whose answer may still come.

    What was decided under a policy that kept more from being automated than this one, in force now, proves
    nothing. Five statements however many decisions.
    """
    found = decisions(item_type, model).filter(id__lt=earliest(now - SETTLED))
    if after:
        found = found.filter(id__gt=after)
    said = Prediction.objects.filter(item=OuterRef("pk"), rank=0).values(data=JSONObject(label="label"))
    # A payload may hold a picture: no more of it is read than it takes to compare labels.
    fields = JSONObject(**{name: f"payload__{name}" for name in KINDS[item_type.kind].label_fields})
    read = found.annotate(said=Subquery(said), fields=fields)
    items = list(read.values_list(*FIELDS, named=True)[:limit])
    by_id = Policy.objects.in_bulk({item.policy_id for item in items})
    pures = {pk: policies.pure(policy) for pk, policy in by_id.items()}
    least = {pk: _proving(pure, policy, model) for pk, pure in pures.items()}
    reader = _Reader(item_type, pures, least, _seats(items), now)
    rows = [reader.row(item) for item in items]
    known = list(takewhile(lambda row: row.complete, rows))
    late = rows[len(known)] if len(known) < len(rows) else None
    return Found(known, late, len(known) == limit)


def _proving(then: PurePolicy, now: PurePolicy, model: str) -> float:
    return 0.0 if gates.loosened(then, now) else least_chance(then, model)


def scores(item_type: ItemType, model: str, *, now: datetime, last: int) -> tuple[list[float], list[str]]:
    """Return the scores of the model's last answers that a threshold could automate, and their classes."""
    said = Prediction.objects.filter(item=OuterRef("pk"), rank=0).values(data=JSONObject(label="label"))
    found = decisions(item_type, model).filter(id__lt=earliest(now - SETTLED), score__isnull=False)
    newest = found.annotate(said=Subquery(said)).order_by("-id").values_list("score", "reasons", "said")
    kept = [(score, _class_of(item_type, why, said)) for score, why, said in newest[:last] if could(why)]
    return [score for score, _ in kept], [name for _, name in kept]


def could(reasons: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether these reasons leave an item to a threshold: nothing else sends it to a person."""
    return all(_leaves_open(reason) for reason in reasons)


def _leaves_open(reason: Mapping[str, Any]) -> bool:
    if reason["code"] == "rule":
        return reason["data"].get("effect") in OPEN_EFFECTS and reason["data"].get("error") is None
    return reason["code"] in OPEN_REASONS


def least_chance(policy: PurePolicy, model: str) -> float:
    """Return the smallest chance of a human label that a policy gives to a model's answers; 0: no proof.

    Where nothing can be automated people see all. What typed thresholds automated proves nothing: nobody
    had promised to answer its checks in time.
    """
    held = (policy.certified or {}).get(model, {})
    proven = policy.certified is not None
    if not policy.automate or policy.expert_mandatory:
        return 1.0
    if proven and all(limit is None for limit in held.values()):
        return 1.0
    return policy.audit_rate if proven else 0.0


@dataclass(frozen=True)
class _Seat:
    purpose: str
    outcome: str | None
    closed_at: datetime | None
    overdue_at: datetime


def _seats(items: Sequence[Any]) -> dict[UUID, list[_Seat]]:
    """Return the checks of automated items, and the open looks of all others."""
    wanted = [item.id for item in items if item.action == Action.AUTO_APPROVE or item.status not in DECIDED]
    found: dict[UUID, list[_Seat]] = {}
    seats = Assignment.objects.filter(item__in=wanted).exclude(purpose__in=[Purpose.SEED, Purpose.LEARN])
    columns = ("item_id", "purpose", "outcome", "closed_at", "created_at", "queue__timeout_hours")
    for item, purpose, outcome, closed_at, created_at, hours in seats.values_list(*columns):
        seat = _Seat(purpose, outcome, closed_at, created_at + timedelta(hours=hours))
        found.setdefault(item, []).append(seat)
    return found


@dataclass(frozen=True)
class _Reader:
    item_type: ItemType
    policies: Mapping[int, PurePolicy]
    least: Mapping[int, float]
    seats: Mapping[UUID, Sequence[_Seat]]
    now: datetime

    def row(self, item: Any) -> Row:
        policy = self.policies[item.policy_id]
        # What a person had corrected before is that person's decision, and no threshold's.
        corrected = any(reason["code"] == "corrected" for reason in item.reasons)
        automated = item.action == Action.AUTO_APPROVE and not corrected
        open_to_it = could(item.reasons) and item.score is not None
        plain = Row(
            id=item.id,
            policy=policy.number,
            arrived_at=item.created_at,
            score=item.score if open_to_it else -math.inf,
            of=_class_of(self.item_type, item.reasons, item.said),
            probability=1.0 if corrected else item.label_probability,
            least=self.least[item.policy_id],
            drawn=not automated or item.audit_draw < item.label_probability,
        )
        if not plain.drawn or not plain.least:
            return plain
        return self._checked(plain, item) if automated else self._reviewed(plain, item)

    def _checked(self, row: Row, item: Any) -> Row:
        """An automated item that was drawn: answered, still open, or nobody could say."""
        seats = [seat for seat in self.seats.get(item.id, ()) if seat.purpose in LOOKED_AT]
        if self._waits(seats) or any(self._may_change(seat.closed_at) for seat in seats):
            return _with(row, complete=False)
        answered = any(seat.outcome == Outcome.ANSWERED for seat in seats)
        still_open = any(seat.closed_at is None for seat in seats)
        if still_open or not (answered or item.decided_by != ROUTER):
            return _with(row, missed=True, checked=True)
        return _with(row, loss=self._loss(item), checked=True)

    def _reviewed(self, row: Row, item: Any) -> Row:
        if item.status in DECIDED:
            firm = not self._may_change(item.decided_at)
            return _with(row, loss=self._loss(item)) if firm else _with(row, complete=False)
        seats = self.seats.get(item.id, ())
        late = item.created_at + timedelta(hours=self.item_type.queue.timeout_hours)
        if self._waits(seats) or (not seats and late > self.now):
            return _with(row, complete=False)
        return _with(row, missed=True)

    def _waits(self, seats: Iterable[_Seat]) -> bool:
        return any(seat.closed_at is None and seat.overdue_at > self.now for seat in seats)

    def _may_change(self, at: datetime | None) -> bool:
        """Whether an answer of this time may still be corrected: what is counted once stays counted."""
        return at is not None and at > self.now - FIRM

    def _loss(self, item: Any) -> float:
        """1 where people came to another answer than the model; 0 where they agree."""
        if item.said is None:
            return 1.0
        spec = self.policies[item.policy_id].spec or self.item_type.spec
        approved = item.status == Status.APPROVED
        return 1.0 - was_right(item.said["label"], item.label, item.fields, spec, approved=approved)


def _with(row: Row, **changes: Any) -> Row:
    return Row(**(vars(row) | changes))


def _class_of(item_type: ItemType, reasons: Sequence[Mapping[str, Any]], said: Any) -> str:
    """Return the class that a prediction is counted with: the first that it names."""
    if said is None or _unreadable(reasons):
        return REST
    return next(iter(KINDS[item_type.kind].slices(said["label"])), REST)


def _unreadable(reasons: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the prediction may be no label that the kind can read."""
    return any(reason["code"] in ("unparsable", "novelty") for reason in reasons)
