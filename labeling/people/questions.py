"""Items whose answer is known well enough to ask somebody who has not seen them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from labeling.models import Flag, Label
from routing.judging import ROUTER
from routing.kinds import KINDS
from routing.models import EXPERTS, Action, Assignment, Item, ItemType, Purpose, Status

LOOK_BACK = timedelta(days=180)
NEWEST = 2_000  # items that people decided, among which those are looked for whose answer is known


@dataclass(frozen=True)
class Question:
    """An item whose answer is known, by whose word, who has seen it, and how often it was asked.

    `known` is "lead" (somebody marked it), "expert", or "people": two or more said the same.
    """

    item: Item
    known: str
    seen: frozenset[int]
    used: int

    @property
    def usual(self) -> bool:
        """Whether the router had sent the item to people: only then may its reasons be shown."""
        return self.item.action == Action.HUMAN_REVIEW


def can_ask(item_type: ItemType) -> bool:
    """Return whether an answer can be told right or wrong: the kind is exact, or a tolerance is set."""
    return KINDS[item_type.kind].exact or item_type.agreement_tolerance > 0


def questions(item_type: ItemType, *, now: datetime) -> list[Question]:
    """Return the items of this type whose answer is known, in two statements.

    All that a lead has marked, and of the newest 2,000 that people decided in 180 days those on which an
    expert, or two or more people, said what stands. None whose answer is being looked at.
    """
    approved = Item.objects.filter(item_type=item_type, status=Status.APPROVED, erased_at__isnull=True)
    by_people = approved.filter(known__isnull=True, decided_at__gt=now - LOOK_BACK).exclude(decided_by=ROUTER)
    found = [*_read(approved.filter(known=True)), *_read(by_people)]
    return list(_known(found, item_type))


def _read(items: QuerySet[Item]) -> list[Item]:
    """Return the newest of the items, each with its `looks` and with what was `said` of it."""
    looks = Assignment.objects.filter(item=OuterRef("pk")).values(
        data=JSONObject(purpose="purpose", user="user_id", closed="closed_at")
    )
    said = Label.objects.in_force().filter(item=OuterRef("pk"))
    doubts = Flag.objects.filter(item=OuterRef("pk"), settled_at__isnull=True)
    newest = items.filter(~Exists(doubts)).order_by("-decided_at").defer("payload", "context", "shadow")
    return list(
        newest.annotate(
            looks=ArraySubquery(looks),
            said=ArraySubquery(said.values(data=JSONObject(user="user_id", label="label", source="source"))),
        )[:NEWEST]
    )


def _known(items: list[Item], item_type: ItemType) -> Iterator[Question]:
    for item in items:
        open_looks = {look["purpose"] for look in item.looks if look["closed"] is None}
        known = "lead" if item.known else _by_whom(item, item_type)
        if known and open_looks <= {Purpose.GOLD}:
            seen = {look["user"] for look in item.looks} | {one["user"] for one in item.said}
            used = sum(look["purpose"] == Purpose.GOLD for look in item.looks)
            yield Question(item, known, frozenset(seen), used)


def _by_whom(item: Item, item_type: ItemType) -> str:
    """Return by whose word the item's label is known; nothing where one person alone has given it."""
    kind, spec = KINDS[item_type.kind], item_type.spec
    same = [one for one in item.said if kind.agree(one["label"], item.label, spec)]
    if any(one["source"] in EXPERTS for one in same):
        return "expert"
    return "people" if len({one["user"] for one in same}) > 1 else ""
