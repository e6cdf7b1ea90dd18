"""The states that an item passes through, read from the events of its life.

States and transitions are derived, never stored: what the trail proves is what is shown. Looks at a decided
item leave no trace here unless they overturn it: a client must not see which items are checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

STARTED, AI, ROUTING = "started", "ai_processing", "routing_decision"
HUMAN, EXPERT = "human_review", "expert_review"
COMPLETED, FAILED = "completed", "failed"

# How far along the path each state lies; no step of an item's first way through goes back.
PROGRESS: Mapping[str, float] = {
    STARTED: 0.0,
    AI: 0.1,
    ROUTING: 0.3,
    FAILED: 0.3,
    HUMAN: 0.5,
    EXPERT: 0.8,
    COMPLETED: 1.0,
}
STATE_OF = {
    "approved": COMPLETED,
    "rejected": COMPLETED,
    "pending_human": HUMAN,
    "pending_expert": EXPERT,
}
ROUTER = "system:router"
LOOKS = ("review", "overlap", "learn", "expert")
SAID = ("action", "label", "confidence", "comment")


@dataclass(frozen=True)
class Event:
    """One event of an item's life, as the trail has it."""

    at: datetime
    verb: str
    by: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Transition:
    """One step from a state to the next: when, what set it off, and who."""

    before: str
    after: str
    at: datetime
    trigger: str
    by: str


@dataclass
class Path:
    """Where an item has been: its steps, where it stands, what each state yielded, and what failed."""

    state: str = STARTED
    transitions: list[Transition] = field(default_factory=list)
    results: dict[str, Any] = field(default_factory=dict)
    error: str | None = None

    @property
    def progress(self) -> float:
        """How far along the item is, 0 to 1."""
        return PROGRESS[self.state]


@dataclass
class _Walk:
    path: Path
    checked: Event | None = None  # the last look at the item after it was decided

    def go(self, to: str, event: Event, trigger: str, by: str | None = None) -> None:
        self.path.transitions.append(Transition(self.path.state, to, event.at, trigger, by or event.by))
        self.path.state = to

    def answered(self, state: str, event: Event) -> None:
        said = {"by": event.by, "at": event.at} | {name: event.data.get(name) for name in SAID}
        self.path.results.setdefault(state, []).append(said)


def follow(events: Iterable[Event]) -> Path:
    """Return the path that these events, oldest first, tell of.

    Events that change no state (a message sent, a seat freed) are passed over, whatever they are.
    """
    walk = _Walk(Path())
    for event in events:
        step = _STEPS.get(event.verb)
        if step:
            step(walk, event)
    return walk.path


def _submitted(walk: _Walk, event: Event) -> None:
    if event.data["status"] == "pooled":
        return  # a pool item waits for the sampler and is never decided
    walk.go(AI, event, "submitted")
    if event.data["status"] != "pending_ai":
        _judged(walk, event)


def _judged(walk: _Walk, event: Event) -> None:
    failure = event.data["signals"].get("prediction_failed")
    if failure:
        walk.path.error = failure
        walk.path.results[FAILED] = {"error": failure}
        walk.go(FAILED, event, "the model failed", ROUTER)
    else:
        walk.go(ROUTING, event, "prediction arrived", ROUTER)
    walk.path.results[ROUTING] = {
        name: event.data[name] for name in ("action", "priority", "reasons", "rules", "policy")
    }
    to = STATE_OF[event.data["status"]]
    # A failure stands first among the reasons, and is told by now; what follows says who takes over.
    first = next(iter(event.data["reasons"][bool(failure) :]), "routed")
    if to == COMPLETED:
        walk.path.results[COMPLETED] = _decision(event, ROUTER, "auto-approved")
        first = f"auto-approved: {first}"
    walk.go(to, event, first, ROUTER)


def _answered(walk: _Walk, event: Event) -> None:
    if walk.path.state == COMPLETED:
        walk.checked = event
    elif walk.path.state != STARTED and event.data["purpose"] in LOOKS:
        walk.answered(EXPERT if event.data["purpose"] == "expert" else HUMAN, event)


def _corrected(walk: _Walk, event: Event) -> None:
    """What somebody says instead takes the place of what they had said."""
    said = Event(event.at, event.verb, event.by, event.data | event.data["after"])
    for answers in (walk.path.results.get(HUMAN, []), walk.path.results.get(EXPERT, [])):
        answers[:] = [one for one in answers if one["by"] != event.by]
    _answered(walk, said)


def _recalled(walk: _Walk, event: Event) -> None:
    if event.data["before"] == "pending_expert":
        walk.go(STATE_OF.get(event.data["after"], AI), event, event.data["why"])


def _escalated(walk: _Walk, event: Event) -> None:
    _without_model(walk, event)
    walk.go(EXPERT, event, f"escalated: {event.data['why']}")


def _resolved(walk: _Walk, event: Event) -> None:
    _without_model(walk, event)
    walk.path.results[COMPLETED] = _decision(event, event.by, event.data["why"])
    walk.go(COMPLETED, event, event.data["why"])


def _without_model(walk: _Walk, event: Event) -> None:
    if walk.path.state == AI:
        walk.go(HUMAN, event, "a person answered before a model did")


def _overturned(walk: _Walk, event: Event) -> None:
    """The decision stood until this moment, so the way back through a person takes no time."""
    look = walk.checked or event
    through = EXPERT if look.data.get("purpose") in ("expert", "validate", "appeal") else HUMAN
    walk.go(through, look, "corrected" if look.verb == "review.corrected" else "checked again")
    if walk.checked:
        walk.answered(through, look)
    after = Event(event.at, event.verb, event.by, event.data["after"])
    walk.path.results[COMPLETED] = _decision(after, event.by, event.data["why"]) | {
        "before": event.data["before"]
    }
    walk.go(COMPLETED, event, f"overturned: {event.data['why']}")


def _decision(event: Event, by: str, why: str) -> dict[str, Any]:
    status = event.data.get("status") or event.data["after"]
    return {"status": status, "label": event.data.get("label"), "by": by, "at": event.at, "why": why}


_STEPS: dict[str, Callable[[_Walk, Event], None]] = {
    "item.submitted": _submitted,
    "item.judged": _judged,
    "review.submitted": _answered,
    "review.corrected": _corrected,
    "item.recalled": _recalled,
    "item.escalated": _escalated,
    "item.resolved": _resolved,
    "item.overturned": _overturned,
}
