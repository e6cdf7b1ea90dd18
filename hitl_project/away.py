"""What is answered while the database is away or overloaded: 503 and when to try again, never a plain 500.

A restart, a full disk, a standby in its place, too many connections, a deadlock and a cut network all pass.
Nothing was stored, or the client can't know whether it was: a repeat with the same `item_ref`, seat or
Idempotency-Key is safe.
"""

from __future__ import annotations

import sys

from django.db import Error, ProgrammingError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.defaults import server_error as broken

from hitl_project import readiness
from routing.api_errors import Unavailable, passes


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what nobody has caught: 503 where the database could not be asked, else 500 as usual.

    Django calls this while the exception is being handled, also for one that a middleware raised.
    """
    error = sys.exc_info()[1]
    if isinstance(error, ProgrammingError) and (undone := _undone()):
        return HttpResponse(f"This server is not set up yet: {undone}.", "text/plain", 503)
    if not passes(error):
        return broken(request)
    problem = Unavailable()
    headers = {"Retry-After": str(problem.wait)}
    if request.path.startswith("/api/"):
        error = {"code": problem.default_code, "detail": problem.default_detail, "attr": None}
        return JsonResponse({"type": "server_error", "errors": [error]}, status=503, headers=headers)
    # Without the request: who is signed in is a question to the database.
    answer = render(None, "503.html", status=503)
    answer["Retry-After"] = headers["Retry-After"]
    return answer


def _undone() -> str:
    """Return which command has not been run on this database; empty where all have."""
    try:
        checks = (readiness.migrations(), readiness.cache())
    except Error:
        return ""
    return next((said for said in checks if said != readiness.OK), "")
