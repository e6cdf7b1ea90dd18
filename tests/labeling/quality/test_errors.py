"""Confident learning: which labels a model's earlier answers make improbable."""

import pytest

from labeling.quality.errors import Averages, averages, both, label_error

KNOWN = Averages({"spam": 0.7, "ham": 0.95}, overall=0.9)


def test_averages_need_a_hundred_labels():
    assert averages([("spam", 0.7, 40), ("ham", 0.9, 59)]) is None
    assert averages([("spam", 0.7, 40), ("ham", 0.9, 60)]) == Averages({"spam": 0.7, "ham": 0.9}, 0.82)


def test_a_class_with_few_labels_takes_the_average_of_all():
    known = averages([("spam", 0.1, 4), ("ham", 0.9, 196)])
    assert known.by_class == {"ham": 0.9}
    assert known.of("spam") == pytest.approx((0.4 + 0.9 * 196) / 200)


def test_a_label_is_doubtful_where_the_model_is_sure_of_another():
    doubt = label_error("ham", {"spam": 0.8, "ham": 0.2}, KNOWN)
    assert (doubt.check, doubt.score) == ("label_error", pytest.approx(0.8))
    assert doubt.detail == "“spam” is 80 % probable, this label 20 %"


@pytest.mark.parametrize(
    ("label", "spam"),
    [
        ("ham", 0.6),  # likelier than ham, and yet less than items called spam get on average
        ("spam", 0.8),
        ("spam", 0.1),  # ham has 0.9, its own items get 0.95
        ("other", 0.8),
    ],
)
def test_a_label_is_not_doubtful_where_the_model_is_sure_of_none_or_of_it(label, spam):
    assert label_error(label, {"spam": spam, "ham": 1 - spam}, KNOWN) is None


def test_other_peoples_answers_outweigh_a_model():
    model = {"spam": 0.8, "ham": 0.2}
    assert both(model, None) == model
    joint = both(model, {"spam": 0.02, "ham": 0.98})
    assert joint["ham"] == pytest.approx(0.2 * 0.98 / (0.2 * 0.98 + 0.8 * 0.02))
    assert label_error("ham", joint, KNOWN) is None


def test_a_class_that_people_never_named_stays_possible():
    assert both({"spam": 0.5, "ham": 0.5}, {"ham": 1.0})["spam"] > 0
