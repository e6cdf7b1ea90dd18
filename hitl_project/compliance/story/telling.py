"""Tell what happened to an item: how it came, where it was sent, who was asked, and what was decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from hitl_project.compliance.story import words
from hitl_project.compliance.story.facts import CLOSED, Fact, Law, Material, Quote, Statement

Teller = Callable[[Material, Fact], Iterable[Statement]]

ROUTES = {
    "auto_approve": "The router approved it without a person",
    "human_review": "The router sent it to a person",
    "expert_escalation": "The router sent it to an expert",
}
NO_PERSON = "No person was involved in this step."
NOBODY_LOOKED = "No person looked at this item in this step."


def said(fact: Fact, name: str = "label") -> str:
    """Return an answer that an event tells of, or why it can't be shown."""
    if name not in fact.data and fact.closed:
        return f"({CLOSED[fact.closed]})"
    return words.answer(fact.data.get(name))


def quoted(fact: Fact, name: str, of: str) -> tuple[Quote, ...]:
    """Return the free words that an event holds under this name, or that they can't be shown."""
    if name not in fact.data and fact.closed:
        return (Quote(of, f"({CLOSED[fact.closed]})"),)
    text = fact.data.get(name)
    return (Quote(of, str(text)),) if text else ()


def statement(fact: Fact, kind: str, title: str, *says: str, **more: Any) -> Statement:
    """Return one event as a statement; empty sentences are left out."""
    by = words.actor(fact.actor)
    # A name keeps its own letters; "the router" begins a sentence like any other word.
    name = "" if by.startswith("the ") else by
    told = tuple(words.sentence(one, name) for one in says if one)
    return Statement(fact.at, kind, title, by, told, events=(fact.id,), **more)


def _submitted(material: Material, fact: Fact) -> Iterator[Statement]:
    came = f"{words.actor(fact.actor)} sent it as “{fact.data.get('item_ref', material.item_ref)}”, "
    came += f"to be decided as {fact.data.get('item_type', material.item_type)}"
    yield statement(fact, "arrival", "It came in", came, _model_said(material, fact))
    yield from _routed(material, fact)


def _model_said(material: Material, fact: Fact) -> str:
    """What the model had said, as the event tells it; as a row keeps it where the event can't be opened."""
    model, first = fact.data.get("model"), material.judged
    if not model:
        return "" if fact.verb == "item.judged" else "No model’s answer came with it"
    sure = words.percent(fact.data.get("confidence"))
    if "said" in fact.data:
        return f"The model {model} said {words.answer(fact.data['said'])} with confidence {sure}"
    if first is None or first.model != model:
        return f"The model {model} had answered with confidence {sure}"
    return f"The model {model} said {first.text} with confidence {sure}"


def _judged(material: Material, fact: Fact) -> Iterator[Statement]:
    if answered := _model_said(material, fact):
        yield statement(fact, "told", "A model answered", answered)
    yield from _routed(material, fact)


def _routed(material: Material, fact: Fact) -> Iterator[Statement]:
    data = fact.data
    route = data.get("action")
    if not route:
        where = words.STATUSES.get(data.get("status", ""), "stored")
        yield statement(fact, "route", "The router did not judge it yet", f"it was {where}")
        return
    law = material.laws.get(data.get("policy"))
    says = [_by_law(data.get("policy"), law), _sure(data)]
    if reused(fact):
        text = f"the answer {said(fact)} stood at once: not the model’s own"
        says += [f"{text}, but that by which a person had corrected it on the very same input", NOBODY_LOOKED]
    elif route == "auto_approve":
        says += [f"the answer {said(fact)} stood at once", NO_PERSON]
    else:
        says.append(f"its priority was {data.get('priority', 'normal')}")
    if data.get("shadow"):
        says.append("rules on trial would have acted too, and changed nothing: " + "; ".join(data["shadow"]))
    points = tuple(words.sentence(one) for one in data.get("reasons", ()))
    if "reasons" not in data and fact.closed:
        points = (words.sentence(f"the reasons are {CLOSED[fact.closed]}"),)
    decided = "decision" if route == "auto_approve" else "route"
    quotes = tuple(_rules(data.get("rules", ()), law))
    made = statement(fact, decided, ROUTES.get(route, "The router judged it"), *says)
    yield Statement(made.at, made.kind, made.title, "the router", made.says, points, quotes, made.events)


def reused(fact: Fact) -> bool:
    """Return whether the router gave, in the place of the model's answer, an earlier correction of it."""
    signals = fact.data.get("signals") or {}
    return fact.data.get("action") == "auto_approve" and bool(signals.get("corrected"))


def erased_undecided(fact: Fact) -> bool:
    """Return whether an item was closed without an answer because its content was erased."""
    return fact.verb == "item.resolved" and fact.data.get("erasure") is not None


def _by_law(number: int | None, law: Law | None) -> str:
    if number is None:
        return ""
    if law is None:
        return f"policy {number} applied"
    by = f"published {words.moment(law.published_at)} by {words.actor(law.published_by)}"
    return f"policy {number} applied, {by}: “{law.reason}”"


def _sure(data: Any) -> str:
    raw, score = data.get("confidence"), data.get("score")
    if raw is None:
        return ""
    if score is None or score == raw:
        return f"it judged by the model’s confidence of {words.percent(raw)}"
    return (
        f"the model’s confidence of {words.percent(raw)} counted as {words.percent(score)} after calibration"
    )


def _rules(names: Iterable[str], law: Law | None) -> Iterator[Quote]:
    rules = {rule.name: rule for rule in law.rules} if law else {}
    for name in names:
        if rule := rules.get(name):
            yield Quote(f"Rule “{name}” ({rule.category}) as it read then", f"{rule.when} → {rule.effect}")
        else:
            yield Quote("Rule", name)


def _restored(material: Material, fact: Fact) -> Iterator[Statement]:
    data = fact.data
    when, who = words.moment(data.get("decided_at")), words.actor(data.get("decided_by") or "")
    past = f"another system had {words.STATUSES.get(data.get('status', ''), 'decided')} it as {said(fact)}"
    told = words.parts(data.get("origin") or {})
    grounds = "no policy of this server judged it" + ("; the grounds are the other system’s" if told else "")
    text = f"{past}, {when}, decided by {who}"
    yield statement(fact, "decision", "It came with its past", text, grounds, points=told)


def _escalated(material: Material, fact: Fact) -> Iterator[Statement]:
    why = f"why: {fact.data['why']}" if fact.data.get("why") else ""
    yield statement(fact, "asked", "It went to an expert", why, _amounts(fact))


def _recalled(material: Material, fact: Fact) -> Iterator[Statement]:
    after = words.STATUSES.get(fact.data.get("after", ""), "as before")
    text = f"an answer was corrected, so no expert was needed; it was {after}"
    yield statement(fact, "asked", "The expert was asked no more", text, f"why: {fact.data.get('why', '')}")


def _questioned(material: Material, fact: Fact) -> Iterator[Statement]:
    title = "An expert was asked about the decision, which stood meanwhile"
    yield statement(fact, "asked", title, f"why: {fact.data.get('why', '')}")


def _resolved(material: Material, fact: Fact) -> Iterator[Statement]:
    if erased_undecided(fact):
        text = "nobody had decided it, and nothing was left to decide on: its content was erased"
        yield statement(fact, "change", "It was closed without a decision", text)
        return
    rejected = fact.data.get("after") == "rejected"
    title = "It was rejected" if rejected else f"It was decided: {said(fact)}"
    who = f"the decision came from the answer of {words.actor(fact.actor)}: {fact.data.get('why', '')}"
    yield statement(fact, "decision", title, who, _amounts(fact))


def _overturned(material: Material, fact: Fact) -> Iterator[Statement]:
    before, after = fact.data.get("before"), fact.data.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict):
        lost = f"({CLOSED[fact.closed]})" if fact.closed else "not told"
        yield statement(fact, "change", "The decision was overturned", f"before and after: {lost}")
        return
    was, now = decision(fact, before), decision(fact, after)
    by = (
        f"{words.actor(fact.actor)} overturned what {words.actor(before.get('decided_by') or '')} had decided"
    )
    title, text = "The decision was overturned", f"before: {was}; from then on: {now}"
    if owner := after.get("decided_by"):
        title, by = "The earlier decision came back", f"what {words.actor(owner)} had decided counts again"
    why = f"why: {fact.data.get('why', '')}"
    yield statement(fact, "change", title, by, text, why, _amounts(fact))


def decision(fact: Fact, of: dict[str, Any]) -> str:
    """Return a decision as an event tells it: the answer, or that it was rejected."""
    if of.get("status") == "rejected":
        return "rejected"
    if "label" not in of and fact.closed:
        return f"({CLOSED[fact.closed]})"
    return words.answer(of.get("label"))


def _amounts(fact: Fact) -> str:
    votes = (fact.data.get("consensus") or {}).get("votes")
    return f"{words.counted(votes, 'answer was', 'answers were')} weighed" if isinstance(votes, int) else ""


def _asked(material: Material, fact: Fact) -> Iterator[Statement]:
    yield statement(fact, "asked", "The server chose it to learn from", f"why: {fact.data.get('why', '')}")


def _unasked(material: Material, fact: Fact) -> Iterator[Statement]:
    yield statement(fact, "asked", "Nobody was asked any more", f"why: {fact.data.get('why', '')}")


def _opinion_asked(material: Material, fact: Fact) -> Iterator[Statement]:
    more = words.counted(fact.data.get("people", 1), "more person was", "more people were")
    yield statement(fact, "asked", f"{more} asked", f"why: {fact.data.get('why', '')}", _amounts(fact))


def _overdue(material: Material, fact: Fact) -> Iterator[Statement]:
    since = words.moment(fact.data.get("waits_since"))
    queue = f"it had waited since {since} in the queue {fact.data.get('queue', '')}"
    yield statement(fact, "asked", "It had waited too long", queue, "it was made more urgent")


def _freed(material: Material, fact: Fact) -> Iterator[Statement]:
    text = f"it was taken back from {fact.data.get('held_by', 'its holder')}, so that others could look"
    yield statement(fact, "asked", "It was taken back", text)


TELLERS: dict[str, Teller] = {
    "item.submitted": _submitted,
    "item.judged": _judged,
    "item.restored": _restored,
    "item.escalated": _escalated,
    "item.recalled": _recalled,
    "item.questioned": _questioned,
    "item.resolved": _resolved,
    "item.overturned": _overturned,
    "item.asked": _asked,
    "item.unasked": _unasked,
    "item.opinion_asked": _opinion_asked,
    "item.overdue": _overdue,
    "assignment.freed": _freed,
}
