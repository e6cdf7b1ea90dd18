"""What speaks for an item's route: each finding is one reason with the least that it asks for."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from routing import rules
from routing.kinds import KINDS, KindErrors, TypeSpec
from routing.opinions import Disagreement, Member, Opinion, as_rules_read
from routing.rules import Outcome, RuleError

if TYPE_CHECKING:
    from routing.policy import Policy, Rule

ACTIONS = ("auto_approve", "human_review", "expert_escalation")
PRIORITIES = ("low", "normal", "high", "urgent")
AUTO, HUMAN, EXPERT = range(3)
LOW, NORMAL, HIGH, URGENT = range(4)

# What a rule's effect leads to at the least.
LEAST = {"review": (HUMAN, NORMAL), "expert": (EXPERT, HIGH), "priority": (AUTO, LOW), "queue": (AUTO, LOW)}
SHOWN = 200  # characters of an expression in a reason
SAID = 60  # characters of an answer in a reason
DISSENTERS = 3  # of a committee, told in a reason; all are in its data


@dataclass(frozen=True)
class Reason:
    """Why an item goes where it goes: a word for programs, a sentence for people, and figures."""

    code: str
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One reason with the least action and priority that it asks for, as places in ACTIONS and PRIORITIES."""

    action: int
    priority: int
    reason: Reason


def no_prediction() -> Finding:
    """Return that a person looks because no model has said anything."""
    return Finding(HUMAN, NORMAL, Reason("no_prediction", "no model has made a prediction"))


def by_settings(policy: Policy) -> list[Finding]:
    """Return what the policy asks of every item."""
    found = []
    if policy.expert_mandatory:
        text = "every item of this type is decided by an expert"
        found.append(Finding(EXPERT, NORMAL, Reason("expert_mandatory", text)))
    if not policy.automate:
        text = "automation is switched off for this type"
        found.append(Finding(HUMAN, NORMAL, Reason("automation_off", text)))
    return found


def by_correction(corrected: Mapping[str, Any], spec: TypeSpec) -> Finding:
    """Return that a person has corrected the same answer to the same input; `corrected` is the signal."""
    says = _line(KINDS[spec.kind].describe(corrected["label"]))
    text = f"corrected to {says} before: {corrected['by']} said so of the same input ({corrected['item']})"
    data = {name: corrected[name] for name in ("correction", "item", "by")}
    return Finding(AUTO, LOW, Reason("corrected", text, data))


def band(policy: Policy, confidence: float, auto: float) -> int:
    """Return the action, as a place in ACTIONS, of a confidence where `auto` is enough to be automated."""
    if confidence < policy.thresholds.expert:
        return EXPERT
    return AUTO if confidence >= auto else HUMAN


def by_confidence(policy: Policy, confidence: float, classes: Collection[str], model: str) -> Finding:
    """Return the band in which the confidence lies."""
    limits = policy.thresholds
    auto, own = policy.auto_threshold(classes, model)
    name = "auto-approve threshold" if policy.certified is None else "certified threshold"
    action = band(policy, confidence, auto)
    if action == AUTO:
        priority, side, limit = LOW, "at or above", auto
    elif action == EXPERT:
        priority, side, limit, name, own = URGENT, "below", limits.expert, "expert threshold", None
    else:
        priority, side, limit = NORMAL if confidence >= limits.review else HIGH, "below", auto
    of = f" of {own!r}" if own else ""
    if math.isinf(limit):
        text = f"confidence {confidence:.3f}, but nothing{of} is approved automatically"
        return Finding(
            action, priority, Reason("confidence", text, {"confidence": confidence, "threshold": None})
        )
    shown, beside = _figures(confidence, limit)
    text = f"confidence {shown} {side} the {name} {beside}{of}"
    return Finding(
        action, priority, Reason("confidence", text, {"confidence": confidence, "threshold": limit})
    )


def by_label(
    label: Any,
    payload: Mapping[str, Any],
    spec: TypeSpec,
    known: Collection[str] | None,
    *,
    confirm: bool = False,
) -> tuple[list[Finding], tuple[str, ...]]:
    """Return what is strange about a predicted label, and the classes that it names.

    `known` are the classes that people have given; with `confirm` one that nobody has given yet is strange.
    """
    kind = KINDS[spec.kind]
    try:
        clean = kind.clean_label(label, payload, spec)
    except KindErrors as errors:
        error = errors.errors[0]
        code = "novelty" if error.code == "unknown_label" else "unparsable"
        text = f"the predicted label does not fit: {error.detail}"
        return [Finding(HUMAN, NORMAL, Reason(code, text))], ()
    new = kind.novelty(clean, payload, known, confirm=confirm)
    strange = [Finding(HUMAN, NORMAL, Reason("novelty", new))] if new else []
    return strange, kind.slices(clean)


def by_cost(policy: Policy, score: float) -> list[Finding]:
    """Return who decides at the least expected cost, where that is not the machine."""
    if policy.costs is None:
        return []
    expected = policy.costs.expected(score)
    least = policy.costs.cheapest(score)
    if least == "auto_approve":
        return []
    action, who = (EXPERT, "an expert") if least == "expert_escalation" else (HUMAN, "a look")
    text = (
        f"approving would cost {expected['auto_approve']:.2f} on average, {who} costs {expected[least]:.2f}"
    )
    return [Finding(action, NORMAL, Reason("cost", text, expected))]


def by_novelty(policy: Policy, novelty: float | None) -> list[Finding]:
    """Return that the payload is unlike all that was labelled, where it is."""
    limit = policy.novelty_limit
    if limit is None or novelty is None or novelty <= limit:
        return []
    text = f"unlike what was labelled so far: farther off than {novelty:.1%} of that lies from each other"
    return [Finding(HUMAN, NORMAL, Reason("novelty", text, {"novelty": novelty, "limit": limit}))]


def by_committee(policy: Policy, apart: Disagreement | None) -> list[Finding]:
    """Return that the models differ too much, where they do; that they agree is no reason for anything."""
    limit = policy.committee_limit
    if apart is None or limit is None or apart.value <= limit:
        return []
    told = [_says(member, apart.kind) for member in apart.members]
    data = {
        "disagreement": apart.value,
        "limit": limit,
        "measure": "distance" if apart.value == apart.distance else "mean_kl",
        "mean_kl": apart.mean_kl,
        "distance": apart.distance,
        "agreeing": apart.agreeing,
        "models": [
            {"model": member.model, "says": says, "distance": member.distance, "conflict": member.conflict}
            for member, says in zip(apart.members, told, strict=True)
        ],
    }
    text = f"models disagree: {_who(apart, told)}; {_how_far(apart, limit)}"
    return [Finding(HUMAN, NORMAL, Reason("committee", text, data))]


def _says(member: Member, kind: str) -> str:
    return _line(KINDS[kind].describe(member.label))


def _line(text: str) -> str:
    line = " ".join(text[: 4 * SAID].split())
    return line if len(line) <= SAID else line[: SAID - 1] + "…"


def _who(apart: Disagreement, told: Sequence[str]) -> str:
    """How many give the judged answer, and what the others say."""
    parts = [f"{apart.agreeing} of {len(told)} say {told[0]}"]
    others = [pair for pair in zip(apart.members, told, strict=True) if not pair[0].agrees]
    for member, says in others[:DISSENTERS]:
        why = member.conflict or (f"{member.distance:.2f} off" if 0 < member.distance < 1 else "")
        parts.append(f"{member.model} says {says}" + (f" ({why})" if why else ""))
    if len(others) > DISSENTERS:
        parts.append(f"and {len(others) - DISSENTERS} more differ")
    return "; ".join(parts)


def _how_far(apart: Disagreement, limit: float) -> str:
    """Each measure that is above the limit, in its unit."""
    over = []
    if apart.mean_kl is not None and apart.mean_kl > limit:
        over.append(f"mean KL {_figures(apart.mean_kl, limit)[0]} nats")
    if apart.distance > limit:
        over.append(f"mean distance {_figures(apart.distance, limit)[0]}")
    return f"{', '.join(over)}, limit {_figures(apart.value, limit)[1]}"


def by_rules(
    policy: Policy, opinions: Sequence[Opinion], payload: Mapping[str, Any], context: Mapping[str, Any]
) -> tuple[list[Finding], str | None, tuple[str, ...]]:
    """Return the findings of live rules, the first queue that one names, and what shadow rules would do."""
    if not policy.rules:
        return [], None, ()
    given = rules.facts(payload=payload, context=context, prediction=as_rules_read(opinions))
    found: list[Finding] = []
    queue: str | None = None
    shadow: list[str] = []
    for rule in policy.rules:
        outcome = _outcome(rule, given)
        if not outcome.matched:
            continue
        if rule.state == "shadow":
            unsure = f" (could not be checked: {outcome.error})" if outcome.error else ""
            shadow.append(f"{rule.name}: {rule.effect}{unsure}")
            continue
        found.append(_of_rule(rule, outcome))
        queue = queue or rule.queue
    return found, queue, tuple(shadow)


def _of_rule(rule: Rule, outcome: Outcome) -> Finding:
    action, priority = LEAST[rule.effect]
    if outcome.error:
        action, priority = max(action, HUMAN), max(priority, NORMAL)
        text = f"{rule.category} rule '{rule.name}' could not be checked: {outcome.error}"
    else:
        when = rule.when if len(rule.when) <= SHOWN else rule.when[: SHOWN - 1] + "…"
        text = f"{rule.category} rule '{rule.name}' ({when})"
    if rule.priority is not None:
        priority = max(priority, PRIORITIES.index(rule.priority))
    data = {"rule": rule.name, "category": rule.category, "effect": rule.effect, "error": outcome.error}
    return Finding(action, priority, Reason("rule", text, data))


def _outcome(rule: Rule, given: rules.Facts) -> Outcome:
    try:
        compiled = rules.compile_rule(rule.when)
    except RuleError as error:
        return Outcome(True, error.message)
    return rules.evaluate(compiled, given)


def _figures(value: float, limit: float) -> tuple[str, str]:
    """Both numbers in three decimals, or in full where rounding would hide which is larger."""
    shown, beside = f"{value:.3f}", f"{limit:.3f}"
    if shown == beside and value != limit:
        return repr(value), repr(limit)
    return shown, beside
