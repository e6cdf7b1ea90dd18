"""How long one prediction takes, whatever else the machine does."""

from learning.judging.speed import Speed, measure


class Clock:
    """A clock that only runs while a payload is answered: by its value in milliseconds, and hiccups."""

    def __init__(self):
        self.now, self.calls = 0.0, 0

    def __call__(self):
        return self.now

    def answer(self, payloads):
        self.calls += 1
        self.now += payloads[0] / 1000 + (0.05 if self.calls % 3 == 1 else 0)


def test_the_shortest_of_three_tries_counts():
    clock = Clock()
    found = measure(clock.answer, [10] * 9 + [20], clock=clock)
    assert Speed(round(found.p50, 6), round(found.p95, 6), found.n) == Speed(10.0, 15.5, 10)
    assert clock.calls == 30


def test_of_many_payloads_fifty_are_asked():
    clock = Clock()
    assert measure(clock.answer, [1] * 1000, clock=clock).n == 50


def test_a_slow_model_is_not_asked_for_longer_than_five_seconds():
    clock = Clock()
    assert measure(clock.answer, [2000] * 50, clock=clock).n == 1


def test_without_payloads_nothing_is_measured():
    assert measure(lambda payloads: None, []) is None
