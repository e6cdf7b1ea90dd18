"""Votes on one item are weighed by how often people are right."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from labeling.consensus.annotators import Confusions, OneCoin
from labeling.consensus.redundancy import Next
from labeling.consensus.weighing import weigh


@dataclass(frozen=True)
class People:
    skills: Any
    index: dict[int, int]
    classes: tuple[str, ...] = ("no", "yes")
    rates: Any = (0.5, 0.5)


ANNA, BEN, STRANGER = 7, 8, 99
SKILLED = People(OneCoin(np.array([0.98, 0.7]), 0.8, 2), {ANNA: 0, BEN: 1}, rates=np.array([0.5, 0.5]))


def asked(*votes, people=SKILLED, sure_at=0.95, most=3):
    return weigh(votes, people, sure_at=sure_at, most=most)


def test_who_is_nearly_always_right_settles_it_alone():
    found = asked((ANNA, "yes"))
    assert (found.next, found.label, found.votes, found.sure) == (Next.ENOUGH, "yes", 1, pytest.approx(0.98))


def test_another_is_asked_while_it_is_open_and_an_expert_at_the_end():
    votes = [(BEN, "yes"), (STRANGER, "no"), (STRANGER, "no")]
    assert [asked(*votes[:count]).next for count in (1, 2, 3)] == [Next.ANOTHER, Next.ANOTHER, Next.EXPERT]


def test_a_stranger_counts_as_everybody_together():
    assert asked((STRANGER, "no")).posterior.tolist() == pytest.approx([0.8, 0.2])


def test_frequent_classes_need_less():
    often = People(SKILLED.skills, SKILLED.index, rates=np.array([0.1, 0.9]))
    assert asked((STRANGER, "yes"), people=often).sure == pytest.approx(0.72 / 0.74)


def test_an_answer_outside_of_the_classes_can_not_be_weighed():
    assert [asked((ANNA, label)) for label in ("maybe", None, ["yes"])] == [None, None, None]


def test_what_nobody_said_is_not_decided():
    rates = np.array([[[0.02, 0.98], [0.02, 0.98]], [[0.01, 0.99], [0.99, 0.01]]])
    muddled = People(Confusions(rates, rates[0]), {ANNA: 0, BEN: 1}, rates=np.array([0.5, 0.5]))
    found = asked((BEN, "yes"), people=muddled)
    assert (found.label, found.next, found.sure > 0.95) == ("no", Next.ANOTHER, True)


def test_the_trail_keeps_the_few_most_probable_classes():
    many = tuple(f"c{i}" for i in range(9))
    people = People(OneCoin(np.array([0.9]), 0.9, 9), {ANNA: 0}, many, np.full(9, 1 / 9))
    data = asked((ANNA, "c3"), people=people).data
    assert (data["label"], data["votes"], len(data["posterior"])) == ("c3", 1, 5)
    assert next(iter(data["posterior"].items())) == ("c3", 0.9)
