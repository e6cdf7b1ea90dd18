"""Files read row by row, and what can be wrong with one."""

import io
import json

import pytest

from labeling.importing import files
from labeling.importing.files import Row, lines, listed, table


def test_lines_are_numbered_and_empty_ones_passed_over():
    found = list(lines(io.StringIO('{"a": 1}\n\n[2]\n')))
    assert found == [Row(1, {"a": 1}), Row(3, [2])]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a":', "This is no JSON: Expecting value: line 1 column 6 (char 5)."),
        ('{"a": NaN}', "This is no JSON: NaN is no JSON number."),
        ("[" * 100_000, "This is nested too deeply."),
    ],
)
def test_a_bad_line_is_told_and_the_next_is_read(text, why):
    assert list(lines(io.StringIO(f"{text}\n1\n"))) == [Row(1, text, why), Row(2, 1)]


def test_a_table_has_text_and_json_and_lines_within_cells():
    text = 'item_ref,text,width:json,note:json\r\nr1,"two\nlines",12,\r\nr2,=1+1,,"[1, ""a""]"\r\n'
    assert list(table(io.StringIO(text, newline=""))) == [
        Row(2, {"item_ref": "r1", "text": "two\nlines", "width": 12}),
        Row(4, {"item_ref": "r2", "text": "=1+1", "note": [1, "a"]}),
    ]


@pytest.mark.parametrize(
    ("row", "kept", "why"),
    [
        ("r1", ["r1"], "This row has 1 cell, the headings are 2."),
        ("r1,nope", ["r1", "nope"], "n:json: This is no JSON: Expecting value: line 1 column 1 (char 0)."),
        ('"r1"x,2', None, "This is no CSV: ',' expected after '\"'."),
    ],
)
def test_a_bad_row_of_a_table_is_told_and_the_next_is_read(row, kept, why):
    found = list(table(io.StringIO(f"item_ref,n:json\n{row}\nr2,2\n", newline="")))
    assert found == [Row(2, kept, why), Row(3, {"item_ref": "r2", "n": 2})]


@pytest.mark.parametrize(
    ("headings", "why"), [('"a" ,"b"', "',' expected after '\"'"), ('"a,b', "unexpected end of data")]
)
def test_headings_that_cannot_be_read_are_all_that_is_told_of_a_table(headings, why):
    found = list(table(io.StringIO(f"{headings}\n1,2\n", newline="")))
    assert found == [Row(1, problem=f"The headings are no CSV: {why}.")]


@pytest.mark.parametrize("piece", [1, 2, 7, 1 << 14])
def test_a_list_is_read_whatever_its_pieces(piece, monkeypatch):
    monkeypatch.setattr(files, "PIECE", piece)
    values = [{"a": "x" * 50, "b": ["]", ",", '"']}, {}, {"ü": [1, [2, {"c": None}]]}]
    text = json.dumps(values, indent=1, ensure_ascii=False)
    assert [one.value for one in listed(io.StringIO(text))] == values
    assert [one.line for one in listed(io.StringIO(text))] == [2, 10, 11]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "There is no list here."),
        ("{}", "This is no list: the first character is not [."),
        ("[", "The list does not end."),
        (
            "[{}, {]",
            "This is no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1).",
        ),
    ],
)
def test_a_broken_list_is_told_at_its_end(text, why):
    assert list(listed(io.StringIO(text)))[-1] == Row(1, problem=why)
    assert list(listed(io.StringIO("[ ]"))) == []


def test_columns_of_one_name_and_of_none_are_told_apart():
    (row,) = table(io.StringIO("a,a,,a (2)\n1,2,3,4\n", newline=""))
    assert row.value == {"a": "1", "a (2)": "2", "column 3": "3", "a (2) (2)": "4"}


def test_a_line_that_tells_spreadsheets_the_sign_is_passed_over():
    (row,) = table(io.StringIO("sep=;\r\na;b\r\n1;2\r\n", newline=""), ";")
    assert (row.line, row.value) == (3, {"a": "1", "b": "2"})
