"""May the challenger take over? A verdict, and in plain words everything it rests on."""

from statistics import NormalDist

import numpy as np

from learning.judging import confidences
from learning.judging.confidences import Automation
from learning.judging.evaluation import Difference
from learning.judging.evidence import Evidence, Finding, GateVerdict, Margins
from learning.judging.pairs import difference, proven_better, sign_test
from learning.judging.replay import Replay
from learning.judging.speed import Speed
from routing.backtest.estimates import wilson

__all__ = ["Evidence", "GateVerdict", "Margins", "judge"]

WIDEST = 0.05  # how far accuracy may have fallen at worst, however few the labels
MANY = 0.1  # share of decisions that change, from which on somebody should look at the examples


def judge(
    champion: Evidence | None,
    challenger: Evidence,
    margins: Margins | None = None,
    *,
    speed: Speed | None = None,
    replay: Replay | None = None,
    automation: Automation | None = None,
) -> GateVerdict:
    """Return whether `challenger` may replace `champion`.

    Without a champion it must beat always naming the most frequent class by more than chance explains. With
    one: accuracy not lower (with few labels: by at most one answer, and then with a better Brier score), and
    not by more than the margin at worst; no class or slice clearly worse; the Brier score not worse; not less
    to be automated at the same error rate. In both cases confidence and accuracy may not lie too far apart,
    one prediction may not take too long, and fewer than `margins.enough` labels refuse.

    `speed` and `replay` are None where there was nothing to measure; what a replay changes is said and
    refuses nothing. `automation` is `confidences.compare` of the two, where it is known already.
    ValueError where the two were not measured on the same labels.
    """
    margins = margins or Margins()
    count = len(challenger.labels)
    if champion is not None and not np.array_equal(champion.labels, challenger.labels):
        raise ValueError("champion and challenger must be measured on the same labels")
    if count < margins.enough:
        return GateVerdict(False, (f"only {count} held-out labels; at least {margins.enough} are needed",))
    better = champion is not None and proven_better(champion, challenger)
    if champion is None:
        findings = [_beats_majority(challenger)]
    else:
        found = automation or confidences.compare(champion, challenger, margins)
        findings = _beside(champion, challenger, margins, found, better=better)
    findings.append(confidences.calibrated(champion, challenger, margins))
    findings += [_fast(speed, margins)] if speed else []
    findings += [_replayed(replay)] if replay else []
    ordered = sorted(findings, key=lambda finding: finding.passed)
    return GateVerdict(all(f.passed for f in findings), tuple(f.reason for f in ordered), better)


def _beside(
    champion: Evidence, challenger: Evidence, margins: Margins, found: Automation, *, better: bool
) -> list[Finding]:
    return [
        _overall(champion, challenger, margins, better),
        *_parts(champion, challenger, margins),
        confidences.brier(champion, challenger, margins),
        confidences.automated(found, margins),
    ]


def _beats_majority(challenger: Evidence) -> Finding:
    weights = challenger.weight
    base = float(np.bincount(challenger.labels, weights).max() / weights.sum())
    accuracy = challenger.accuracy
    low, high = wilson(accuracy, challenger.effective)
    return Finding(
        low > base,
        f"no champion yet: accuracy {accuracy:.1%} on {len(challenger.labels)} held-out labels "
        f"(95 % interval {low:.1%} to {high:.1%}), always naming the most frequent class gives {base:.1%}",
    )


def _overall(champion: Evidence, challenger: Evidence, margins: Margins, proven: bool) -> Finding:
    found = difference(champion, challenger)
    chance = sign_test(found.wins, found.losses)
    bound = -_allowed(challenger, margins)
    # A handful of labels, asked again each time, favours whoever was lucky on them: there the finer Brier
    # score decides between models that differ by a single answer.
    before, after = champion.brier, challenger.brier
    finer = found.n < margins.enough_for_bound and found.losses - found.wins <= 1 and after < before
    # Few audits with great weight widen the interval: where the split leans this clearly to the challenger a
    # bound of 95 % on one side does. The split alone would not: it counts the doubted, who are not all items.
    leans = found.value >= 0 and found.wins > found.losses and chance < 0.05
    low = difference(champion, challenger, level=0.9).low if leans else found.low
    passed = (found.value >= 0 or finer) and low >= bound
    said = f"{champion.accuracy:.1%} → {challenger.accuracy:.1%} on the same {found.n} held-out labels: "
    said += f"{_interval(found)}, {found.wins} mended, {found.losses} spoilt (sign test p={chance:.2g})"
    if found.value < 0 and not finer:
        return Finding(False, f"accuracy fell: {said}")
    if found.value < 0 and passed:
        said += f", the Brier score fell from {before:.4f} to {after:.4f}"
    asked = f"at worst {-bound * 100:.1f} points down is allowed"
    if found.n < margins.enough_for_bound:
        asked += f" ({margins.overall * 100:.1f} from {margins.enough_for_bound} labels on)"
    verb = "may have fallen" if not passed else "is better beyond chance" if proven else "holds"
    if margins.must_be_better and passed and not proven:
        return Finding(False, f"accuracy {verb}, but is not better beyond chance: {said}")
    return Finding(passed, f"accuracy {verb}: {said}; {asked}")


def _allowed(challenger: Evidence, margins: Margins) -> float:
    """Return how far accuracy may have fallen at worst: the margin, from `enough_for_bound` labels.

    With fewer the interval is wider than nearly any gain, and the margin would refuse every model while
    labels are few, just when each is better than the last: it is then wider in proportion, to at most five
    points. Labels count by their effective number under weights (Kish 1965). The verdict says so.
    """
    widened = margins.overall * max(margins.enough_for_bound / max(challenger.effective, 1.0), 1.0)
    return min(widened, max(margins.overall, WIDEST))


def _parts(champion: Evidence, challenger: Evidence, margins: Margins) -> list[Finding]:
    """Return one finding per slice that is clearly worse, or one that says how many were looked at.

    Each class with enough labels, the small ones together, and each value of each slice. One is refused where
    it is worse by more than the margin beyond what chance explains at 10 %, Holm-corrected (Holm 1979), so
    that looking at many does not refuse a good model.
    """
    parts = _slices(challenger, margins)
    found = {name: difference(champion, challenger, part, level=0.9) for name, part in parts.items()}
    risks = sorted((_p_worse(d, margins.slice), name) for name, d in found.items())
    bad: list[Finding] = []
    for rank, (p, name) in enumerate(risks):
        if p * (len(risks) - rank) > 0.1:
            break
        d = found[name]
        bad.append(Finding(False, f"{name} got worse: {_interval(d)} on {d.n} labels"))
    text = (
        f"none of {len(parts)} classes and slices with at least {margins.enough_in_slice} labels is clearly "
    )
    return bad or [Finding(True, text + f"more than {margins.slice * 100:.1f} points worse")]


def _slices(evidence: Evidence, margins: Margins) -> dict[str, np.ndarray]:
    classes = {
        f"class {evidence.name(column)}": evidence.labels == column for column in np.unique(evidence.labels)
    }
    parts = _enough(classes, "the small classes together", margins)
    for name, values in evidence.slices.items():
        of = {f"{name}={value}": values == value for value in np.unique(values)}
        parts |= _enough(of, f"the small parts by {name} together", margins)
    return parts


def _enough(parts: dict[str, np.ndarray], rest: str, margins: Margins) -> dict[str, np.ndarray]:
    """Return the parts with enough labels, and the others as one, `rest`, where that has enough."""
    kept = {name: part for name, part in parts.items() if part.sum() >= margins.enough_in_slice}
    small = [part for name, part in parts.items() if name not in kept]
    together = np.logical_or.reduce(small) if small else np.zeros(0, bool)
    return kept | ({rest: together} if together.sum() >= margins.enough_in_slice else {})


def _p_worse(found: Difference, margin: float) -> float:
    """Return the one-sided p-value of "not worse by more than `margin`": small where it clearly is."""
    deviation = max((found.high - found.low) / (2 * NormalDist().inv_cdf(0.95)), 1e-9)
    return NormalDist().cdf((found.value + margin) / deviation)


def _fast(speed: Speed, margins: Margins) -> Finding:
    passed = speed.p95 <= margins.milliseconds
    reason = (
        f"one prediction takes {speed.p50:.2g} ms, 95 % take at most {speed.p95:.2g} ms "
        f"(allowed {margins.milliseconds:g} ms)"
    )
    return Finding(passed, reason if passed else f"too slow: {reason}")


def _replayed(replay: Replay) -> Finding:
    reason = (
        f"of the last {replay.decisions} decisions {replay.changed:.1%} would have been others, "
        f"{replay.automated_before:.1%} → {replay.automated_after:.1%} automated"
    )
    return Finding(True, f"{reason}: look at the examples" if replay.changed > MANY else reason)


def _interval(found: Difference) -> str:
    low, high = found.low * 100, found.high * 100
    return f"{found.value * 100:+.1f} points ({low:+.1f} to {high:+.1f})"
