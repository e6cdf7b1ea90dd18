"""What people and keys were refused, in the trail: an attempt is worth knowing of as much as an act."""

from __future__ import annotations

import time
from collections.abc import Callable
from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import get_authorization_header

from audit import keys, trail
from audit.models import ApiKey

ONCE_IN = 60  # seconds: a client that tries a thousand times a minute must not fill the book
MOST = 30  # in each ONCE_IN seconds of one person or key, whatever they try
LONGEST_PATH = 200


class RefusalMiddleware:
    """Record `access.refused` (403) of who is signed in or has a key, and `key.refused` (401) of keys."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 403 and request.user.is_authenticated:
            _refused(request)
        elif response.status_code == 401 and (prefix := _prefix(request)):
            _key_refused(request, prefix)
        return response


def _refused(request: HttpRequest) -> None:
    path, actor = _path(request), trail.actor_name(request.user)
    if _first(f"{actor} {request.method} {path}") and _room(actor):
        trail.record("access.refused", ("path", path), by=request.user, method=request.method)


def _key_refused(request: HttpRequest, prefix: str) -> None:
    key = ApiKey.objects.filter(prefix=prefix).values_list("pk", flat=True).first()
    # Of keys that never were one a minute is told: who guesses names another one each time.
    if _first(f"key {key}"):
        subject = ("audit.apikey", key or "")
        told = {"prefix": prefix, "path": _path(request), "method": request.method}
        trail.record("key.refused", subject, by="anonymous", **told)


def _path(request: HttpRequest) -> str:
    """Return the path as the database can hold it, without what lets somebody in: links of one use."""
    path, found = request.path, getattr(request, "resolver_match", None)
    if token := found and found.kwargs.get("token"):
        path = path.replace(token, "TOKEN")
    return path[:LONGEST_PATH].replace("\x00", "\ufffd")


def _prefix(request: HttpRequest) -> str:
    """Return the readable part of the key that was sent; '' for none, and for what can't be a key."""
    sent = get_authorization_header(request).decode("latin-1").rpartition(" ")[2]
    brand, _, rest = sent.partition("_")
    prefix = rest.partition("_")[0]
    sane = brand == keys.BRAND and prefix.isascii() and prefix.isalnum() and len(prefix) == keys.PREFIX
    return prefix if sane else ""


def _first(what: str) -> bool:
    """Return whether this is the first of its like within ONCE_IN seconds."""
    return cache.add(_named(what), 1, ONCE_IN)


def _room(actor: str) -> bool:
    """Return whether less than MOST was told of somebody in the ONCE_IN seconds that this moment is in."""
    # The cache's own counting gives a row a longer life each time, and fails where that has just ended.
    name = _named(f"all {actor} {int(time.time() // ONCE_IN)}")
    told = cache.get(name, 0)
    if told < MOST:
        cache.set(name, told + 1, ONCE_IN)
    return told < MOST


def _named(what: str) -> str:
    return f"refused:{sha256(what.encode(errors='surrogatepass')).hexdigest()}"
