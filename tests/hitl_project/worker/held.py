"""A task of a test that is held up while a file says so: a module that is quickly imported."""

import os
import time


def work(folder):
    """Say which process began, and wait while it is held up."""
    with (folder / "begun").open("a") as file:
        file.write(f"{os.getpid()}\n")
    while (folder / "hold").exists():
        time.sleep(0.02)
