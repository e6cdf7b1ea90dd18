"""One model's stream of decisions: its certificates, and the watch over what they let through.

The state changes by batches alone, and each batch can be written down, so that a trail replays it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from routing import certify
from routing.certify import State, edetector
from routing.certify.edetector import Detector
from routing.certify.slices import REST
from routing.certify.tallies import Array, Batch, Tally, tally

Audit = tuple[float, float, str]  # score, loss, slice
MOST_ALPHA = 0.99  # where so few are automated that no error rate among them could break the target


@dataclass(frozen=True)
class Guard:
    """The watch over one slice: the threshold that was in force when it was last fed, and what came of it."""

    threshold: float
    detector: Detector

    def to_json(self) -> dict[str, Any]:
        """Return the guard as JSON-able values, from which `from_json` makes an equal one."""
        return {"threshold": self.threshold, **self.detector.to_json()}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Guard:
        """Return the guard that `to_json` wrote."""
        known = dict(given)
        return cls(float(known.pop("threshold")), Detector.from_json(known))


def guards(given: Mapping[str, Any]) -> dict[str, Guard]:
    """Return the guards of a stream, by slice, as `Stream.to_json` wrote them."""
    return {name: Guard.from_json(guard) for name, guard in given.items()}


@dataclass(frozen=True, eq=False)
class Stream:
    """What has been proven of one model, slice by slice, and how the watch over it stands."""

    states: Mapping[str, State]
    guards: Mapping[str, Guard]

    @property
    def alarmed(self) -> list[str]:
        """The slices whose answers are contradicted by fresh audits."""
        return [name for name, guard in self.guards.items() if guard.detector.phase == "alarm"]

    def to_json(self) -> dict[str, Any]:
        """Return the stream as JSON-able values, from which `from_json` makes the same, bit for bit."""
        return {
            "states": {name: state.to_json() for name, state in self.states.items()},
            "detectors": {name: guard.to_json() for name, guard in self.guards.items()},
        }

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Stream:
        """Return the stream that `to_json` wrote."""
        return cls(
            {name: State.from_json(state) for name, state in given["states"].items()},
            guards(given["detectors"]),
        )


@dataclass(frozen=True, eq=False)
class Fed:
    """A batch of decisions made under one policy, counted slice by slice.

    `thresholds` are those in force by slice, without those that automate nothing. `audits` are the answered
    or missed checks of automated items, in the order in which their items arrived.
    """

    tallies: Mapping[str, Tally]
    thresholds: Mapping[str, float]
    audits: Sequence[Audit]

    def to_json(self) -> dict[str, Any]:
        """Return the batch as JSON-able values, from which `from_json` makes the same."""
        return {
            "tallies": {name: _plain(one) for name, one in self.tallies.items()},
            "thresholds": dict(self.thresholds),
            "audits": [list(audit) for audit in self.audits],
        }

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Fed:
        """Return the batch that `to_json` wrote."""
        return cls(
            {name: _tally(one) for name, one in given["tallies"].items()},
            given["thresholds"],
            [(score, loss, name) for score, loss, name in given["audits"]],
        )


def count(
    states: Mapping[str, State],
    batch: Batch,
    names: Sequence[str],
    *,
    thresholds: Mapping[str, float | None],
    audits: Iterable[Audit],
) -> Fed:
    """Return a batch, counted; `names` are the slices of its rows, those without a state are of the rest."""
    found = np.array([slice_of(name, states) for name in names], dtype=np.str_)
    tallies = {}
    for name, state in states.items():
        mine = found == name
        if mine.any():
            tallies[name] = tally(batch.part(mine), state.grid)
    return Fed(
        tallies,
        {name: limit for name in states if (limit := threshold_of(name, thresholds)) is not None},
        [(score, loss, slice_of(name, states)) for score, loss, name in audits],
    )


def slice_of(name: str, slices: Iterable[str]) -> str:
    """Return the slice that counts a class: its own, or the rest."""
    return name if name in slices else REST


def threshold_of(name: str, thresholds: Mapping[str, float | None]) -> float | None:
    """Return the threshold in force for a slice; None where it automates nothing."""
    return thresholds[name] if name in thresholds else thresholds.get(REST)


def absorb(stream: Stream, fed: Fed) -> Stream:
    """Return the stream after a batch; equal batches in equal order give equal bits."""
    watching = dict(stream.guards)
    for name, limit in fed.thresholds.items():
        guard = _standing(watching.get(name), stream.states[name], limit)
        losses = [loss for score, loss, of in fed.audits if of == name and score >= limit]
        watching[name] = replace(guard, detector=edetector.watch(guard.detector, losses))
    states = {
        name: certify.absorb(state, fed.tallies[name]) if name in fed.tallies else state
        for name, state in stream.states.items()
    }
    return Stream(states, watching)


def _standing(guard: Guard | None, state: State, limit: float) -> Guard:
    """The guard of a threshold: what it has seen is kept, the rate that is in order is that threshold's."""
    if guard is None:
        return Guard(limit, Detector(watched(state, limit)))
    if guard.threshold == limit or guard.detector.phase == "alarm":
        return guard
    return Guard(limit, replace(guard.detector, alpha=watched(state, limit)))


def watched(state: State, limit: float) -> float:
    """Return the error rate among the items automated from `limit` on that is still in order."""
    if state.target.of == "automated" or not state.decisions[0]:
        return state.target.alpha
    # The nearest threshold that is no stricter: more are automated there, so that less may be wrong.
    at = min(int((state.grid > limit).sum()), len(state.grid) - 1)
    share = float(state.seen[at] / state.decisions[0])
    return min(state.target.alpha / share, MOST_ALPHA) if share else MOST_ALPHA


def replayed(state: State, limit: float, losses: Iterable[float]) -> Detector:
    """Return the watch over a threshold, had it been in force while these audits were closed."""
    return edetector.watch(Detector(watched(state, limit)), losses)


def _plain(one: Tally) -> dict[str, Any]:
    known = vars(one) | {"least": float(one.least)}
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in known.items()}


def _tally(given: Mapping[str, Any]) -> Tally:
    def whole(name: str) -> Any:
        return np.asarray(given[name], dtype=np.int64)

    losses: Array = np.asarray(given["losses"], dtype=np.float64)
    seen = whole("seen")
    return Tally(
        losses=losses,
        probabilities=np.asarray(given["probabilities"], dtype=np.float64),
        counts=whole("counts").reshape(len(losses), len(seen)),
        seen=seen,
        decisions=whole("decisions"),
        labels=whole("labels"),
        least=given["least"],
    )
