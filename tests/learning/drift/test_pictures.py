"""The geometry of a report's pictures."""

from learning.drift.pictures import HEIGHT, WIDTH, histograms, weeks


def test_two_histograms_share_a_scale_and_fill_the_width():
    first, second = histograms([0.5, 0.25], [0.25, 1.0], ["low", "high"])
    assert (second.now_y, second.now) == (0, HEIGHT)
    assert (first.then_y, first.then) == (HEIGHT / 2, HEIGHT / 2)
    assert (first.x, second.x + second.width) == (WIDTH * 0.05, WIDTH * 0.95)
    assert first.words == "low: 50.0 % then, 25.0 % now"


def test_a_week_of_few_looks_has_no_dot():
    counts = [
        {"first": "2026-01-05", "looked": 20, "overturned": 4},
        {"first": "2026-01-12", "looked": 4, "overturned": 4},
        {"first": "2026-01-19", "looked": 10, "overturned": 1},
    ]
    made, line, top = weeks(counts)
    assert (round(top, 2), [one.y is None for one in made]) == (0.23, [False, True, False])
    assert line == f"M{made[0].x:g} {made[0].y:g} L{made[2].x:g} {made[2].y:g}"
