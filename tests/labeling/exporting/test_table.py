"""CSV rows: the contract's columns first, and nothing that a spreadsheet would run."""

import csv
import io

import pytest

from labeling.exporting import table
from labeling.exporting.records import Head
from routing.kinds import TypeSpec

HEAD = Head("sentiment", TypeSpec("classification"), "2026-11-20T00:00:00+00:00")
LABEL = {
    "id": "0192",
    "label": "negative",
    "user": "rita",
    "user_id": 3,
    "ts": "2026-11-20T00:00:00+00:00",
    "prev_confidence": 0.5,
    "session": {"id": "0193"},
    "action": "edit",
    "feedback_type": "correction",
    "weight": 3.0,
    "source": "review",
}
RECORD = {
    "record": "item",
    "item_type": "sentiment",
    "item_ref": "=cmd()",
    "payload": {"text": "So."},
    "status": "approved",
    "split": "train",
    "decision": {"label": ["a", "b"]},
    "labels": [LABEL, LABEL],
}


@pytest.mark.parametrize("head", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_begins_a_formula_is_made_text(head):
    assert table.cell(f"{head}1+1") == f"'{head}1+1"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-1.5, -1.5),
        (None, ""),
        ("a=b", "a=b"),
        (True, "true"),
        ([-1], "[-1]"),
        ({"a": "=1"}, '{"a":"=1"}'),
    ],
)
def test_other_values_are_written_as_they_are(value, cell):
    assert table.cell(value) == cell


def test_a_label_is_a_row_with_the_contracts_columns_first():
    text = b"".join([table.start(HEAD), *table.rows(RECORD, HEAD, 0), table.end(HEAD, 2)]).decode()
    first, second = csv.DictReader(io.StringIO(text, newline=""))
    assert first == second
    assert list(first.values()) == [
        *("0192", "sentiment", "'=cmd()", "negative", "3", "2026-11-20T00:00:00+00:00", "0.5", "0193"),
        *("edit", "correction", "3.0", "review", "", "train", "approved", '["a","b"]', '{"text":"So."}'),
    ]
    columns = ["id", "item_type", "item_ref", "label", "user_id", "ts", "prev_confidence", "session_id"]
    assert list(first)[:8] == columns
