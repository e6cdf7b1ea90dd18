"""How a model gets from one state to the next: guarded, with its reason, told in the trail."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from audit import trail
from audit.trail import Actor
from learning.models import ModelVersion
from routing.errors import HitlError

State = ModelVersion.Status
AUTHOR = "system:learning"


class NotPromotable(HitlError):
    """This model can't be promoted as it stands."""

    code = "not_promotable"
    status = 409


def end_exam(version: ModelVersion, verdict: dict[str, Any], report: dict[str, Any]) -> None:
    """Keep what the gate says of an external trainer's model; call it inside a transaction."""
    to = State.CHALLENGER if verdict["promote"] else State.REFUSED
    move(version, to, verdict=verdict, report=version.report | report)
    record(version, "model.examined", verdict["reasons"][0], AUTHOR, status=to, reasons=verdict["reasons"])


def begin_shadow(version: ModelVersion, champion: ModelVersion, *, reason: str, by: Actor) -> None:
    """Let a challenger answer unseen what the champion answers from now on; call it inside a transaction."""
    move(version, State.SHADOW, shadow_since=timezone.now())
    record(version, "model.shadow_began", reason, by, against=str(champion))


def end_shadow(
    version: ModelVersion,
    to: str,
    *,
    reason: str,
    by: Actor,
    evidence: dict[str, Any] | None = None,
) -> None:
    """End a model's trial with another state, and keep the reason; call it inside a transaction.

    Its card says why with the other reasons of its verdict; the trail has the numbers.
    """
    reasons = [f"Shadow: {reason}.", *version.verdict.get("reasons", [])]
    changes: dict[str, Any] = {"verdict": version.verdict | {"reasons": reasons}}
    if to == State.RETIRED:
        changes["retired_at"] = timezone.now()
    move(version, to, **changes)
    record(version, "model.shadow_ended", reason, by, status=to, evidence=evidence or {})


def record(version: ModelVersion, verb: str, reason: str, by: Actor, **data: Any) -> None:
    """Write into the trail what was done with the model, and why."""
    trail.record(
        verb, version, by=by, item_type=version.item_type.slug, model=str(version), reason=reason, **data
    )


def move(version: ModelVersion, status: str, **changes: Any) -> None:
    """Give the model another state; raises NotPromotable where it has changed since it was read."""
    mine = ModelVersion.objects.filter(pk=version.pk, status=version.status)
    if not mine.update(status=status, **changes):
        raise NotPromotable(f"{version} has changed since it was read.")
    version.status = status
    for name, value in changes.items():
        setattr(version, name, value)
