"""Ahead of the next item only the addresses of its pictures are told."""

import pytest
from django.urls import reverse

from hitl_project.demo import digits
from routing.models import Assignment
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db
AHEAD = "/review/ahead/"


@pytest.fixture
def rita():
    factories.item_type()
    return signed_in("reviewers", name="rita")


def picture(name):
    return factories.submit(0.85, payload={"image": f"https://pictures.example/{name}.png", "text": "A cat."})


def test_the_next_items_picture_is_told_and_nothing_is_taken(rita):
    for name in ("one", "two"):
        picture(name)
    rita.get(reverse("review-work"))
    held = list(Assignment.objects.filter(user=rita.user))
    with counted(most=4):
        answer = rita.get(AHEAD)
    assert answer.json() == {"images": ["https://pictures.example/two.png"]}
    assert list(Assignment.objects.filter(user=rita.user)) == held


def test_pictures_that_come_with_the_page_and_texts_are_not_told(rita):
    factories.submit(0.85, payload=digits.load()[0][0].payload)
    assert rita.get(AHEAD).json() == {"images": []}


def test_what_was_skipped_does_not_come_next(rita):
    for name in ("one", "two"):
        picture(name)
    seat = rita.get(reverse("review-work")).context["page"].seat
    rita.post(reverse("review-skip", args=[seat.pk]))
    assert rita.get(AHEAD).json() == {"images": ["https://pictures.example/two.png"]}


def test_only_a_page_with_such_a_picture_asks_for_the_next_one(rita):
    picture("one")
    assert f'data-ahead="{AHEAD}"' in rita.get(reverse("review-work")).content.decode()
    factories.item_type("texts")
    factories.submit(0.85, to="texts")
    assert "data-ahead" not in rita.get(reverse("review-work") + "?item_type=texts").content.decode()


def test_who_has_no_queue_is_told_of_no_pictures(rita):
    picture("one")
    assert signed_in(name="nora").get(AHEAD).json() == {"images": []}


def test_a_stranger_is_asked_to_sign_in(client):
    assert client.get(AHEAD).url == f"/accounts/login/?next={AHEAD}"
