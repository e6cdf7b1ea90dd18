"""Every example of README.md and docs/api.md, pasted into one shell each, against a live server."""

import json
import os
import subprocess

import pytest

from tests.docs.blocks import commanded, examples, like

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

    def run(self, code):
        """Return what the code prints."""
        code = commanded(code).replace(SERVER, self.address)
        self.process.stdin.write(f"{code}\necho; echo '{END}'\n")
        self.process.stdin.flush()
        lines = iter(self.process.stdout.readline, f"{END}\n")
        return "".join(lines).strip()


@pytest.fixture
def shell(transactional_db, live_server, tmp_path):
    shell = Shell(tmp_path, live_server.url)
    yield shell
    shell.process.communicate(timeout=10)


def last_line(printed):
    return json.loads(printed.splitlines()[-1])


def test_the_api_page_says_what_the_server_answers(shell):
    wrong = []
    for example in examples("docs/api.md"):
        if example.language == "sh":
            printed = shell.run(example.code)
            print(example.code, "=>", printed[:1500], "\n")
            if example.answer is not None and not like(example.answer, last_line(printed)):
                wrong.append((example.code, printed))
    assert wrong == []
