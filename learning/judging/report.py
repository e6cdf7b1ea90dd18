"""What a model's card draws of how it was judged, as JSON-able values."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from learning.judging import pairs
from learning.judging.confidences import Automation
from learning.judging.evidence import Evidence
from learning.judging.reliability import bins
from learning.judging.replay import Replay
from learning.judging.speed import Speed

DIGITS = 4


def write(
    challenger: Evidence,
    champion: Evidence | None,
    *,
    items: Sequence[str],
    speed: Speed | None,
    replay: Replay | None,
    automation: Automation | None,
) -> dict[str, Any]:
    """Return the parts of a report, those that are there.

    `reliability`: bins of confidence, accuracy, its interval and n. `speed`: p50, p95 in milliseconds, n.
    `pairs`: wins and losses against the champion on the same items, the sign test's p, by class, and items on
    which just one of the two is right. `automation`: what each could automate at one error rate. `replay`:
    `replay.Replay`. `items` are the ids of the rows.
    """
    found: dict[str, Any] = {}
    if len(challenger.labels):
        drawn = bins(challenger.top, challenger.right, challenger.weight)
        found["reliability"] = [asdict(one) for one in drawn]
    if champion is not None and len(challenger.labels):
        found["pairs"] = _pairs(champion, challenger, items)
    if automation:
        found["automation"] = asdict(automation)
    if speed:
        found["speed"] = asdict(speed)
    if replay:
        found["replay"] = asdict(replay)
    return _plain(found)


def _pairs(champion: Evidence, challenger: Evidence, items: Sequence[str]) -> dict[str, Any]:
    found = pairs.difference(champion, challenger)
    return {
        **asdict(found),
        "p": pairs.sign_test(found.wins, found.losses),
        "proven": pairs.proven_better(champion, challenger),
        "classes": [asdict(one) for one in pairs.by_class(champion, challenger)],
        "items": pairs.differing(champion, challenger, items),
    }


def _plain(value: Any) -> Any:
    """Return the value as JSON has it, numbers rounded to DIGITS."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return round(value, DIGITS) if isinstance(value, float) else value
