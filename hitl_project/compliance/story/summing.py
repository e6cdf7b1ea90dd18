"""The story in short: what was decided, by whom, on what grounds, and whether a person was involved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hitl_project.compliance.story import later, looking, telling, words
from hitl_project.compliance.story.facts import Fact, Look, Material, Statement

TELLERS = {**telling.TELLERS, **looking.TELLERS, **later.TELLERS}
DECISIONS = ("item.submitted", "item.judged", "item.restored", "item.resolved", "item.overturned")


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
            _rights(material),
        )
        if one
    )


def involved(material: Material, looks: Sequence[Look]) -> Person:
    """Return whether a person was involved in the decision as it stands, in words."""
    last = _decision(material)
    answered = [
        look for look in looks if look.events and look.ended_at and not look.said.startswith("Nothing")
    ]
    if last is None:
        return Person(False, "Nothing is decided yet.")
    routed = last.verb in ("item.submitted", "item.judged")
    if routed and not answered:
        return Person(True, "No person was involved: the router decided on the model’s answer alone.")
    if routed:
        who = _people(answered)
        text = f"The router decided on the model’s answer alone; afterwards {who} looked, and it stood."
        return Person(True, text)
    if last.verb == "item.restored":
        return Person(False, "It was decided in another system, and brought over as decided.")
    return Person(False, _by_people(last, answered))


def _by_people(last: Fact, answered: Sequence[Look]) -> str:
    text = f"A person was involved: the answer of {words.actor(last.actor)} settled it."
    if len(answered) < 2:
        return text
    return f"{text} {len(answered)} looks were answered in all, by {_people(answered)}."


def _people(looks: Sequence[Look]) -> str:
    return words.listed(list(dict.fromkeys(look.person for look in looks))) if looks else ""


def _decision(material: Material) -> Fact | None:
    """Return the event that made the decision which stands, or None."""
    for fact in reversed(material.facts):
        if fact.verb in ("item.resolved", "item.overturned", "item.restored"):
            return fact
        if fact.verb in ("item.submitted", "item.judged") and fact.data.get("action") == "auto_approve":
            return fact
    return None


def _stands(material: Material) -> str:
    state = words.STATUSES.get(material.status, material.status)
    last = _decision(material)
    if last is None:
        return f"It is {state}."
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


def _rights(material: Material) -> str:
    verbs = {one.verb for one in material.facts}
    said = []
    if "appeal.opened" in verbs:
        said.append("It was disputed.")
    if material.erased_at:
        said.append(f"Its content was erased on {words.moment(material.erased_at)}.")
    placed = sum(one.verb == "hold.placed" for one in material.facts)
    if placed > sum(one.verb == "hold.lifted" for one in material.facts):
        said.append("A legal hold covers it: nothing of it may be erased.")
    return " ".join(said)
