"""Tell what came after a decision: messages, feedback, disputes, doubts, holds, erasures, and who read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from hitl_project.compliance import verbs
from hitl_project.compliance.story import words
from hitl_project.compliance.story.facts import CLOSED, Fact, Material, Message, Statement
from hitl_project.compliance.story.telling import Teller, decision, quoted, said, statement

READ = "story.read"
TOLD_ELSEWHERE = ("seed.planted", "gold.planted")  # the look that they prepare tells of them
OUTCOMES = {
    "confirmed": "a second look said the same",
    "changed": "a second look said otherwise",
    "dismissed": "a lead found nothing wrong",
}
SHOWN = 8  # parts of an event of a kind that nobody has taught this page


def _feedback(material: Material, fact: Fact) -> Iterator[Statement]:
    right = bool(fact.data.get("correct"))
    says = [f"{words.actor(fact.actor)} reported that the answer {said(fact, 'answer')} was "]
    says[0] += "right" if right else "wrong"
    if not right and fact.data.get("label") is not None:
        says.append(f"the right one would have been {said(fact)}")
    yield statement(fact, "told", "Production reported back", *says)


def _noted(material: Material, fact: Fact) -> Iterator[Statement]:
    text = f"where a model says {said(fact, 'said')} of the very same input again, {said(fact)} counts"
    yield statement(fact, "other", "The correction was remembered", text)


def _forgotten(material: Material, fact: Fact) -> Iterator[Statement]:
    why = f"why: {fact.data.get('why', '')}"
    yield statement(fact, "other", "The remembered correction ended", why)


def _imported(material: Material, fact: Fact) -> Iterator[Statement]:
    yield statement(fact, "look", "An answer from elsewhere was imported", f"it says {said(fact)}")


def _known(material: Material, fact: Fact) -> Iterator[Statement]:
    after = fact.data.get("after")
    text = {True: "it may be asked", False: "it is never asked"}.get(after, "nothing is set any more")
    yield statement(fact, "other", "Marked for use as a question whose answer is known", text)


def _gold(material: Material, fact: Fact) -> Iterator[Statement]:
    right = {True: "right", False: "wrong"}.get(fact.data.get("right"), "neither right nor wrong")
    text = f"the answer of {words.actor(fact.actor)} tested that person only, and was {right}"
    yield statement(fact, "other", "A test was marked", text)


def _seed(material: Material, fact: Fact) -> Iterator[Statement]:
    found = {True: "was found", False: "was overlooked"}.get(fact.data.get("caught"), "was left open")
    yield statement(fact, "other", "A test was marked", f"the model’s known mistake {found}")


def _flagged(material: Material, fact: Fact) -> Iterator[Statement]:
    check = str(fact.data.get("check", "")).replace("_", " ")
    yield statement(fact, "other", "A check found an answer doubtful", f"the check: {check}")


def _settled(material: Material, fact: Fact) -> Iterator[Statement]:
    outcome = OUTCOMES.get(fact.data.get("outcome", ""), "it was settled")
    yield statement(fact, "other", "The doubt was settled", outcome, fact.data.get("why", ""))


def _again(material: Material, fact: Fact) -> Iterator[Statement]:
    yield statement(fact, "asked", "Another person was asked about the doubtful answer")


def _parked(material: Material, fact: Fact) -> Iterator[Statement]:
    text = f"the message “{fact.data.get('event', '')}” to {fact.data.get('url', 'the client')} was given up"
    yield statement(fact, "told", "The client could not be told", text, fact.data.get("answer", ""))


def _resent(material: Material, fact: Fact) -> Iterator[Statement]:
    text = f"{words.actor(fact.actor)} had “{fact.data.get('event', '')}” sent again"
    yield statement(fact, "told", "A message was sent again", text)


def _erased(material: Material, fact: Fact) -> Iterator[Statement]:
    text = "what it said, whom it was about and every free word about it were destroyed"
    kept = "who acted, when, by which policy and with which outcome is kept"
    why = f"why: {fact.data['why']}" if fact.data.get("why") else ""
    yield statement(fact, "rights", "Its content was erased", text, kept, why)


def _hold(material: Material, fact: Fact) -> Iterator[Statement]:
    placed = fact.verb == "hold.placed"
    title = "A legal hold was placed" if placed else "The legal hold was lifted"
    meant = "until it is lifted nothing of it may be erased" if placed else ""
    why = fact.data.get("why") or fact.data.get("because") or ""
    yield statement(fact, "rights", title, meant, f"why: {why}" if why else "")


APPEALS = {
    "appeal.opened": "The decision was disputed",
    "appeal.decided": "The dispute was decided",
    "appeal.withdrawn": "The dispute was taken back",
}
DISPUTES = {"upheld": "the decision stands", "overturned": "the decision was changed"}


DISPUTED = {
    "appeal.opened": "It is disputed: an expert’s answer is awaited.",
    "appeal.withdrawn": "It was disputed, and the dispute was taken back.",
    "upheld": "It was disputed, and an expert came to the same.",
    "overturned": "It was disputed, and an expert changed it.",
}


def ended_by_erasure(fact: Fact) -> bool:
    """Return whether a dispute was not taken back by anybody: its item was erased while it was open."""
    return fact.verb == "appeal.withdrawn" and fact.data.get("why") == "erased"


def _appeal(material: Material, fact: Fact) -> Iterator[Statement]:
    data, opened = fact.data, fact.verb == "appeal.opened"
    title = APPEALS[fact.verb]
    says = []
    if opened and isinstance(data.get("disputed"), dict):
        by = words.actor(data.get("decided_by") or "")
        says = [
            f"disputed was {decision(fact, data['disputed'])}, which {by} had decided; it stood meanwhile"
        ]
    if fact.verb == "appeal.decided":
        title = f"{title}: {DISPUTES.get(data.get('state', ''), 'it was closed')}"
        after = data.get("after")
        said_now = decision(fact, after) if isinstance(after, dict) else "an answer"
        says = [f"an expert who had no part in it, {words.actor(fact.actor)}, came to {said_now}"]
    if ended_by_erasure(fact):
        title, says = "The dispute ended", ["what it was about was erased, so nobody could look at it again"]
    name, of = ("reason", "The reason given") if opened else ("answer", "What the person it is about is told")
    quotes = () if fact.verb == "appeal.withdrawn" else quoted(fact, name, of)
    yield statement(fact, "rights", title, *says, quotes=quotes)


def _bundle_asked(material: Material, fact: Fact) -> Iterator[Statement]:
    opened = "what was told in confidence can be read with it" if fact.data.get("opened") else ""
    why = f"why: {fact.data.get('why', '')}"
    yield statement(fact, "other", "A bundle of its events was asked for", why, opened)


def _bundle_ready(material: Material, fact: Fact) -> Iterator[Statement]:
    file = f"SHA-256 of the file: {fact.data.get('sha256', '')}"
    yield statement(fact, "other", "The bundle of its events was ready", file)


def _bundle_fetched(material: Material, fact: Fact) -> Iterator[Statement]:
    yield statement(fact, "other", "The bundle was fetched", f"{words.actor(fact.actor)} took the file")


TELLERS: dict[str, Teller] = {
    "feedback.received": _feedback,
    "correction.noted": _noted,
    "correction.ended": _forgotten,
    "label.imported": _imported,
    "item.known": _known,
    "gold.answered": _gold,
    "seed.answered": _seed,
    "flag.raised": _flagged,
    "flag.settled": _settled,
    "flag.looked_at_again": _again,
    "delivery.parked": _parked,
    "delivery.resent": _resent,
    "item.erased": _erased,
    "hold.placed": _hold,
    "hold.lifted": _hold,
    "bundle.asked": _bundle_asked,
    "bundle.ready": _bundle_ready,
    "bundle.fetched": _bundle_fetched,
    **dict.fromkeys(APPEALS, _appeal),
}


def anything(material: Material, fact: Fact) -> Iterator[Statement]:
    """Tell an event that has no words of its own: nothing in the trail is passed over."""
    points = list(words.parts(fact.data)[:SHOWN])
    if fact.closed:
        points.append(CLOSED[fact.closed])
    yield statement(fact, "other", verbs.in_words(fact.verb), points=tuple(points))


def messages(owed: tuple[Message, ...]) -> Iterator[Statement]:
    """Tell when the client learnt of what happened, as the outbox has it: no event proves this."""
    for one in owed:
        if one.delivered_at:
            late = words.lasting((one.delivered_at - one.created_at).total_seconds())
            text = f"“{one.event}” reached {one.url or 'the client'} {late} after it happened"
            tries = words.counted(one.attempts, "attempt", "attempts") if one.attempts > 1 else ""
            yield _message(one.delivered_at, "The client was told", text, tries)
        elif not one.parked_at:
            yield _message(one.created_at, "A message to the client is on its way", f"“{one.event}”")


def _message(at: Any, title: str, *says: str) -> Statement:
    told = tuple(words.sentence(one) for one in says if one)
    return Statement(at, "told", title, "the server’s sender", told)


def readings(facts: tuple[Fact, ...]) -> tuple[Statement, ...]:
    """Return one statement for each person who has read this story, however often."""
    by: Mapping[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.verb == READ:
            by[fact.actor].append(fact)
    found = []
    for name, read in by.items():
        last = read[-1]
        times = "once" if len(read) == 1 else f"{len(read)} times"
        text = f"{words.actor(name)} read this story with what is personal in it, {times}"
        ids = tuple(one.id for one in read)
        found.append(Statement(last.at, "other", "It was read", words.actor(name), (f"{text}.",), events=ids))
    return tuple(found)
