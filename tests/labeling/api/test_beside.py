"""What stands beside an item through the API is what stands beside it on the page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.api.beside import CaseOut
from labeling.models import Review
from routing.models import Guidelines, Item, ItemType
from tests import factories
from tests.api_client import attrs, caller
from tests.labeling.pages.test_cases import LATE, LATER, answered

pytestmark = pytest.mark.django_db
CLAIM = "/api/v1/assignments/claim/"


@pytest.fixture
def rita():
    return caller("reviews:write", user=factories.person("rita", "reviewers"))


def alike(client, seat):
    return client.get(f"/api/v1/assignments/{seat['id']}/alike/")


@pytest.mark.parametrize(("blind", "shown"), [(0.0, [(LATE, "negative", 1)]), (1.0, [])])
def test_cases_stand_beside_an_item_unless_the_look_is_blind(rita, blind, shown):
    factories.item_type()
    answered()
    ItemType.objects.update(blind_share=blind)
    factories.submit(0.85, payload={"text": LATER})
    found = alike(rita, rita.post(CLAIM).json()).json()["results"]
    assert [(one["text"], one["label"], one["people"]) for one in found] == shown
    assert [set(one) for one in found] == [set(CaseOut().fields)] * len(shown)


def test_only_the_holder_reads_them(rita):
    factories.item_type()
    factories.submit(0.85)
    seat = rita.post(CLAIM).json()
    other = caller("reviews:write", user=factories.person("rob", "reviewers"))
    assert (alike(other, seat).status_code, attrs(alike(other, seat))) == (409, [("lease_lost", None)])


def test_a_seat_tells_what_is_new_in_the_guidelines_since_the_last_answer(rita):
    factories.item_type(guidelines="Say how it feels.")
    for _ in range(2):
        factories.submit(0.85)
    first = rita.post(CLAIM).json()
    rita.post(f"/api/v1/assignments/{first['id']}/submit/", {"action": "approve", "guidelines": 1})
    ItemType.objects.update(guidelines="Say how it looks.")
    news = {"since": 1, "pieces": [{"kind": "same", "text": "Say how it "}]}
    news["pieces"] += [{"kind": "out", "text": "feels"}, {"kind": "in", "text": "looks"}]
    news["pieces"] += [{"kind": "same", "text": "."}]
    assert (first["guidelines_news"], rita.post(CLAIM).json()["guidelines_news"]) == (None, news)
    assert Guidelines.objects.filter(created_at__gt=timezone.now() - timedelta(days=1)).count() == 2


@pytest.mark.parametrize("kept", [True, False])
def test_the_order_drawn_for_a_preference_is_told_and_kept_where_it_was_shown(rita, kept):
    factories.item_type("pairs", kind="preference", labels=[])
    payload = {"prompt": "Hi?", "a": "Hello.", "b": "Yo."}
    factories.submit(0.85, to="pairs", label="a", payload=payload)
    seat = rita.post(CLAIM).json()
    assert sorted(seat["order"]) == ["a", "b", "tie"]
    said = {"action": "edit", "label": "b", "in_order": kept}
    assert rita.post(f"/api/v1/assignments/{seat['id']}/submit/", said).status_code == 200
    assert Review.objects.get().shown == ({"order": seat["order"]} if kept else None)


def test_what_was_skipped_is_not_given_again(rita):
    factories.item_type()
    items = [factories.submit(0.85), factories.submit(0.85)]
    skipped = rita.post(CLAIM).json()
    rita.post(f"/api/v1/assignments/{skipped['id']}/release/")
    given = rita.post(CLAIM, {"without": [skipped["id"]]}).json()
    assert {skipped["item"]["id"], given["item"]["id"]} == {str(one.pk) for one in items}
    assert Item.objects.count() == 2


@pytest.mark.parametrize(
    ("without", "wrong"),
    [
        ("all", ("invalid", "without")),
        ([True], ("invalid", "without.0")),
        ([1] * 201, ("invalid", "without")),
    ],
)
def test_what_is_skipped_is_a_list_of_numbers(rita, without, wrong):
    assert attrs(rita.post(CLAIM, {"without": without})) == [wrong]
