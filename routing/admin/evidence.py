"""What speaks for a policy, in sentences, with all figures below them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from routing.admin.show import laid_out, percent
from routing.certify.slices import REST
from routing.differences import OF

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
    if "certificate" in evidence:
        said += _certificate(evidence)
    if "contradicted" in evidence:
        said.append("Fresh checks contradict what was proven: the thresholds are those that still hold.")
    if "drift" in evidence:
        said.append("What arrives has drifted, and the learning plan lets nothing be automated then.")
        said += evidence["reasons"]
    return said


def _certificate(found: dict[str, Any]) -> Iterator[str]:
    stated = found["target"]["stated"]
    yield (
        f"Proven of {found['model']}: at most {percent(stated['alpha'])} {OF[stated['of']]} wrong, "
        f"with a confidence of {percent(1 - stated['delta'], 0)}."
    )
    for name, proof in sorted(found["certificate"].items()):
        what = "All answers" if name == REST else f"“{name}”"
        if proof is None:
            yield f"{what}: not proven yet, people decide."
            continue
        yield (
            f"{what}: automated from confidence {proof['threshold']:.3f} on, which is "
            f"{percent(proof['share'])} of the decisions. {proof['labelled']:,} of them were checked, and "
            f"about {percent(proof['estimate'])} {OF[stated['of']]} are wrong."
        )
    yield f"It rests on {found['decisions']:,} decisions, counted until {found['date'][:10]}."
    if found.get("missed"):
        yield f"{found['missed']:,} checks were not answered in time; each counts as an error."
    caught = found.get("caught")
    if caught:
        yield (
            f"People noticed {caught['caught']} of {caught['seeded']} errors that were planted, so that the "
            f"proof aims at {percent(found['target']['corrected']['alpha'])}."
        )


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
