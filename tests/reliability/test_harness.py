"""What breaks things breaks them as it says, and what measures measures."""

import os
import socket
import subprocess
import sys
import threading

import pytest

from bench import pages
from bench.faulting import disk
from bench.faulting.network import Relay
from bench.faulting.table import table
from bench.loading import spent, work
from bench.loading import table as loaded
from bench.ports import free_port
from tests.waiting import PATIENCE

ROW = {
    "words": "kill -9",
    "posts": 1200,
    "answers": 3,
    "messages": 4,
    "trainings": 5,
    "lost_count": 0,
    "doubled_count": 0,
    "repeated": 2,
    "back": {"posting": 0.5, "reviewing": 1, "delivering": 3},
    "book": "intact",
}
QUICK = {"p50_ms": 9.9, "p95_ms": 12.4, "p99_ms": 13.6}
LOADED = {
    "seconds": 300.0,
    "waiting": 100_000,
    "levels": [
        {
            "clients": 8,
            "post": {"rate": 69.7, "p50_ms": 13.9, "p95_ms": 16.1, "p99_ms": 1019.8, "cpu_ms": [11.19, 2.21]},
            "claim": {"rate": 33.3, **QUICK},
            "submit": {"rate": 33.3, "p50_ms": 18.7, "p95_ms": 23.3, "p99_ms": 26.4, "cpu_ms": [21.77, 6.7]},
            "web_memory": {"before_mb": 233.9, "after_mb": 236.9},
            "errors": {"claim: 503": 2, "post: BrokenPipeError": 1},
        },
        {
            "clients": 32,
            "post": {"rate": 0.0, "cpu_ms": [0.0, 0.0]},
            "claim": {"rate": 0.0},
            "submit": {"rate": 0.0, "cpu_ms": [0.0, 0.0]},
            "web_memory": {"before_mb": 237.0, "after_mb": 237.0},
            "errors": {"post: 503": 9},
        },
    ],
    "floor": {"post": {"cpu_ms": [1.14, 0.24]}, "submit": {"cpu_ms": [1.86, 0.55]}},
    "peers": {"peer 1": {"post": [55, 33], "decision": [185, 100]}},
}


@pytest.fixture
def relayed():
    """An echo behind a relay: the relay, and a connection through it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def echo():
            one, _ = server.accept()
            with one:
                while data := one.recv(100):
                    one.sendall(data)

        threading.Thread(target=echo, daemon=True).start()
        relay = Relay(server.getsockname()[1])
        with socket.create_connection(("127.0.0.1", relay.port), PATIENCE) as client:
            yield relay, client


def test_a_cut_holds_everything_back_and_its_end_lets_it_through(relayed):
    relay, client = relayed
    client.sendall(b"one")
    assert client.recv(100) == b"one"
    relay.cut()
    client.sendall(b"two")
    client.settimeout(0.2)
    with pytest.raises(TimeoutError):
        client.recv(100)
    client.settimeout(PATIENCE)
    relay.mend()
    assert client.recv(100) == b"two"


def test_what_is_lost_in_a_cut_stays_lost(relayed):
    relay, client = relayed
    client.sendall(b"one")
    assert client.recv(100) == b"one"
    relay.cut()
    relay.mend(lost=True)
    assert client.recv(100) == b""


def test_a_table_replaces_what_stood_in_its_place(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- table: how -->\nold\n<!-- end of the table -->\nafter\n")
    pages.put(page, "table", table([ROW, {"words": "disk full", "not_run": "mount"}], 30, quick=False))
    lines = page.read_text().splitlines()
    assert (lines[0], lines[1], lines[-2:]) == (
        "before",
        "<!-- table: how -->",
        ["<!-- end of the table -->", "after"],
    )
    assert "old" not in lines
    assert "| kill -9 | 1,200, 3, 4, 5 | 0 | 0 | 2 | 0.5, 1.0, not, 3.0 | intact |" in lines
    assert "| disk full | not run: needs mount | | | | | |" in lines


def test_a_page_without_a_place_for_the_table_is_refused(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("no table\n")
    with pytest.raises(ValueError, match="lacks the lines"):
        pages.put(page, "table", "")


def test_the_load_is_told_by_level_and_beside_the_floor_and_the_peers():
    said = loaded.table(LOADED).splitlines()
    assert said[2:5] == [
        "| 8 | post an item | 70 | 14, 16, 1,020 | 11.2 + 2.2 |",
        "| 8 | claim | 33 | 10, 12, 14 |  |",
        "| 8 | answer | 33 | 19, 23, 26 | 21.8 + 6.7 |",
    ]
    assert said[6] == "| 32 | claim | 0 | never done |  |"
    assert "Requests that failed: 12." in said[9]
    assert said[-3:] == [
        "| this server, 8 clients | 11.2 + 2.2 | 21.8 + 6.7 |",
        "| a bare view that writes one row | 1.1 + 0.2 | 1.9 + 0.6 |",
        "| peer 1, on another day | 55.0 + 33.0 | 185.0 + 100.0 |",
    ]


def test_the_work_of_children_counts_as_their_parents():
    before = spent.cpu_seconds(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(range(3_000_000))"], check=True)
    assert spent.cpu_seconds(os.getpid()) > before
    assert spent.megabytes(os.getpid()) > 10


def test_percentiles_are_of_all_clients_together():
    clients = [work.Client(0, ""), work.Client(0, "")]
    clients[0].took["post"] = [0.1] * 99
    clients[1].took["post"] = [1.1]
    said = work.figures(clients, "post", 10.0)
    assert said == {"rate": 10.0, "p50_ms": 100.0, "p95_ms": 100.0, "p99_ms": 110.0}


def test_an_act_that_never_succeeded_has_a_rate_and_no_percentiles():
    assert work.figures([work.Client(0, "")], "post", 10.0) == {"rate": 0.0}


def test_the_work_of_a_child_that_has_ended_counts_as_much_as_that_of_one_that_runs():
    busy = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"
    before = spent.cpu_seconds(os.getpid())
    child = subprocess.Popen([sys.executable, "-c", busy], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdout.readline()
    running = spent.cpu_seconds(os.getpid()) - before
    child.communicate(b"\n")
    assert running >= 0.28
    assert spent.cpu_seconds(os.getpid()) - before >= running


def test_a_port_that_was_given_is_taken_for_all_but_a_server():
    port = free_port()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))
    socket.create_server(("127.0.0.1", port)).close()


def test_a_small_disk_is_a_folder_where_none_may_be_mounted(tmp_path, monkeypatch):
    monkeypatch.setattr(disk.os, "geteuid", lambda: 1000)
    with disk.small(tmp_path / "disk", 1) as mounted:
        assert (mounted, (tmp_path / "disk").is_dir()) == (False, True)
