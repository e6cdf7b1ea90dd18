"""Two policies beside each other: the figures of both, setting by setting."""

from __future__ import annotations

from dataclasses import dataclass

from routing.differences import OF
from routing.policy import Policy


@dataclass(frozen=True)
class Row:
    """One setting in both policies; `differs` where they are not the same."""

    name: str
    one: str
    other: str

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return self.one != self.other


def sides(one: Policy, other: Policy) -> list[Row]:
    """Return every figure of two policies side by side."""
    read = (_figures(one), _figures(other))
    names = list(dict.fromkeys([*read[0], *read[1]]))
    return [Row(name, read[0].get(name, "–"), read[1].get(name, "–")) for name in names]


def _figures(policy: Policy) -> dict[str, str]:
    limits = policy.thresholds
    shown = {
        "Automation": "on" if policy.automate else "off",
        "Expert decides everything": "yes" if policy.expert_mandatory else "no",
        "Auto-approve from": _number(limits.auto_approve, "never"),
        "Normal priority from": _number(limits.review),
        "Expert below": _number(limits.expert),
        "Share checked": _number(policy.audit_rate),
        "Committee limit": _number(policy.committee_limit, "off"),
        "Novelty limit": _number(policy.novelty_limit, "off"),
        "New labels confirmed": "yes" if policy.confirm_classes else "no",
        "Routed by cost": "yes" if policy.costs else "no",
        "Four eyes": "yes" if policy.four_eyes else "no",
    }
    shown |= {
        f"Auto-approve “{name}” from": _number(at, "never") for name, at in policy.class_thresholds.items()
    }
    if policy.target:
        shown["Error target"] = f"{100 * policy.target['alpha']:g} % {OF[policy.target['of']]}"
    if policy.certified is not None:
        shown["Proof needed"] = "yes"
        for model, of in policy.certified.items():
            shown |= {
                f"Proven for {_named(name)} of {model}": _number(at, "never") for name, at in of.items()
            }
    return shown | {f"Rule “{rule.name}”": f"{rule.state}: {rule.when}" for rule in policy.rules}


def _named(label: str) -> str:
    return "all answers" if label == "*" else f"“{label}”"


def _number(value: float | None, none: str = "–") -> str:
    return none if value is None else f"{value:g}"
