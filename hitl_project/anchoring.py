"""Checkpoints carried out of the server's own database, into a file and to an address, and its troubles."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from audit import anchors, chain, checking, checkpoints, ownership, signing, trail
from audit.checkpoints import Statement
from audit.models import AuditEvent, Checkpoint
from audit.trail import Actor
from audit.verifying import ANCHORED
from routing import transport

BY = "system:checkpoints"
AT_ONCE = 50  # checkpoints a run to one place
UNVERIFIED = timedelta(days=2)  # after which a missing nightly verification is told of

log = logging.getLogger(__name__)


def run() -> str:
    """Sign where a checkpoint is due, carry out what is left, and say what was done.

    A chain that contradicts what was signed before is not signed but verified, so that compliance hears.
    """
    if not settings.HITL_SIGNING_KEY:
        return "there is no signing key"
    made = None
    if due(timezone.now()):
        try:
            made = signing.sign(by=BY)
        except chain.Broken as broken:
            if checking.state().intact is not False:
                checking.begin(by=BY)
            return f"not signed: {broken}"
    carried = carry_out()
    return ", ".join([f"signed {made}" if made else "nothing to sign", *carried])


def sign_now(*, by: Actor) -> Checkpoint | None:
    """Sign the newest seal and append it to the anchor file; the address hears with the next run.

    None where nothing came since the last one. Raises what signing.sign raises.
    """
    made = signing.sign(by=by)
    if settings.HITL_ANCHOR_FILE:
        _carry("file", _to_file)
    return made


def due(now: datetime) -> bool:
    """Return whether the last checkpoint is older than HITL_CHECKPOINT_MINUTES, or there is none."""
    last = Checkpoint.objects.order_by("seal").last()
    return last is None or last.at <= now - timedelta(minutes=settings.HITL_CHECKPOINT_MINUTES)


def carry_out() -> list[str]:
    """Bring the checkpoints that are not yet there to each place that is set, and say how many went where."""
    return [f"{_carry(name, send)} to the {name}" for name, send in _places()]


def anchored() -> dict[str, int]:
    """Return the newest seal whose checkpoint has reached each place that is set, by place; 0: none yet."""
    return {name: _reached(name) for name, _ in _places()}


def troubles(now: datetime) -> Iterator[str]:
    """Yield, in a sentence each, what keeps the book from being proven whole."""
    yield from _verification(now)
    off = ownership.state().off
    if off:
        yield f"Triggers that keep the trail insert-only are switched off: {', '.join(off)}"
    if not settings.HITL_SIGNING_KEY:
        yield (
            "Nothing signs the trail, so its end could be cut off unnoticed: set HITL_SIGNING_KEY "
            "(manage.py make_signing_key)"
        )
        return
    late = now - 3 * timedelta(minutes=settings.HITL_CHECKPOINT_MINUTES)
    last = Checkpoint.objects.order_by("seal").last()
    if last and last.at < late:
        yield f"No checkpoint of the trail was signed since {last.at:%Y-%m-%d %H:%M}"
    for name, seal in anchored().items():
        left = Checkpoint.objects.filter(seal__gt=seal, at__lt=late).count()
        if left:
            yield f"Checkpoints that could not be brought to the anchor {name}: {left}"


def _verification(now: datetime) -> Iterator[str]:
    state = checking.state()
    if state.intact is False:
        yield f"The trail is broken: {state.found.verdict['first_broken']}"
    if state.failed:
        yield f"The trail's last verification failed: {state.failed.error}"
    elif state.intact and state.found.ended_at < now - UNVERIFIED:
        yield f"The trail was not verified since {state.found.ended_at:%Y-%m-%d}"


def _places() -> list[tuple[str, Callable[[Statement], None]]]:
    places = [("file", settings.HITL_ANCHOR_FILE, _to_file), ("address", settings.HITL_ANCHOR_URL, _to_url)]
    return [(name, send) for name, setting, send in places if setting]


def _carry(name: str, send: Callable[[Statement], None]) -> int:
    """Send what has not reached a place, in order; stops where it fails, and the next run goes on there."""
    sent = 0
    for one in Checkpoint.objects.filter(seal__gt=_reached(name)).order_by("seal")[:AT_ONCE]:
        try:
            send(one.statement)
        except (OSError, transport.Unreachable) as problem:
            log.warning("%s could not be brought to the anchor %s: %s", one, name, problem)
            break
        trail.record(ANCHORED, one, by=BY, to=name)
        sent += 1
    return sent


def _reached(name: str) -> int:
    events = AuditEvent.objects.filter(verb=ANCHORED, body=chain.canonical({"to": name}))
    seal = events.order_by("-id").values_list("subject_id", flat=True).first()
    return int(seal or 0)


def _to_file(statement: Statement) -> None:
    anchors.append(settings.HITL_ANCHOR_FILE, statement)


def _to_url(statement: Statement) -> None:
    answer = transport.post(
        settings.HITL_ANCHOR_URL,
        checkpoints.line(statement).encode(),
        {},
        allow_private=settings.HITL_WEBHOOK_ALLOW_PRIVATE,
    )
    if not 200 <= answer.status < 300:
        raise transport.Unreachable(f"it answered {answer.status} {answer.text}".strip())
