"""Several people's answers decide a waiting item, ask one more person, or bring in an expert."""

import numpy as np
import pytest

from audit.models import AuditEvent
from labeling.consensus.annotators import OneCoin
from labeling.people import skills
from labeling.people.skills import Known
from routing.models import Assignment
from tests import factories
from tests.labeling.opinions import answer, reviewers, seats
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return reviewers("anna", "ben", "carl", "dora")


@pytest.fixture
def known(monkeypatch, people):
    """Everybody is right in three of four cases, Anna in 98 of 100."""
    right = np.array([0.98, 0.75, 0.75, 0.75])
    index = {person.pk: at for at, person in enumerate(people)}
    found = Known(OneCoin(right, 0.75, 2), index, ("negative", "positive"), np.array([0.5, 0.5]))
    monkeypatch.setattr(skills, "load", lambda item_type: found)


def sure(**fields):
    return factories.item_type(ask_until_sure=True, **fields)


def verbs(item):
    return list(
        AuditEvent.objects.filter(subject_id=str(item.pk)).order_by("id").values_list("verb", flat=True)
    )


def test_one_who_is_nearly_always_right_decides_alone(people, known):
    sure()
    factories.submit(0.85)
    item = answer(people[0], "negative")
    assert (item.status, item.label) == ("approved", "negative")
    assert item.signals["consensus"] == {
        "method": "posterior",
        "label": "negative",
        "votes": 1,
        "posterior": {"negative": 0.98, "positive": 0.02},
    }


def test_another_is_asked_while_it_is_not_settled(people, known):
    sure()
    item = factories.submit(0.85)
    assert answer(people[1], "negative").status == "pending_human"
    assert seats(item) == [("review", False, 1.0), ("overlap", False, 1.0)]
    assert answer(people[2], "negative").status == "pending_human"
    item = answer(people[3], "negative")
    assert (item.status, item.label, item.signals["consensus"]["votes"]) == ("approved", "negative", 3)
    assert verbs(item).count("item.opinion_asked") == 2


def test_the_trail_tells_what_each_answer_amounted_to(people, known):
    sure()
    factories.submit(0.85)
    answer(people[1], "negative")
    item = answer(people[0], "negative")
    events = AuditEvent.objects.filter(subject_id=str(item.pk), verb__startswith="item.").order_by("id")[1:]
    assert [(event.verb, event.data["consensus"]["votes"], event.data["why"]) for event in events] == [
        ("item.opinion_asked", 1, "not settled yet: 1 person, 75.0 % sure"),
        ("item.resolved", 2, "2 people, 99.3 % sure"),
    ]


def test_after_the_most_opinions_an_expert_decides(people, known):
    sure(most_opinions=2)
    factories.submit(0.85)
    answer(people[1], "negative")
    item = answer(people[2], "positive")
    assert (item.status, item.reasons[-1]["text"]) == (
        "pending_expert",
        "people leave it open: 2 people, 50.0 % sure",
    )
    assert (item.signals["consensus"]["votes"], seats(item)[-1][0]) == (2, "expert")


def test_until_skill_is_known_the_fixed_number_is_asked_and_must_agree(people):
    sure(opinions_wanted=3)
    item = factories.submit(0.85)
    assert seats(item) == [("review", False, 1.0)]
    answer(people[0], "negative")
    assert [purpose for purpose, *_ in seats(item)] == ["review", "overlap", "overlap"]
    assert answer(people[1], "negative").status == "pending_human"
    item = answer(people[2], "negative")
    assert (item.status, item.signals["consensus"]) == ("approved", {"method": "agreement", "votes": 3})


def test_a_model_that_agrees_makes_nobody_surer(people, known):
    sure()
    factories.submit(0.94)
    assert answer(people[1], "positive").status == "pending_human"


def test_types_that_do_not_ask_until_sure_never_read_skills(people, monkeypatch):
    monkeypatch.delattr(skills, "load")
    factories.item_type(opinions_wanted=2)
    factories.submit(0.85)
    answer(people[0], "negative")
    assert answer(people[1], "negative").label == "negative"


def test_labels_outside_of_what_is_known_fall_back_to_agreement(people, known):
    sure(labels=["other", "new"])
    factories.submit(0.85, label="other")
    assert answer(people[0], "new").status == "approved"


def test_a_second_opinion_is_drawn_with_its_probability(people):
    factories.item_type(overlap_share=0.5)
    made = [factories.submit(0.85, ref=f"r-{number}") for number in range(60)]
    drawn = [item for item in made if len(seats(item)) == 2]
    assert {tuple(seats(item)) for item in drawn} == {(("review", False, 1.0), ("overlap", False, 0.5))}
    assert 15 <= len(drawn) <= 45
    assert [len(seats(item)) for item in made if item not in drawn] == [1] * (60 - len(drawn))


def test_where_several_answer_anyway_nothing_is_drawn(people):
    factories.item_type(overlap_share=1.0, opinions_wanted=2)
    assert seats(factories.submit(0.85)) == [("review", False, 1.0), ("overlap", False, 1.0)]


def test_a_drawn_opinion_decides_with_the_first(people):
    factories.item_type(overlap_share=1.0)
    factories.submit(0.85)
    assert answer(people[0], "negative").status == "pending_human"
    assert answer(people[1], "positive").reasons[-1]["text"] == "people disagree"


def test_what_reviewers_decide_is_drawn_for_an_expert_who_does_not_see_it(people):
    factories.item_type(validated_share=1.0)
    factories.submit(0.85)
    item = answer(people[0], "negative")
    assert seats(item) == [("review", False, 1.0), ("validate", True, 1.0)]
    assert factories.seat_of(item, "validate").queue.slug == "experts"


def test_what_an_expert_decides_is_not_drawn():
    factories.item_type(validated_share=1.0)
    factories.submit(0.3)
    item = answer(factories.person("edgar", "experts"), "negative")
    assert (item.status, Assignment.objects.filter(purpose="validate").count()) == ("approved", 0)


def test_what_a_reviewer_withholds_may_be_drawn_too(people):
    factories.item_type(validated_share=1.0, reject_means="withhold")
    factories.submit(0.85)
    item = answer(people[0], action="reject")
    assert (item.status, seats(item)[-1][0]) == ("rejected", "validate")


def test_numbers_within_tolerance_become_the_middle_one(people):
    factories.item_type(
        "price",
        kind="regression",
        labels=[],
        minimum=0,
        maximum=100,
        agreement_tolerance=0.1,
        opinions_wanted=3,
    )
    factories.submit(0.85, to="price", label=50)
    for person, said in zip(people, (50, 58, 53), strict=False):
        item = answer(person, said)
    assert (item.status, item.label) == ("approved", 53)


def test_boxes_of_people_who_agree_are_fused(people):
    factories.item_type("cats", kind="detection", labels=["cat"], agreement_tolerance=0.3, opinions_wanted=2)
    payload = {"image": "https://img.example/1.png", "width": 100, "height": 100}
    factories.submit(0.85, to="cats", label=[], payload=payload)
    for person, right in zip(people, (50, 52), strict=False):
        item = answer(person, [{"label": "cat", "box": [10, 10, right, 50]}])
    assert item.label == [{"label": "cat", "box": [10, 10, 51, 50]}]


def test_asking_another_takes_few_statements(people, known):
    sure()
    factories.submit(0.85)
    with counted(most=19):
        answer(people[1], "negative")
