"""The shortlist of a large pool: the greatest of all pieces together, in bounded memory."""

from uuid import uuid4

import numpy as np

from learning.asking import ranking
from learning.asking.ranking import DRAWN, Ranked


def draw():
    return np.random.default_rng(0)


def test_piece_by_piece_the_greatest_of_all_are_found():
    ids, scores = [uuid4() for _ in range(500)], draw().random(500)
    found = Ranked()
    for start in range(0, 500, 60):
        piece = ranking.ranked(ids[start : start + 60], scores[start : start + 60])
        found = found.joined([piece]).most(20, draw())
    assert found.uuids() == [ids[place] for place in np.argsort(-scores)[:20]]


def test_a_pool_of_equals_is_kept_by_chance_and_not_by_age():
    ids = [uuid4() for _ in range(1000)]
    kept = set(ranking.ranked(ids, np.zeros(1000)).most(200, draw()).uuids())
    assert 70 < len(kept & set(ids[:500])) < 130


def test_lists_come_back_from_their_bytes_also_empty_ones():
    ids = [uuid4(), uuid4()]
    lists = {"margin": ranking.ranked(ids, np.array([0.5, 0.25])), DRAWN: Ranked()}
    back = ranking.unpacked(ranking.packed(lists))
    assert [(name, one.uuids()) for name, one in back.items()] == [(DRAWN, []), ("margin", ids)]


def test_a_fifth_of_a_shortlist_is_drawn_and_all_of_it_without_scores():
    assert ranking.kept(["margin", "rare"], 1000) == {"margin": 400, "rare": 400, DRAWN: 200}
    assert ranking.kept([DRAWN], 1000) == {DRAWN: 1000}
