"""Agreement through the API: figures with intervals, by class, pair and week, and for whom."""

import pytest

from audit.models import AgreementReport, AuditEvent
from labeling.people import ratings
from tests import factories
from tests.api_client import attrs, caller
from tests.labeling.opinions import both_say, reviewers
from tests.labeling.people.units import units

pytestmark = pytest.mark.django_db
URL = "/api/v1/agreement/"


@pytest.fixture
def people():
    return reviewers("anna", "ben")


@pytest.fixture
def many(people, monkeypatch):
    """Two people who say the same of 100 in 120 items."""
    answers = [("negative", "negative")] * 5 + [("positive", "negative")]
    found = units(*answers, times=20, people=[one.pk for one in people])
    monkeypatch.setattr(ratings, "read", lambda *_, **__: found)
    return factories.item_type()


def read(**asked):
    return caller("metrics:read").get(URL, {"item_type": "sentiment"} | asked)


def rows(**asked):
    return read(**asked).json()["rows"]


def test_figures_come_with_their_intervals(many):
    said = read().json()
    assert (said["scale"], said["headline"], said["items"], said["answers"], said["people"]) == (
        "nominal",
        "ac1",
        120,
        240,
        2,
    )
    percent = said["figures"][0]
    assert (percent["name"], percent["value"], percent["more"]) == ("percent", pytest.approx(5 / 6), 0)
    assert percent["low"] < 5 / 6 < percent["high"]
    assert said["verdict"] | {"more": None} == {"state": "undecided", "target": 0.85, "more": None}
    assert (said["by"], said["rows"]) == (None, [])


def test_what_rests_on_few_items_is_null_with_what_is_missing(people):
    factories.item_type(overlap_share=1.0)
    both_say(people, ("negative", "negative"))
    said = read().json()
    nothing = {"value": None, "low": None, "high": None, "items": 1}
    assert said["figures"][:2] == [
        {"name": "percent", "more": 29} | nothing,
        {"name": "ac1", "more": 99} | nothing,
    ]
    assert said["verdict"] == {"state": "unknown", "target": 0.85, "more": 99}


def test_it_can_be_taken_apart(many):
    classes, pairs, weeks = rows(by="class"), rows(by="pair"), rows(by="week")
    assert [(row["name"], row["figures"][0]["name"]) for row in classes] == [
        ("negative", "specific"),
        ("positive", "specific"),
    ]
    assert [(row["people"], row["figures"][0]["value"]) for row in pairs] == [
        (["anna", "ben"], pytest.approx(5 / 6))
    ]
    assert [figure["name"] for figure in pairs[0]["figures"]] == ["percent", "cohen"]
    assert [(row["name"], row["figures"][0]["items"]) for row in weeks] == [("2026-03-02", 120)]


def test_the_item_type_must_be_named_and_be_there():
    client = caller("metrics:read")
    assert attrs(client.get(URL)) == [("required", "item_type")]
    assert attrs(client.get(URL, {"item_type": "nothing"})) == [("unknown_item_type", "item_type")]
    assert attrs(client.get(URL, {"item_type": "x", "of": "y"})) == [("unknown_field", "of")]
    assert attrs(client.get(URL, {"item_type": "x", "by": "rank"})) == [("invalid_choice", "by")]


def test_a_key_needs_the_scope():
    factories.item_type()
    assert caller("items:read").get(URL, {"item_type": "sentiment"}).status_code == 403


def test_a_type_of_another_team_is_not_there():
    factories.item_type().teams.add(factories.queue("else", "others").group)
    assert attrs(read()) == [("unknown_item_type", "item_type")]


def test_measuring_now_is_kept_and_recorded(many):
    first, again = (caller("labels:write").post(URL, {"item_type": "sentiment"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    kept = AgreementReport.objects.get()
    assert (kept.item_type, kept.units, first.json()["headline"]) == ("sentiment", 120, "ac1")
    assert AuditEvent.objects.get(verb="agreement.measured").data["units"] == 120


def test_measuring_needs_its_scope_and_a_type():
    factories.item_type()
    assert caller("metrics:read").post(URL, {"item_type": "sentiment"}).status_code == 403
    assert attrs(caller("labels:write").post(URL, {"item_type": "nope"})) == [
        ("unknown_item_type", "item_type")
    ]
    found = caller("labels:write").post(URL, {"item_type": "sentiment"})
    assert (found.status_code, found.json()["measured_at"]) == (200, None)
