"""Waiting for what other processes and threads do: patiently, since what is slow is not wrong."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 120  # seconds, on a machine that does other things
Found = TypeVar("Found")


def until(met: Callable[[], Found]) -> Found:
    """Wait until `met()` is true, and return what it is."""
    deadline = time.monotonic() + PATIENCE
    while not (found := met()):
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)
    return found
