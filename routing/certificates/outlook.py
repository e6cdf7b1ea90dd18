"""How far the certificates of each model have come: what is proven, in force, and still missing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from routing import policies
from routing.certificates import certifying, outcomes
from routing.certify import audits_to_go, error_rate, streams, threshold
from routing.certify.slices import REST
from routing.certify.streams import Stream
from routing.models import Certification, ItemType
from routing.policy import Policy as PurePolicy


@dataclass(frozen=True)
class Outlook:
    """Where one slice of one model stands.

    `threshold` is the loosest that is proven, `in_force` what the router goes by; `share` is the part of the
    decisions at or above the proven one, and `estimate` the error rate there, in the unit of the target.
    `to_go` says about how many more labels the next threshold takes: 0 where there is none left, None where
    no number would do. `level` is what speaks for a change (from 10 on more is checked, from 1,000 on nothing
    is automated). `why_not` says in words why nothing is proven yet.
    """

    model: str
    slice: str
    threshold: float | None = None
    in_force: float | None = None
    share: float = 0.0
    decisions: int = 0
    labels: int = 0
    estimate: float | None = None
    to_go: int | None = None
    missed: int = 0
    level: float = 0.0
    phase: str = "calm"
    begun_at: datetime | None = None
    fed_at: datetime | None = None
    why_not: str = ""


def outlook(item_type: ItemType, *, now: datetime | None = None) -> list[Outlook]:
    """Return where each slice of each model stands that was decided on, the newest stream first."""
    now = now or timezone.now()
    policy = policies.newest(item_type)
    if policy is None or certifying.goal(item_type) is None:
        return []
    pure = policies.pure(policy)
    running = list(certifying.running(item_type).order_by("-id"))
    found = [one for row in running for one in _slices(row, pure)]
    begun = {row.model for row in running}
    waiting = [name for name in outcomes.models(item_type, certifying.MOST_MODELS) if name not in begun]
    caught, seeded = certifying.catches(item_type)
    for model in waiting:
        scores, _ = outcomes.scores(item_type, model, now=now, last=certifying.FIRST_SCORES)
        found.append(Outlook(model, REST, why_not=_not_begun(len(scores), caught, seeded)))
    return found


def _not_begun(scores: int, caught: int, seeded: int) -> str:
    if seeded and not caught:
        return f"not yet: of {seeded} seeded errors none was caught, so that checks prove nothing"
    if scores < certifying.FIRST_SCORES:
        return f"not yet: {certifying.FIRST_SCORES - scores} more answers until there are thresholds to try"
    return "not yet: it begins with the next run"


def _slices(row: Certification, pure: PurePolicy) -> Iterator[Outlook]:
    stream = Stream.from_json({"states": row.states, "detectors": row.detectors})
    held = (pure.certified or {}).get(row.model, {})
    for name, state in stream.states.items():
        proven, guard = threshold(state), stream.guards.get(name)
        at = state.start if proven is None else int((state.grid > proven.threshold).sum())
        decided, estimate = int(state.decisions[0]), float(error_rate(state)[at])
        to_go = audits_to_go(state, outcomes.least_chance(pure, row.model) or 1.0)
        yield Outlook(
            model=row.model,
            slice=name,
            threshold=proven.threshold if proven else None,
            in_force=streams.threshold_of(name, held),
            share=float(state.seen[at]) / decided if decided else 0.0,
            decisions=decided,
            labels=int(state.labels[0]),
            estimate=None if math.isnan(estimate) else estimate,
            to_go=to_go,
            missed=row.missed,
            level=guard.detector.level if guard else 0.0,
            phase=guard.detector.phase if guard else "calm",
            begun_at=row.begun_at,
            fed_at=row.fed_at,
            why_not="" if proven else _why_not(to_go, pure, held),
        )


def _why_not(to_go: int | None, pure: PurePolicy, held: Mapping[str, float | None]) -> str:
    if pure.certified is None:
        return "not yet: the error target is in the draft and was not published"
    if not pure.audit_rate and any(limit is not None for limit in held.values()):
        return "not yet: nothing that is automated is checked, so that nothing more can be proven"
    if to_go is None:
        return "not yet: the answers seen so far are wrong more often than the target allows"
    return f"not yet: about {to_go:,} more audits"
