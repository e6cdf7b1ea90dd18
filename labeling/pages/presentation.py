"""What a reviewer sees of a seat: the item, what the model said, why they are asked, and what they may do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from labeling.answering.choices import choices, in_words
from labeling.models import Review
from labeling.pages import cases, described, guidelines
from labeling.pages.adjudicating import Side, sides
from labeling.pages.before import Before, before
from labeling.pages.dispute import Dispute, dispute
from labeling.pages.keys import reserved
from labeling.pages.options import Option, options, searchable
from labeling.pages.parts import Parts, addresses, fields, parts
from labeling.people import gold
from routing import names
from routing.kinds import KINDS, Choice
from routing.models import EXPERTS, Assignment, ItemType, Priority, Purpose
from routing.policy import confidence_level

SHORT_LABEL = 3
LONGEST_WORD = 10

# A seeded error must look like any other check, and so must a second look at a doubtful label.
CHECK = ("Random check", "It was decided without a person and drawn for a check.")
BADGES = {
    Purpose.OVERLAP: ("Second opinion", "Several people answer this item, each on their own."),
    Purpose.EXPERT: ("Expert decision", "Your answer decides this item."),
    Purpose.APPEAL: (
        "Dispute",
        "The decision is disputed. You had no part in it: answer as you see it, and what you say decides.",
    ),
    Purpose.VALIDATE: ("Validation", "Reviewers have decided it; an expert answers a share of these again."),
    Purpose.AUDIT: CHECK,
    Purpose.SEED: CHECK,
    Purpose.SECOND: CHECK,
    Purpose.LEARN: ("Teaching", "The model expects to learn more from this item than from others."),
}


@dataclass(frozen=True)
class Suggestion:
    """What the model said, as people read it."""

    label: Any
    text: str
    confidence: float
    level: str
    model: str

    @property
    def percent(self) -> int:
        """The confidence in whole percent; 100 only where it is certain."""
        return min(round(self.confidence * 100), 100 if self.confidence >= 1 else 99)


@dataclass(frozen=True)
class SeatPage:
    """Everything that the page of one seat shows."""

    seat: Assignment
    item_type: ItemType
    parts: Parts
    suggestion: Suggestion | None
    before: Before | None
    options: tuple[Option, ...]
    lately: tuple[str, ...]
    searchable: bool
    display: dict[str, Any]
    badge: str
    reasons: tuple[str, ...]
    news: guidelines.News | None
    sides: tuple[Side, ...]
    dispute: Dispute | None
    waited: str
    due: str
    overdue: bool
    lease_seconds: int

    @property
    def template(self) -> str:
        """The template of this item's kind."""
        return f"labeling/kinds/{self.item_type.kind}.html"

    @property
    def seat_name(self) -> int:
        """What the page calls the seat."""
        return names.of_seat(self.seat.pk)

    @property
    def item_name(self) -> UUID:
        """What the page calls the item."""
        return names.of_item(self.seat)

    @property
    def images(self) -> tuple[str, ...]:
        """The addresses of the pictures that the item shows."""
        return addresses(self.seat.item.payload)

    @property
    def context(self) -> tuple[tuple[str, str], ...]:
        """What the client sent along with the item, by name, as people read it."""
        return fields(self.seat.item.context)

    @property
    def priority(self) -> str:
        """How urgent the look is; empty where it is blind."""
        return "" if self.seat.blind else Priority(self.seat.priority).label

    @property
    def filled(self) -> Any:
        """The label that the page begins with: the person's own, else what the model said; None without."""
        if self.before and self.before.given:
            return self.before.label
        return self.suggestion.label if self.suggestion else None

    @property
    def filled_json(self) -> str:
        """That label as JSON, for the field of a page that makes its answer by a script."""
        return json.dumps(self.filled, ensure_ascii=False)

    @property
    def filled_number(self) -> str:
        """That label where it is a number, with all its digits: 5, not 5.0; empty without one."""
        return "" if self.filled is None else repr(self.filled).removesuffix(".0")

    @property
    def guidelines(self) -> str:
        """What a reviewer should know, as HTML; empty where there is nothing."""
        return guidelines.render(self.item_type.guidelines)

    @property
    def description(self) -> str:
        """What the client says of the item in Markdown, as HTML; empty where it says nothing."""
        return described.render(self.display.get("description", ""))

    @property
    def compact(self) -> bool:
        """Whether the labels are so short that many fit side by side."""
        return all(len(option.name) <= SHORT_LABEL for option in self.options)

    @property
    def short(self) -> bool:
        """Whether the labels are short enough to stand in two columns without a word being broken."""
        words = [word for option in self.options for word in option.name.split()]
        return max(map(len, words), default=0) <= LONGEST_WORD and not self.compact

    @property
    def may_escalate(self) -> bool:
        """Whether there is somebody to hand this to: an expert's seat is the last one."""
        return self.seat.purpose not in EXPERTS

    @property
    def may_compare(self) -> bool:
        """Whether decided items like this one may stand beside it."""
        return cases.may_show(self.seat)


def seat_page(
    seat: Assignment, keys: Mapping[str, str], *, now: datetime, said: Review | None = None
) -> SeatPage:
    """Return what the holder of this seat sees; one statement more where an expert sees what others said.

    `seat` comes from `assignments.with_item`, `keys` from `keys_of`; `said` is the person's own answer where
    they may correct it. A blind look has no suggestion, reasons or priority: they tell how sure it was.
    """
    item, item_type = seat.item, seat.item.item_type
    kind = KINDS[item_type.kind]
    offered = choices(item, seat.pk, seat.user_id)
    suggestion = None if seat.blind else _suggestion(seat, offered)
    badge, purpose = BADGES.get(Purpose(seat.purpose), ("", ""))
    why = [_sentence(reason) for reason in gold.reasons(seat)]
    taken = reserved(keys, item_type.kind)
    others = sides(seat, offered, taken | {choice.name.lower() for choice in offered})
    taken |= {side.key for side in others if side.key}
    mine = before(said, item, offered) if said else None
    shown, lately = options(seat, offered, mine, taken)
    return SeatPage(
        seat=seat,
        item_type=item_type,
        parts=parts({name: value for name, value in item.payload.items() if name not in kind.own_fields}),
        suggestion=suggestion,
        before=mine,
        options=shown,
        lately=lately,
        searchable=searchable(offered),
        display=kind.display(item.payload),
        badge=badge,
        reasons=tuple(([purpose] if purpose else []) + why),
        news=guidelines.news(item_type, seat.user_id, now=now),
        sides=others,
        dispute=dispute(seat),
        waited=span(now - seat.created_at),
        due=span(abs(seat.due_at - now)),
        overdue=seat.due_at < now,
        lease_seconds=max(int((seat.leased_until - now).total_seconds()), 0),
    )


def span(length: timedelta) -> str:
    """Return a length of time in its one telling unit, such as '4 min'."""
    seconds = int(length.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _suggestion(seat: Assignment, offered: tuple[Choice, ...]) -> Suggestion | None:
    said = seat.suggestion
    if said is None:
        return None
    return Suggestion(
        label=said["label"],
        text=in_words(seat.item, offered, said["label"]),
        confidence=said["confidence"],
        level=confidence_level(said["confidence"]),
        model=said["model"],
    )


def _sentence(reason: dict[str, Any]) -> str:
    text = reason["text"]
    # Who escalated may come first, and a name keeps its own letters.
    return f"Escalated: {text}" if reason["code"] == "escalated" else text[:1].upper() + text[1:]
