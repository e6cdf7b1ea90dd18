"""The coefficients over classes, each as observed and expected disagreement from sums over units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from audit.agreement.intervals import Array, Ends


@dataclass(frozen=True)
class Table:
    """Answers counted, a row for each pattern of units.

    `counts` (patterns, classes) is how many people said each class, `units` how many units are like that,
    `weights` what each of these counts (1 on average), `distance` (classes, classes) in [0, 1] how far two
    classes are apart.
    """

    counts: Array
    units: Array
    weights: Array
    distance: Array


@dataclass(frozen=True)
class Sums:
    """What every coefficient is a function of, each summed over units: (resamples,) or (resamples, classes).

    `units` have two answers or more, `rated` one or more. `pairs` is the mean distance of a unit's pairs of
    answers, `spread` the same times its answers, `answers` and `said` the number of answers of these units
    and of each class, `shares` the share of each class within its unit, over all that are rated.
    """

    units: Array
    rated: Array
    pairs: Array
    spread: Array
    answers: Array
    said: Array
    shares: Array
    distance: Array


def sums(table: Table) -> Callable[[Array], Sums]:
    """Return what sums up the table, given how often each pattern was drawn, (resamples, patterns)."""
    counts, distance = table.counts, table.distance
    answers = counts.sum(axis=1)
    paired, rated = (answers >= 2).astype(float), (answers >= 1).astype(float)
    # Of n answers there are n(n - 1) ordered pairs; a class with itself is never apart.
    of = np.where(paired > 0, answers * (answers - 1), 1)
    apart = np.einsum("ui,ui->u", counts @ distance, counts) / of
    columns = np.column_stack([paired, rated, apart, apart * answers, answers * paired])
    classes = np.hstack([counts * paired[:, None], counts / np.maximum(answers, 1)[:, None]])
    width = counts.shape[1]

    def summed(drawn: Array) -> Sums:
        weighted = drawn * table.weights
        units, rated_, pairs, spread, total = (weighted @ columns).T
        found = weighted @ classes
        return Sums(units, rated_, pairs, spread, total, found[:, :width], found[:, width:], distance)

    return summed


def percent(of: Sums) -> Ends:
    """Return the mean disagreement of pairs of answers to the same unit, each unit alike, and one."""
    return of.pairs / of.units, np.ones_like(of.units)


def fleiss(of: Sums) -> Ends:
    """Return Fleiss' kappa (1971); with a distance, its weighted form.

    Chance is two answers drawn from the shares of the classes. For different numbers of answers each unit
    counts alike, as in Gwet, "Handbook of Inter-Rater Reliability" (4th ed. 2014), chapter 2.
    """
    shares = of.shares / of.rated[:, None]
    return of.pairs / of.units, np.einsum("bi,ij,bj->b", shares, of.distance, shares)


def ac1(of: Sums) -> Ends:
    """Return Gwet's AC1 (2008), or AC2 where a distance is given.

    Chance is that of classes being guessed among those that could be said, so that a class which nearly
    everybody says does not make agreement look like chance, as it does with kappa ("the kappa paradox").
    """
    shares = of.shares / of.rated[:, None]
    classes = shares.shape[1]
    if classes < 2:
        return of.pairs / of.units, np.zeros_like(of.units)
    closeness = (1 - of.distance).sum()
    chance = closeness / (classes * (classes - 1)) * (shares * (1 - shares)).sum(axis=1)
    return of.pairs / of.units, 1 - chance


def alpha(of: Sums) -> Ends:
    """Return Krippendorff's alpha (2004, chapter 11): each answer counts alike, whatever its unit.

    Chance is two answers drawn without putting back from all that were given to units with two or more.
    """
    total = of.answers
    drawn = np.einsum("bi,ij,bj->b", of.said, of.distance, of.said)
    return of.spread / total, drawn / np.maximum(total * (total - 1), 1)


COEFFICIENTS: dict[str, Callable[[Sums], Ends]] = {
    "percent": percent,
    "fleiss": fleiss,
    "ac1": ac1,
    "alpha": alpha,
}
