"""The page of erasures: look what there is, erase it, keep it, lift the hold; by whom the right says."""

import pytest

from routing.models import Erasure, Item, LegalHold, SubjectRights
from tests import factories
from tests.people import signed_in

pytestmark = pytest.mark.django_db
PAGE = "/compliance/erasures/"


@pytest.fixture
def officer(db):
    return signed_in("compliance", name="carla")


@pytest.fixture
def item(db):
    made = factories.item_type()
    SubjectRights.objects.create(item_type=made, subject_path="context.person")
    return factories.submit(0.99, ref="r1", context={"person": "p1"})


def test_what_there_is_of_a_person_is_shown_before_anything_is_done(officer, item):
    page = officer.post(PAGE, {"about": "p1"}).content.decode()
    assert ("1 item about p1" in page, "Erase for good" in page) == (True, True)
    assert (Item.objects.get().erased_at, Erasure.objects.count()) == (None, 0)


def test_a_person_is_erased_with_the_grounds(officer, item):
    page = officer.post(f"{PAGE}act/", {"about": "p1", "act": "erase", "why": "4711"}, follow=True)
    assert "1 item erased." in page.content.decode()
    assert Item.objects.get().payload == {}
    assert Erasure.objects.get().asked_by == "user:carla"


def test_without_grounds_nothing_is_done(officer, item):
    assert officer.post(f"{PAGE}act/", {"about": "p1", "act": "erase", "why": " "}).status_code == 400
    assert Erasure.objects.count() == 0


def test_a_hold_is_placed_on_a_type_and_lifted(officer, item):
    officer.post(f"{PAGE}act/", {"item_type": "sentiment", "act": "hold", "why": "case 12"})
    hold = LegalHold.objects.get()
    asked = {"item_type": "sentiment", "item_ref": "r1", "act": "erase", "why": "4711"}
    refused = officer.post(f"{PAGE}act/", asked, follow=True).content.decode()
    assert f"Nothing was erased. Hold {hold.pk} by user:carla: case 12" in refused
    officer.post(f"{PAGE}lift/", {"hold": hold.pk, "why": "closed"})
    hold.refresh_from_db()
    assert (hold.lifted_by, hold.lifted_because) == ("user:carla", "closed")


def test_a_whole_type_is_not_erased_at_once(officer, item):
    asked = {"item_type": "sentiment", "act": "erase", "why": "4711"}
    assert officer.post(f"{PAGE}act/", asked).status_code == 400
    assert Item.objects.get().erased_at is None


@pytest.mark.parametrize("role", ["leads", "reviewers", "clients"])
def test_others_may_neither_look_nor_act(role, item):
    browser = signed_in(role)
    wanted = {"about": "p1", "act": "erase", "why": "x"}
    answers = [browser.get(PAGE), browser.post(PAGE, wanted), browser.post(f"{PAGE}act/", wanted)]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert Item.objects.get().erased_at is None
