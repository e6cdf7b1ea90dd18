"""Say in plain words how one policy differs from another."""

from __future__ import annotations

from collections.abc import Iterator

from routing.policy import Policy, Rule

EFFECTS = {
    "review": "a person looks",
    "expert": "an expert decides",
    "priority": "the priority is raised",
    "queue": "another queue is used",
}


def differences(before: Policy | None, after: Policy) -> list[str]:
    """Return one sentence for each difference, what matters most first; a first policy is told in full."""
    return [
        *_switches(before, after),
        *_numbers(before, after),
        *_classes(before, after),
        *_rules(before, after),
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


def _classes(before: Policy | None, after: Policy) -> Iterator[str]:
    old = before.class_thresholds if before else {}
    new = after.class_thresholds
    for label in sorted({*old, *new}):
        was = _plain(old[label], "never") if label in old else "as the others"
        now = _plain(new[label], "never") if label in new else "as the others"
        if was != now:
            yield f"Auto-approve “{label}” from confidence: {was} → {now}."


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


def _plain(value: float | None, none: str) -> str:
    return none if value is None else f"{value:g}"
