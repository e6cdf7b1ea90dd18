"""Clients and reviewers at work, each with a journal of what the server has acknowledged."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from bench.world import TEXT

TIMEOUT = 8.0  # seconds that a client waits for an answer before it asks again
PAUSE = 0.2  # seconds between two tries of the same
REST = 0.1  # seconds between two acts: load enough to be in the middle of, and two cores stay usable
refs = itertools.count()


@dataclass
class Journal:
    """What was acknowledged, when it was begun and when it was acknowledged (monotonic seconds)."""

    posts: dict[str, tuple[str, float, float]] = field(default_factory=dict)  # reference -> item's id
    claims: list[tuple[int, str, float, float]] = field(default_factory=list)  # seat's name, person
    # Seat's name and person -> label.
    answers: dict[tuple[int, str], tuple[str, float, float]] = field(default_factory=dict)
    seen: Counter = field(default_factory=Counter)  # what else came back, or why nothing did


class Caller:
    """One caller of the API, who sends the same again until there is an answer."""

    def __init__(self, port: int, key: str, journal: Journal, stop: threading.Event) -> None:
        self.port, self.key, self.journal, self.stop = port, key, journal, stop
        self.asking = False  # whether a request of theirs is in the server's hands

    def post(self, path: str, body: Any) -> tuple[int, Any] | None:
        """Return status and body of the first answer that is final; None where `stop` came before one."""
        headers = {"Authorization": self.key, "Content-Type": "application/json"}
        headers["Idempotency-Key"] = uuid4().hex
        while True:
            try:
                status, said = self._once(path, json.dumps(body), headers)
            except (OSError, http.client.HTTPException) as error:
                self.journal.seen[_why(error)] += 1
            else:
                if status not in (429, 500, 502, 503, 504):
                    return status, said
                self.journal.seen[str(status)] += 1
            if self.stop.wait(PAUSE):
                return None

    def _once(self, path: str, body: str, headers: dict[str, str]) -> tuple[int, Any]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)) as connection:
            connection.request("POST", f"/api/v1/{path}", body, headers)
            self.asking = True
            try:
                answer = connection.getresponse()
                said = answer.read()
            finally:
                self.asking = False
            is_json = answer.headers.get_content_type() == "application/json"
            return answer.status, json.loads(said) if said and is_json else said


def _why(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "no answer" if isinstance(error, TimeoutError) else "cut off"


def post_items(caller: Caller, callback_url: str) -> None:
    """Post one item after the other until stopped: half of them the router decides at once."""
    while not caller.stop.wait(REST):
        number = next(refs)
        ref, begun = f"case-{number}", time.monotonic()
        answer = caller.post("items/", _item(ref, (0.85, 0.99)[number % 2], callback_url))
        if answer and answer[0] in (200, 201):
            caller.journal.posts[ref] = (answer[1]["id"], begun, time.monotonic())
        elif answer:
            caller.journal.seen[f"post {answer[0]}"] += 1


def review_items(caller: Caller, person: str) -> None:
    """Claim and answer one item after the other until stopped."""
    while not caller.stop.wait(REST):
        begun = time.monotonic()
        claimed = caller.post("assignments/claim/", {})
        if claimed is None or claimed[0] == 204:
            continue
        if claimed[0] != 200:
            caller.journal.seen[f"claim {claimed[0]}"] += 1
            continue
        seat = claimed[1]["id"]
        caller.journal.claims.append((seat, person, begun, time.monotonic()))
        label = ("negative", "positive")[len(caller.journal.claims) % 2]
        begun = time.monotonic()
        answer = caller.post(f"assignments/{seat}/submit/", {"action": "edit", "label": label})
        if answer and answer[0] == 200:
            caller.journal.answers[seat, person] = (label, begun, time.monotonic())
        elif answer:
            caller.journal.seen[f"submit {answer[0]}"] += 1


def _item(ref: str, sure: float, callback_url: str) -> dict[str, Any]:
    return {
        "item_type": "faults",
        "item_ref": ref,
        "payload": {"text": TEXT},
        "callback_url": callback_url,
        "predictions": [
            {
                "model": "clf@1",
                "label": "negative",
                "confidence": sure,
                "probabilities": {"negative": sure, "positive": round(1 - sure, 6)},
            }
        ],
    }
