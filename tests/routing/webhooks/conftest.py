"""A client's web server, for tests of messages."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Site(BaseHTTPRequestHandler):
    """Answers by path (`/200`), and keeps what it was sent."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((dict(self.headers), body))
        self.send_response(int(self.path[1:4]))
        self.send_header("Location", "/200")
        self.send_header("Retry-After", "4000")
        self.end_headers()
        self.wfile.write(b"noted")

    def log_message(self, *args):
        """Keep quiet."""


@pytest.fixture
def client_site(settings):
    """A client's web server: answers by path (`/200`), and keeps what it was sent."""
    settings.HITL_WEBHOOK_ALLOW_PRIVATE = True
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    server.seen = []
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()
