"""Run schemathesis against a live server as several callers in turn, and read what it found."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "unsupported_method",
)
GENERATED = re.compile(r"(\d+) generated")


@dataclass(frozen=True)
class Thrown:
    """How many requests were made up and sent, and what the checks had to say, in words."""

    cases: int
    failed: bool
    told: str


def throw(
    address: str, document: Path, callers: list[dict[str, str]], known: dict[str, list], *, examples: int
) -> Thrown:
    """Throw `examples` requests at each operation besides those that its fields call for, and return all.

    `callers` are the headers of each, the first of them who may all; `known` are names that there are.
    """
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", str(document), "--url", address),
        *("--phases", "coverage,fuzzing", "--max-examples", str(examples), "--checks", ",".join(CHECKS)),
        # One thread: Python 3.11 may fail to parse code in two at once, which Hypothesis does.
        *("--workers", "1", "--continue-on-failure", "--warnings", "off", "--no-shrink", "--seed", "7"),
        *("--request-timeout", "60", "--suppress-health-check", "all"),
    ]
    told = {"HITL_FUZZ_KNOWN": json.dumps(known, default=str), "HITL_FUZZ_CALLERS": json.dumps(callers)}
    here = {"PYTHONPATH": str(Path(__file__).parent), "SCHEMATHESIS_HOOKS": "hooks"}
    run = subprocess.run(
        command,
        env={**os.environ, **told, **here},
        cwd=document.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    found = GENERATED.search(run.stdout)
    return Thrown(int(found.group(1)) if found else 0, run.returncode != 0, run.stdout)
