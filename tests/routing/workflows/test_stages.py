"""The path of an item follows from the events of its life, and from nothing else."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing import judging
from routing.workflows import stages
from routing.workflows.stages import PROGRESS, Event, follow

START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ROUTE = {"action": "human_review", "priority": "high", "rules": [], "policy": 1}
ROUTE |= {"label": None, "signals": {}}
SURE = ROUTE | {"action": "auto_approve", "status": "approved", "reasons": ["sure"], "label": "ham"}
UNSURE = ROUTE | {"status": "pending_human", "reasons": ["confidence 0.620 below"]}


def told(*events):
    """Return events one minute apart from (verb, by, data)."""
    return [Event(START + timedelta(minutes=n), *event) for n, event in enumerate(events)]


def steps(path):
    return [(one.before, one.after, one.trigger, one.by) for one in path.transitions]


def review(by, purpose="review", label="spam", action="edit"):
    said = {"purpose": purpose, "action": action, "label": label, "confidence": None, "comment": ""}
    return ("review.submitted", by, said)


def test_nothing_recorded_is_started():
    path = follow([])
    assert (path.state, path.progress, path.transitions, path.results) == ("started", 0.0, [], {})


def test_an_automated_item_is_completed_by_the_router():
    path = follow(told(("item.submitted", "key:a/shop", SURE)))
    assert steps(path) == [
        ("started", "ai_processing", "submitted", "key:a/shop"),
        ("ai_processing", "routing_decision", "prediction arrived", "system:router"),
        ("routing_decision", "completed", "auto-approved: sure", "system:router"),
    ]
    assert path.results["completed"] == {
        "status": "approved",
        "label": "ham",
        "by": "system:router",
        "at": START,
        "why": "auto-approved",
    }


def test_a_pool_item_stays_at_the_start_even_when_it_is_labelled():
    path = follow(told(("item.submitted", "user:a", ROUTE | {"status": "pooled"}), review("user:b", "learn")))
    assert (path.state, path.transitions, path.results) == ("started", [], {})


def test_a_failed_model_is_kept_when_a_person_has_taken_over():
    failed = UNSURE | {"reasons": ["the model failed: no memory", "no model has made a prediction"]}
    failed |= {"signals": {"prediction_failed": "no memory"}}
    waits = ROUTE | {"status": "pending_ai", "reasons": []}
    events = told(("item.submitted", "user:a", waits), ("item.judged", "system:router", failed))
    path = follow(events)
    assert (path.state, path.error) == ("human_review", "no memory")
    assert steps(path)[1:] == [
        ("ai_processing", "failed", "the model failed", "system:router"),
        ("failed", "human_review", "no model has made a prediction", "system:router"),
    ]
    assert path.results["failed"] == {"error": "no memory"}


def test_a_person_may_answer_before_any_model():
    events = told(
        ("item.submitted", "user:a", ROUTE | {"status": "pending_ai", "reasons": []}),
        review("user:b", "learn"),
        (
            "item.resolved",
            "user:b",
            {"before": "pending_ai", "after": "approved", "label": "spam", "why": "a person decided"},
        ),
    )
    assert [step[:3] for step in steps(follow(events))[1:]] == [
        ("ai_processing", "human_review", "a person answered before a model did"),
        ("human_review", "completed", "a person decided"),
    ]


def test_an_audit_that_agrees_leaves_no_trace():
    events = [("item.submitted", "user:a", SURE), review("user:b", "audit", "ham", "approve")]
    doubt = ("item.questioned", "user:b", {"why": "user:b doubts the decision"})
    assert follow(told(*events, doubt)) == follow(told(events[0]))


def test_an_overturned_item_went_through_a_person_and_is_completed_again():
    after = {"status": "approved", "label": "spam"}
    before = {"status": "approved", "label": "ham", "decided_by": "system:router"}
    overturned = {"before": before, "after": after, "why": "a check came to another answer"}
    path = follow(
        told(
            ("item.submitted", "user:a", SURE),
            review("user:b", "audit"),
            ("item.overturned", "user:b", overturned),
        )
    )
    assert steps(path)[3:] == [
        ("completed", "human_review", "checked again", "user:b"),
        ("human_review", "completed", "overturned: a check came to another answer", "user:b"),
    ]
    assert (path.progress, [one["label"] for one in path.results["human_review"]]) == (1.0, ["spam"])
    assert (path.results["completed"]["label"], path.results["completed"]["before"]) == ("spam", before)


def test_the_router_is_called_as_the_trail_calls_it():
    assert stages.ROUTER == judging.ROUTER


LIFE = st.lists(
    st.sampled_from(
        [
            review("user:b"),
            review("user:e", "expert"),
            ("item.escalated", "user:b", {"why": "people disagree"}),
            ("assignment.freed", "user:l", {}),
        ]
    ),
    max_size=5,
)


@given(arrival=st.sampled_from([UNSURE, ROUTE | {"status": "pending_ai", "reasons": []}]), life=LIFE)
def test_the_steps_join_up_and_progress_never_shrinks(arrival, life):
    escalated = [event for event in life if event[0] == "item.escalated"][:1]
    life = [event for event in life if event[0] != "item.escalated"] + escalated
    end = (
        "item.resolved",
        "user:e",
        {"before": "x", "after": "approved", "label": "spam", "why": "an expert decided"},
    )
    path = follow(told(("item.submitted", "user:a", arrival), *life, end))
    states = ["started", *(one.after for one in path.transitions)]
    assert [one.before for one in path.transitions] == states[:-1]
    progress = [PROGRESS[state] for state in states]
    assert (progress, progress[-1]) == (sorted(progress), 1.0)


def corrected(by, before, after, purpose="review"):
    said = {"purpose": purpose, "before": {"label": before}}
    told = {"action": "edit", "label": after, "confidence": None, "comment": ""}
    return ("review.corrected", by, said | {"after": told})


def test_an_answer_that_was_corrected_gives_way_to_the_new_one():
    overturned = {"before": {"label": "spam"}, "after": {"status": "approved", "label": "ham"}}
    path = follow(
        told(
            ("item.submitted", "key:a/shop", UNSURE),
            review("user:rita"),
            ("item.resolved", "user:rita", {"after": "approved", "label": "spam", "why": "a person decided"}),
            corrected("user:rita", "spam", "ham"),
            ("item.overturned", "user:rita", overturned | {"why": "rita corrected the answer"}),
        )
    )
    assert [step[2] for step in steps(path)][-2:] == ["corrected", "overturned: rita corrected the answer"]
    assert [one["label"] for one in path.results["human_review"]] == ["ham"]
    assert path.results["completed"]["label"] == "ham"


def test_an_item_that_was_called_back_from_an_expert_waits_for_people_again():
    recalled = {"before": "pending_expert", "after": "pending_human", "why": "rita corrected an answer"}
    path = follow(
        told(
            ("item.submitted", "key:a/shop", UNSURE),
            review("user:rita", label=None, action="reject"),
            ("item.escalated", "user:rita", {"why": "rita rejected the model's answer"}),
            ("item.recalled", "user:rita", recalled),
            corrected("user:rita", None, "ham"),
        )
    )
    assert path.state == "human_review"
    assert [one["label"] for one in path.results["human_review"]] == ["ham"]


def test_a_question_that_was_taken_back_moves_nothing():
    recalled = {"before": "approved", "after": "approved", "why": "rita corrected an answer"}
    events = [("item.submitted", "key:a/shop", SURE), ("item.recalled", "user:rita", recalled)]
    assert follow(told(*events)) == follow(told(*events[:1]))
