"""How unsure one model is, and how far several are apart."""

import math

import pytest

from routing.kinds import TypeSpec
from routing.opinions import Opinion, confidence_level, disagreement, uncertainty

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


def probabilities(*tables, label="a"):
    return [opinion(label, probabilities=table) for table in tables]


def test_the_divergence_is_the_mean_one_to_the_mean():
    apart = disagreement(probabilities({"a": 1.0}, {"a": 0.5, "b": 0.5}), {}, SPEC)
    mean = {"a": 0.75, "b": 0.25}
    expected = (math.log(1 / mean["a"]) + 0.5 * math.log(0.5 / mean["a"]) + 0.5 * math.log(2)) / 2
    assert (apart.mean_kl, apart.distance, apart.value) == (pytest.approx(expected), 0.0, apart.mean_kl)


def test_of_several_labels_the_one_most_in_dispute_counts():
    apart = disagreement(probabilities({"a": 1.0, "b": 0.9}, {"a": 0.0, "b": 0.9}, label=["a"]), {}, MANY)
    assert apart.mean_kl == pytest.approx(math.log(2))


def test_a_mixed_committee_is_measured_by_those_that_give_probabilities_and_all_vote():
    sure, torn = {"a": 1.0}, {"a": 0.5, "b": 0.5}
    both = probabilities(sure, torn)
    mixed = disagreement([*both, opinion("b"), opinion("a")], {}, SPEC)
    assert mixed.mean_kl == disagreement(both, {}, SPEC).mean_kl
    assert (mixed.distance, mixed.agreeing, len(mixed.members)) == (pytest.approx(1 / 3), 3, 4)
    assert disagreement([both[0], opinion("a")], {}, SPEC).mean_kl is None


def test_the_larger_measure_counts():
    near = disagreement(
        [*probabilities({"a": 0.51, "b": 0.49}), *probabilities({"a": 0.49, "b": 0.51}, label="b")], {}, SPEC
    )
    assert near.mean_kl < 0.001
    assert near.value == 1.0


def test_without_probabilities_it_is_the_mean_distance_of_labels():
    committee = [opinion("a"), opinion("a"), opinion("b"), opinion("nonsense")]
    assert disagreement(committee, {}, SPEC).value == pytest.approx(2 / 3)
    assert disagreement([opinion(["a", "b"]), opinion(["b"])], {}, MANY).value == 0.5
    assert disagreement([opinion("a")], {}, SPEC) is None


def test_a_judged_answer_that_can_not_be_read_is_far_from_all():
    assert disagreement([opinion("nonsense"), opinion("a"), opinion("nonsense")], {}, SPEC).value == 1.0


def test_texts_that_say_other_numbers_are_as_far_apart_as_can_be():
    spec = TypeSpec("generation", tolerance=0.2)
    said = ["The fee is 12 euros a month.", "the fee is 12 euros  a month.", "The fee is 21 euros a month."]
    apart = disagreement([opinion(text) for text in said], {}, spec)
    assert [(one.distance, one.agrees, one.conflict) for one in apart.members] == [
        (0.0, True, None),
        (0.0, True, None),
        (1.0, False, "the numbers differ"),
    ]


def test_boxes_are_apart_by_what_they_do_not_share():
    spec = TypeSpec("detection", ("cat",))
    boxes = [[{"label": "cat", "box": [0, 0, 10, 10]}], [{"label": "cat", "box": [0, 0, 10, 5]}]]
    payload = {"width": 100, "height": 100}
    assert disagreement([opinion(label) for label in boxes], payload, spec).value == pytest.approx(0.5)
