"""What each request leaves for those who watch the server: one log line and a few counts."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from audit import request as current
from routing import counters

log = logging.getLogger("hitl.request")
QUIET = {"health", "ready", "metrics", "static"}  # asked every few seconds: not worth a line each
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Statements:
    """Counts the statements that run through it."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


class WatchingMiddleware:
    """Time each request, count its statements, log it under its route and count it by view and status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        statements, began = Statements(), time.perf_counter()
        with connection.execute_wrapper(statements):
            response = self.get_response(request)
        seconds = time.perf_counter() - began
        view = view_of(request)
        method = request.method if request.method in METHODS else "other"
        _tell(request, response, method=method, view=view, seconds=seconds, statements=statements.count)
        if view != "static":
            asked = {"view": view, "method": method, "status": str(response.status_code)}
            counters.add("hitl_http_requests", asked)
            counters.observe("hitl_http_request_duration_seconds", {"view": view}, seconds)
        return response


def view_of(request: HttpRequest) -> str:
    """Return which view answered: a name of the table of addresses, so that there are only so many."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return "static" if request.path.startswith(settings.STATIC_URL) else "none"
    if "admin" in match.app_names:
        return "admin"
    return match.view_name or match.route


def _tell(
    request: HttpRequest, response: HttpResponse, *, method: str, view: str, seconds: float, statements: int
) -> None:
    quiet = view in QUIET and response.status_code < 400
    level = logging.DEBUG if quiet else logging.INFO
    if not log.isEnabledFor(level):
        return
    used = current.current()
    # Who signed in is known only where something asked: to ask here would cost a statement.
    user = used.key_user_id or getattr(getattr(request, "_cached_user", None), "pk", None)
    told = {"method": method, "view": view, "status": response.status_code, "ms": round(1000 * seconds, 1)}
    told |= {"statements": statements, "user": user, "key": used.key_prefix}
    words = f"{method} {view} {response.status_code} {told['ms']} ms, {statements} statements"
    if user:
        words += f", user {user}" + (f", key {used.key_prefix}" if used.key_prefix else "")
    log.log(level, words, extra=told)
