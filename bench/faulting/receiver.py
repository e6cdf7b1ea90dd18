"""The client's end of the webhooks: takes messages, and remembers each in the order of its coming."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MOMENT = 0.03  # seconds that a message waits for its answer, so that a fault finds some under way


@dataclass(frozen=True)
class Received:
    """One message: its id, the item and the event that it tells of, when it came, whether it is signed."""

    id: str
    item: str
    event: str
    at: float  # seconds of the monotonic clock
    signed: bool


class Receiver:
    """A server on a port of 127.0.0.1 that answers 204 to every POST, after a moment."""

    def __init__(self, secret: str) -> None:
        self.got: list[Received] = []
        self.taking: list[str] = []  # ids of messages that have come and are not answered yet
        key = base64.b64decode(secret.removeprefix("whsec_"))
        got, receiver = self.got, self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                said = json.loads(body)
                signed = _signed(key, dict(self.headers), body)
                message = self.headers["webhook-id"]
                got.append(Received(message, said["data"]["id"], said["type"], time.monotonic(), signed))
                receiver.taking.append(message)
                time.sleep(MOMENT)
                receiver.taking.remove(message)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def close(self) -> None:
        """End the server."""
        self.server.shutdown()
        self.server.server_close()


def _signed(key: bytes, headers: dict[str, str], body: bytes) -> bool:
    """Return whether a message carries the signature of Standard Webhooks 1.0 by this key."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return right in headers["webhook-signature"].split(" ")
