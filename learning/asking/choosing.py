"""What to label next: the picks of a plan's strategy and goal, and a random share beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from django.db.models import QuerySet

from learning import plans, sampling
from learning.asking import goals, grounds, pool, scorers, sent, stretches, table
from learning.asking.goals import Part
from learning.asking.grounds import Grounds
from learning.asking.scorers import Scorer
from learning.asking.stretches import Shortlist
from learning.asking.table import Table
from learning.models import LearningPlan, ModelVersion, SamplingRun
from learning.proving import standing
from learning.sampling.adaptive import WIDEST
from routing.models import Item, Priority, Status

LARGEST = 20_000  # items that a strategy picks from; of a larger pool those that it could pick, see `ranking`
FALLBACK = "adaptive"  # needs nothing but payloads: without a model it picks what is typical
NO_WEAK = "fairness is left out: no slice or class was measured yet, or nothing of the worst one waits"


@dataclass(frozen=True)
class Pick:
    """One item to ask people about: by which arm, how useful (0 to 1), why, drawn with which chance."""

    item: Item
    arm: str
    utility: float
    reason: str
    inclusion: float = 1.0
    score: float | None = None
    predicted: str | None = None
    confidence: float | None = None
    uncertainty: float | None = None

    @property
    def priority(self) -> Priority:
        """A client waits for a pending item; nobody waits for one of the pool."""
        return Priority.NORMAL if self.item.status == Status.PENDING_AI else Priority.LOW


@dataclass(frozen=True)
class Chosen:
    """What a run picked, by which strategy, from how many; `note` says why not by the plan's."""

    picks: list[Pick]
    strategy: str
    total: int
    note: str = ""


@dataclass(frozen=True)
class Search:
    """What a pick is made from and by what; `known` is None where it goes by what clients send."""

    plan: LearningPlan
    champion: ModelVersion | None
    size: int
    waiting: QuerySet[Item]
    parts: tuple[Part, ...]
    known: Grounds | None

    @property
    def most(self) -> int:
        """Return how many items a strategy picks from at most."""
        return max(LARGEST, int(WIDEST) * self.size)

    def scorer(self) -> Scorer:
        """Return what a pool is ranked by that is too large to be read at once."""
        if self.known is None:
            return scorers.by_sent(self.plan.item_type, self.plan.strategy, self.most)
        return scorers.by_model(self.known, self.champion, self.parts, self.waiting, self.most)

    def read(self, short: Shortlist | None) -> Table | None:
        """Return what waits, or the shortlist of it, as arrays; None where nothing does."""
        if self.known is None:
            return table.by_sent(self.plan, self.waiting, short)
        return table.by_model(self.known, self.waiting, short)


class Row(NamedTuple):
    """One row of the table that was picked: by which arm, why, with which chance, the strategy's score."""

    place: int
    arm: str
    why: str
    inclusion: float
    score: float | None = None


def search(
    plan: LearningPlan, champion: ModelVersion | None, *, size: int, newest: int | None = None
) -> Search:
    """Return what up to `size` picks are made from: all that waits, or what of the `newest` arrivals does.

    Raises sent.Unsuited and Unlearnable where the plan's strategy or any learning is not for this kind.
    """
    waiting = pool.learnable(plan.item_type, newest)
    if plan.strategy in sent.SOURCES:
        sent.check(plan.item_type, plan.strategy)
        return Search(plan, champion, size, waiting, (Part(plan.strategy, 1.0),), None)
    parts = goals.parts(plan.goal, plan.strategy)
    known = grounds.of(plan, champion, {part.strategy for part in parts})
    return Search(plan, champion, size, waiting, parts, known)


def choose(run: SamplingRun, given: Search) -> Chosen:
    """Return up to `given.size` picks, `plan.random_share` of them drawn at random from all that waits.

    While choosing has lost against chance nearly all are drawn, and the note says so.
    Where what the plan's strategy goes by is still to come, such as a model or labels, FALLBACK picks and the
    note says why. Raises sent.Unsuited where it goes by what clients send and they didn't.
    """
    plan, total = given.plan, given.waiting.count()
    large = total > given.most
    short = stretches.narrow(run, given.waiting, given.scorer()) if large else None
    read = given.read(short)
    if read is None:
        return Chosen([], plan.strategy, total)
    rng = np.random.default_rng(run.pk)
    size = min(given.size, len(read.ids))
    share, fallen = standing.random_share(plan)
    # The part of one that is left over is drawn for as well: a tenth of each pick of three is seldom one.
    by_chance, among = _drawn(read, short, int(size * share + rng.random()), rng)
    left = np.ones(len(read.ids), bool)
    left[by_chance] = False
    rows, strategy, note = _pick(read, left, given.parts, size - len(by_chance), rng, _options(given, total))
    chance = size * share / among
    rows += [Row(int(row), "random", "drawn at random", chance) for row in by_chance]
    if fallen:
        strategy, note = standing.RANDOM, "; ".join(filter(None, [fallen, note]))
    return Chosen(_picks(read, rows), strategy, total, note)


def _drawn(
    read: Table, short: Shortlist | None, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """Return rows drawn uniformly from all that waits, and from how many that could be read."""
    if short is None:
        return rng.choice(len(read.ids), count, replace=False), len(read.ids)
    place = {one: row for row, one in enumerate(read.ids)}
    drawn = [place[one] for one in short.drawn if one in place]
    return np.array(drawn[:count], np.intp), short.count


def _options(given: Search, total: int) -> sampling.Options:
    """Return what the plan tells its strategy; without a budget, all that waits is what may be spent."""
    plan = given.plan
    if plan.label_budget:
        spent = min(1.0, plans.bought(plan.item_type) / plan.label_budget)
    else:
        labelled = len(given.known.data) if given.known else 0
        spent = labelled / (labelled + total)
    return sampling.Options(spent, plan.uncertainty_weight, 1 - plan.uncertainty_weight)


def _pick(
    read: Table,
    left: np.ndarray,
    parts: Sequence[Part],
    k: int,
    rng: np.random.Generator,
    options: sampling.Options,
) -> tuple[list[Row], str, str]:
    """Return the rows that the parts pick of those `left`, the strategy that picked last, and a note.

    What one part can't pick the next ones do; the last one is the plan's own strategy.
    """
    rows: list[Row] = []
    notes: list[str] = []
    for part, size in zip(parts, goals.sizes(parts, k), strict=True):
        last = part is parts[-1]
        among = np.flatnonzero(left & read.weak if part.weak else left)
        if part.weak and not len(among):
            notes.append(NO_WEAK)
        given = (read.arrays.rows(among), k - len(rows) if last else min(size, len(among)))
        strategy = part.strategy
        try:
            picked = sampling.pick(strategy, *given, rng=rng, options=options)
        except sampling.Lacking as lacking:
            if not last:
                notes.append(f"{strategy} is left out: {lacking}")
                continue
            strategy = FALLBACK
            notes.append(f"{FALLBACK} in place of {part.strategy}: {lacking}")
            picked = sampling.pick(strategy, *given, rng=rng, options=options)
        best = zip(among[picked.indices], picked.reasons, picked.scores, strict=True)
        rows += [Row(int(row), "strategy", why, 1.0, float(score)) for row, why, score in best]
        left[among[picked.indices]] = False
    return rows, strategy, "; ".join(notes)


def _picks(read: Table, rows: Sequence[Row]) -> list[Pick]:
    """Return the rows as picks, both arms mixed evenly by utility: neither is answered first."""
    items = Item.objects.in_bulk([read.ids[row.place] for row in rows])
    counts = Counter(row.arm for row in rows)
    seen = dict.fromkeys(counts, 0)
    picks = []
    for place, arm, why, inclusion, score in rows:
        utility = 1 - seen[arm] / counts[arm]
        said = read.said(place)
        picks.append(Pick(items[read.ids[place]], arm, utility, why, inclusion, score, **said))
        seen[arm] += 1
    return picks
