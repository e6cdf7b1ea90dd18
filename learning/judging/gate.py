"""May the challenger take over? A verdict, and in plain words everything it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import comb

import numpy as np

from learning.judging.evaluation import Difference, automation, paired_difference
from routing.backtest.estimates import wilson

WIDEST = 0.05  # how far accuracy may have fallen at worst, however few the labels


@dataclass(frozen=True)
class Margins:
    """What the gate insists on; shares from 0 to 1.

    `overall` and `slice`: by how much accuracy may have fallen at worst. `brier`: by which part of itself the
    Brier score may have grown. `automation`: by how much the share above `threshold` may have fallen.
    """

    overall: float = 0.005
    slice: float = 0.03
    brier: float = 0.02
    automation: float = 0.05
    threshold: float = 0.95
    enough: int = 30  # held-out labels without which nothing is judged
    enough_for_bound: int = 1000  # from here on the bound of `overall` is narrow enough to be asked for
    enough_in_slice: int = 50


@dataclass(frozen=True)
class Evidence:
    """What one model says about held-out items: `probabilities` (n, classes), `labels` int (n,).

    `weights` are 1 / the probability of having been labelled; `slices` text (n,) by name; `classes` names the
    columns in reasons. Two models are compared on the same rows in the same order.
    """

    probabilities: np.ndarray
    labels: np.ndarray
    weights: np.ndarray | None = None
    slices: Mapping[str, np.ndarray] = field(default_factory=dict)
    classes: Sequence[str] = ()


@dataclass(frozen=True)
class GateVerdict:
    """Whether to promote, and every reason, those against it first."""

    promote: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Finding:
    passed: bool
    reason: str


def judge(champion: Evidence | None, challenger: Evidence, margins: Margins | None = None) -> GateVerdict:
    """Return whether `challenger` may replace `champion`.

    Without a champion: it must beat always naming the most frequent class by more than chance explains. With
    one: accuracy not lower (with few labels: by at most one answer, and then with a better Brier
    score), and not by more than the margin at worst; no class or slice clearly worse; the Brier score not
    worse; not less automation. Fewer than `margins.enough` labels refuse in either case.
    ValueError where the two were not measured on the same labels.
    """
    margins = margins or Margins()
    count = len(challenger.labels)
    if champion is not None and not np.array_equal(champion.labels, challenger.labels):
        raise ValueError("champion and challenger must be measured on the same labels")
    if count < margins.enough:
        return GateVerdict(False, (f"only {count} held-out labels; at least {margins.enough} are needed",))
    if champion is None:
        findings = [_beats_majority(challenger)]
    else:
        findings = [
            _overall(champion, challenger, margins),
            *_parts(champion, challenger, margins),
            _brier(champion, challenger, margins),
            _automation(champion, challenger, margins),
        ]
    ordered = sorted(findings, key=lambda finding: finding.passed)
    return GateVerdict(all(f.passed for f in findings), tuple(f.reason for f in ordered))


def sign_test(wins: int, losses: int) -> float:
    """Return the two-sided exact p-value of McNemar's (1947) test: how odd so uneven a split would be."""
    pairs = wins + losses
    tail = sum(comb(pairs, i) for i in range(min(wins, losses) + 1))
    return min(1.0, 2 * tail / 2**pairs)


def _beats_majority(challenger: Evidence) -> _Finding:
    weights = _weights(challenger)
    base = float(np.bincount(challenger.labels, weights).max() / weights.sum())
    accuracy = _accuracy(challenger)
    low, high = wilson(accuracy, weights.sum() ** 2 / np.square(weights).sum())
    return _Finding(
        low > base,
        f"no champion yet: accuracy {accuracy:.1%} on {len(challenger.labels)} held-out labels "
        f"(95 % interval {low:.1%} to {high:.1%}), always naming the most frequent class gives {base:.1%}",
    )


def _overall(champion: Evidence, challenger: Evidence, margins: Margins) -> _Finding:
    found = _difference(champion, challenger, slice(None), 0.95)
    chance = sign_test(found.wins, found.losses)
    bound = -_allowed(challenger, margins)
    # A handful of labels, asked again each time, favours whoever was lucky on them: there the finer Brier
    # score decides between models that differ by a single answer.
    before, after = _brier_of(champion), _brier_of(challenger)
    finer = found.n < margins.enough_for_bound and found.losses - found.wins <= 1 and after < before
    # Few audits with great weight widen the interval; a split this uneven is better all the same.
    better = found.value >= 0 and found.wins > found.losses and chance < 0.05
    passed = better or ((found.value >= 0 or finer) and found.low >= bound)
    said = f"{_accuracy(champion):.1%} → {_accuracy(challenger):.1%} on the same {found.n} held-out labels: "
    said += f"{_interval(found)}, {found.wins} mended, {found.losses} spoilt (sign test p={chance:.2g})"
    if found.value < 0 and not finer:
        return _Finding(False, f"accuracy fell: {said}")
    if found.value < 0 and passed:
        said += f", the Brier score fell from {before:.4f} to {after:.4f}"
    asked = f"at worst {-bound * 100:.1f} points down is allowed"
    if found.n < margins.enough_for_bound:
        asked += f" ({margins.overall * 100:.1f} from {margins.enough_for_bound} labels on)"
    return _Finding(passed, f"accuracy {'holds' if passed else 'may have fallen'}: {said}; {asked}")


def _allowed(challenger: Evidence, margins: Margins) -> float:
    """Return how far accuracy may have fallen at worst: the margin, from `enough_for_bound` labels.

    With fewer the interval is wider than nearly any gain, and the margin would refuse every model while
    labels are few, just when each is better than the last: it is then wider in proportion, to at most five
    points. Labels count by their effective number under weights (Kish 1965). The verdict says so.
    """
    weights = _weights(challenger)
    effective = float(weights.sum() ** 2 / np.square(weights).sum())
    widened = margins.overall * max(margins.enough_for_bound / max(effective, 1.0), 1.0)
    return min(widened, max(margins.overall, WIDEST))


def _parts(champion: Evidence, challenger: Evidence, margins: Margins) -> list[_Finding]:
    """Return one finding per slice that is clearly worse, or one that says how many were looked at.

    Each class with enough labels, the small ones together, and each value of each slice. One is refused where
    it is worse by more than the margin beyond what chance explains at 10 %, Holm-corrected (Holm 1979), so
    that looking at many does not refuse a good model.
    """
    parts = _slices(challenger, margins)
    found = {name: _difference(champion, challenger, part, 0.9) for name, part in parts.items()}
    risks = sorted((_p_worse(d, margins.slice), name) for name, d in found.items())
    bad: list[_Finding] = []
    for rank, (p, name) in enumerate(risks):
        if p * (len(risks) - rank) > 0.1:
            break
        d = found[name]
        bad.append(_Finding(False, f"{name} got worse: {_interval(d)} on {d.n} labels"))
    text = (
        f"none of {len(parts)} classes and slices with at least {margins.enough_in_slice} labels is clearly "
    )
    return bad or [_Finding(True, text + f"more than {margins.slice * 100:.1f} points worse")]


def _slices(evidence: Evidence, margins: Margins) -> dict[str, np.ndarray]:
    labels, parts = evidence.labels, {}
    small = np.zeros(len(labels), bool)
    for column in np.unique(labels):
        part = labels == column
        if part.sum() >= margins.enough_in_slice:
            parts[f"class {evidence.classes[column] if evidence.classes else column}"] = part
        else:
            small |= part
    if small.sum() >= margins.enough_in_slice:
        parts["the small classes together"] = small
    for name, values in evidence.slices.items():
        for value in sorted(set(values.tolist())):
            if (values == value).sum() >= margins.enough_in_slice:
                parts[f"{name}={value}"] = values == value
    return parts


def _p_worse(found: Difference, margin: float) -> float:
    """Return the one-sided p-value of "not worse by more than `margin`": small where it clearly is."""
    from statistics import NormalDist

    deviation = max((found.high - found.low) / (2 * NormalDist().inv_cdf(0.95)), 1e-9)
    return NormalDist().cdf((found.value + margin) / deviation)


def _brier(champion: Evidence, challenger: Evidence, margins: Margins) -> _Finding:
    before, after = _brier_rows(champion), _brier_rows(challenger)
    weights = _weights(challenger) / _weights(challenger).sum()
    was, now = _brier_of(champion), _brier_of(challenger)
    gap = after - before
    error = np.sqrt(float(np.square(weights) @ np.square(gap - weights @ gap)))
    passed = now <= was * (1 + margins.brier) or now - was <= 1.645 * error
    reason = f"Brier score {was:.4f} → {now:.4f} (lower is better; standard error of the change {error:.4f})"
    return _Finding(passed, reason if passed else f"probabilities got worse: {reason}")


def _brier_of(evidence: Evidence) -> float:
    return float(np.average(_brier_rows(evidence), weights=_weights(evidence)))


def _brier_rows(evidence: Evidence) -> np.ndarray:
    chosen = evidence.probabilities[np.arange(len(evidence.labels)), evidence.labels]
    return np.square(evidence.probabilities).sum(axis=1) - 2 * chosen + 1


def _automation(champion: Evidence, challenger: Evidence, margins: Margins) -> _Finding:
    said = []
    for evidence in (champion, challenger):
        said.append(automation(evidence.probabilities, evidence.labels, margins.threshold, evidence.weights))
    (was, right_was), (now, right_now) = said
    # Which items are automated by one of the two and not by the other, and how sure that makes the fall.
    weights = _weights(challenger) / _weights(challenger).sum()
    gap = _sure(challenger, margins).astype(float) - _sure(champion, margins)
    error = np.sqrt(float(np.square(weights) @ np.square(gap - weights @ gap)))
    passed = now >= was - max(margins.automation, 1.645 * error)
    # A champion that is right less often than its confidence says automates too much: less is then right.
    overconfident = right_was is not None and right_was < margins.threshold
    passed = passed or (overconfident and (right_now is None or right_now > right_was))
    inside = [f" ({right:.1%} right)" if right is not None else "" for right in (right_was, right_now)]
    reason = f"at confidence {margins.threshold:g}: {was:.1%}{inside[0]} → {now:.1%}{inside[1]} automated"
    return _Finding(passed, reason if passed else f"less would be automated: {reason}")


def _sure(evidence: Evidence, margins: Margins) -> np.ndarray:
    return evidence.probabilities.max(axis=1) >= margins.threshold


def _difference(
    champion: Evidence, challenger: Evidence, part: slice | np.ndarray, level: float
) -> Difference:
    return paired_difference(
        champion.probabilities[part],
        challenger.probabilities[part],
        challenger.labels[part],
        _weights(challenger)[part],
        level=level,
    )


def _interval(found: Difference) -> str:
    low, high = found.low * 100, found.high * 100
    return f"{found.value * 100:+.1f} points ({low:+.1f} to {high:+.1f})"


def _accuracy(evidence: Evidence) -> float:
    right = evidence.probabilities.argmax(axis=1) == evidence.labels
    return float(np.average(right, weights=_weights(evidence)))


def _weights(evidence: Evidence) -> np.ndarray:
    given = evidence.weights
    return np.ones(len(evidence.labels)) if given is None else np.asarray(given, np.float64)
