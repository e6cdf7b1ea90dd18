"""Rows that nobody should send: each is refused with a reason, and never ends the import."""

import pytest

from labeling.importing.fields import moment
from labeling.importing.tasks import NoTask, record
from routing.kinds import TypeSpec
from routing.values import Findings

SPEC = TypeSpec("classification", ("negative", "positive"))


def test_a_time_before_there_were_times_is_refused():
    findings = Findings()
    assert moment("0001-01-01T00:00:00+14:00", "ts", findings) is None
    assert [(one.attr, one.code) for one in findings.errors] == [("ts", "out_of_range")]


@pytest.mark.parametrize("labels", [7, "x", [7]])
def test_labels_that_are_no_list_of_objects_are_refused(labels):
    task = {"id": 1, "data": {"text": "So so."}, "meta": {"hitl": {"labels": labels}}}
    with pytest.raises(NoTask, match="labels"):
        record(task, SPEC, "sentiment")


@pytest.mark.parametrize("odd", [[1], {"a": 1}, None])
def test_a_label_with_an_odd_id_is_passed_over(odd):
    task = {"id": 1, "data": {"text": "So so."}, "meta": {"hitl": {"labels": [{"id": odd}]}}}
    assert record(task, SPEC, "sentiment")["labels"] == []
