"""What speaks for a policy, in sentences, with all figures below them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from routing.admin.show import laid_out, percent

ACTIONS = {"auto_approve": "approval", "human_review": "a person", "expert_escalation": "an expert"}


def shown(evidence: dict[str, Any]) -> SafeString | str:
    """Return the evidence of a policy or proposal as sentences, and as it is stored behind a fold."""
    if not evidence:
        return "none was attached"
    said = format_html_join("", "<div class='change'>{}</div>", ((text,) for text in sentences(evidence)))
    return format_html(
        "{}<details class='figures'><summary>All figures</summary>{}</details>", said, laid_out(evidence)
    )


def sentences(evidence: dict[str, Any]) -> list[str]:
    """Return what a person should know of it first."""
    said = []
    if "republished" in evidence:
        said.append(f"The thresholds and rules of policy {evidence['republished']}.")
    if "backtest" in evidence:
        said += _backtest(evidence["backtest"])
    return said


def _backtest(found: dict[str, Any]) -> Iterator[str]:
    if not found["items"]:
        yield "There was no item yet to try it on."
        return
    moved = sum(found["moves"].values())
    yield f"Tried on the last {found['items']:,} items: {moved:,} would go another way."
    for move, count in found["moves"].items():
        start, _, end = move.partition(" > ")
        yield f"{count:,} from {ACTIONS[start]} to {ACTIONS[end]}."
    before, after = found["before"], found["after"]
    was, now = (percent(side["approved"] / found["items"]) for side in (before, after))
    hours = f"{before['hours']:,.1f} → {after['hours']:,.1f}"
    yield f"Approved without a person: {was} → {now}. Hours of people’s work on them: {hours}."
