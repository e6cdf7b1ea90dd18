"""What exact binomial counts prove: how many audits a proof takes, and a catch rate.

The tests are one-sided and exact (Clopper and Pearson, 1934); scipy.special is imported in them because it
takes a fifth of a second, and few processes count.
"""

from __future__ import annotations

import math
from dataclasses import replace

from routing.certify import Target

CATCH_RISK = 1 / 5
MOST_ERRORS = 1 << 20


def least_audits(alpha: float, delta: float) -> int:
    """Return how many audits without one error prove an error rate of at most alpha; fewer prove nothing."""
    return math.ceil(math.log(delta) / math.log1p(-alpha))


def audits_needed(alpha: float, delta: float, error: float, *, power: float = 0.9) -> int | None:
    """Return how many audits prove `alpha` with that power where the true error rate is `error`.

    Above about a billion audits, or where the error is no less than alpha, None.
    """
    from scipy.special import bdtr

    if error >= alpha:
        return None

    def enough(errors: int) -> bool:
        return bool(bdtr(errors, _audits_for(errors, alpha, delta), error) >= power)

    few, many = -1, 0
    while not enough(many):
        few, many = many, 2 * many + 1
        if many > MOST_ERRORS:
            return None
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if enough(middle) else (middle, many)
    return _audits_for(many, alpha, delta)


def _audits_for(errors: int, alpha: float, delta: float) -> int:
    """Return the fewest audits in which that many errors still prove alpha."""
    from scipy.special import bdtr

    few, many = errors, errors + least_audits(alpha, delta)
    while bdtr(errors, many, alpha) > delta:
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if bdtr(errors, middle, alpha) <= delta else (middle, many)
    return many


def catch_rate_bound(caught: int, seeded: int, risk: float) -> float:
    """Return a lower bound of the share of errors that auditors catch, wrong with a chance of `risk`.

    `caught` of `seeded` items, known to be wrong and shown like any other, were found out. Raises ValueError
    where more were caught than seeded.
    """
    from scipy.special import betaincinv

    if not 0 <= caught <= seeded:
        raise ValueError("Only what was seeded can be caught.")
    return float(betaincinv(caught, seeded - caught + 1, risk)) if caught else 0.0


def corrected(target: Target, caught: int, seeded: int) -> Target | None:
    """Return the target to certify so that `target` holds in truth, though auditors overlook some errors.

    Auditors who catch the share κ measure κ times the error rate, so alpha shrinks to κ's lower bound times
    alpha; a fifth of delta goes into that bound and is taken off. None where none was caught. The bound is
    for one look: correct a target when a state begins, and not with each seeded item.
    """
    bound = catch_rate_bound(caught, seeded, CATCH_RISK * target.delta)
    if not bound:
        return None
    return replace(target, alpha=bound * target.alpha, delta=(1 - CATCH_RISK) * target.delta)
