"""What a payload remembers is not made again."""

import numpy as np

from learning.encoders import remembered
from learning.encoders.remembered import Remembered


def test_only_what_is_not_remembered_is_made():
    asked = []

    def make(payloads):
        asked.extend(payloads)
        return np.array([[one["n"], 0.1] for one in payloads])

    first, second = Remembered({"n": 1}), {"n": 2}
    first.vectors["slow:1"] = np.array([9, 9], np.float16)
    rows = remembered.vectors("slow:1", [first, second], make)
    assert asked == [second]
    np.testing.assert_array_equal(rows, np.array([[9, 9], [2, np.float16(0.1)]], np.float32))


def test_another_version_is_made_anew():
    payload = Remembered({"n": 1})
    payload.vectors["slow:1"] = np.array([9], np.float16)
    rows = remembered.vectors("slow:2", [payload], lambda payloads: np.ones((len(payloads), 1)))
    assert rows.tolist() == [[1.0]]


def test_what_one_encoder_left_is_kept_for_the_next():
    first = Remembered({"n": 1})
    first.vectors["slow:1"] = np.zeros(2, np.float16)
    assert list(Remembered(first).vectors) == ["slow:1"]
