"""Certificates for each class or slice by itself, since one for all says nothing about any of them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from routing.certify import State, Target, begin

REST = "*"


def own_slices(expected: Mapping[str, float], target: Target) -> frozenset[str]:
    """Return the slices from which so many audits are expected that they get a certificate of their own.

    That is from 3·ln(1/δ)/α audits on. All others share the slice `REST`.
    """
    least = 3 * -math.log(target.delta) / target.alpha
    return frozenset(name for name, audits in expected.items() if audits >= least)


def begin_slices(
    target: Target,
    scores: ArrayLike,
    names: Sequence[str],
    own: Collection[str],
    *,
    simultaneous: bool = False,
) -> dict[str, State]:
    """Return a state for each own slice and for the rest, each with thresholds from its own scores.

    A slice without a finite score gets none. Each holds with confidence 1 - δ; where they shall hold
    `simultaneous`ly, each gets an equal part of δ.
    """
    known, found = np.asarray(scores, dtype=np.float64), _slices(names, own)
    slices = sorted(set(found[np.isfinite(known)].tolist()))
    each = replace(target, delta=target.delta / len(slices)) if simultaneous and slices else target
    return {name: begin(each, known[found == name]) for name in slices}


def _slices(names: Sequence[str], own: Collection[str]) -> NDArray[np.str_]:
    return np.array([name if name in own else REST for name in names], dtype=np.str_)
