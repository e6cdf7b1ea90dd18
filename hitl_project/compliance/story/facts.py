"""What a story is made of: what was read of an item, and the statements that this amounts to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hitl_project.compliance.story import words

ERASED = "erased"
HIDDEN = "hidden"
CLOSED = {
    ERASED: "what it said was erased",
    HIDDEN: "hidden: it may hold personal data",
}


@dataclass(frozen=True)
class Fact:
    """One event of the trail; `closed` says why a part of it can't be shown (ERASED, HIDDEN), else empty."""

    id: int
    at: datetime
    actor: str
    verb: str
    data: Mapping[str, Any]
    subject: str = ""
    closed: str = ""


@dataclass(frozen=True)
class Seat:
    """One seat at the item, as its row tells: who was asked, when, and what became of it."""

    id: int
    purpose: str
    queue: str
    asked_at: datetime
    due_at: datetime
    blind: bool
    person: str = ""
    claimed_at: datetime | None = None
    leased_until: datetime | None = None
    closed_at: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True)
class Said:
    """What one model answered about the item, in words, as its row tells."""

    model: str
    text: str
    confidence: float
    at: datetime
    judged: bool


@dataclass(frozen=True)
class RuleText:
    """One rule as it was published."""

    name: str
    category: str
    when: str
    effect: str


@dataclass(frozen=True)
class Law:
    """One policy as it was published: its text in sentences, and its rules."""

    pk: int
    number: int
    published_at: datetime
    published_by: str
    reason: str
    text: tuple[str, ...]
    rules: tuple[RuleText, ...]

    @property
    def by(self) -> str:
        """Who published it, in words."""
        return words.actor(self.published_by)


@dataclass(frozen=True)
class Message:
    """One message owed to the client, as its row tells."""

    event: str
    url: str
    created_at: datetime
    attempts: int
    delivered_at: datetime | None
    parked_at: datetime | None


@dataclass(frozen=True)
class Quote:
    """Words that somebody or something else used, told as theirs."""

    of: str
    text: str


@dataclass(frozen=True)
class Statement:
    """One thing that happened, in sentences; `events` are those that prove it, none: only a row says so.

    `kind` is one of the words of KINDS, by which the page draws it.
    """

    at: datetime
    kind: str
    title: str
    by: str
    says: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    events: tuple[int, ...] = ()


# What a statement is about: arrival, route, asking, a look, a decision, its change, news, a right, a reading.
KINDS = ("arrival", "route", "asked", "look", "decision", "change", "told", "rights", "other")


@dataclass(frozen=True)
class Look:
    """One person's look at the item: why, when, for how long, what they saw and what they said."""

    person: str
    why: str
    began_at: datetime | None
    ended_at: datetime | None
    seconds: float | None
    saw: tuple[str, ...]
    said: str
    comment: str = ""
    confidence: float | None = None
    guidelines: int | None = None
    seat: int | None = None
    test: bool = False  # it tested its person, and decided nothing
    events: tuple[int, ...] = ()


@dataclass(frozen=True)
class Material:
    """All that was read of one item, from which its story is told."""

    item_type: str
    item_ref: str
    status: str
    erased_at: datetime | None
    facts: tuple[Fact, ...]
    seats: Mapping[int, Seat] = field(default_factory=dict)
    said: tuple[Said, ...] = ()
    laws: Mapping[int, Law] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    guidelines: frozenset[int] = frozenset()  # versions in which something is written

    @property
    def judged(self) -> Said | None:
        """The model's answer that the router judged."""
        return next((one for one in self.said if one.judged), None)
