"""The examples of the documentation as they stand in it: code, and the answers shown below."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MANAGE = r"(?:\.venv/bin/python )?manage\.py (\w+) ?"
ASKED = re.compile(rf"\$\({MANAGE}([^)]*)\)")
ORDER = re.compile(rf"^{MANAGE}(.*)$")
ANYTHING = "…"
SHOWN = {"json": json.loads, "text": str.strip}


@dataclass(frozen=True)
class Example:
    """One block of code, and what the page says that it prints last, where it does."""

    language: str
    code: str
    answer: Any = None


def examples(page: str) -> Iterator[Example]:
    """Yield the blocks of a page in order; the answer of one is the next block, of JSON or text."""
    found = [*BLOCK.findall((ROOT / page).read_text()), ("", "")]
    for (language, code), (kind, answer) in pairwise(found):
        if language not in SHOWN:
            yield Example(language, code, SHOWN[kind](answer) if kind in SHOWN else None)


def commanded(code: str) -> str:
    """Return the code with its commands of manage.py done, in order, and what they printed in their place."""
    return "\n".join(map(_commanded, code.splitlines()))


def like(shown: Any, got: Any) -> bool:
    """Whether an answer says all that the page shows of it; `…` stands for anything."""
    if shown == ANYTHING:
        return True
    if isinstance(shown, dict) and isinstance(got, dict):
        return all(name in got and like(value, got[name]) for name, value in shown.items())
    if isinstance(shown, list) and isinstance(got, list):
        return len(shown) == len(got) and all(map(like, shown, got))
    return type(shown) is type(got) and shown == got


def _commanded(line: str) -> str:
    line = ASKED.sub(lambda found: shlex.quote(_done(*found.groups())), line)
    return ORDER.sub(lambda found: f": {shlex.quote(_done(*found.groups()))}", line)


def _done(command: str, words: str) -> str:
    out = StringIO()
    call_command(command, *shlex.split(words), stdout=out)
    return out.getvalue().strip()
