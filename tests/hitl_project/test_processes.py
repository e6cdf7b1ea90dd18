"""Child processes, real and harmless ones: whatever way they end, nothing of them is left."""

import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from hitl_project import processes
from tests.waiting import PATIENCE, until

SLEEPER = "import time; time.sleep(60)"
# Like the worker: a leader whose child says its number and stays.
LEADER = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPER!r}])"


@pytest.fixture
def start(tmp_path):
    """Return a function that starts a Python program as a child; what is left in the end is killed."""
    started = []

    def begin(program):
        command = [sys.executable, "-c", program]
        started.append(processes._start(f"child{len(started)}", command, tmp_path, tmp_path / "logs"))
        return started[-1]

    yield begin
    processes._stop(started)


def members(child):
    """Return the live processes of a child's group."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(group) == child.process.pid and state not in "ZX":
            found.append(int(folder.name))
    return found


def test_stopping_ends_every_child_and_what_it_started(start):
    both = [start(SLEEPER), start(LEADER)]
    until(lambda: [len(members(child)) for child in both] == [1, 2])
    processes._stop(both)
    until(lambda: [members(child) for child in both] == [[], []])
    assert [child.process.returncode for child in both] == [-signal.SIGTERM] * 2


def test_the_children_of_a_killed_leader_are_ended_too(start):
    child = start(LEADER)
    until(lambda: len(members(child)) == 2)
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()
    assert (len(members(child)), processes._ended([child]) is None) == (1, False)
    processes._stop([child])
    until(lambda: members(child) == [])


def test_a_child_that_will_not_end_is_killed_after_a_while(start, monkeypatch):
    child = start(
        f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); {SLEEPER}"
    )
    until(lambda: child.log.read_text() == "1\n")
    monkeypatch.setattr(processes, "PATIENCE", 0.2)
    processes._stop([child])
    assert (child.process.returncode, members(child)) == (-signal.SIGKILL, [])


def test_a_child_that_ended_by_itself_is_named_with_the_end_of_its_log(start):
    child = start("print('no database'); raise SystemExit(3)")
    child.process.wait(PATIENCE)
    said = processes._ended([child])
    assert said == f"The child0 process ended by itself (status 3). The end of {child.log}:\nno database"


def test_a_taken_port_is_refused_with_the_next_one_to_try():
    with socket.socket() as taken:
        taken.bind((processes.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(processes.ServerProblem, match=f"make demo PORT={port + 1}"):
            processes.check_port(port)
