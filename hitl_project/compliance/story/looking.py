"""Tell who looked at an item, for how long, what they saw there and what they said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from hitl_project.compliance.story import words
from hitl_project.compliance.story.facts import CLOSED, Fact, Look, Material, Said, Seat, Statement
from hitl_project.compliance.story.telling import Teller, quoted, said, statement

ACTS = {
    "approve": "said the same as the model",
    "edit": "gave an answer of their own",
    "reject": "rejected it",
    "escalate": "left it to an expert",
}
TESTS = ("seed", "gold")
PLANTED = ("seed.planted", "gold.planted", "flag.looked_at_again")
EXPERTS = ("expert", "validate", "appeal")


def looks(material: Material, now: datetime) -> tuple[Look, ...]:
    """Return every look that the trail or a seat tells of, the earliest first."""
    found: dict[int, Look] = {}
    for fact in material.facts:
        if fact.verb in ("review.submitted", "review.restored"):
            found[fact.id] = _answered(material, fact)
        elif fact.verb == "review.corrected":
            _correct(found, fact)
        elif fact.verb == "item.looked_at":
            found[fact.id] = _unanswered(material, fact)
    held = [_held(material, seat) for seat in material.seats.values() if _holds(seat, now)]
    return tuple(sorted([*found.values(), *held], key=_order))


def asked(material: Material, now: datetime) -> tuple[str, ...]:
    """Return one sentence for each seat at the item, as rows tell: who was asked, and what came of it."""
    disguised = dict(_planted(material))
    seats = [
        replace(seat, asked_at=disguised.get(seat.id, seat.asked_at)) for seat in material.seats.values()
    ]
    return tuple(
        f"{words.moment(seat.asked_at)}, in the queue {seat.queue}, "
        f"{words.PURPOSES.get(seat.purpose, 'to look at it')}: {_came(seat, now)}."
        for seat in sorted(seats, key=lambda one: (one.asked_at, one.id))
    )


def _planted(material: Material) -> Iterator[tuple[int, datetime]]:
    """Yield when seats were really opened whose rows seem older, so that nobody tells them from others."""
    for fact in material.facts:
        if fact.verb in PLANTED:
            seat = fact.data.get("assignment") or fact.subject.rpartition(":")[2]
            yield int(seat), fact.at


def _came(seat: Seat, now: datetime) -> str:
    if seat.outcome == "withdrawn":
        return "no answer was needed any more"
    if seat.outcome:
        return (
            f"{seat.person} answered" if seat.outcome == "answered" else f"{seat.person} left it to an expert"
        )
    if _holds(seat, now):
        return f"{seat.person} holds it now"
    due = "was due" if seat.due_at < now else "is due"
    return f"it waits, and {due} {words.moment(seat.due_at)}"


def _order(look: Look) -> tuple[bool, datetime | None]:
    at = look.began_at or look.ended_at
    return (at is None, at)


def _holds(seat: Seat, now: datetime) -> bool:
    return bool(seat.person and not seat.closed_at and seat.leased_until and seat.leased_until > now)


def _answered(material: Material, fact: Fact) -> Look:
    data = fact.data
    began = _time(data.get("claimed_at"))
    ended = _time(data.get("at")) or fact.at
    spent = data.get("time_spent_ms")
    seconds = spent / 1000 if spent is not None else _between(began, ended)
    restored = fact.verb == "review.restored"
    return Look(
        person=data.get("user") or words.actor(fact.actor),
        why=words.PURPOSES.get(data.get("purpose", ""), "to look at it"),
        began_at=began,
        ended_at=ended,
        seconds=seconds,
        saw=("What they saw is not known: it was answered in another system.",)
        if restored
        else tuple(saw(material, fact)),
        said=_act(fact, data),
        comment=_comment(fact, data),
        confidence=data.get("confidence"),
        guidelines=data.get("guidelines"),
        seat=data.get("assignment"),
        test=data.get("purpose") in TESTS,
        events=(fact.id,),
    )


def saw(material: Material, fact: Fact) -> Iterator[str]:
    """Yield what the person had before them when they answered, one sentence each."""
    data = fact.data
    purpose, model = data.get("purpose"), data.get("model")
    if not model:
        yield "No model had answered: there was no suggestion."
    elif data.get("blind"):
        yield f"They did not see what the model {model} had said (a blind look)."
    else:
        yield f"They saw the model’s suggestion: {_suggestion(material.judged, model)}."
    if number := data.get("guidelines"):
        force = (
            f"Version {number} of the guidelines was"
            if number in material.guidelines
            else "No guidelines were"
        )
        yield f"{force} in force."
    if purpose == "validate":
        yield "What the reviewers had decided was hidden."
    if purpose in TESTS:
        yield "They were not told that this look tested them."
    if purpose == "expert" and _answered_before(material, fact):
        yield "As an expert they saw what the others had answered before."
    if purpose == "appeal":
        yield "They read why the decision was disputed; the decision and what others had said were hidden."


def _answered_before(material: Material, fact: Fact) -> bool:
    return any(
        one.verb == "review.submitted" and one.data.get("purpose") not in TESTS and one.id < fact.id
        for one in material.facts
    )


def _suggestion(first: Said | None, model: str) -> str:
    if first is None or first.model != model:
        return f"an answer of {model}"
    return f"{first.text}, {words.percent(first.confidence)} sure, by {model}"


def _act(fact: Fact, data: Any) -> str:
    action = data.get("action", "")
    text = ACTS.get(action, "answered")
    if action in ("reject", "escalate"):
        return words.sentence(text)
    label = words.answer(data["label"]) if "label" in data else said(fact)
    return words.sentence(f"{text}: {label}")


def _comment(fact: Fact, data: Any) -> str:
    if "comment" not in data and fact.closed:
        return f"({CLOSED[fact.closed]})"
    return data.get("comment") or ""


def _correct(found: dict[int, Look], fact: Fact) -> None:
    """The look ends with what its author said last; what they had said first stays in its sentence."""
    seat, after = fact.data.get("assignment"), fact.data.get("after")
    for key, look in found.items():
        if look.seat == seat and seat is not None:
            data = after if isinstance(after, dict) else {}
            then = _act(fact, data) if data or fact.closed else look.said
            first = f" Before that: {look.said[0].lower()}{look.said[1:]}"
            found[key] = replace(
                look,
                said=then if then == look.said else then + first,
                comment=_comment(fact, data),
                confidence=data.get("confidence", look.confidence),
                events=(*look.events, fact.id),
            )


def _unanswered(material: Material, fact: Fact) -> Look:
    data = fact.data
    began, ended = _time(data.get("claimed_at")), _time(data.get("until")) or fact.at
    return Look(
        person=words.actor(fact.actor),
        why=words.PURPOSES.get(data.get("purpose", ""), "to look at it"),
        began_at=began,
        ended_at=ended,
        seconds=_between(began, ended),
        saw=tuple(_seen_at(material, material.seats.get(data.get("assignment")))),
        said=words.sentence(f"Nothing: {data.get('ended', 'the look ended without an answer')}"),
        seat=data.get("assignment"),
        events=(fact.id,),
    )


def _held(material: Material, seat: Seat) -> Look:
    return Look(
        person=seat.person,
        why=words.PURPOSES.get(seat.purpose, "to look at it"),
        began_at=seat.claimed_at,
        ended_at=None,
        seconds=None,
        saw=tuple(_seen_at(material, seat)),
        said="Nothing yet: they hold it at this moment.",
        seat=seat.id,
    )


def _seen_at(material: Material, seat: Seat | None) -> Iterator[str]:
    if seat is None:
        return
    if seat.blind:
        yield "The model’s answer was hidden (a blind look)."
    elif material.judged:
        yield "The model’s suggestion could be seen."


def _time(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _between(began: datetime | None, ended: datetime | None) -> float | None:
    return (ended - began).total_seconds() if began and ended else None


def _submitted(material: Material, fact: Fact) -> Iterator[Statement]:
    look = _answered(material, fact)
    role = "An expert" if fact.data.get("purpose") in EXPERTS else "A person"
    took = f"{look.person} looked {look.why}, for {words.lasting(look.seconds)}"
    sure = f"own confidence: {words.percent(look.confidence)}" if look.confidence is not None else ""
    says = [took, *look.saw, f"they {look.said[0].lower()}{look.said[1:]}", sure]
    quotes = quoted(fact, "comment", f"{look.person} remarked")
    yield statement(fact, "look", f"{role} answered", *says, quotes=quotes)


def _corrected(material: Material, fact: Fact) -> Iterator[Statement]:
    before, after = fact.data.get("before") or {}, fact.data.get("after") or {}
    who = words.actor(fact.actor)
    was, now = (_act(fact, one) for one in (before, after))
    text = f"before, they {was[0].lower()}{was[1:-1]}; from then on, they {now[0].lower()}{now[1:]}"
    if was == now:
        text = "what they remarked or how sure they were changed; the answer did not"
    quotes = quoted(replace(fact, data=after), "comment", f"{who} remarked")
    yield statement(fact, "look", f"{who} corrected their answer", text, quotes=quotes)


def _looked_at(material: Material, fact: Fact) -> Iterator[Statement]:
    look = _unanswered(material, fact)
    text = f"{look.person} looked {look.why}, for {words.lasting(look.seconds)}"
    yield statement(fact, "look", "A look ended without an answer", text, *look.saw, look.said)


TELLERS: dict[str, Teller] = {
    "review.submitted": _submitted,
    "review.restored": _submitted,
    "review.corrected": _corrected,
    "item.looked_at": _looked_at,
}
