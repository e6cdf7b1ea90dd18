"""What is refused before any view: to programs in the API's shape, to people as a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from routing.wire import dump


def refuse(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    """Return the answer; `code` is for programs, `detail` says what is wrong and what to do."""
    if request.path.startswith("/api/"):
        body = {"type": "client_error", "errors": [{"code": code, "detail": detail, "attr": None}]}
        return HttpResponse(dump(body), status=status, content_type="application/json")
    return render(request, "limits/refused.html", {"detail": detail, "status": status}, status=status)
