"""The workflow of an item through the API, at each stage of its life."""

import json
import re
from datetime import timedelta
from pathlib import Path
from unittest.mock import ANY

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from labeling.answering import review
from labeling.answering.review import Answer
from routing import assignments, overdue, predictor, router, workflows
from routing.errors import PredictionFailed
from routing.models import Assignment, Item
from routing.workflows.api import EXAMPLE, TransitionOut, WorkflowOut
from tests import factories
from tests.api_client import attrs, caller, item
from tests.statements import counted

pytestmark = pytest.mark.django_db
URL = "/api/v1/items/"
PAGE = Path(__file__).parents[3] / "docs" / "workflows.md"


@pytest.fixture
def client():
    return caller("items:read", "items:write")


def asked(client, made):
    """Return the answer to a question for the workflow of a posted item."""
    return client.get(f"{URL}{made['id']}/workflow/").json()


def answer(by, action="approve", **fields):
    seat = assignments.claim(by=by)
    review.submit(seat.pk, Answer(action, **fields), by=by)


def step(before, after, trigger, by):
    return {"from": before, "to": after, "at": ANY, "trigger": trigger, "by": by}


def test_an_item_at_a_person_by_equality(client):
    factories.item_type()
    made = client.post(URL, item()).json()
    said = asked(client, made)
    arrived = said["transitions"][0]["by"]
    why = "confidence 0.850 below the auto-approve threshold 0.950"
    assert arrived.endswith(f"/{client.user.username}")
    assert said == {
        "item": made["id"],
        "workflow": "single_look",
        "state": "human_review",
        "progress": 0.5,
        "expected_completion": None,
        "started_at": ANY,
        "completed_at": None,
        "error": None,
        "transitions": [
            step("started", "ai_processing", "submitted", arrived),
            step("ai_processing", "routing_decision", "prediction arrived", "system:router"),
            step("routing_decision", "human_review", why, "system:router"),
        ],
        "results": {
            "ai_processing": [{"model": "clf@3", "label": "negative", "confidence": 0.85}],
            "routing_decision": {
                "action": "human_review",
                "priority": "normal",
                "reasons": [why],
                "rules": [],
                "policy": 1,
            },
        },
    }


def test_an_item_without_a_model_is_at_the_model(client):
    factories.item_type()
    said = asked(client, client.post(URL, item(confidence=None)).json())
    assert (said["state"], said["progress"], said["results"]) == ("ai_processing", 0.1, {})
    assert [(one["from"], one["to"]) for one in said["transitions"]] == [("started", "ai_processing")]


def test_an_automated_item_is_completed(client):
    factories.item_type()
    made = client.post(URL, item(confidence=0.99)).json()
    said = asked(client, made)
    assert (said["state"], said["progress"], said["expected_completion"]) == ("completed", 1.0, None)
    assert parse_datetime(said["completed_at"]) == parse_datetime(made["decided_at"])
    assert said["results"]["completed"] == {
        "status": "approved",
        "label": "negative",
        "by": "system:router",
        "at": ANY,
        "why": "auto-approved",
    }


def test_who_escalated_and_what_the_expert_said_is_told(client):
    factories.item_type()
    made = client.post(URL, item()).json()
    answer(factories.person("rita", "reviewers"), "escalate", comment="Not sure.")
    answer(factories.person("edgar", "experts"), "edit", label="positive", confidence=0.9)
    said = asked(client, made)
    assert said["transitions"][3:] == [
        step("human_review", "expert_review", "escalated: rita asked for an expert", "user:rita"),
        step("expert_review", "completed", "an expert decided", "user:edgar"),
    ]
    assert said["results"]["expert_review"] == [
        {"by": "user:edgar", "at": ANY, "action": "edit", "label": "positive"}
        | {"confidence": 0.9, "comment": ""}
    ]


def test_two_who_differ_lead_to_an_expert_and_each_answer_is_kept(client):
    factories.item_type(**workflows.settings("two_opinions"))
    made = client.post(URL, item()).json()
    answer(factories.person("rita", "reviewers"))
    halfway = asked(client, made)
    answer(factories.person("otto", "reviewers"), "edit", label="positive")
    said = asked(client, made)
    assert (halfway["state"], said["state"], said["progress"]) == ("human_review", "expert_review", 0.8)
    assert said["transitions"][-1] == step(
        "human_review", "expert_review", "escalated: people disagree", "user:otto"
    )
    assert [one["label"] for one in said["results"]["human_review"]] == ["negative", "positive"]


def test_what_is_withheld_is_completed_without_a_label(client):
    factories.item_type(reject_means="withhold")
    made = client.post(URL, item()).json()
    answer(factories.person("rita", "reviewers"), "reject", comment="Nobody can tell.")
    said = asked(client, made)
    done = said["results"]["completed"]
    assert (said["state"], said["progress"], done["status"], done["label"]) == (
        "completed",
        1.0,
        "rejected",
        None,
    )


def test_an_item_that_waited_days_for_a_model_goes_on_when_one_answers(client, monkeypatch):
    item_type = factories.item_type()
    made = client.post(URL, item(confidence=None)).json()
    Item.objects.update(created_at=timezone.now() - timedelta(days=3))
    overdue.escalate(most=10)
    assert (asked(client, made)["state"], asked(client, made)["expected_completion"]) == (
        "ai_processing",
        None,
    )
    monkeypatch.setattr(predictor, "predict", lambda _, payloads: [factories.opinion(0.99)] * len(payloads))
    router.judge_pending(item_type)
    said = asked(client, made)
    assert [one["to"] for one in said["transitions"]] == ["ai_processing", "routing_decision", "completed"]
    assert parse_datetime(said["transitions"][1]["at"]) > parse_datetime(said["started_at"])


def test_an_overdue_look_is_escalated_by_the_clock(client):
    factories.item_type()
    made = client.post(URL, item()).json()
    Assignment.objects.update(created_at=timezone.now() - timedelta(hours=25))
    overdue.escalate(most=10)
    last = asked(client, made)["transitions"][-1]
    why = "escalated: nobody answered within 24 hours"
    assert last == step("human_review", "expert_review", why, "system:overdue")


def test_a_model_that_fails_is_told_with_its_error(client, monkeypatch):
    def fails(item_type, payloads):
        raise PredictionFailed("no memory")

    monkeypatch.setattr(predictor, "predict", fails)
    factories.item_type()
    said = asked(client, client.post(URL, item(confidence=None)).json())
    assert (said["state"], said["error"]) == ("human_review", "no memory")
    assert said["results"]["failed"] == {"error": "no memory"}
    assert [one["to"] for one in said["transitions"]] == ["ai_processing", "failed", "human_review"]


def test_a_waiting_audit_does_not_show(client):
    factories.item_type(audit_rate=1.0)
    factories.item_type("unchecked", audit_rate=0.0)
    seen = []
    for slug in ("sentiment", "unchecked"):
        made = client.post(URL, item(item_type=slug, confidence=0.99)).json()
        answered = asked(client, made) | {"item": "", "started_at": "", "completed_at": ""}
        seen.append(re.sub(r'"at": "[^"]*"', "", json.dumps(answered)))
    assert (seen[0], Item.objects.filter(assignments__purpose="audit").count()) == (seen[1], 1)


def test_an_overturned_item_tells_that_it_was_opened_again(client):
    factories.item_type(audit_rate=1.0)
    made = client.post(URL, item(confidence=0.99)).json()
    answer(factories.person("rita", "reviewers"), "edit", label="positive")
    said = asked(client, made)
    assert (said["state"], said["results"]["completed"]["label"]) == ("completed", "positive")
    assert said["transitions"][3:] == [
        step("completed", "human_review", "checked again", "user:rita"),
        step("human_review", "completed", "overturned: a check came to another answer", "user:rita"),
    ]


def test_the_end_is_expected_by_the_queues_pace(client):
    factories.item_type()
    client.post(URL, item("r-0"))
    answer(factories.person("rita", "reviewers"))
    said = asked(client, client.post(URL, item()).json())
    assert parse_datetime(said["expected_completion"]) > parse_datetime(said["started_at"])


def test_the_template_is_that_of_the_policy_which_judged_it(client):
    made_by = factories.item_type(**workflows.settings("shadow"))
    made = client.post(URL, item()).json()
    made_by.automate = True
    made_by.save()
    assert asked(client, made)["workflow"] == "shadow"


def test_strangers_are_told_nothing(client):
    factories.item_type()
    made = client.post(URL, item()).json()
    unknown = client.get(f"{URL}00000000-0000-7000-8000-000000000000/workflow/")
    assert (unknown.status_code, attrs(unknown)) == (404, [("not_found", None)])
    assert caller("items:write").get(f"{URL}{made['id']}/workflow/").status_code == 403
    reviewer = caller("reviews:write", user=factories.person("rita", "reviewers"))
    assert reviewer.get(f"{URL}{made['id']}/workflow/").status_code == 403


def test_the_number_of_statements_does_not_grow_with_the_life_of_an_item(client):
    factories.item_type(opinions_wanted=2)
    made = client.post(URL, item()).json()
    asked(client, made)
    with counted(most=6) as young:
        asked(client, made)
    answer(factories.person("rita", "reviewers"))
    answer(factories.person("otto", "reviewers"), "edit", label="positive")
    with counted(most=len(young) + 1):  # whether anybody is at work is asked, and then how long a look takes
        asked(client, made)


def test_the_examples_have_the_fields_of_the_answer():
    text = PAGE.read_text(encoding="utf-8")
    shown = json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL)[1])
    for example in (shown, EXAMPLE):
        assert list(example) == list(WorkflowOut().fields)
        assert {tuple(one) for one in example["transitions"]} == {tuple(TransitionOut().fields)}
