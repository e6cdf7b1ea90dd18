"""What the page of an error target shows: rows of what is proven, figures of what it takes, and advice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from routing import policies
from routing.certificates import certifying
from routing.certificates.certifying import CERTIFIER
from routing.certificates.checked import Checks
from routing.certificates.outlook import Outlook, outlook
from routing.certificates.proofs import Proof, least_chances, proofs
from routing.certificates.targets import stated
from routing.certify import Target, binomial
from routing.certify.edetector import ALARM, ESCALATION
from routing.certify.slices import REST
from routing.certify.streams import Guard
from routing.models import ItemType, Policy
from routing.policy import Policy as PurePolicy

PARTS = ((0.0, "none"), (0.25, "a quarter of what is allowed"), (0.5, "half"), (0.75, "three quarters"))
PHASES = {"calm": ("calm", "good"), "escalated": ("more checks", "warn"), "alarm": ("alarm", "bad")}
HISTORY = 12
WIDTH, HEIGHT, TOP = 720, 150, 1.25  # of the drawing, and how far above what is needed it reaches


def proven(
    item_type: ItemType,
    policy: Policy | None,
    checks: Checks,
    wanted: Mapping[str, Any],
    *,
    now: datetime,
) -> dict[str, Any]:
    """Return how a target stands: by model and slice, the catch rate, the watch, what a proof takes."""
    pure = policies.pure(policy) if policy else None
    running = {row.model: row for row in certifying.running(item_type).order_by("-id")}
    least = least_chances([item_type])
    known = {
        (one.model, one.slice): one
        for row in running.values()
        if pure
        for one in proofs(row, pure, least.get((item_type.pk, row.model), 1.0))
    }
    rows = [_row(one, known.get((one.model, one.slice))) for one in outlook(item_type, now=now)]
    caught = catching(item_type, wanted["delta"])
    return {
        "models": [_model(name, running.get(name), rows) for name in dict.fromkeys(_names(rows))],
        "any_proven": any(row["outlook"].threshold is not None for row in rows),
        "automates": any(row["outlook"].in_force is not None for row in rows),
        "confidence": 1 - wanted["delta"],
        "retyped": stated(item_type) != wanted,
        "draft_only": pure is None or pure.certified is None,
        "catching": caught,
        "takes": takes(item_type, caught["target"]),
        "rate": rate(item_type, pure, list(running.values())),
        "seeds_due": checks.drawn * item_type.seeded_share >= 1 and not checks.seeds,
        "alarm_at": int(ALARM),
        "escalation_at": int(ESCALATION),
    }


def _names(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    return (row["outlook"].model for row in rows)


def _row(one: Outlook, proof: Proof | None) -> dict[str, Any]:
    word, tone = PHASES[one.phase]
    return {
        "outlook": one,
        "name": "all answers" if one.slice == REST else one.slice,
        "proof": proof,
        "word": word,
        "tone": tone,
        "audits": _audits(proof.watched) if proof else 0,
    }


def _audits(guard: Guard | None) -> int:
    return guard.detector.audits if guard else 0


def _model(name: str, row: Any, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    mine = [one for one in rows if one["outlook"].model == name]
    if len(mine) > 1:
        mine = [one | {"name": "all others"} if one["outlook"].slice == REST else one for one in mine]
    mine.sort(key=lambda one: (one["outlook"].threshold is None, -one["outlook"].decisions))
    drawn = next((one["proof"] for one in mine if one["proof"] and len(mine) == 1), None)
    return {"name": name, "stream": row, "rows": mine, "chart": chart(drawn.points) if drawn else None}


def chart(points: Sequence[tuple[float, float]]) -> dict[str, Any] | None:
    """Return the drawing of the evidence for each threshold by the share that it automates; None: too few."""
    if len(points) < 2:
        return None
    placed = [
        (round(WIDTH * share, 1), round(HEIGHT * (1 - min(max(known, 0), TOP) / TOP), 1))
        for share, known in points
    ]
    return {
        "path": "M" + " L".join(f"{x:g} {y:g}" for x, y in placed),
        "needed": round(HEIGHT * (1 - 1 / TOP), 1),
        "width": WIDTH,
        "height": HEIGHT,
    }


def catching(item_type: ItemType, delta: float) -> dict[str, Any]:
    """Return how many seeded errors were found, the rate's lower bound, and the target it leaves to prove.

    `delta` is the risk of the target before that.
    """
    caught, seeded = certifying.catches(item_type)
    risk = binomial.CATCH_RISK * delta
    return {
        "caught": caught,
        "seeded": seeded,
        "rate": caught / seeded if seeded else None,
        "bound": binomial.catch_rate_bound(caught, seeded, risk) if seeded else None,
        "confidence": 1 - risk,
        "target": certifying.target(item_type, caught, seeded),
        "every": round(1 / item_type.seeded_share) if item_type.seeded_share else None,
    }


def takes(item_type: ItemType, target: Target | None) -> dict[str, Any] | None:
    """Return how many checks prove the target, exactly; None where people catch nothing.

    `least` without one error; `rows` by how often the model is wrong, for a chance of 90 %.
    """
    if target is None:
        return None
    alpha, delta = target.alpha, target.delta
    return {
        "alpha": alpha,
        "confidence": 1 - delta,
        "least": binomial.least_audits(alpha, delta),
        "rows": [
            (part * alpha, said, binomial.audits_needed(alpha, delta, part * alpha)) for part, said in PARTS
        ],
    }


def rate(item_type: ItemType, pure: PurePolicy | None, running: Sequence[Any]) -> dict[str, Any] | None:
    """Return the share of checks in force, the usual one, and until when it is another."""
    if pure is None or pure.certified is None:
        return None
    early = [row for row in running if row.decisions < item_type.early_items]
    until = ""
    if pure.audit_rate != pure.usual_audit_rate:
        until = "until fresh checks are calm again"
        if early:
            so_far = f"{early[0].model} were counted, {early[0].decisions:,} so far"
            until = f"until {item_type.early_items:,} decisions of {so_far}"
        elif not running:
            until = f"for the first {item_type.early_items:,} decisions of a model"
    return {"now": pure.audit_rate, "usual": pure.usual_audit_rate, "until": until}


def history(item_type: ItemType) -> list[dict[str, Any]]:
    """Return the latest policies that certificates led to, each with what it was."""
    theirs = Q(published_by=CERTIFIER) | Q(evidence__has_key="certificate")
    found = Policy.objects.filter(theirs, item_type=item_type).order_by("-number")[:HISTORY]
    return [{"policy": policy, **_kind(policy)} for policy in found]


def _kind(policy: Policy) -> dict[str, str]:
    if "contradicted" in policy.evidence:
        return {"word": "alarm", "tone": "bad"}
    if "certificate" in policy.evidence:
        return {"word": "proven", "tone": "good"}
    return {"word": "checks", "tone": "plain"}


def advice(item_type: ItemType, found: Mapping[str, Any]) -> list[str]:
    """Return what to do next, what matters most first; empty where all is well."""
    said = []
    if found["draft_only"]:
        said.append("Publish the draft: the router does not go by this target yet.")
    elif found["retyped"]:
        said.append("The draft states another target. The one above counts until the draft is published.")
    if found["setback"]:
        said.append(
            "Look at the overturned items: has what comes in changed, or the model? Train or choose another "
            "model; a new one starts with a proof of its own."
        )
    if found["checks"].missed:
        said.append(
            f"Have checks answered in time: put more people into the group of the queue {item_type.queue}, "
            "or lower the share that is checked. What nobody answers counts as an error."
        )
    if found["catching"]["target"] is None:
        said.append(
            "Find out why auditors overlook every known error: until some are caught nothing is proven."
        )
    rows = [row["outlook"] for one in found["models"] for row in one["rows"]]
    begun = [one for one in rows if one.begun_at]
    if begun and all(one.threshold is None and one.to_go is None for one in begun):
        said.append(
            "The model is wrong too often for this target, even where it is surest. Train a better one, or "
            "state a target that it can reach: the backtest page shows the best that any threshold could do."
        )
    if not rows:
        said.append("Send items with predictions, or train a model: a proof begins with 200 of its answers.")
    return said
