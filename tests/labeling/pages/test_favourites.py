"""Of many labels those come first that a person uses often; they keep their keys while the person works."""

import pytest
from django.urls import reverse

from labeling.answering import sittings
from labeling.answering.review import Answer, submit
from labeling.models import Review
from labeling.pages.favourites import Favourites, favourites
from routing import assignments
from routing.models import ItemType
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db
LABELS = [f"label {n:02}" for n in range(40)]


@pytest.fixture
def rita():
    factories.item_type("many", labels=LABELS)
    return signed_in("reviewers", name="rita")


def answer(person, *labels):
    for label in labels:
        factories.submit(0.85, to="many", label=LABELS[0])
        submit(assignments.claim(by=person).pk, Answer("edit", label), by=person)


def found(person):
    return favourites(person.pk, ItemType.objects.get(slug="many"))


def test_often_counts_earlier_sittings_and_lately_this_one(rita):
    answer(rita.user, LABELS[7], LABELS[30], LABELS[30])
    assert found(rita.user) == Favourites(often=(), lately=(LABELS[30], LABELS[7]))
    sittings.end(rita.user)
    answer(rita.user, LABELS[9], LABELS[9], LABELS[9])
    assert found(rita.user) == Favourites(often=(LABELS[30], LABELS[7]), lately=(LABELS[9],))


def test_neither_other_people_nor_other_types_nor_labels_that_are_gone_count(rita):
    factories.item_type("other", labels=LABELS)
    answer(factories.person("otto", "reviewers"), LABELS[1])
    factories.submit(0.85, to="other", label=LABELS[0])
    submit(assignments.claim(by=rita.user).pk, Answer("edit", LABELS[2]), by=rita.user)
    answer(rita.user, LABELS[3])
    ItemType.objects.filter(slug="many").update(labels=[one for one in LABELS if one != LABELS[3]])
    assert Review.objects.count() == 3
    assert found(rita.user) == Favourites((), ())


def test_several_labels_count_each(rita):
    ItemType.objects.update(multilabel=True)
    answer(rita.user, [LABELS[5], LABELS[6]], [LABELS[6]])
    many = ItemType.objects.get(slug="many")
    with counted(most=1):
        assert favourites(rita.user.pk, many).lately == (LABELS[6], LABELS[5])


def test_of_boxes_the_classes_count(rita):
    factories.item_type("street", kind="detection", labels=LABELS)
    sent = {"image": "https://images.example/1.png", "width": 9, "height": 9}
    factories.submit(0.85, to="street", payload=sent, label=[])
    boxes = [{"label": LABELS[n], "box": [0, 0, 9, 9]} for n in (5, 6, 5)]
    submit(assignments.claim(by=rita.user, item_type="street").pk, Answer("edit", boxes), by=rita.user)
    sittings.end(rita.user)
    assert favourites(rita.user.pk, ItemType.objects.get(slug="street")).often == (LABELS[5], LABELS[6])


def test_the_page_shows_them_first_with_the_first_keys(rita):
    answer(rita.user, LABELS[30], LABELS[30], LABELS[7])
    sittings.end(rita.user)
    factories.submit(0.85, to="many", label=LABELS[0])
    page = rita.get(reverse("review-work")).context["page"]
    shown = [(one.label, one.key, one.often) for one in page.options[:4]]
    assert shown == [
        (LABELS[30], "1", True),
        (LABELS[7], "2", True),
        (LABELS[0], "3", False),
        (LABELS[1], "4", False),
    ]
    assert sorted(one.label for one in page.options) == LABELS
