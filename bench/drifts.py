"""How soon the e-detector notices that a model got worse, and how often it is wrong."""

import numpy as np

from routing.certify.edetector import ALARM, BETS, ESCALATION, step

ALPHA = 0.05
USUAL_RATE = 0.05
RAISED_RATE = 0.3


def measure(streams: int) -> dict:
    """Return audits until a false alarm, and automated items from a jump to the alarm."""
    return {
        "alpha": ALPHA,
        "streams": streams,
        "audits_to_false_alarm": {
            "at_alpha": run_length(ALPHA, streams, most=8_000),
            "at_0.6_alpha": run_length(0.6 * ALPHA, streams, most=8_000),
        },
        "audits_from_jump_to_alarm": {
            str(after): delay(after, streams, rates=(1.0, 1.0)) for after in (0.07, 0.1, 0.15, 0.25)
        },
        "items_from_jump_to_alarm": {
            str(after): {
                "escalating": delay(after, streams, rates=(USUAL_RATE, RAISED_RATE)),
                "not_escalating": delay(after, streams, rates=(USUAL_RATE, USUAL_RATE)),
            }
            for after in (0.08, 0.1, 0.15, 0.25)
        },
    }


def run_length(error: float, streams: int, *, most: int) -> dict:
    """Return the mean number of audits to an alarm at that error rate (a lower bound: cut at `most`)."""
    rng = np.random.default_rng([11, int(error * 1e6)])
    values, length = np.zeros((streams, len(BETS))), np.full(streams, most)
    for audit in range(1, most + 1):
        values = step(values, (rng.random(streams) < error)[:, None], ALPHA)
        rung = (values.mean(axis=1) >= ALARM) & (length == most)
        length[rung] = audit
        # What rang has its answer: it must not grow without end.
        values[rung] = 0.0
    return {
        "mean_at_least": round(float(length.mean())),
        "alarms_per_1000_audits": round(1000 * float((length < most).sum() / length.sum()), 3),
        "alarms_within_1000_audits": round(float((length <= 1_000).mean()), 4),
    }


def delay(after: float, streams: int, *, rates: tuple[float, float], before: float = 0.03) -> dict:
    """Return the median and the 90th percentile of items from the jump to the alarm, audited at those rates.

    The watch begins 4,000 items (or 400 audits, where each is audited) before the jump.
    """
    usual, raised = rates
    rng = np.random.default_rng([13, int(after * 1e6), int(1000 * usual), int(1000 * raised)])
    values, most = np.zeros((streams, len(BETS))), round(16_000 * 0.05 / usual)
    calm, waited = (4_000 if usual < 1 else 400), np.full(streams, most)
    extra = 0
    for item in range(-calm, most):
        level = values.mean(axis=1)
        chosen = np.flatnonzero(rng.random(streams) < np.where(level >= ESCALATION, raised, usual))
        extra += len(chosen) if item < 0 else 0
        wrong = rng.random(len(chosen)) < (before if item < 0 else after)
        values[chosen] = step(values[chosen], wrong[:, None], ALPHA)
        rung = chosen[values[chosen].mean(axis=1) >= ALARM]
        if item >= 0:
            waited[rung] = np.minimum(waited[rung], item + 1)
            if (waited < most).all():
                break
        values[rung] = 0.0
    return {
        "median": float(np.median(waited)),
        "p90": float(np.quantile(waited, 0.9)),
        "audits_per_1000_before": round(1000 * extra / streams / calm, 1),
    }
