"""What each of many concurrent clients does for a while, and how long each act took."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.world import body

TIMEOUT = 60.0  # seconds
Act = Callable[["Client"], None]


class Client:
    """One client with a connection of its own, who notes how long each act took and what went wrong."""

    def __init__(self, port: int, key: str) -> None:
        self.port, self.key = port, key
        self.took: dict[str, list[float]] = defaultdict(list)
        self.errors: Counter = Counter()
        self.connection: http.client.HTTPConnection | None = None

    def post(self, act: str, path: str, body: Any) -> Any:
        """Return the answer's JSON; None for none, and for an error, which is counted."""
        begun = time.perf_counter()
        try:
            status, said = self._exchange(path, json.dumps(body))
        except (OSError, http.client.HTTPException) as error:
            self.close()
            self.errors[f"{act}: {type(error).__name__}"] += 1
            return None
        if status >= 400:
            self.errors[f"{act}: {status}"] += 1
            return None
        self.took[act].append(time.perf_counter() - begun)
        return json.loads(said) if said else None

    def close(self) -> None:
        """Give the connection up."""
        if self.connection:
            self.connection.close()
            self.connection = None

    def _exchange(self, path: str, body: str) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"} | ({"Authorization": self.key} if self.key else {})
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        self.connection.request("POST", path, body, headers)
        answer = self.connection.getresponse()
        said = answer.read()
        if answer.will_close:
            self.close()
        return answer.status, said


def post(client: Client) -> None:
    """Post one item with a prediction."""
    client.post("post", "/api/v1/items/", body())


def review(client: Client) -> None:
    """Claim one item and answer it."""
    if seat := client.post("claim", "/api/v1/assignments/claim/", {}):
        answer = {"action": "edit", "label": "positive"}
        client.post("submit", f"/api/v1/assignments/{seat['id']}/submit/", answer)


def post_floor(client: Client) -> None:
    """Insert one row."""
    client.post("post", "/floor/items/", body())


def review_floor(client: Client) -> None:
    """Take one row and write an answer into it."""
    if row := client.post("claim", "/floor/claim/", {}):
        client.post("submit", f"/floor/{row['id']}/submit/", {"label": "positive"})


def at_once(clients: list[Client], act: Act, seconds: float) -> float:
    """Let all act again and again for so long, and return the seconds to the last answer."""
    begun = time.monotonic()

    def work(client: Client) -> None:
        while time.monotonic() < begun + seconds:
            act(client)
        client.close()

    threads = [threading.Thread(target=work, args=(one,)) for one in clients]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return time.monotonic() - begun


def figures(clients: list[Client], act: str, elapsed: float) -> dict[str, float]:
    """Return rate a second and milliseconds (median, 95th, 99th percentile) of one act of all clients.

    Where it never succeeded there is the rate alone: 0.
    """
    took = np.array([one for client in clients for one in client.took[act]])
    if not len(took):
        return {"rate": 0.0}
    p50, p95, p99 = (round(1000 * float(np.quantile(took, share)), 1) for share in (0.5, 0.95, 0.99))
    return {"rate": round(len(took) / elapsed, 1), "p50_ms": p50, "p95_ms": p95, "p99_ms": p99}
