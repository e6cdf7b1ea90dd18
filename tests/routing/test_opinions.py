"""How unsure one model is, and how far several are apart."""

import math

import numpy as np
import pytest

from routing.kinds import TypeSpec
from routing.opinions import Opinion, confidence_level, disagreement, uncertainty
from routing.uncertainty import mean_kl_to_consensus

SPEC = TypeSpec("classification", ("a", "b", "c"))
MANY = TypeSpec("classification", ("a", "b", "c"), multilabel=True)


def opinion(label="a", confidence=0.9, **fields):
    return Opinion(model="m@1", label=label, confidence=confidence, **fields)


@pytest.mark.parametrize("confidence", [float("nan"), -0.1, 1.1, float("inf"), "0.9", None, True])
def test_a_wild_confidence_is_refused(confidence):
    with pytest.raises(ValueError, match="must be a number from 0 to 1"):
        opinion(confidence=confidence)
    if confidence is not None:
        with pytest.raises(ValueError, match="The score must be"):
            opinion(score=confidence)


@pytest.mark.parametrize("wild", [float("nan"), -0.1, 1.1])
def test_wild_probabilities_are_refused(wild):
    with pytest.raises(ValueError, match="Probabilities must be"):
        opinion(probabilities={"a": 0.5, "b": wild})


def test_the_score_is_judged_where_there_is_one():
    assert (opinion().judged, opinion(score=0.7).judged) == (0.9, 0.7)


@pytest.mark.parametrize(
    ("confidence", "level"), [(0.91, "high"), (0.9, "medium"), (0.7, "medium"), (0.69, "low")]
)
def test_levels_are_words_for_confidence(confidence, level):
    assert confidence_level(confidence) == level


def test_uncertainty_is_the_entropy_of_the_probabilities():
    told = opinion(confidence=0.62, probabilities={"a": 0.62, "b": 0.38, "c": 0.0})
    assert uncertainty(told, SPEC) == pytest.approx(0.664, abs=5e-4)
    assert uncertainty(opinion(confidence=0.62), SPEC) == pytest.approx(0.664, abs=5e-4)
    assert uncertainty(opinion(confidence=1.0), SPEC) == 0.0


def test_of_several_labels_the_most_doubtful_one_counts():
    told = opinion(["a"], probabilities={"a": 0.99, "b": 0.5, "c": 0.1})
    assert uncertainty(told, MANY) == pytest.approx(math.log(2))


def test_disagreement_is_the_mean_divergence_to_the_mean():
    tables = [{"a": 0.7, "b": 0.2, "c": 0.1}, {"a": 0.1, "b": 0.9}, {"a": 0.3, "b": 0.3, "c": 0.4}]
    rows = [[[table.get(name, 0.0) for name in "abc"]] for table in tables]
    committee = [opinion(probabilities=table) for table in tables]
    assert disagreement(committee, {}, SPEC) == pytest.approx(mean_kl_to_consensus(np.array(rows))[0])


def test_without_probabilities_it_is_the_mean_distance_of_labels():
    committee = [opinion("a"), opinion("a"), opinion("b"), opinion("nonsense")]
    assert disagreement(committee, {}, SPEC) == pytest.approx(2 / 3)
    assert disagreement([opinion(["a", "b"]), opinion(["b"])], {}, MANY) == 0.5
    assert disagreement([opinion("a")], {}, SPEC) is None
