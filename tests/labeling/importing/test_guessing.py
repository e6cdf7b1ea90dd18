"""How a file is written, guessed from its bytes."""

import pytest

from labeling.importing import guessing
from routing.errors import InvalidInput

TEXT = "ref;text\n1;Zoë, a café\n2;So, so\n"


@pytest.mark.parametrize(
    ("written", "found"),
    [("utf-8", "utf-8-sig"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1252", "cp1252")],
)
def test_a_text_is_read_as_it_was_written(tmp_path, written, found):
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode(written))
    assert guessing.encoding(path) == found
    assert (path.read_text(encoding=found), guessing.delimiter(path, found)) == (TEXT, ";")


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("a,b\n1,2\n", ","),
        ("a\tb\n1,5\t2\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ('a;b\n"1;x";2\n', ";"),
        ("text\nOne, two\nThree\n", "\t"),
        ("sep=|\r\na,b|c\r\n1,2|3\r\n", "|"),
        ("a,b\n1\n1,2,3\n", ","),
        ("", ","),
    ],
)
def test_what_parts_the_cells_gives_every_row_one_width(tmp_path, text, sign):
    (tmp_path / "a.csv").write_text(text)
    assert guessing.delimiter(tmp_path / "a.csv", "utf-8") == sign


def test_a_letter_cut_by_a_piece_is_no_fault(tmp_path, monkeypatch):
    monkeypatch.setattr(guessing, "PIECE", 3)
    (tmp_path / "a.csv").write_bytes("aaéé".encode())
    assert guessing.encoding(tmp_path / "a.csv") == "utf-8-sig"


def test_a_few_wrong_bytes_do_not_spoil_every_letter(tmp_path):
    (tmp_path / "a.csv").write_bytes("é, ü, ñ".encode() + b"\xff")
    assert guessing.encoding(tmp_path / "a.csv") == "utf-8-sig"


@pytest.mark.parametrize(
    ("name", "head", "found"),
    [
        ("a.CSV", b"text\n", "csv"),
        ("a.txt", "a\tb".encode("utf-16"), "csv"),
        ("a.json", b'{"text": "a"}\n', "jsonl"),
        ("a.json", b"\n [\n{", "label-studio"),
        ("a.jsonl", b"\xef\xbb\xbf[{", "label-studio"),
    ],
)
def test_a_format_is_told_by_the_name_and_the_first_sign(name, head, found):
    assert guessing.form(head, name) == found


@pytest.mark.parametrize(
    ("name", "head", "why"),
    [
        ("a.xlsx", b"PK", "This is a spreadsheet: save it as CSV, and send that."),
        ("a.csv", b"PK\x03\x04", "This is no text. Save a spreadsheet as CSV, and send that."),
        ("a.csv", b"a\0b", "This is no text. Save a spreadsheet as CSV, and send that."),
        ("a", b"a", "Send a file that ends in one of: .csv, .tsv, .txt, .jsonl, .ndjson, .json."),
    ],
)
def test_what_cannot_be_read_is_said_with_what_to_do(name, head, why):
    with pytest.raises(InvalidInput) as caught:
        guessing.form(head, name)
    assert [one.detail for one in caught.value.problems] == [why]
