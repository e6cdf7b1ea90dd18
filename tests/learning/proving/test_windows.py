"""Windows: a long campaign is compared over its newest stretch."""

from learning.proving import windows


def test_all_labels_are_compared_while_there_are_few():
    arms = windows.arms([(3, False), (1, True), (2, False)], [0])
    assert [part.tolist() for part in (arms.base, arms.chosen, arms.random)] == [[0], [3, 2], [1]]


def test_what_came_before_the_newest_stretch_is_where_both_start(monkeypatch):
    monkeypatch.setattr(windows, "NEWEST_RANDOM", 2)
    monkeypatch.setattr(windows, "NEWEST_CHOSEN", 1)
    arms = windows.arms([(number, number % 3 == 0) for number in range(10)], [20])
    assert (arms.base.tolist(), arms.random.tolist()) == ([20, 0, 1, 2, 3, 4, 5], [6, 9])
    assert arms.chosen.tolist() == [7, 8]


def test_the_stretch_reaches_back_to_enough_chosen_labels(monkeypatch):
    monkeypatch.setattr(windows, "NEWEST_RANDOM", 1)
    monkeypatch.setattr(windows, "NEWEST_CHOSEN", 2)
    arms = windows.arms([(0, False), (1, False), (2, True), (3, True)], [])
    assert (arms.base.tolist(), arms.chosen.tolist(), arms.random.tolist()) == ([], [0, 1], [2, 3])
