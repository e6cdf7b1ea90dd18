"""Texts and boxes: what is alike, and in bounded time."""

import difflib
import random
import time

import pytest

from routing.similarity import common_subsequence, critical_tokens, matched, overlaps, text_similarity


def test_case_width_and_white_space_do_not_count():
    assert text_similarity("The  Room\nwas ｆｉｎｅ", "the room was fine ") == 1.0


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [("abcd", "abd", 6 / 7), ("abc", "xyz", 0.0), ("", "", 1.0), ("", "abc", 0.0)],
)
def test_similarity_is_twice_what_is_common_by_both_lengths(a, b, expected):
    assert text_similarity(a, b) == pytest.approx(expected)


def test_the_common_subsequence_equals_the_classic_table():
    rng = random.Random(7)
    for _ in range(200):
        a, b = ("".join(rng.choices("abc", k=rng.randint(0, 12))) for _ in range(2))
        table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
        for i, x in enumerate(a):
            for j, y in enumerate(b):
                table[i + 1][j + 1] = table[i][j] + 1 if x == y else max(table[i][j + 1], table[i + 1][j])
        assert common_subsequence(a, b) == common_subsequence(b, a) == table[-1][-1]


def test_similarity_is_never_below_that_of_difflib():
    a, b = "a refund of 20 euros is due", "we owe you a refund of 30 euros"
    assert text_similarity(a, b) >= difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()


def test_the_longest_texts_allowed_take_less_than_a_second():
    a, b = "ab " * 33_000, "b a" * 33_000
    started = time.process_time()
    assert 0 <= text_similarity(a, b) <= 1
    assert text_similarity(" ".join(map(str, range(16_000))), " ".join(map(str, range(16_000, 0, -1)))) < 0.01
    assert time.process_time() - started < 1


def test_numbers_and_negations_are_critical():
    assert critical_tokens("Pay $1,000 by 2026-01-02") != critical_tokens("Pay $100 by 2026-01-02")
    assert critical_tokens("It is covered") != critical_tokens("It isn't covered")
    assert critical_tokens("pay 2 and 3") == critical_tokens("3 and 2: pay!")


def test_overlap_is_intersection_over_union():
    table = overlaps([[0, 0, 10, 10]], [[0, 0, 10, 10], [5, 0, 15, 10], [10, 10, 20, 20]])
    assert table[0] == pytest.approx([1.0, 50 / 150, 0.0])


def test_boxes_are_matched_for_the_largest_sum_not_greedily():
    a, b = [[0, 0, 10, 10], [0, 0, 10, 6]], [[0, 0, 10, 8], [0, 0, 10, 30]]
    table = overlaps(a, b)
    assert matched(table) == pytest.approx(10 / 30 + 6 / 8)
    assert matched(table.T) == matched(table)
    assert matched(table[:, :0]) == 0.0
