"""What the bundles' tests share: a bundle made from the book, and the stand-alone verifier run on it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from audit import checkpoints
from audit.bundles import keeping, writing
from tests.audit import attacks

KEY = checkpoints.public_key(attacks.SEED)
VERIFIER = writing.VERIFIER


@dataclass(frozen=True)
class Said:
    """What the verifier answered."""

    status: int
    text: str

    @property
    def last(self):
        """Its last line: the verdict."""
        return self.text.splitlines()[-1]


def make(path: Path, **asked) -> Path:
    """Ask for a bundle, have it written, and put its file at `path`."""
    bundle = keeping.ask(**({"why": "a test", "by": "user:cora"} | asked))
    keeping.work_on(bundle)
    bundle.refresh_from_db()
    assert bundle.state == "done", bundle.error
    with keeping.fetch(bundle, by="user:cora") as file:
        path.write_bytes(file.read())
    return path


def verify(path: Path, *options: str, verifier: Path = VERIFIER) -> Said:
    """Run the verifier in a process of its own, in which no module of ours can be found."""
    command = [sys.executable, "-I", str(verifier), str(path), *options]
    env = {"PATH": os.environ["PATH"]}
    done = subprocess.run(command, capture_output=True, text=True, cwd=path.parent, env=env, timeout=60)
    assert done.stderr == ""
    return Said(done.returncode, done.stdout)


def files(path: Path) -> dict[str, bytes]:
    """Return the files of a bundle by name, in their order."""
    with ZipFile(path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def rows(raw: bytes) -> list[dict]:
    """Return the objects of a file of lines."""
    return [json.loads(line) for line in raw.splitlines()]


def pack(path: Path, held: dict[str, bytes]) -> Path:
    """Write a bundle of these files as they are."""
    with ZipFile(path, "w", ZIP_DEFLATED) as bundle:
        for name, raw in held.items():
            bundle.writestr(name, raw)
    return path
