"""How a file is written, guessed from its bytes."""

import pytest

from labeling.importing import guessing

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
        ("text\nOne, two\nThree\n", ","),
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
