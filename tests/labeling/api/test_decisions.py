"""Decision records tell what was decided, what the model said, and what the last person said of it."""

import pytest

from labeling.answering import review
from labeling.answering.review import Answer
from labeling.api.decisions import DecisionOut
from routing import assignments
from routing.models import Assignment, Purpose, Queue
from tests import factories
from tests.api_client import attrs, caller
from tests.statements import counted

pytestmark = pytest.mark.django_db
URL = "/api/v1/decisions/"


@pytest.fixture
def client():
    return caller("labels:read")


def answer(by, action="edit", label="negative", **fields):
    """Claim the next seat as this person and answer it; return the item."""
    said = Answer(action, label if action == "edit" else None, **fields)
    return review.submit(assignments.claim(by=by).pk, said, by=by)


def listed(client, **query):
    """Return the records that a query finds."""
    return client.get(URL, query).json()["results"]


def test_a_record_holds_both_answers_and_how_near_they_were(client, rita):
    factories.item_type()
    factories.submit(0.85, ref="a")
    item = answer(rita, confidence=0.7, comment="It is ironic.")
    [record] = listed(client)
    assert record.pop("completed_at") == item.decided_at.isoformat()
    assert record == {
        "item_id": str(item.pk),
        "item_type": "sentiment",
        "item_ref": "a",
        "status": "approved",
        "action": "human_review",
        "final_decision": "negative",
        "decided_by": "user:rita",
        "ai_prediction": "positive",
        "ai_model": "clf@1",
        "ai_confidence": 0.85,
        "human_decision": "negative",
        "human_action": "edit",
        "human_confidence": 0.7,
        "reviewer_id": rita.pk,
        "feedback": "It is ironic.",
        "agreement_with_ai": False,
        "quality": 0.0,
    }


def test_what_nobody_looked_at_has_no_human_part(client):
    factories.item_type()
    factories.submit(0.99)
    [record] = listed(client)
    assert (record["final_decision"], record["ai_prediction"]) == ("positive", "positive")
    assert {name for name, value in record.items() if value is None} == {
        "human_decision",
        "human_action",
        "human_confidence",
        "reviewer_id",
        "feedback",
        "agreement_with_ai",
        "quality",
    }
    assert list(record) == list(DecisionOut().fields)


def test_the_last_word_counts_and_open_items_are_no_decisions(client, rita):
    factories.item_type(opinions_wanted=2)
    factories.submit(0.85)
    answer(rita)
    assert listed(client) == []
    edgar = factories.person("edgar", "experts")
    answer(factories.person("ruth", "reviewers"), "approve")
    answer(edgar, "approve")
    [record] = listed(client)
    assert (record["reviewer_id"], record["human_action"], record["quality"]) == (edgar.pk, "approve", 1.0)


def test_a_rejection_has_no_label_but_its_comment(client, rita):
    factories.item_type(reject_means="withhold")
    factories.submit(0.85)
    answer(rita, "reject", comment="Harmful.")
    [record] = listed(client, status="rejected")
    assert (record["final_decision"], record["human_action"], record["feedback"]) == (
        None,
        "reject",
        "Harmful.",
    )
    assert record["agreement_with_ai"] is None


def test_what_tests_a_person_is_left_out(client, rita):
    factories.item_type()
    item = factories.submit(0.99)
    seat = assignments.Want(item, Purpose.GOLD, Queue.objects.get(slug="reviews"))
    assignments.ask([seat])
    held = assignments.claim(by=rita)
    Assignment.objects.filter(pk=held.pk).update(purpose=Purpose.AUDIT)
    review.submit(held.pk, Answer("approve"), by=rita)
    assert listed(client)[0]["reviewer_id"] == rita.pk
    Assignment.objects.filter(pk=held.pk).update(purpose=Purpose.GOLD)
    assert listed(client)[0]["reviewer_id"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"agreement_with_ai": "true"}, ["b"]),
        ({"agreement_with_ai": "false"}, ["a"]),
        ({"item_ref": "c"}, ["c"]),
        ({"action": "auto_approve"}, ["c"]),
        ({"item_type": "gone"}, []),
        ({"since": "2020-01-01T00:00:00Z"}, ["c", "b", "a"]),
        ({"until": "2020-01-01T00:00:00Z"}, []),
    ],
)
def test_filters_narrow_the_list(client, rita, query, found):
    factories.item_type()
    factories.submit(0.85, ref="a")
    answer(rita)
    factories.submit(0.85, ref="b")
    answer(rita, "approve")
    factories.submit(0.99, ref="c")
    assert [one["item_ref"] for one in listed(client, **query)] == found


def test_it_can_be_narrowed_to_whom_had_the_last_look(client, rita):
    factories.item_type(opinions_wanted=2)
    factories.submit(0.85)
    answer(rita)
    ruth = factories.person("ruth", "reviewers")
    answer(ruth)
    assert [len(listed(client, reviewer_id=one.pk)) for one in (rita, ruth)] == [0, 1]
    assert attrs(client.get(URL, {"reviewer_id": "x"})) == [("invalid", "reviewer_id")]


def test_pages_go_by_cursor_and_a_longer_one_costs_no_more_statements(client):
    factories.item_type()
    for number in range(5):
        factories.submit(0.99, ref=f"r{number}")
    with counted(most=8) as few:
        first = client.get(URL, {"page_size": 2}).json()
    assert [one["item_ref"] for one in first["results"]] == ["r4", "r3"]
    second = client.get(first["next"]).json()
    assert [one["item_ref"] for one in second["results"]] == ["r2", "r1"]
    with counted(most=len(few)):
        client.get(URL, {"page_size": 5})


def test_it_takes_the_right_scope():
    assert caller("items:read").get(URL).status_code == 403
