"""Real processes are killed and cut off under load: nothing lost, nothing doubled, all goes on by itself."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from bench.faulting.cells import QUICK

pytestmark = pytest.mark.slow
GOOD = ([], [], [], "intact")


@pytest.fixture(scope="module")
def cells():
    """Run the quick form of bench/faults.py on a PostgreSQL of its own, and return its cells by name."""
    command = [sys.executable, "bench/faults.py", "--quick"]
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environ, capture_output=True, text=True)
    assert done.stdout, done.stderr[-5000:]
    return {row["name"]: row for row in json.loads(done.stdout)["cells"]}


@pytest.mark.parametrize("name", QUICK)
def test_a_fault_loses_nothing_doubles_nothing_and_passes(cells, name):
    row = cells[name]
    assert (row["lost"], row["doubled"], row["still"], row["book"]) == GOOD
    assert min(row["posts"], row["answers"], row["messages"], row["trainings"]) > 0


def test_without_its_database_the_server_says_so_and_never_500(cells):
    assert {name: row["seen"].get("500", 0) for name, row in cells.items()} == dict.fromkeys(cells, 0)
