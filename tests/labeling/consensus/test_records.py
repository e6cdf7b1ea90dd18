"""What answers to the same items tell of each person, worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.consensus.records import Record, Said, against_experts, counted

CLASSES = ("a", "b")


def equal(one, other):
    return one == other


def test_who_said_what_the_expert_said_agreed():
    said = [Said(1, 7, "a"), Said(1, 8, "b"), Said(1, 9, "a", expert=True), Said(2, 7, "a")]
    assert against_experts(said, equal) == {7: Record(1, 1), 8: Record(1, 0)}


def test_an_expert_is_compared_with_nobody_least_of_all_with_themselves():
    said = [Said(1, 9, "a", expert=True), Said(1, 9, "b"), Said(1, 8, "b", expert=True)]
    assert against_experts(said, equal) == {}


def test_the_first_expert_counts():
    said = [Said(1, 9, "a", expert=True), Said(1, 8, "b", expert=True), Said(1, 7, "b")]
    assert against_experts(said, equal) == {7: Record(1, 0)}


def test_votes_are_counted_where_two_people_answered_or_the_truth_is_known():
    said = [
        *(Said("two", 7, "a"), Said("two", 8, "b")),
        Said("alone", 7, "a"),
        Said("known", 8, "b", known=True, final="a"),
        *(Said("expert", 7, "a"), Said("expert", 9, "b", expert=True, final="b")),
    ]
    found = counted(said, CLASSES)
    assert found.people == (7, 8)
    assert found.votes.item.tolist() == [0, 0, 1, 2]
    assert found.votes.annotator.tolist() == [0, 1, 1, 0]
    assert found.votes.label.tolist() == [0, 1, 1, 0]
    assert found.gold.tolist() == [-1, 0, 1]


@pytest.mark.parametrize("label", [None, "c", ["a"], {"box": 1}, 3.0])
def test_what_is_no_class_is_no_vote(label):
    found = counted([Said(1, 7, label), Said(1, 8, "a"), Said(2, 7, label, known=True, final=label)], CLASSES)
    assert (len(found.votes), found.votes.items) == (0, 0)


ANSWERS = st.lists(
    st.builds(
        Said,
        item=st.integers(0, 5),
        person=st.integers(0, 4),
        label=st.sampled_from(["a", "b", "c"]),
        expert=st.booleans(),
        known=st.booleans(),
        final=st.sampled_from(["a", "b", None]),
    ),
    max_size=30,
)


@given(ANSWERS)
def test_every_vote_is_somebodys_answer_and_every_item_tells_something(said):
    found = counted(said, CLASSES)
    cast = [(one.person, one.label) for one in said if not one.expert]
    for index in range(len(found.votes)):
        person, label = found.people[found.votes.annotator[index]], CLASSES[found.votes.label[index]]
        assert (person, label) in cast
    voters = [set(found.votes.annotator[found.votes.item == item]) for item in range(found.votes.items)]
    assert all(len(who) > 1 or gold != -1 for who, gold in zip(voters, found.gold, strict=True))
