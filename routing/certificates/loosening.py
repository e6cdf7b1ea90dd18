"""Put forward what certificates prove: a looser threshold is proposed, or published at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from routing import policies
from routing.certificates import targets
from routing.certificates.certifying import CERTIFIER
from routing.certify import Certificate, streams, threshold
from routing.certify.slices import REST
from routing.certify.streams import Stream
from routing.differences import OF
from routing.models import Certification, ItemType, Policy, Proposal
from routing.policies.succession import locked
from routing.policy import Policy as PurePolicy

Limits = Mapping[str, float | None]


def loosen(item_type: ItemType, row: Certification, stream: Stream, *, now: datetime) -> None:
    """Propose or publish what has been proven, where it automates more than what is in force."""
    proven = {name: threshold(state) for name, state in stream.states.items()}
    if _more(row, proven, policies.latest(item_type)) is None:
        return
    # Locked, so that what a person publishes meanwhile is not overwritten.
    item_type, policy = locked(item_type.pk)
    wanted, base = _more(row, proven, policy), policies.pure(policy).certified
    if wanted is None:
        return
    waiting = Proposal.objects.filter(item_type=item_type, closed_at=None).first()
    if waiting and waiting.source != Proposal.Source.CERTIFICATE:
        if not _automatic(item_type, policy):
            return  # what a person has proposed is decided first
    elif waiting and not policies.stale(waiting, policy):
        base = waiting.snapshot["certified"]
    if _looser(wanted, base.get(row.model, {})) and _looser(wanted, _refused(row)):
        _put_forward(item_type, policy, {**base, row.model: wanted}, row, proven, now)


def _more(row: Certification, proven: Mapping[str, Certificate | None], policy: Policy) -> Limits | None:
    """Return the thresholds of a policy with what is proven, None where that is no looser."""
    pure = policies.pure(policy)
    if not targets.asked(row.stated, pure.target):
        return None  # the target that it is proven for is typed, and not yet published
    held = (pure.certified or {}).get(row.model, {})
    wanted = _merged(held, proven)
    # Without checks what is automated could not be watched.
    return wanted if pure.certified is not None and pure.audit_rate and _looser(wanted, held) else None


def _refused(row: Certification) -> Limits:
    """Return the thresholds that were refused last, of all that this stream has proven."""
    refused = Proposal.objects.filter(
        item_type=row.item_type_id, outcome=Proposal.Outcome.REFUSED, evidence__certification=row.pk
    )
    last = refused.exclude(closed_by=CERTIFIER).order_by("-id").first()
    return last.snapshot["certified"][row.model] if last else {}


def _merged(held: Limits, proven: Mapping[str, Certificate | None]) -> dict[str, float | None]:
    """Return the thresholds in force, each replaced where a looser one is proven."""
    merged = dict(held)
    for name, found in proven.items():
        limit = streams.threshold_of(name, held)
        looser = found is not None and (limit is None or found.threshold < limit)
        merged[name] = found.threshold if looser else limit
    return merged


def _looser(wanted: Limits, held: Limits) -> bool:
    """Return whether any slice is automated from a lower threshold than so far."""
    for name, limit in wanted.items():
        now = streams.threshold_of(name, held)
        if limit is not None and (now is None or limit < now):
            return True
    return False


def _automatic(item_type: ItemType, policy: Policy) -> bool:
    by_itself = item_type.publish_certificates == ItemType.PublishBy.AUTOMATIC
    return by_itself and not policies.needs_a_second(item_type, policy)


def _put_forward(
    item_type: ItemType,
    policy: Policy,
    certified: Mapping[str, Limits],
    row: Certification,
    proven: Mapping[str, Certificate | None],
    now: datetime,
) -> None:
    wanted = replace(policies.pure(policy), certified=certified)
    reason, why = _reason(row, wanted), evidence(row, proven, now=now)
    if _automatic(item_type, policy):
        withdraw(item_type, "it is published at once now")
        policies.publish_pure(item_type, wanted, reason=reason, evidence=why, by=CERTIFIER)
    else:
        source = Proposal.Source.CERTIFICATE
        policies.propose(item_type, wanted, source=source, reason=reason, evidence=why, by=CERTIFIER)


def withdraw(item_type: ItemType, why: str) -> None:
    """Close the proposal of a certificate that waits, where there is one."""
    waiting = Proposal.objects.filter(item_type=item_type, closed_at=None)
    found = waiting.filter(source=Proposal.Source.CERTIFICATE).first()
    if found:
        policies.refuse(found, why=why, by=CERTIFIER)


def evidence(row: Certification, proven: Mapping[str, Certificate | None], *, now: datetime) -> dict:
    """Return what a policy rests on: each slice's certificate, and what they were proven from."""
    return {
        "certificate": {name: found.to_json() if found else None for name, found in proven.items()},
        "certification": row.pk,
        "model": row.model,
        "batches": row.batches,
        "decisions": row.decisions,
        "missed": row.missed,
        "caught": row.caught or None,
        "target": {"stated": row.stated, "corrected": row.target},
        "date": now.isoformat(),
    }


def _reason(row: Certification, wanted: PurePolicy) -> str:
    limits = wanted.certified[row.model]
    shown = ", ".join(
        f"{'confidence' if name == REST else name} from {limit:.3f} on"
        for name, limit in sorted(limits.items())
        if limit is not None
    )
    what = f"{100 * row.stated['alpha']:.3g} % {OF[row.stated['of']]} wrong"
    sure = f"with a confidence of {100 * (1 - row.stated['delta']):.3g} %"
    return f"proven of {row.model}: at most {what}, {sure}; automated: {shown}"
