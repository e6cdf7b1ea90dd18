"""How log records are written: a line for people, or JSON for collectors, and never what is confidential."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

# What the database quotes of a row, keys of the API and of webhooks, and links that let somebody in.
SECRET = re.compile(
    r"(?P<detail>^[ \t]*(?:DETAIL|CONTEXT):.*(?:\n(?![ \t]*(?:File|[A-Z]\w+:)).*)*)"
    r"|(?P<key>\b(?:hitl_[0-9a-f]{8}_|whsec_))\S+"
    r"|(?P<bearer>(?i:bearer )\s*)\S+",
    re.MULTILINE,
)
FIELDS = ("method", "view", "status", "ms", "statements", "user", "key")  # of the line of a request


def scrubbed(text: str) -> str:
    """Return the text without what must not be read in a log."""
    return SECRET.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    return "DETAIL: not logged" if found["detail"] else f"{found['key'] or found['bearer']}…"


class Line(logging.Formatter):
    """One line: time, level, logger, id of the request or task, message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line, and its traceback below."""
        return scrubbed(super().format(record))


class Json(logging.Formatter):
    """One JSON object a line, with the fields of a request's line as members."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": scrubbed(record.getMessage()),
        }
        told |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info:
            told["traceback"] = scrubbed(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False, default=str)


class Briefly(logging.Filter):
    """Tell in one line of a request refused for what it holds: anybody can send many, no code is at fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return true: every record passes."""
        if record.name.startswith("django.security."):
            record.exc_info = None
        return True


class RoutesForPaths(logging.Filter):
    """Write the route in place of the address that Django logs: an address may hold names, ids and tokens."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return true: every record passes."""
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route}" if match else "an unknown address"
            record.args = tuple(route if value == path else value for value in record.args)
        return True
