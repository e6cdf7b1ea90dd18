"""The first look at a request, before its body is read: how long it is, and how its address is written."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from hitl_project.limits.refusing import refuse

LONGEST_ADDRESS = 4_000  # characters, with the query
MEGABYTE = 1024 * 1024
FILES = "multipart/form-data"


class GateMiddleware:
    """Refuse with 411, 413 or 414 what is too large to be looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _refusal(request) or self.get_response(request)


def most_bytes(content_type: str) -> int:
    """Return how many bytes a body of this type may have: files are kept on disk, all else in memory."""
    files = content_type.lower().startswith(FILES)
    return MEGABYTE * (settings.MAX_UPLOAD_MEGABYTES if files else settings.MAX_BODY_MEGABYTES)


def _refusal(request: HttpRequest) -> HttpResponse | None:
    meta = request.META
    if len(meta.get("QUERY_STRING", "")) + len(request.path) > LONGEST_ADDRESS:
        detail = f"The address has more than {LONGEST_ADDRESS:,} characters. Send fewer parameters."
        return refuse(request, 414, "too_long", detail)
    if "HTTP_TRANSFER_ENCODING" in meta:
        detail = "Send the body with its Content-Length, not in chunks."
        return refuse(request, 411, "length_required", detail)
    length = meta.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        return refuse(request, 400, "invalid", "Content-Length is not a whole number.")
    size, kind = int(length[:20]), meta.get("CONTENT_TYPE", "")
    if size > most_bytes("") and not request.user.is_authenticated:
        kind = ""  # a form is read whole for its token, before any view asks who sends it
    most = most_bytes(kind)
    return refuse(request, 413, "too_large", _too_large(most)) if size > most else None


def _too_large(most: int) -> str:
    setting = "MAX_BODY_MEGABYTES" if most == most_bytes("") else "MAX_UPLOAD_MEGABYTES"
    said = f"The body is larger than the {most // MEGABYTE:,} MB that this server takes ({setting})."
    return f"{said} Send it in parts."
