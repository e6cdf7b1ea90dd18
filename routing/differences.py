"""Say in plain words how one policy differs from another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from routing.policy import Policy, Rule

EFFECTS = {
    "review": "a person looks",
    "expert": "an expert decides",
    "priority": "the priority is raised",
    "queue": "another queue is used",
}


def differences(before: Policy | None, after: Policy) -> list[str]:
    """Return one sentence for each difference, what matters most first; a first policy is told in full.

    What was measured of costs is left out: it moves by itself.
    """
    return [
        *_switches(before, after),
        *_target(before, after),
        *_proofs(before, after),
        *_numbers(before, after),
        *_classes(before, after),
        *_costs(before, after),
        *_rules(before, after),
        *_asked(before, after),
    ]


def _switches(before: Policy | None, after: Policy) -> Iterator[str]:
    if before is None or before.automate != after.automate:
        if after.automate:
            yield "Confident answers are approved without a person."
        else:
            yield "Nothing is approved without a person (shadow mode)."
    if after.expert_mandatory and not (before and before.expert_mandatory):
        yield "Every item is decided by an expert."
    if before and before.expert_mandatory and not after.expert_mandatory:
        yield "Experts decide only what is sent to them, no longer every item."
    if after.four_eyes and not (before and before.four_eyes):
        yield "From then on a second admin must approve each policy."
    if before and before.four_eyes and not after.four_eyes:
        yield "From then on one admin alone can publish a policy."
    if after.confirm_classes and not (before and before.confirm_classes):
        yield "A person looks at a label until somebody has given it once."
    if before and before.confirm_classes and not after.confirm_classes:
        yield "A label that nobody has given yet no longer goes to a person."


OF = {"decisions": "of all decisions", "automated": "of the automated answers"}


def _target(before: Policy | None, after: Policy) -> Iterator[str]:
    """What may be wrong; that a target came or went altogether is told with the proofs."""
    old, new = (before.target if before else None), after.target
    if new == old:
        return
    if new:
        yield f"Error target: {_aimed(old)} → {_aimed(new)}." if old else f"Error target: {_aimed(new)}."
    elif after.certified is not None or before.certified is None:
        yield f"Error target: {_aimed(old)} → none."


def _aimed(target: Mapping[str, Any]) -> str:
    by = "each class" if target["by"] == "class" else "all answers together"
    at_once = ", all classes at once" if target["simultaneous"] else ""
    return (
        f"at most {100 * target['alpha']:g} % {OF[target['of']]} wrong "
        f"(confidence {100 * (1 - target['delta']):g} %, proven for {by}{at_once})"
    )


def _proofs(before: Policy | None, after: Policy) -> Iterator[str]:
    old, new = (before.certified if before else None), after.certified
    if new is not None and old is None:
        yield "An error target counts: nothing is automated but what is proven, whatever threshold is typed."
    if new is None and old is not None:
        yield "The error target no longer counts: the typed threshold automates without a proof."
        return
    was, now = _proven(old), _proven(new)
    for model, label in sorted({*was, *now}):
        what = "all answers" if label == "*" else f"“{label}”"
        then = _plain(was.get((model, label)), "never")
        here = _plain(now.get((model, label)), "never")
        if then != here:
            yield f"Proven for {what} of {model}: auto-approve from confidence {_step(before, then, here)}."


def _proven(
    certified: Mapping[str, Mapping[str, float | None]] | None,
) -> dict[tuple[str, str], float | None]:
    found = (certified or {}).items()
    return {(model, label): limit for model, of in found for label, limit in of.items()}


def _numbers(before: Policy | None, after: Policy) -> Iterator[str]:
    for what, none, read in (
        ("Auto-approve from confidence", "never", lambda policy: policy.thresholds.auto_approve),
        ("Normal priority from confidence", "", lambda policy: policy.thresholds.review),
        ("An expert decides below confidence", "", lambda policy: policy.thresholds.expert),
        ("Share of automated items checked", "", lambda policy: policy.audit_rate),
        ("A committee may differ by", "any amount", lambda policy: policy.committee_limit),
    ):
        new = _plain(read(after), none)
        old = _plain(read(before), none) if before else None
        if old is None:
            yield f"{what}: {new}."
        elif old != new:
            yield f"{what}: {old} → {new}."
    for what, none, read in (
        ("Share checked once enough is known", "as now", lambda policy: policy.usual_audit_rate),
        ("A payload may be strange up to", "any amount", lambda policy: policy.novelty_limit),
    ):
        new, old = read(after), read(before) if before else None
        if old != new:
            yield f"{what}: {_step(before, _plain(old, none), _plain(new, none))}."


def _classes(before: Policy | None, after: Policy) -> Iterator[str]:
    old = before.class_thresholds if before else {}
    new = after.class_thresholds
    for label in sorted({*old, *new}):
        was = _plain(old[label], "never") if label in old else "as the others"
        now = _plain(new[label], "never") if label in new else "as the others"
        if was != now:
            yield f"Auto-approve “{label}” from confidence: {_step(before, was, now)}."


def _step(before: Policy | None, was: str, now: str) -> str:
    return f"{was} → {now}" if before else now  # a first policy changes nothing


COSTS = ("an error", "an hour of a reviewer", "an hour of an expert", "an hour of waiting")


def _costs(before: Policy | None, after: Policy) -> Iterator[str]:
    """What was measured moves by itself and is no difference."""
    old, new = (before.costs if before else None), after.costs
    if old and not new:
        yield "Who decides no longer hangs on expected cost."
    if new and not old:
        said = ", ".join(f"{what} {cost:g}" for what, cost in zip(COSTS, new.typed, strict=True))
        yield f"Whoever costs least decides, the machine only where it is proven or confident enough: {said}."
    if old and new:
        for what, was, now in zip(COSTS, old.typed, new.typed, strict=True):
            if was != now:
                yield f"What {what} costs: {was:g} → {now:g}."


def _asked(before: Policy | None, after: Policy) -> Iterator[str]:
    """A policy of old that does not say what was asked differs in nothing there."""
    old, new = (before.spec if before else None), after.spec
    if old is None or new is None:
        return
    for label in new.labels:
        if label not in old.labels:
            yield f"New label “{label}”."
    for label in old.labels:
        if label not in new.labels:
            yield f"Label “{label}” is gone."
    if old.labels != new.labels and sorted(old.labels) == sorted(new.labels):
        yield "The labels stand in another order."
    if old.multilabel != new.multilabel:
        yield "An item may carry several labels." if new.multilabel else "An item carries one label only."
    for what, none, name in (
        ("Smallest number", "none", "minimum"),
        ("Largest number", "none", "maximum"),
        ("Unit", "none", "unit"),
        ("People agree up to a distance of", "", "tolerance"),
        ("Kind", "", "kind"),
    ):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield f"{what}: {_plain(was, none)} → {_plain(now, none)}."


def _rules(before: Policy | None, after: Policy) -> Iterator[str]:
    old = {rule.name: rule for rule in before.rules} if before else {}
    new = {rule.name: rule for rule in after.rules}
    for name, rule in new.items():
        if name not in old:
            yield f"New rule “{name}” ({rule.state}): when {rule.when}, {_effect(rule)}."
        elif old[name] != rule:
            yield f"Rule “{name}”: {'; '.join(_rule_changes(old[name], rule))}."
    for name in old:
        if name not in new:
            yield f"Rule “{name}” is gone."


def _rule_changes(old: Rule, new: Rule) -> Iterator[str]:
    if old.state != new.state:
        yield f"{old.state} → {new.state}"
    if old.when != new.when:
        yield f"when {old.when} → when {new.when}"
    if _effect(old) != _effect(new):
        yield f"{_effect(old)} → {_effect(new)}"
    if old.category != new.category:
        yield f"{old.category} → {new.category}"


def _effect(rule: Rule) -> str:
    words = EFFECTS[rule.effect]
    if rule.effect == "queue":
        return f"{words} ({rule.queue})"
    return f"{words} ({rule.priority})" if rule.priority else words


def _plain(value: float | str | None, none: str) -> str:
    if isinstance(value, str):
        return value or none
    return none if value is None else f"{value:g}"
