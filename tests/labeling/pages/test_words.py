"""Texts are compared word by word."""

from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from labeling.pages.words import Piece, compared


def test_words_that_went_and_came_stand_in_their_places():
    assert compared("It opens on Sunday.", "It opens on a Monday.") == (
        Piece("same", "It opens on "),
        Piece("out", "Sunday"),
        Piece("in", "a Monday"),
        Piece("same", "."),
    )


def test_the_same_text_is_one_piece_and_nothing_is_none():
    assert (compared("Yes.", "Yes."), compared("", "")) == ((Piece("same", "Yes."),), ())


def test_very_long_texts_are_not_compared():
    before, after = "a " * 3_000, "b " * 3_000
    assert compared(before, after) == (Piece("out", before), Piece("in", after))


def test_texts_that_repeat_themselves_are_given_up_in_time():
    before, after, begun = ".," * 1_000, ",,.." * 500, process_time()
    assert compared(before, after) == (Piece("out", before), Piece("in", after))
    assert process_time() - begun < 10  # it was 43 seconds


def test_prose_of_the_greatest_length_is_compared():
    before = " ".join(f"word{number % 97}" for number in range(999))
    assert [piece.kind for piece in compared(before, f"{before} more")] == ["same", "in"]


TEXTS = st.text(alphabet="ab .\n", max_size=40)


@given(TEXTS, TEXTS)
def test_the_pieces_make_both_texts(before, after):
    pieces = compared(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "in") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "out") == after
