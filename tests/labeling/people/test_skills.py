"""How often people are right, measured on what they answered and read where answers are settled."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from labeling.consensus.annotators import Confusions, OneCoin, interval
from labeling.models import AnnotatorSkill, Label
from labeling.people import skills
from routing.models import ItemType
from tests import factories
from tests.labeling.looks import answer, ask, settled
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return [factories.person(name, "reviewers") for name in ("rita", "sam")]


def known_questions(person, right, wrong, **fields):
    """Let the person answer so many known questions right and wrong."""
    for label in ["negative"] * right + ["positive"] * wrong:
        answer(ask(settled(factories.submit(0.6, **fields)), "gold", meant_for=person.pk), person, label)


def test_nothing_is_known_before_anything_is_measured():
    made = factories.item_type()
    assert (skills.measure(made), skills.load(made), AnnotatorSkill.objects.count()) == (0, None, 0)


def test_known_questions_anchor_everybodys_accuracy(people):
    made, (rita, sam) = factories.item_type(), people
    known_questions(rita, 20, 0)
    known_questions(sam, 5, 15)
    assert skills.measure(made) == 2
    found = AnnotatorSkill.objects.get(user=sam)
    expected = [float(one) for one in interval(5.0, 20.0, level=0.95)]
    assert [found.accuracy, found.low, found.high] == pytest.approx(expected)
    assert (found.gold_answered, found.gold_right, found.votes) == (20, 5, 20)


def test_what_is_loaded_is_what_was_measured(people):
    made, (rita, sam) = factories.item_type(), people
    known_questions(rita, 20, 0)
    known_questions(sam, 5, 15)
    skills.measure(made)
    known = skills.load(made)
    pooled = (25 + 4) / (40 + 5)
    order = [known.index[rita.pk], known.index[sam.pk]]
    assert known.skills.accuracy[order] == pytest.approx([(20 + 10 * pooled) / 30, (5 + 10 * pooled) / 30])
    assert known.skills.pooled == pytest.approx(pooled)
    assert (isinstance(known.skills, OneCoin), known.classes) == (True, ("negative", "positive"))
    assert known.rates == pytest.approx([41 / 42, 1 / 42])


@pytest.mark.parametrize(("asked", "known"), [(19, False), (20, True)])
def test_it_takes_twenty_known_questions_a_person(people, asked, known):
    made = factories.item_type()
    for person in people:
        known_questions(person, asked, 0)
    skills.measure(made)
    assert (skills.load(made) is not None) == known


def test_answers_of_several_people_and_an_experts_count(people):
    made, (rita, sam) = factories.item_type(opinions_wanted=2), people
    edgar = factories.person("edgar", "experts")
    item = factories.submit(0.6)
    answer(item.assignments.get(purpose="review"), rita, "negative")
    answer(item.assignments.get(purpose="overlap"), sam, "positive")
    answer(item.assignments.get(purpose="expert"), edgar, "negative")
    assert skills.measure(made) == 2
    rows = AnnotatorSkill.objects.exclude(user=None)
    found = {row.user: (row.votes, row.expert_compared, row.expert_agreed) for row in rows}
    assert found == {rita: (1, 1, 1), sam: (1, 1, 0)}


def test_without_new_answers_nothing_is_measured_anew(people):
    made = factories.item_type()
    known_questions(people[0], 2, 0)
    assert skills.measure(made) == 1
    with counted(most=3):
        assert skills.measure(made) == 0
    known_questions(people[0], 1, 0)
    assert skills.measure(made) == 1


def test_a_corrected_answer_counts_no_more(people):
    made = factories.item_type()
    known_questions(people[0], 1, 1)
    Label.objects.filter(label="positive").update(superseded_at=timezone.now())
    skills.measure(made)
    assert AnnotatorSkill.objects.get(user=people[0]).votes == 1


def test_answers_of_long_ago_count_no_more(people):
    made = factories.item_type()
    known_questions(people[0], 3, 0)
    assert skills.measure(made, now=timezone.now() + timedelta(days=181)) == 0


def test_where_classes_can_not_be_listed_known_questions_alone_tell(people):
    made = factories.item_type(kind="regression", labels=[], minimum=0, maximum=10, agreement_tolerance=0.1)
    for said in (5.0, 5.5, 9.0):
        item = settled(factories.submit(0.6, label=5.0, payload={"text": "How many?"}), 5.0)
        answer(ask(item, "gold", meant_for=people[0].pk), people[0], said)
    assert skills.measure(made) == 1
    found = AnnotatorSkill.objects.get(user=people[0])
    assert (found.method, found.gold_right, found.gold_answered) == ("known questions", 2, 3)
    assert (skills.load(made), AnnotatorSkill.objects.get(user=None).votes) == (None, 3)


def test_labels_that_were_changed_since_are_measured_anew_before_they_count(people):
    made = factories.item_type()
    known_questions(people[0], 20, 0)
    skills.measure(made)
    assert skills.load(made) is not None
    ItemType.objects.update(labels=["negative", "positive", "mixed"])
    assert skills.load(ItemType.objects.get()) is None


def test_confusion_matrices_are_kept_by_name(people):
    made = factories.item_type()
    names = ("negative", "positive")

    def matrix(rows):
        return {name: dict(zip(names, row, strict=True)) for name, row in zip(names, rows, strict=True)}

    common = {"item_type": made, "method": "dawid_skene", "accuracy": 0.9, "low": 0.8, "high": 1.0}
    told = {"votes": 100, "gold_answered": 20, "confusion": matrix([[0.9, 0.1], [0.3, 0.7]])}
    AnnotatorSkill.objects.create(user=people[0], **told, **common)
    rates = {"positive": 0.25, "negative": 0.75}
    AnnotatorSkill.objects.create(confusion=matrix([[0.8, 0.2], [0.4, 0.6]]), rates=rates, **common)
    known = skills.load(made)
    assert isinstance(known.skills, Confusions)
    assert known.skills.rates.tolist() == [[[0.9, 0.1], [0.3, 0.7]]]
    assert known.skills.pooled.tolist() == [[0.8, 0.2], [0.4, 0.6]]
    assert np.array_equal(known.rates, [0.75, 0.25])


def test_loading_is_one_statement_until_people_are_measured_anew(people):
    made = factories.item_type()
    known_questions(people[0], 20, 0)
    skills.measure(made)
    with counted(most=2):
        skills.load(made)
    with counted(most=1):
        assert skills.load(made).index == {people[0].pk: 0}
