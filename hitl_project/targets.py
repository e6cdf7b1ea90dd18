"""How each item type's error target stands, in one row of the dashboard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import add
from typing import Any

from django.db.models import F

from routing.certificates import checked, proofs, setbacks
from routing.certificates.checked import Checks
from routing.certificates.proofs import Proof, Rate
from routing.certificates.targets import stated
from routing.models import Certification, ItemType, Policy

UNKNOWN = Rate(None, None, None)


@dataclass(frozen=True)
class Standing:
    """One item type with an error target, by the model that was decided on last.

    `proven` of `slices` have a proven threshold; `automated` is the share of its decisions that the
    thresholds in force let through, `rate` the error estimated there. `cut_back`: an alarm stands.
    """

    item_type: ItemType
    alpha: float
    of: str
    model: str
    proven: int
    slices: int
    automated: float
    rate: Rate
    checks: Checks
    cut_back: bool


def standings(types: Iterable[ItemType], *, days: float, now: datetime) -> list[Standing]:
    """Return the standing of each of these item types that has a target: five statements, or none."""
    wanted = [one for one in types if one.target_alpha is not None]
    if not wanted:
        return []
    running = Certification.objects.filter(item_type__in=wanted, ended_at=None).order_by(
        F("fed_at").asc(nulls_first=True), "id"
    )
    streams = {row.item_type_id: row for row in running}
    newest = Policy.objects.filter(item_type__in=wanted).order_by("item_type_id", "-number")
    policies = {one.item_type_id: one for one in newest.distinct("item_type_id")}
    least = proofs.least_chances(wanted)
    counts = checked.checks(wanted, now=now, over=timedelta(days=days))
    alarmed = {policy.item_type_id for policy in setbacks.setbacks(wanted)}
    return [
        _standing(
            one,
            _target(one, policies.get(one.pk)),
            _proofs(streams.get(one.pk), policies.get(one.pk), least),
            counts.get(one.pk, Checks()),
            least,
            cut_back=one.pk in alarmed,
        )
        for one in wanted
    ]


def _target(item_type: ItemType, policy: Policy | None) -> Mapping[str, Any]:
    """Return the target that was published, until then the typed one."""
    return (policy.pure.target if policy else None) or stated(item_type)


def _proofs(
    row: Certification | None, policy: Policy | None, least: dict[tuple[int, str], float]
) -> list[Proof]:
    if row is None or policy is None:
        return []
    return proofs.proofs(row, policy.pure, least.get((row.item_type_id, row.model), 1.0))


def _standing(
    item_type: ItemType,
    wanted: Mapping[str, Any],
    found: list[Proof],
    checks: Checks,
    least: dict[tuple[int, str], float],
    *,
    cut_back: bool,
) -> Standing:
    model = found[0].model if found else ""
    live = [one.counts for one in found if one.in_force is not None]
    decisions = sum(one.counts.decisions for one in found)
    rate = UNKNOWN
    if live:
        whole = reduce(add, live)
        rate = proofs.rate(whole, wanted["of"], least.get((item_type.pk, model), 1.0))
    return Standing(
        item_type=item_type,
        alpha=wanted["alpha"],
        of=ItemType.Of(wanted["of"]).label,
        model=model,
        proven=sum(one.proven is not None for one in found),
        slices=len(found),
        automated=sum(one.seen for one in live) / decisions if decisions else 0.0,
        rate=rate,
        checks=checks,
        cut_back=cut_back,
    )
