"""An agent asks before it acts: people accept, edit, answer or ignore; time runs out for one only once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from audit.models import AuditEvent
from labeling.agents import timing, waiting
from labeling.answering import review
from labeling.answering.review import Answer
from labeling.models import Approval
from routing import assignments
from routing.errors import InvalidAnswer, SeatLost
from routing.models import Delivery, Item
from routing.privacy import erasing
from tests import factories
from tests.api_client import attrs, caller

pytestmark = pytest.mark.django_db

URL = "/api/v1/agents/approvals/"
CONFIG = {"allow_accept": True, "allow_edit": True, "allow_respond": True, "allow_ignore": True}
ARGS = {"order": "A-1", "amount": 180}
ACCEPT = [{"type": "accept", "args": None}]


def interrupt(action="issue_refund", **config):
    return {
        "action_request": {"action": action, "args": ARGS},
        "config": CONFIG | config,
        "description": "Shoes",
    }


@pytest.fixture
def agent(db):
    """An agent's client; its item type sends all to people but what a rule or a threshold lets pass."""
    factories.item_type(
        "agent-actions",
        kind="agent_action",
        labels=[],
        auto_approve=0.9,
        review=0.4,
        expert=0.0,
        reject_means="withhold",
        rules=[{"name": "large", "when": "payload.args.amount > 100 && payload.action == 'pay'"}],
    )
    return caller("items:write", "items:read")


def ask(agent, **fields):
    body = {"interrupt": interrupt()} | fields
    answered = agent.post(URL, body, format="json")
    assert answered.status_code in (200, 201), answered.content
    return answered.json()


def answer(rita, action, **fields):
    seat = assignments.claim(by=rita)
    return review.submit(seat.pk, Answer(action, **fields), by=rita)


def responses(agent, asked, query=""):
    return agent.get(f"{URL}{asked['approvals'][0]['id']}/{query}").json()["responses"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"action": "edit", "label": {"action": "issue_refund", "args": ARGS}}, ACCEPT),
        (
            {"action": "edit", "label": {"action": "issue_refund", "args": ARGS | {"amount": 80}}},
            [{"type": "edit", "args": {"action": "issue_refund", "args": ARGS | {"amount": 80}}}],
        ),
        ({"action": "reject", "comment": "Ask first."}, [{"type": "response", "args": "Ask first."}]),
        ({"action": "reject"}, [{"type": "ignore", "args": None}]),
    ],
)
def test_what_a_person_says_is_what_the_agent_reads(agent, rita, said, told):
    asked = ask(agent)
    assert (asked["responses"], responses(agent, asked)) == (None, None)
    answer(rita, **said)
    assert responses(agent, asked) == told


def test_the_callback_brings_the_answer_too(agent, rita):
    ask(agent, callback_url="https://agent.example/hook")
    answer(rita, "reject", comment="Ask first.")
    told = Delivery.objects.get().body["data"]
    assert told["responses"] == [{"type": "response", "args": "Ask first."}]


def test_a_key_asks_once_and_is_refused_for_another_action(agent):
    first = ask(agent, idempotency_key="step-1")
    again = ask(agent, idempotency_key="step-1")
    assert (again["approvals"][0]["id"], again["approvals"][0]["duplicate"]) == (
        first["approvals"][0]["id"],
        True,
    )
    other = {"interrupt": interrupt("pay"), "idempotency_key": "step-1"}
    assert agent.post(URL, other, format="json").status_code == 409
    assert Item.objects.count() == 1


@pytest.mark.parametrize(("first", "then"), [(1, 2), (2, 1), (2, 3), (3, 2)])
def test_a_key_of_some_actions_is_refused_for_more_or_fewer_of_them(agent, first, then):
    def post(many):
        body = {"interrupts": [interrupt()] * many, "idempotency_key": "k"}
        return agent.post(URL, body, format="json").status_code

    assert [post(first), post(then), post(first)] == [201, 409, 200]
    assert Item.objects.count() == first


def test_a_key_does_not_end_as_the_name_of_an_action_of_a_list(agent):
    body = {"interrupt": interrupt(), "idempotency_key": "k#0"}
    assert attrs(agent.post(URL, body, format="json")) == [("invalid", "idempotency_key")]


def test_a_list_is_answered_in_order_once_all_are(agent, rita):
    body = {"interrupts": [interrupt(), interrupt("mail")], "idempotency_key": "k"}
    asked = agent.post(URL, body, format="json").json()
    assert [one["item_ref"] for one in asked["approvals"]] == ["k#0", "k#1"]
    answer(rita, "approve")
    answer(rita, "reject")
    again = agent.post(URL, body, format="json").json()
    assert sorted(one["type"] for one in again["responses"]) == ["accept", "ignore"]


def test_what_is_safe_is_accepted_at_once_and_what_a_rule_names_is_not(agent):
    assert ask(agent, confidence=0.95)["responses"] == ACCEPT
    assert ask(agent, confidence=0.95, interrupt=interrupt("pay"))["responses"] is None
    unacceptable = ask(agent, confidence=1.0, interrupt=interrupt(allow_accept=False))
    assert unacceptable["responses"] is None


def test_answers_that_the_agent_does_not_take_are_refused(agent, rita):
    ask(agent, interrupt=interrupt(allow_ignore=False, allow_edit=False))
    seat = assignments.claim(by=rita)
    for wrong in (
        Answer("reject"),
        Answer("edit", label={"action": "issue_refund", "args": ARGS | {"amount": 1}}),
    ):
        with pytest.raises(InvalidAnswer):
            review.submit(seat.pk, wrong, by=rita)


@pytest.mark.parametrize(
    ("wanted", "allowed", "told"),
    [
        ("ignore", {}, [{"type": "ignore", "args": None}]),
        (
            "reject",
            {},
            [{"type": "response", "args": "Nobody answered in time, so this may not be done."}],
        ),
        (None, {"allow_ignore": False, "allow_respond": False}, None),
    ],
)
def test_time_runs_out_as_the_agent_asked(agent, wanted, allowed, told):
    asked = ask(agent, timeout_seconds=60, on_timeout=wanted, interrupt=interrupt(**allowed))
    assert timing.close_all(most=10) == 0
    Approval.objects.update(until=timezone.now())
    assert timing.close_all(most=10) == 1
    assert timing.close_all(most=10) == 0
    assert responses(agent, asked) == told
    assert Item.objects.get().status == ("rejected" if told else "pending_expert")
    assert AuditEvent.objects.filter(verb="approval.timed_out").count() == 1


def test_whoever_reads_after_the_time_finds_it_over_before_the_clock_has_come(agent):
    asked = ask(agent, timeout_seconds=60, callback_url="https://agent.example/hook")
    Approval.objects.update(until=timezone.now())
    assert responses(agent, asked) == [{"type": "ignore", "args": None}]
    assert Delivery.objects.count() == 1


def test_nothing_is_accepted_because_nobody_looked_unless_the_server_allows_it(agent, settings):
    body = {"interrupt": interrupt(), "timeout_seconds": 60, "on_timeout": "accept"}
    assert attrs(agent.post(URL, body, format="json")) == [("not_allowed", "on_timeout")]
    settings.HITL_AGENTS_ACCEPT_ON_TIMEOUT = ["agent-actions"]
    asked = agent.post(URL, body, format="json").json()
    Approval.objects.update(until=timezone.now())
    assert responses(agent, asked) == ACCEPT


def test_what_is_no_longer_allowed_when_time_runs_out_is_escalated(agent, settings):
    settings.HITL_AGENTS_ACCEPT_ON_TIMEOUT = ["agent-actions"]
    asked = ask(agent, timeout_seconds=60, on_timeout="accept")
    settings.HITL_AGENTS_ACCEPT_ON_TIMEOUT = []
    Approval.objects.update(until=timezone.now())
    assert (responses(agent, asked), Item.objects.get().status) == (None, "pending_expert")


def test_after_an_escalation_the_agent_hears_the_experts_words(agent, rita):
    asked = ask(agent, timeout_seconds=60, on_timeout="escalate", interrupt=interrupt(allow_ignore=False))
    Approval.objects.update(until=timezone.now())
    timing.close_all(most=10)
    answer(factories.person("eve", "experts"), "reject", comment="Not before Monday.")
    assert responses(agent, asked) == [{"type": "response", "args": "Not before Monday."}]


def test_after_an_escalation_a_caller_still_waits(agent, monkeypatch):
    waited = []
    monkeypatch.setattr(waiting, "until_true", lambda ready, *, seconds: waited.append((ready(), seconds)))
    asked = ask(agent, timeout_seconds=60, on_timeout="escalate")
    Approval.objects.update(until=timezone.now())
    assert [responses(agent, asked, "?wait=9"), responses(agent, asked, "?wait=9")] == [None, None]
    assert waited == [(False, 9)]


def test_once_erased_nothing_is_accepted_any_more(agent, rita):
    asked = ask(agent)
    lowered = {"action": "issue_refund", "args": ARGS | {"amount": 80}}
    answer(rita, "edit", label=lowered)
    erasing.of_item(Item.objects.get(), why="Request 1", by="system:test")
    assert responses(agent, asked) == [{"type": "ignore", "args": None}]


def test_what_is_erased_while_it_waits_is_ignored_and_costs_the_clock_nothing(agent, rita):
    asked = ask(agent, timeout_seconds=60, on_timeout="reject")
    erasing.of_item(Item.objects.get(), why="Request 1", by="system:test")
    Approval.objects.update(until=timezone.now())
    assert timing.close_all(most=10) == 0
    assert responses(agent, asked) == [{"type": "ignore", "args": None}]


def test_who_holds_the_seat_when_time_runs_out_is_told(agent, rita):
    ask(agent, timeout_seconds=60)
    seat = assignments.claim(by=rita)
    Approval.objects.update(until=timezone.now())
    timing.close_all(most=10)
    with pytest.raises(SeatLost):
        review.submit(seat.pk, Answer("approve"), by=rita)


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_the_end_of_time_that_meet_count_once(agent, rita):
    ask(agent, timeout_seconds=60, callback_url="https://agent.example/hook")
    seat = assignments.claim(by=rita)
    Approval.objects.update(until=timezone.now())
    lost = []

    def late():
        try:
            review.submit(seat.pk, Answer("approve"), by=rita)
        except SeatLost:
            lost.append(True)
        finally:
            connection.close()

    other = threading.Thread(target=late)
    other.start()
    timing.close_all(most=10)
    other.join()
    assert Delivery.objects.count() == 1
    assert Item.objects.get().status == ("rejected" if lost else "approved")
    assert Approval.objects.get().timed_out is bool(lost)


@pytest.mark.django_db(transaction=True)
def test_a_caller_that_waits_hears_at_once(agent, rita, monkeypatch):
    monkeypatch.setattr("labeling.agents.waiting.LOOK_EACH", 0.05)
    asked = ask(agent)

    def soon():
        answer(rita, "approve")
        connection.close()

    timer = threading.Timer(0.2, soon)
    timer.start()
    assert responses(agent, asked, "?wait=20") == ACCEPT
    timer.join()


def test_few_wait_at_a_time_and_others_are_answered_at_once(agent, monkeypatch):
    monkeypatch.setattr(waiting, "_room", threading.BoundedSemaphore(1))
    assert waiting._room.acquire(blocking=False)
    asked = ask(agent)
    answered = agent.get(f"{URL}{asked['approvals'][0]['id']}/?wait=20")
    assert (answered.json()["status"], answered["Retry-After"]) == ("waiting", "2")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, [("invalid", "interrupt")]),
        ({"interrupt": interrupt(), "interrupts": [interrupt()]}, [("invalid", "interrupt")]),
        ({"interrupts": []}, [("max_length", "interrupts")]),
        ({"interrupt": {"config": CONFIG}}, [("required", "interrupt.action_request")]),
        ({"interrupt": interrupt(), "confidence": "nan"}, [("invalid", "confidence")]),
        ({"interrupt": interrupt(), "timeout_seconds": 0}, [("min_value", "timeout_seconds")]),
        ({"interrupt": interrupt(), "colour": 1}, [("unknown_field", "colour")]),
        ({"interrupt": interrupt(), "item_type": "none"}, [("unknown_item_type", "item_type")]),
        ({"interrupt": interrupt(), "callback_url": "ftp://x"}, [("invalid", "callback_url")]),
        (
            {"interrupt": interrupt(), "timeout_seconds": 9, "on_timeout": "maybe"},
            [("invalid_choice", "on_timeout")],
        ),
    ],
)
def test_what_makes_no_sense_is_said_by_field(agent, body, wrong):
    assert attrs(agent.post(URL, body, format="json")) == wrong


def test_an_item_type_of_another_kind_takes_no_interrupts(agent):
    factories.item_type()
    body = {"interrupt": interrupt(), "item_type": "sentiment"}
    assert attrs(agent.post(URL, body, format="json")) == [("invalid", "item_type")]


def test_hours_of_waiting_approvals_cost_the_clock_nothing(agent, django_assert_num_queries):
    for number in range(3):
        ask(agent, idempotency_key=f"k{number}", timeout_seconds=int(timedelta(hours=3).total_seconds()))
    with django_assert_num_queries(1):
        assert timing.close_all(most=10) == 0
