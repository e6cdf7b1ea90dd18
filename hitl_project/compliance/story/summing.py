"""The story in short: what was decided, by whom, on what grounds, and whether a person was involved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hitl_project.compliance.story import later, looking, telling, words
from hitl_project.compliance.story.facts import Fact, Look, Material, Statement

TELLERS = {**telling.TELLERS, **looking.TELLERS, **later.TELLERS}
NEVER_DECIDED = "Nobody and nothing decided it: its content was erased before."


@dataclass(frozen=True)
class Person:
    """Whether a person was involved: `automated` says that what stands now rests on no person's look."""

    automated: bool
    text: str


def chronicle(material: Material) -> tuple[Statement, ...]:
    """Return everything that happened, oldest first; readings of the story itself come last."""
    told = [
        one
        for fact in material.facts
        if fact.verb != later.READ and fact.verb not in later.TOLD_ELSEWHERE
        for one in TELLERS.get(fact.verb, later.anything)(material, fact)
    ]
    ordered = sorted([*told, *later.messages(material.messages)], key=lambda one: one.at)
    return (*ordered, *later.readings(material.facts))


def short(material: Material, looks: Sequence[Look]) -> tuple[str, ...]:
    """Return the story in a few sentences; the first says how it stands."""
    return tuple(
        one
        for one in (
            _stands(material),
            involved(material, looks).text,
            _grounds(material),
            _overturned(material),
            _asked_about(material),
            _rights(material),
        )
        if one
    )


def involved(material: Material, looks: Sequence[Look]) -> Person:
    """Return whether a person was involved in the decision as it stands, in words."""
    last = _decision(material)
    answered = [
        look
        for look in looks
        if look.events and look.ended_at and not look.test and not look.said.startswith("Nothing")
    ]
    if last is None:
        ended = any(telling.erased_undecided(fact) for fact in material.facts)
        return Person(False, NEVER_DECIDED if ended else "Nothing is decided yet.")
    if last.verb in ("item.submitted", "item.judged"):
        return Person(True, _by_router(last, answered))
    if last.verb == "item.overturned" and _owner(last).startswith("system:"):
        who = words.actor(last.actor)
        return Person(True, f"The router decided; {who} overturned that, took it back, and it counts again.")
    if last.verb == "item.restored":
        return Person(False, "It was decided in another system, and brought over as decided.")
    return Person(False, _by_people(last, answered))


def _by_router(last: Fact, answered: Sequence[Look]) -> str:
    text = "No person was involved: the router decided on the model’s answer alone."
    if telling.reused(last):
        text = "No person looked at it: the router repeated a person’s correction of the very same input."
    if not answered:
        return text
    text = "The router decided on the model’s answer alone"
    if telling.reused(last):
        text = "The router repeated a person’s correction of the very same input"
    return f"{text}; afterwards {_people(answered)} looked, and it stood."


def _owner(overturned: Fact) -> str:
    """Return whose decision came back by an overturn, '' where it made a new one."""
    after = overturned.data.get("after")
    return (after.get("decided_by") or "") if isinstance(after, dict) else ""


def _by_people(last: Fact, answered: Sequence[Look]) -> str:
    text = f"A person was involved: the answer of {words.actor(_owner(last) or last.actor)} settled it."
    if len(answered) < 2:
        return text
    return f"{text} {len(answered)} looks were answered in all, by {_people(answered)}."


def _people(looks: Sequence[Look]) -> str:
    return words.listed(list(dict.fromkeys(look.person for look in looks))) if looks else ""


def _decision(material: Material) -> Fact | None:
    """Return the event that made the decision which stands, or None."""
    for fact in reversed(material.facts):
        if telling.erased_undecided(fact):
            return None
        if fact.verb in ("item.resolved", "item.overturned", "item.restored"):
            return fact
        if fact.verb in ("item.submitted", "item.judged") and fact.data.get("action") == "auto_approve":
            return fact
    return None


def _stands(material: Material) -> str:
    state = words.STATUSES.get(material.status, material.status)
    last = _decision(material)
    if last is None:
        return "It was closed without a decision." if material.erased_at else f"It is {state}."
    at = words.moment(last.data.get("decided_at") or last.at)
    if material.status == "rejected":
        return f"It was rejected on {at}."
    after = last.data.get("after")
    label = (
        words.answer(after["label"]) if isinstance(after, dict) and "label" in after else telling.said(last)
    )
    return f"It was approved as {label} on {at}."


def _grounds(material: Material) -> str:
    routed = [one for one in material.facts if one.verb in ("item.submitted", "item.judged")]
    last = next((one for one in reversed(routed) if one.data.get("policy")), None)
    if last is None:
        return ""
    model = last.data.get("model")
    by = f"policy {last.data['policy']}"
    if not model:
        return f"It was routed by {by}; no model had answered."
    sure = words.percent(last.data.get("confidence"))
    return f"It was routed by {by} on the answer of the model {model}, {sure} sure."


def _overturned(material: Material) -> str:
    times = sum(one.verb == "item.overturned" for one in material.facts)
    often = "once" if times == 1 else f"{times} times"
    return f"The decision was overturned {often}." if times else ""


def _asked_about(material: Material) -> str:
    waits = any(seat.purpose == "expert" and not seat.closed_at for seat in material.seats.values())
    return "An expert is asked about it; until then it stands." if waits and _decided(material) else ""


def _decided(material: Material) -> bool:
    return material.status in ("approved", "rejected")


def _rights(material: Material) -> str:
    disputes = [one for one in material.facts if one.verb in later.APPEALS]
    said = []
    if disputes:
        last = disputes[-1]
        gone = "It was disputed, and erased before an expert had answered."
        told = later.DISPUTED.get(last.data.get("state") or last.verb, "It was disputed.")
        said.append(gone if later.ended_by_erasure(last) else told)
    if material.erased_at:
        said.append(f"Its content was erased on {words.moment(material.erased_at)}.")
    placed = sum(one.verb == "hold.placed" for one in material.facts)
    if placed > sum(one.verb == "hold.lifted" for one in material.facts):
        said.append("A legal hold covers it: nothing of it may be erased.")
    return " ".join(said)
