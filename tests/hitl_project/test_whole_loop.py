"""The whole loop on real texts, through the API of a real server, with a real worker."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.learning import worlds

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT.parent / "shared" / "data" / "banking77"


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/banking77 is not here")
@pytest.mark.django_db(transaction=True)
def test_people_are_asked_less_and_a_model_that_fails_one_product_is_refused():
    command = [sys.executable, "bench/whole_loop.py", "--quick"]
    done = subprocess.run(command, cwd=ROOT, env=worlds.environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    first, *_, last = found["rounds"]
    assert last["review_rate"] < first["review_rate"] / 2
    assert last["automated_right"] > 0.9
    spoilt = found["after_careless_labels"]
    assert spoilt["champion"] == last["model"]
    assert {one["status"] for one in spoilt["new"]} == {"refused"}
    assert "context.product=top up got worse" in " ".join(spoilt["new"][-1]["reasons"])
