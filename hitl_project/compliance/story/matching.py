"""Compare what the rows of an item say today with what the sealed trail says, and name what differs.

The rows can be changed by whoever can write to the database; the trail can't without breaking its chain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hitl_project.compliance.story import words
from hitl_project.compliance.story.facts import Fact

ANSWERED = ("review.submitted", "review.corrected")
DECIDED = ("item.submitted", "item.judged", "item.restored", "item.resolved", "item.overturned")
PARTS = ("action", "label", "comment", "confidence")


@dataclass(frozen=True)
class ReviewRow:
    """What the row of one review holds."""

    seat: int
    person: str
    action: str
    label: Any
    comment: str
    confidence: float | None
    in_force: tuple[Any, ...]  # the labels that it left and that count


@dataclass(frozen=True)
class ItemRow:
    """What the row of the item holds, and in `said` what that of the judged prediction does.

    `content` is the fingerprint of payload and context, None: erased.
    """

    status: str
    label: Any
    decided_by: str
    policy: int | None
    model: str
    confidence: float | None
    content: str | None
    said: Any = None


@dataclass(frozen=True)
class Mismatch:
    """One thing that the rows say otherwise than the trail, and the event that tells it."""

    text: str
    event: int | None = None


def mismatches(
    item: ItemRow,
    reviews: Sequence[ReviewRow],
    facts: Sequence[Fact],
    snapshots: Sequence[tuple[int, bool]] = (),
) -> tuple[Mismatch, ...]:
    """Return what differs; parts of events that can't be opened are left out.

    `snapshots` says of each policy by its number whether its row is what was published.
    """
    return (
        *_content(item, facts),
        *_route(item, facts),
        *_decision(item, facts),
        *_reviews(reviews, facts),
        *(
            Mismatch(f"Policy {number} does not read as it was published.")
            for number, same in snapshots
            if not same
        ),
    )


def _content(item: ItemRow, facts: Sequence[Fact]) -> Iterator[Mismatch]:
    fact = next((one for one in facts if one.verb == "item.submitted"), None)
    if fact is None:
        yield Mismatch("The trail does not tell how this item came.")
    elif item.content and fact.data.get("content") and fact.data["content"] != item.content:
        yield Mismatch("What is shown as the item’s content is not what came in: it was changed.", fact.id)


def _route(item: ItemRow, facts: Sequence[Fact]) -> Iterator[Mismatch]:
    fact = _last(facts, ("item.submitted", "item.judged"))
    if fact is None:
        return
    for name, now, what in (
        ("policy", item.policy, "policy"),
        ("model", item.model or None, "model"),
        ("confidence", item.confidence, "the model’s confidence"),
    ):
        then = fact.data.get(name)
        if name in fact.data and then != now:
            yield Mismatch(f"The item names {now} as {what}, the trail {then}.", fact.id)
    if item.content and "said" in fact.data and fact.data["said"] != item.said:
        now, then = words.answer(item.said), words.answer(fact.data["said"])
        yield Mismatch(f"The model’s answer is stored as {now}, the trail says {then}.", fact.id)


def _decision(item: ItemRow, facts: Sequence[Fact]) -> Iterator[Mismatch]:
    fact = _last(facts, DECIDED)
    if fact is None:
        return
    data = fact.data
    after = data.get("after", data.get("status"))
    told: Mapping[str, Any] = after if isinstance(after, dict) else {**data, "status": after}
    if told.get("status") in ("approved", "rejected"):
        if told["status"] != item.status:
            then, now = (words.STATUSES.get(one, one) for one in (told["status"], item.status))
            yield Mismatch(f"The item is {now}, the trail says {then}.", fact.id)
        elif "label" in told and told["label"] != item.label:
            then, now = words.answer(told["label"]), words.answer(item.label)
            yield Mismatch(f"The item’s answer is {now}, the trail says {then}.", fact.id)
        elif fact.verb == "item.resolved" and fact.actor != item.decided_by:
            then, now = words.actor(fact.actor), words.actor(item.decided_by)
            yield Mismatch(f"The item names {now} as who decided it, the trail {then}.", fact.id)
    elif item.status in ("approved", "rejected"):
        now = words.STATUSES[item.status]
        yield Mismatch(f"The item is {now}, but the trail knows of no decision.", fact.id)


def _reviews(reviews: Sequence[ReviewRow], facts: Sequence[Fact]) -> Iterator[Mismatch]:
    told: dict[int, tuple[Fact, Mapping[str, Any]]] = {}
    for fact in facts:
        if fact.verb in ANSWERED and fact.data.get("assignment") is not None:
            after = fact.data.get("after")
            told[fact.data["assignment"]] = (fact, after if isinstance(after, dict) else fact.data)
    seats = {one.seat for one in reviews}
    restored = any(one.verb == "review.restored" for one in facts)
    for row in reviews:
        if row.seat in told:
            yield from _review(row, *told[row.seat])
        elif not restored:
            yield Mismatch(f"The trail does not know the answer that is stored as that of {row.person}.")
    for seat, (fact, _) in told.items():
        if seat not in seats:
            who = words.actor(fact.actor)
            yield Mismatch(f"The trail tells of an answer of {who} that is not stored any more.", fact.id)


def _review(row: ReviewRow, fact: Fact, data: Mapping[str, Any]) -> Iterator[Mismatch]:
    for name in PARTS:
        stored = getattr(row, name)
        if name in data and data[name] != stored:
            yield Mismatch(_otherwise(row.person, name, stored, data[name]), fact.id)
    given = data.get("action") in ("approve", "edit")
    if given and "label" in data and any(label != data["label"] for label in row.in_force):
        yield Mismatch(f"A label that {row.person} left is not the answer that the trail tells.", fact.id)


def _otherwise(person: str, name: str, stored: Any, told: Any) -> str:
    if name == "comment":  # free words: they are not repeated here
        return f"The remark of {person} is not stored as they wrote it."
    what = {"action": "act", "label": "answer", "confidence": "own confidence"}[name]
    now, then = words.answer(stored), words.answer(told)
    return f"The {what} of {person} is stored as {now}, the trail says {then}."


def _last(facts: Sequence[Fact], verbs: tuple[str, ...]) -> Fact | None:
    return next((one for one in reversed(facts) if one.verb in verbs), None)
