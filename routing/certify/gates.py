"""What besides the score keeps answers from being automated, and whether a later policy lets more through.

A proof is of the answers that the thresholds alone hold back. Of those that a rule had always sent to people
it says nothing: once the rule is gone they would be automated unproven.
"""

from __future__ import annotations

from dataclasses import replace

from routing.findings import AUTO, LEAST
from routing.kinds import TypeSpec
from routing.policy import Policy


def loosened(before: Policy, after: Policy) -> str | None:
    """Return in words what the earlier policy kept from being automated and the later one does not; or None.

    Another wording of a rule counts as another rule. What is asked counts too: with other labels or another
    tolerance another answer is right.
    """
    gone = _stops(before) - _stops(after)
    if gone:
        return f"the rule {min(gone)} no longer sends answers to people"
    if _asked(before.spec) != _asked(after.spec) and before.spec and after.spec:
        return "what is asked, or what counts as agreeing, was changed"
    if _above(after.committee_limit, before.committee_limit):
        return "models may differ more than before"
    if _above(after.novelty_limit, before.novelty_limit):
        return "payloads may be stranger than before"
    if before.confirm_classes and not after.confirm_classes:
        return "new classes need no confirmation any more"
    return None


def _stops(policy: Policy) -> set[str]:
    """The live rules that send what they match to people."""
    live = (rule for rule in policy.rules if rule.state == "live" and LEAST[rule.effect][0] > AUTO)
    return {f"({rule.when})" for rule in live}


def _asked(spec: TypeSpec | None) -> TypeSpec | None:
    return replace(spec, unit="") if spec else None


def _above(limit: float | None, before: float | None) -> bool:
    return before is not None and (limit is None or limit > before)
