"""An agent asks: its interrupt becomes an item, routed as any other, and a promise of when it is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from audit import trail
from audit.trail import Actor
from labeling.agents import timing
from labeling.models import Approval
from routing import intake, telling
from routing.errors import IdempotencyConflict, InvalidInput, Problem
from routing.kinds.agent_action import AgentAction
from routing.models import Item, ItemType
from routing.router import Submitted, find_type

USUAL_TYPE = "agent-actions"  # the short name that the preset "agent actions" gives
USUAL_AGENT = "agent"
# What is judged where an agent doesn't say how sure it is: proof by action's name still sets a threshold.
UNSAID = 0.5
MOST_INTERRUPTS = 20
LONGEST_WAIT = timedelta(days=90)


@dataclass(frozen=True)
class Request:
    """What an agent asks for, as its client sent it and the API's shape has been checked."""

    interrupts: Sequence[Mapping[str, Any]]
    item_type: str = USUAL_TYPE
    key: str = ""
    timeout_seconds: int | None = None
    on_timeout: str | None = None
    callback_url: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    agent: str = USUAL_AGENT
    confidence: float = UNSAID


@transaction.atomic
def ask(asked: Request, *, caller: Any, by: Actor) -> list[Submitted]:
    """Take in each interrupt as an item and return them in order; a known key is answered as it is stored.

    Raises InvalidInput with everything that is wrong, IdempotencyConflict where the key was used for other
    actions, or for more or fewer of them, UnknownItemType, NoPolicy.
    """
    item_type = _type(asked, caller)
    endings = _endings(asked, item_type)
    raws = [_entry(asked, number, one) for number, one in enumerate(asked.interrupts)]
    try:
        taken = intake.take_in(raws, numbered=True, caller=caller, by=by)
    except InvalidInput as error:
        raise InvalidInput([_renamed(one) for one in error.problems]) from error
    for one, raw in zip(taken, raws, strict=True):
        if one.item.payload != raw["payload"] and not one.item.erased_at:
            raise IdempotencyConflict
    if asked.key and _asked_otherwise(asked, taken, item_type):
        raise IdempotencyConflict
    _promise(taken, asked, endings, by=by)
    return taken


def _type(asked: Request, caller: Any) -> ItemType:
    item_type = find_type(asked.item_type, caller=caller)
    if item_type.kind != AgentAction.name:
        said = f"{asked.item_type} is of kind {item_type.kind}; name a type of kind {AgentAction.name}."
        raise InvalidInput.single(said, attr="item_type")
    return item_type


def _entry(asked: Request, number: int, interrupt: Mapping[str, Any]) -> dict[str, Any]:
    request = interrupt["action_request"]
    payload = {"action": request["action"], "args": request["args"], "config": dict(interrupt["config"])}
    if interrupt.get("description"):
        payload["description"] = interrupt["description"]
    return {
        "item_type": asked.item_type,
        "item_ref": _ref(asked.key or str(uuid4()), number, len(asked.interrupts)),
        "payload": payload,
        "context": dict(asked.context),
        "predictions": [
            {
                "model": asked.agent,
                "label": {"action": request["action"], "args": request["args"]},
                "confidence": asked.confidence,
            }
        ],
        "callback_url": asked.callback_url,
    }


def _ref(key: str, number: int, many: int) -> str:
    return f"{key}#{number}" if many > 1 else key


def _asked_otherwise(asked: Request, taken: Sequence[Submitted], item_type: ItemType) -> bool:
    """Return whether the key was used before for fewer actions, or for more."""
    many = len(asked.interrupts)
    others = [_ref(asked.key, 0, 2)] if many == 1 else [asked.key, _ref(asked.key, many, many)]
    partly = len({one.duplicate for one in taken}) > 1
    return partly or Item.objects.filter(item_type=item_type, item_ref__in=others).exists()


def _renamed(one: Problem) -> Problem:
    """Return the problem with the field as the agent's client wrote it."""
    number, _, rest = (one.attr or "").partition(".")
    inside = {"payload.action": "action_request.action", "payload.args": "action_request.args"}
    for ours, theirs in inside.items():
        if rest.startswith(ours):
            return one._replace(attr=f"interrupts.{number}.{theirs}{rest.removeprefix(ours)}")
    if rest.startswith("payload."):
        return one._replace(attr=f"interrupts.{number}.{rest.removeprefix('payload.')}")
    return one._replace(attr={"item_ref": "idempotency_key"}.get(rest, rest.replace("predictions.0.", "")))


def _endings(asked: Request, item_type: ItemType) -> list[str]:
    """Return what happens to each interrupt when time runs out; raises InvalidInput where it may not."""
    problems: list[Problem] = []
    endings = []
    for number, one in enumerate(asked.interrupts):
        wanted = asked.on_timeout or _usual_ending(one["config"])
        said = _refused(wanted, one["config"], item_type)
        if said:
            problems.append(Problem("on_timeout", "not_allowed", f"Interrupt {number}: {said}"))
        endings.append(wanted)
    if problems:
        raise InvalidInput(problems)
    return endings


def _usual_ending(config: Mapping[str, Any]) -> str:
    if config["allow_ignore"]:
        return Approval.OnTimeout.IGNORE
    return Approval.OnTimeout.REJECT if config["allow_respond"] else Approval.OnTimeout.ESCALATE


def _refused(wanted: str, config: Mapping[str, Any], item_type: ItemType) -> str:
    """Return why an ending may not be asked for; empty where it may."""
    needs = {"ignore": "allow_ignore", "reject": "allow_respond", "accept": "allow_accept"}.get(wanted)
    if needs and not config[needs]:
        return f"{wanted} needs {needs}."
    if wanted == Approval.OnTimeout.ACCEPT and not timing.may_accept(item_type):
        return (
            "nothing is accepted because nobody looked: who runs the server may allow it for an item type "
            "by HITL_AGENTS_ACCEPT_ON_TIMEOUT. Use ignore, reject or escalate."
        )
    return ""


def _promise(taken: Sequence[Submitted], asked: Request, endings: Sequence[str], *, by: Actor) -> None:
    """Store until when each new item is answered and what happens then, and tell the trail."""
    now = timezone.now()
    until = now + timedelta(seconds=asked.timeout_seconds) if asked.timeout_seconds else None
    new = [(one.item, wanted) for one, wanted in zip(taken, endings, strict=True) if not one.duplicate]
    Approval.objects.bulk_create(Approval(item=item, until=until, on_timeout=wanted) for item, wanted in new)
    told = [
        telling.entry("approval.asked", item, {"until": until, "on_timeout": wanted}) for item, wanted in new
    ]
    trail.record_all(told, by=by)
