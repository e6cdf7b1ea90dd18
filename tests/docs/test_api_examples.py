"""Every example of README.md and docs/api.md, pasted into one shell each, against a live server."""

import json
import os
import subprocess
import sys

import pytest

from learning import registry, retraining
from learning.models import LearningPlan
from routing.models import Item, ItemType
from tests.docs.blocks import commanded, examples, like
from tests.learning import worlds
from tests.waiting import PATIENCE

SERVER = "http://127.0.0.1:8000"
END = "--- the end of an example ---"


class Shell:
    """One bash that runs examples one after the other, so that what one sets is there for the next."""

    def __init__(self, folder, address):
        self.address = address
        self.process = subprocess.Popen(
            ["bash"],
            cwd=folder,
            env=os.environ,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, example):
        """Return what the example prints; Python is run with the names that the shell has exported."""
        code = commanded(example.code).replace(SERVER, self.address)
        if example.language == "python":
            code = f"{sys.executable} - <<'CODE'\n{code}\nCODE"
        self.process.stdin.write(f"{code}\necho; echo '{END}'\n")
        self.process.stdin.flush()
        lines = iter(self.process.stdout.readline, f"{END}\n")
        return "".join(lines).replace("\r", "").strip()


@pytest.fixture
def shell(transactional_db, live_server, tmp_path):
    shell = Shell(tmp_path, live_server.url)
    yield shell
    shell.process.communicate(timeout=PATIENCE)


def said(printed, shown):
    """Return the last of the JSON values that were printed; of a page that shows text the text."""
    if isinstance(shown, str):
        return printed
    decoder, value, place = json.JSONDecoder(), None, 0
    while place < len(printed):
        value, end = decoder.raw_decode(printed, place)
        place = end + len(printed[end:]) - len(printed[end:].lstrip())
    return value


def train():
    """Train a champion of the page's item type on texts that a word tells apart."""
    item_type = ItemType.objects.get(slug="sentiment")
    LearningPlan.objects.update_or_create(item_type=item_type)
    for label, word in (("positive", "wonderful"), ("negative", "awful")):
        texts = [{"text": f"A {word} stay of {nights} nights."} for nights in range(60)]
        worlds.label(stored(item_type, word, texts), label)
    model = retraining.retrain(item_type, trigger="test").model_version
    registry.promote(model, reason="for a test", by="system:test")


def stored(item_type, word, payloads):
    """Return new pool items, one in four of them held out."""
    return Item.objects.bulk_create(
        Item(
            item_type=item_type,
            item_ref=f"{word}-{number}",
            payload=payload,
            status="pooled",
            audit_draw=0.5,
            held_out=number % 4 == 0,
            created_by="system:test",
        )
        for number, payload in enumerate(payloads)
    )


def test_the_api_page_says_what_the_server_answers(shell):
    wrong, checked = [], 0
    for example in examples("docs/api.md"):
        if "api predict/" in example.code:
            train()
        printed = shell.run(example)
        if example.answer is not None:
            checked += 1
            if not like(example.answer, said(printed, example.answer)):
                wrong.append((example.code, printed))
    assert wrong == []
    assert checked > 20


def test_the_readmes_clients_get_the_three_answers_that_it_names(shell):
    clients = next(one for one in examples("README.md") if "create_api_key" in one.code)
    answers = [json.loads(line) for line in shell.run(clients).splitlines() if line.startswith("{")]
    assert [one["status"] for one in answers] == ["approved", "pending_human", "pending_expert"]
