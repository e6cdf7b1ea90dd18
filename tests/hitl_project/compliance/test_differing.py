"""An event's data as rows that a person reads."""

from audit import trail
from hitl_project.compliance import differing
from hitl_project.compliance.differing import Change


def test_only_what_differs_is_a_change_nested_names_joined():
    data = {"before": {"a": 1, "b": {"c": 2, "d": 3}}, "after": {"a": 1, "b": {"c": 4}, "e": [1, 2]}}
    assert differing.changes(data) == [
        Change("b.c", "2", "4"),
        Change("b.d", "3", None),
        Change("e", None, "1, 2"),
    ]


def test_plain_values_before_and_after_are_one_change():
    assert differing.changes({"before": "pending_ai", "after": "approved"}) == [
        Change("as a whole", "pending_ai", "approved")
    ]
    assert differing.changes({"why": "x"}) == []


def test_the_other_facts_leave_out_what_is_empty_and_what_is_locked():
    data = {"why": "large", "comment": "", "after": 1, "private": "x", "signals": {"novelty": 0.5}}
    assert differing.facts(data) == [("why", "large"), ("signals.novelty", "0.5")]


def test_the_gist_is_the_reason_before_all_else_and_never_too_long():
    assert differing.gist({"label": "x", "why": "because"}) == "because"
    assert differing.gist({"before": {"a": 1}, "after": {"a": 2, "b": 1}}) == "a, b"
    assert differing.gist({"before": [], "after": ["experts"]}) == "nothing → experts"
    assert differing.gist({}) == ""
    assert len(differing.gist({"why": "x" * 500})) == 160


def test_an_altered_event_does_not_fit_its_digest(db):
    row = trail.record("item.judged", ("routing.item", 7), by="system:router", score=0.5)
    row.refresh_from_db()
    assert differing.fits(row) is True
    row.body = '{"score":0.6}'
    assert differing.fits(row) is False
