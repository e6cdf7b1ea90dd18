"""Which request is being answered, or task done: its id and, where one was used, the API key."""

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass
class Current:
    """One request: its id, and the prefix of the key and the user that it authenticated as."""

    request_id: str = ""
    key_prefix: str = ""
    key_user_id: int | None = None


_current: ContextVar[Current | None] = ContextVar("request", default=None)


def current() -> Current:
    """Return the request being answered; outside of one, an empty one."""
    return _current.get() or Current()


def used_key(prefix: str, user_id: int) -> None:
    """Note that the request being answered was authenticated by this key of this user."""
    if request := _current.get():
        request.key_prefix, request.key_user_id = prefix, user_id


def task(task_id: str) -> None:
    """Let what this process does from now on bear a task's id, as what a request does bears its own.

    An empty one ends it.
    """
    _current.set(Current(task_id) if task_id else None)


class RequestIdMiddleware:
    """Give each request an id, the client's own where it is sane, and send it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get(HEADER, "")
        request.id = sent if SANE.fullmatch(sent) else uuid4().hex
        token = _current.set(Current(request.id))
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response[HEADER] = request.id
        return response


class RequestIdFilter(logging.Filter):
    """Put the id of the request or task on each log record, '-' outside of one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return true: every record passes."""
        record.request_id = current().request_id or "-"
        return True
