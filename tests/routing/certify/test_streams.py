"""A stream changes by batches alone: watched from what is in force, written down and replayed."""

import json

import numpy as np
import pytest

from routing import certify
from routing.certify import Target, streams
from routing.certify.edetector import Detector
from routing.certify.streams import Fed, Guard, Stream
from routing.certify.tallies import Batch

SCORES = np.linspace(0.5, 1, 51)


def begun(of="decisions", alpha=0.05):
    """Return a stream of one slice without evidence."""
    return Stream({"*": certify.begin(Target(alpha, of=of), SCORES)}, {})


def batch(size=100, wrong=0):
    """Return a batch that people saw in full, and the classes of its rows."""
    scores = np.resize(SCORES, size)
    losses = np.arange(size) < wrong
    return Batch(scores, np.ones(size), np.ones(size, dtype=bool), losses), ["a"] * size


def fed(stream, thresholds=None, audits=(), **rows):
    """Return the counted batch."""
    return streams.count(stream.states, *batch(**rows), thresholds=thresholds or {}, audits=audits)


def test_a_batch_comes_back_from_json_and_counts_the_same():
    stream = begun()
    one = fed(stream, {"*": 0.9}, [(0.95, 0.0, "a"), (0.97, 1.0, "a")], wrong=3)
    again = Fed.from_json(json.loads(json.dumps(one.to_json())))
    assert streams.absorb(stream, again).to_json() == streams.absorb(stream, one).to_json()


def test_a_batch_without_labels_comes_back_too():
    stream = begun()
    unseen = Batch([0.9], [0.5], [False], [0.0])
    one = streams.count(stream.states, unseen, ["a"], thresholds={}, audits=[])
    again = Fed.from_json(json.loads(json.dumps(one.to_json())))
    assert streams.absorb(stream, again).states["*"].seen[-1] == 1


def test_a_stream_comes_back_from_json():
    stream = streams.absorb(begun(), fed(begun(), {"*": 0.9}, [(0.95, 1.0, "a")]))
    assert Stream.from_json(json.loads(json.dumps(stream.to_json()))).to_json() == stream.to_json()


def test_only_audits_from_the_threshold_in_force_on_are_watched():
    audits = [(0.95, 1.0, "a"), (0.85, 1.0, "a"), (0.99, 0.0, "a")]
    after = streams.absorb(begun(), fed(begun(), {"*": 0.9}, audits))
    assert after.guards["*"].detector.audits == 2
    assert streams.absorb(begun(), fed(begun(), {"*": None}, audits)).guards == {}


def test_of_all_decisions_the_rate_to_watch_is_the_target_over_the_share_automated():
    stream = streams.absorb(begun(), fed(begun(), size=102))
    state = stream.states["*"]
    assert streams.watched(state, float(state.grid[24])) == pytest.approx(0.05 / 0.5, rel=0.05)
    assert streams.watched(state, 0.0) == 0.05
    assert streams.watched(begun("automated").states["*"], 0.9) == 0.05


def test_another_threshold_keeps_what_was_seen_and_changes_the_rate():
    first = streams.absorb(begun(), fed(begun()))
    strict = streams.absorb(first, fed(first, {"*": 0.9}, [(0.95, 1.0, "a")]))
    loose = streams.absorb(strict, fed(strict, {"*": 0.6}))
    before, after = strict.guards["*"].detector, loose.guards["*"].detector
    assert (after.values, after.audits) == (before.values, 1)
    assert after.alpha < before.alpha


def test_an_alarm_names_its_slice_and_stays():
    ringing = Guard(0.9, Detector(0.05, (2000.0,) * 3, 9, alarmed_at=9))
    stream = Stream(begun().states, {"*": ringing})
    assert stream.alarmed == ["*"]
    assert streams.absorb(stream, fed(stream, {"*": 0.6})).guards["*"] == ringing
