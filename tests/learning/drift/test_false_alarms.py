"""SCIENCE goal G14: each test alarms falsely in at most 1 % of looks, and so does a whole look."""

import numpy as np
import pytest
from scipy.stats import binom
from threadpoolctl import threadpool_limits

from learning.drift import comparing, inputs
from learning.drift.comparing import compare
from learning.drift.overrides import Looked, rise
from learning.drift.shuffles import Shuffles, chi_squared, largest_gap
from tests.learning.drift import worlds

LEVEL = 0.01
REPEATS = 400
# Above this a rate of 1 % would be seen with a chance of 1 in 1,000; a rate of 5 % is seen with 98 %.
MOST = binom.ppf(0.999, REPEATS, LEVEL)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Threads of BLAS that wait for one another spin on a busy machine."""
    with threadpool_limits(1, user_api="blas"):
        yield


def steady(statistic, window: int) -> np.ndarray:
    """Return the p-values of a test over worlds in which nothing moves."""
    found = []
    for seed in range(REPEATS):
        shuffles = Shuffles.draw(300, window, count=199, seed=seed)
        found.append(shuffles.p_value(statistic(np.random.default_rng(seed), 300 + window, shuffles)))
    return np.array(found)


def scores(rng, count, shuffles):
    return largest_gap(rng.beta(8, 1, count).round(2), shuffles)


def answers(rng, count, shuffles):
    return chi_squared(rng.zipf(1.7, count).clip(max=40) - 1, shuffles)


def embeddings(rng, count, shuffles):
    return inputs.discrepancy(inputs.waves(rng.normal(size=(count, 8)), count=32), shuffles)


def fields(rng, count, shuffles):
    columns = [inputs.column(f"f{place}", rng.normal(size=count).tolist()) for place in range(3)]
    return inputs.stability(columns, shuffles)[0]


@pytest.mark.parametrize(
    ("statistic", "window"), [(scores, 200), (scores, 500), (answers, 500), (embeddings, 200), (fields, 200)]
)
def test_a_test_alarms_falsely_in_one_look_of_a_hundred_at_most(statistic, window):
    p_values = steady(statistic, window)
    assert (p_values <= LEVEL).sum() <= MOST
    assert p_values.mean() == pytest.approx(
        0.5, abs=0.05
    )  # 3.5 standard errors: it is no test that never alarms


def test_overturned_answers_alarm_falsely_in_one_look_of_a_hundred_at_most():
    rng = np.random.default_rng(0)
    looks = rng.binomial([400, 300, 200, 100], [0.1, 0.02, 0.1, 0.02], (REPEATS, 4))
    p_values = [rise([(one[0], 400, one[2], 200), (one[1], 300, one[3], 100)]) for one in looks]
    assert (np.array(p_values) <= LEVEL).sum() <= MOST


@pytest.mark.parametrize("window", [50, 100, 200])
def test_the_index_without_its_bias_is_nought_where_the_rule_of_thumb_alarms(window):
    rng = np.random.default_rng(1)
    counts = (rng.multinomial(2_000, [0.1] * 10, 2_000), rng.multinomial(window, [0.1] * 10, 2_000))
    found = inputs.population_stability(*counts, np.array([0]))[:, 0]
    assert found.mean() - 9 * (1 / 2_000 + 1 / window) == pytest.approx(0, abs=0.02)
    # SCIENCE 7 measured 72 %, 32 % and 2 % of windows above 0.1 where nothing has moved.
    assert (found > 0.1).mean() == pytest.approx({50: 0.72, 100: 0.32, 200: 0.02}[window], abs=0.1)


@pytest.mark.slow
def test_looks_of_a_long_stream_alarm_falsely_in_one_of_a_hundred_at_most(monkeypatch):
    """Looks that share their reference are each as rarely wrong as a single one.

    With smaller windows, which are quicker and no different. A rate of 7 % is seen with a chance of 86 %.
    """
    monkeypatch.setattr(comparing, "WINDOWS", (200, 400))
    monkeypatch.setattr(comparing, "MOST", 400)
    alarms = [alarm for seed in range(8) for alarm in looks(seed)]
    assert (len(alarms), sum(alarms) <= binom.ppf(0.99, len(alarms), LEVEL)) == (104, True)


def looks(seed: int):
    """Yield whether each look at a steady stream alarms."""
    rng = np.random.default_rng(seed)
    stream, overturned, automated = worlds.rows(3_000, seed=seed), rng.random(3_000) < 0.1, rng.random(3_000)
    looked = Looked(overturned, automated < 0.5, stream.scores)
    for end in range(600, 3_001, 200):
        newest = stream.part(max(end - 400, 400), end)
        found = compare(worlds.joined(stream.part(0, 400), newest), None, looked.part(slice(end)), count=999)
        yield any(one.drifted for one in found)
