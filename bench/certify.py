"""Whether certified thresholds hold their target, and how much they automate, over thousands of streams.

Simulated models of known truth, and real scores with real truth where ../shared/data has them. Seeds are
fixed, so that the figures repeat. Usage: python bench/certify.py [--quick]
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import classes, drifts, real, streams
from bench.world import say
from routing.certify import Target, binomial

ALPHAS = (0.02, 0.05, 0.1)
OF = ("decisions", "automated")
LOOKS = (500, 1_000, 5_000, 20_000)


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer streams")
    options = parser.parse_args()
    print(json.dumps(measure(quick=options.quick)))


def measure(*, quick: bool) -> dict:
    """Return the figures of each part, and a summary over all simulated streams."""
    each, worst = (150, 1_000) if quick else (1_000, 4_000)
    say("certified thresholds on simulated streams")
    simulated = guarantee(each, worst)
    say("classes")
    by_class = classes.measure(classes.simulated, 10 if quick else 100, earlier=4_000)
    say("auditors who overlook errors")
    overlooked = catch_rate(300 if quick else 1_000)
    say("drift")
    drifted = drifts.measure(300 if quick else 1_500)
    say("real scores")
    return {
        "unit": "shares from 0 to 1; oracle: the best threshold with the truth known",
        "summary": summary(simulated),
        "simulated": simulated,
        "classes": by_class,
        "catch_rate": overlooked,
        "drift": drifted,
        "real": real.measure(30 if quick else 200),
        "audits_needed": {
            str(alpha): [binomial.audits_needed(alpha, 0.05, part * alpha) for part in (0, 0.25, 0.5, 0.75)]
            for alpha in (0.01, *ALPHAS)
        },
    }


def guarantee(each: int, worst: int) -> list[dict]:
    """Return one row for each target and model: ever broken, automated after so many items, the oracle."""
    rows = []
    for target in (Target(alpha, of=of) for of in OF for alpha in ALPHAS):
        for kind in (*streams.MODELS, "flat"):
            pool = streams.flat(target, 1) if kind == "flat" else streams.model(kind, 1)
            state, cells = streams.prepare(pool, target, seed=2)
            count = worst if kind == "flat" else each
            row = streams.simulate(state, cells, streams=count, items=20_000, seed=3, looks=LOOKS)
            fixed = {str(limit): real.fixed(pool.scores, pool.errors, limit, target) for limit in (0.8, 0.95)}
            rows.append(
                {
                    "of": target.of,
                    "alpha": target.alpha,
                    "model": kind,
                    "streams": count,
                    **rounded(row),
                    "fixed": fixed,
                }
            )
            say(f"  {target.of} {target.alpha} {kind}: ever broken {row['ever_broken']:.3f}")
    return rows


def summary(rows: list[dict]) -> dict:
    """Return the worst share of streams broken, the least share that abstains rightly, and goal G3."""
    flat = [row for row in rows if row["model"] == "flat"]
    normal = [row for row in rows if row["model"] != "flat"]
    default = [row for row in normal if (row["of"], row["alpha"]) == ("decisions", 0.05)]
    return {
        "streams": sum(row["streams"] for row in rows),
        "delta": 0.05,
        "worst_ever_broken": max(row["ever_broken"] for row in rows),
        "least_abstained_where_nothing_is_safe": min(row["abstained"] for row in flat),
        "mean_abstained_where_nothing_is_safe": float(np.mean([row["abstained"] for row in flat]).round(4)),
        "of_the_oracle": {
            f"{of} {alpha}": {
                look: round(
                    median(
                        row["automated"][look] / row["oracle"]
                        for row in normal
                        if (row["of"], row["alpha"]) == (of, alpha)
                    ),
                    3,
                )
                for look in LOOKS
            }
            for of in OF
            for alpha in ALPHAS
        },
        "least_of_the_oracle_decisions_0.05": {
            look: round(min(row["automated"][look] / row["oracle"] for row in default), 3) for look in LOOKS
        },
    }


def rounded(row: dict) -> dict:
    """Return the row with four decimals, labels whole."""
    return {
        **{name: round(row[name], 4) for name in ("ever_broken", "abstained", "oracle")},
        "automated": {look: round(share, 4) for look, share in row["automated"].items()},
        "labels": round(row["labels"]),
    }


def catch_rate(count: int, *, kappa: float = 0.7, seeded: int = 150) -> dict:
    """Return how often 5 % is broken with auditors who catch that share, as measured and corrected for."""
    truth, result = Target(0.05), {"caught": kappa, "seeded": seeded, "streams": count}
    for kind in streams.MODELS:
        state, cells = streams.prepare(streams.model(kind, 1), truth, seed=2)
        plain = streams.simulate(state, cells, streams=count, items=20_000, seed=4, caught=kappa)
        found = np.random.default_rng(6).binomial(seeded, kappa, count)
        parts = []
        for caught, times in zip(*np.unique(found, return_counts=True), strict=True):
            lower = binomial.corrected(truth, int(caught), seeded)
            given = replace(state, target=lower)
            run = streams.simulate(
                given,
                cells,
                streams=int(times),
                items=20_000,
                seed=[7, int(caught)],
                caught=kappa,
                truth=truth,
            )
            parts.append((times / count, run["ever_broken"], run["automated"][20_000]))
        weight, broken, automated = np.array(parts).T
        result[kind] = {
            "uncorrected_ever_broken": round(plain["ever_broken"], 4),
            "corrected_ever_broken": round(float(weight @ broken), 4),
            "corrected_automated": round(float(weight @ automated), 4),
            "oracle": round(plain["oracle"], 4),
        }
    return result


if __name__ == "__main__":
    main()
