"""Let certificates act: a looser threshold is proposed, an alarm falls back, checks rise and fall.

Whatever makes routing stricter is published at once. What makes it looser is proposed to a person, or
published where the admin has chosen so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import trail
from routing import policies
from routing.certificates import certifying, loosening, outcomes, rates, targets
from routing.certificates.certifying import CERTIFIER
from routing.certify import streams
from routing.certify.slices import REST
from routing.certify.streams import Guard
from routing.models import Certification, ItemType, Policy
from routing.policies.succession import locked

Limits = Mapping[str, float | None]
FRESH = 2_000  # batches that a fallback is tried on, the latest


def run(item_type: ItemType, *, now: datetime | None = None) -> int:
    """Feed an item type's certificates, act on what they say, and return how many decisions were counted.

    Each step is a transaction of its own, so that a run that is cut off loses nothing; two runs at once take
    turns.
    """
    now, counted = now or timezone.now(), 0
    _alone(item_type, _end_outdated, now)
    for model in outcomes.models(item_type, certifying.MOST_MODELS):
        while (step := _alone(item_type, _advance, now, model)) is not None:
            counted += step.decisions
            if not step.more:
                break
    _alone(item_type, rates.set_checks, now)
    return counted


@transaction.atomic
def _alone(item_type: ItemType, act: Any, now: datetime, *more: Any) -> Any:
    certifying.lock(item_type)
    # As it is now: an admin may have changed it since the run began.
    fresh = ItemType.objects.select_related("queue").get(pk=item_type.pk)
    return act(fresh, *more, now=now)


def _advance(item_type: ItemType, model: str, *, now: datetime) -> certifying.Step | None:
    """Count the next decisions of a model and act on them at once."""
    step = certifying.take(item_type, model, now=now)
    if step is None or policies.pure(policies.latest(item_type)).certified is None:
        return step
    if step.stream.alarmed:
        _fall_back(item_type, step, now=now)
        return replace(step, more=True)
    if not step.more and not certifying.outdated(step.certification, item_type):
        loosening.loosen(item_type, step.certification, step.stream, now=now)
    return step


# -- another target, or another policy than what was counted speaks for --


def _end_outdated(item_type: ItemType, *, now: datetime) -> None:
    """End the streams whose target or policy has changed or gone; what they had proven is withdrawn."""
    wanted, void = certifying.goal(item_type), {}
    for row in certifying.running(item_type):
        if wanted is None:
            certifying.end(row, because="the error target was taken away", now=now)
        elif why := certifying.outdated(row, item_type):
            certifying.end(row, because=why, now=now)
            milder = row.stated != wanted and targets.implied(row.stated, wanted)
            held = milder and not certifying.opened(row)
            guards = streams.guards(row.detectors) if held else {}
            own = row.states if held else ()
            begun = certifying.begin(item_type, row.model, now=now, guards=guards, own=own)
            if not (held and begun):
                void[row.model] = why
    if void:
        _void(item_type, void)


def _void(item_type: ItemType, models: Mapping[str, str]) -> None:
    """Automate nothing of these models any more, for these reasons, until it is proven anew."""
    why = f"{'; '.join(sorted({*models.values()}))}: nothing is automated until it is proven anew"
    loosening.withdraw(item_type, why)
    _, policy = locked(item_type.pk)
    pure = policies.pure(policy)
    held = pure.certified or {}
    left = {model: limits for model, limits in held.items() if model not in models}
    if left != held:
        policies.publish_pure(item_type, replace(pure, certified=left), reason=why, by=CERTIFIER)


# -- an alarm --


def _fall_back(item_type: ItemType, step: certifying.Step, *, now: datetime) -> None:
    """Go back to the last safe thresholds of the slices that rang the alarm, and begin anew."""
    _, policy = locked(item_type.pk)
    row, pure = step.certification, policies.pure(policy)
    alarmed, sources = step.stream.alarmed, {}
    limits = dict(pure.certified.get(row.model, {}))
    guards = {name: guard for name, guard in step.stream.guards.items() if name not in alarmed}
    for name in alarmed:
        limits[name], sources[name], guard = _last_safe(item_type, step, name, policy)
        guards |= {name: guard} if guard else {}
    why = _alarm_text(row, limits, sources)
    trail.record(
        "certificate.contradicted",
        row,
        by=CERTIFIER,
        item_type=item_type.slug,
        model=row.model,
        slices=alarmed,
        thresholds=limits,
        fallen_back_to=sources,
    )
    certifying.end(row, because=why, now=now)
    own = {*limits, *step.stream.states}
    if not certifying.begin(item_type, row.model, now=now, guards=guards, own=own):
        limits = dict.fromkeys(limits)
        why += "; no new stream can begin, so that nothing is watched and nothing automated"
    _publish_stricter(item_type, policy, row, limits, why, now=now)


def _publish_stricter(
    item_type: ItemType, policy: Policy, row: Certification, limits: Limits, why: str, *, now: datetime
) -> None:
    loosening.withdraw(item_type, why)
    pure = policies.pure(policy)
    policies.publish_pure(
        item_type,
        replace(
            pure,
            certified={**pure.certified, row.model: limits},
            audit_rate=max(pure.audit_rate, item_type.early_audit_rate),
        ),
        reason=why,
        evidence={"contradicted": row.detectors, "certification": row.pk, "date": now.isoformat()},
        by=CERTIFIER,
    )


def _last_safe(
    item_type: ItemType, step: certifying.Step, name: str, policy: Policy
) -> tuple[float | None, int | None, Guard | None]:
    """Return the threshold of the most recent stricter policy that fresh audits don't contradict.

    With it the policy's number and the watch over it; None three times where there is none. What was in force
    before nothing at all was automated is not looked at: it was contradicted or of another target.
    """
    broken = step.stream.guards[name].threshold
    audits = [audit for audit in _fresh_audits(step.certification) if audit[2] == name]
    earlier = Policy.objects.filter(item_type=item_type, number__lt=policy.number).order_by("-number")
    for one in earlier.iterator():
        held = (policies.pure(one).certified or {}).get(step.certification.model, {})
        limit = streams.threshold_of(name, held)
        if limit is None:
            break
        if limit <= broken:
            continue
        losses = [loss for score, loss, _ in audits if score >= limit]
        detector = streams.replayed(step.stream.states[name], limit, losses)
        if detector.phase == "calm":
            return limit, one.number, Guard(limit, detector)
    return None, None, None


def _fresh_audits(row: Certification) -> Iterator[tuple[float, float, str]]:
    """Yield the audits that a stream was fed with of late, in order."""
    newest = trail.story(row).filter(verb="certificate.fed").order_by("-id")[:FRESH]
    for event in reversed(newest):
        yield from event.data["audits"]


def _alarm_text(row: Certification, limits: Limits, sources: Mapping[str, int | None]) -> str:
    said = []
    for name, number in sources.items():
        what = "all answers" if name == REST else f"answers {name!r}"
        then = (
            "nothing of it is automated now"
            if number is None
            else f"back to {limits[name]:.3f} of policy {number}"
        )
        said.append(f"{what}: {then}")
    return f"fresh checks of {row.model} contradict its certificate; {'; '.join(said)}"
