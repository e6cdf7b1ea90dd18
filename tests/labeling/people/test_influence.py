"""How far a suggestion moves answers: against published figures, by hand, and whatever the looks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.people.influence import Look, Share, by_band, by_person, difference, influence

LOOKS = st.lists(
    st.builds(
        Look,
        person=st.integers(1, 4),
        score=st.one_of(st.none(), st.floats(0, 1)),
        blind=st.booleans(),
        agreed=st.booleans(),
        wrong=st.one_of(st.none(), st.booleans()),
        fast=st.one_of(st.none(), st.booleans()),
        drawn=st.booleans(),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        # Newcombe 1998, table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_the_interval_of_a_difference_is_newcombes(one, other, low, high):
    found = difference(Share(*one), Share(*other))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_what_is_shown_and_what_is_not_are_counted_apart():
    looks = [Look(1, 0.9, False, agreed=True)] * 30 + [Look(1, 0.9, True, agreed=False)] * 20
    found = influence(looks)
    assert (found.shown, found.blind, found.pull.value) == (Share(30, 30), Share(0, 20), 1.0)
    assert found.pull.low > 0


def test_only_looks_that_chance_made_blind_are_compared_but_all_wrong_answers_count():
    asked = Look(1, 0.9, False, agreed=True, wrong=True, drawn=False)
    found = influence([asked, Look(1, 0.9, True, agreed=False, wrong=True)])
    assert (found.shown, found.blind) == (Share(0, 0), Share(0, 1))
    assert (found.stamped, found.blundered) == (Share(1, 1), Share(0, 1))


def test_who_was_not_timed_is_neither_fast_nor_slow():
    looks = [Look(1, 0.9, False, True, fast=fast) for fast in (True, False, None)]
    assert influence(looks).fast == Share(1, 2)


@pytest.mark.parametrize(("shown", "blind"), [(19, 20), (20, 19), (0, 0)])
def test_too_few_looks_compare_nothing(shown, blind):
    looks = [Look(1, 0.9, False, True)] * shown + [Look(1, 0.9, True, True)] * blind
    assert influence(looks).pull is None


def test_a_border_belongs_to_the_upper_band():
    looks = [Look(1, score, False, True) for score in (0.0, 0.499, 0.5, 0.95, 1.0, None)]
    found = {(low, high): one.shown.of for low, high, one in by_band(looks)}
    assert found == {(0.0, 0.5): 2, (0.5, 0.7): 1, (0.95, 1.0): 2}


@given(LOOKS)
def test_parts_add_up_to_the_whole(looks):
    whole = influence(looks)
    people, bands = by_person(looks).values(), [one for *_, one in by_band(looks)]
    assert sum(one.shown.of + one.blind.of for one in people) == sum(one.drawn for one in looks)
    assert sum(one.stamped.part for one in people) == whole.stamped.part
    scored = sum(one.score is not None and one.fast is not None for one in looks)
    assert sum(one.fast.of for one in bands) == scored


@given(st.integers(1, 500), st.integers(1, 500), st.data())
def test_an_interval_holds_its_difference_and_turns_with_it(n, m, data):
    one = Share(data.draw(st.integers(0, n)), n)
    other = Share(data.draw(st.integers(0, m)), m)
    found, turned = difference(one, other), difference(other, one)
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))
