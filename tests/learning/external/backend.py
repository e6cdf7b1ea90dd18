"""A server elsewhere as tests need it: ML backend or trainer, answering as told, keeping what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MOVED = 307
Tasks = list[dict[str, Any]]


def choice(label: str, score: float | None = 0.97, **more: Any) -> dict[str, Any]:
    """Return a prediction that chooses a label."""
    result = {"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": [label]}}
    return {"result": [result], "score": score, **more}


@contextmanager
def serving(answer: Callable[[Tasks], Any]) -> Iterator[ThreadingHTTPServer]:
    """Serve any POST; `answer` gives the body for the tasks, or a number: the status to fail with.

    With MOVED it sends on to another path of its own.
    """

    class Backend(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = json.loads(body)
            server.asked.append((self.path, dict(self.headers), asked))
            server.bodies.append(body)
            said = answer(asked.get("tasks", []))
            self.send_response(said if isinstance(said, int) else 200)
            if said == MOVED:
                self.send_header("Location", f"{server.url}/elsewhere")
            self.end_headers()
            self.wfile.write(b"no" if isinstance(said, int) else json.dumps(said).encode())

        def log_message(self, *args: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    server.asked, server.bodies = [], []
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
