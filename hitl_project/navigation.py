"""What every page's head shows: who I am, which places I may go to, and light or dark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import Permission, User
from django.db.models import Exists, Q
from django.http import HttpRequest
from django.urls import reverse

from hitl_project import workers
from hitl_project.compliance.access import READS_THE_BOOK
from routing.models import Queue
from routing.roles import SEES_FIGURES

THEMES = ("light", "dark")


@dataclass(frozen=True)
class Place:
    """One entry of the navigation."""

    title: str
    url: str
    here: bool


def navigation(request: HttpRequest) -> dict[str, object]:
    """Return `places` (one statement, for pages that show them) and `theme` ('' for the system's)."""
    theme = request.COOKIES.get("theme", "")
    theme = theme if theme in THEMES else ""
    return {"places": _places(request), "theme": theme, "worker_trouble": _trouble(request)}


def _trouble(request: HttpRequest) -> Callable[[], workers.Trouble | None]:
    """Whether the worker is away, for who is signed in: strangers are told nothing of the inside."""

    def trouble() -> workers.Trouble | None:
        user = getattr(request, "user", None)
        return workers.told() if user is not None and user.is_authenticated else None

    return trouble


def _places(request: HttpRequest) -> Callable[[], list[Place]]:
    def places() -> list[Place]:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return []
        reviews, figures, book = _rights(user)
        wanted = [
            ("Review", "review", reviews),
            ("Dashboard", "dashboard", figures),
            ("Compliance", "compliance", book),
            ("Admin", "admin:index", figures),
        ]
        return [
            Place(title, url, here=_within(request.path, url))
            for title, name, allowed in wanted
            if allowed
            for url in [reverse(name)]
        ]

    return places


def _rights(user: User) -> tuple[bool, bool, bool]:
    """Whether some queue is theirs, and whether they see figures and the book: one statement a page."""
    queues = Exists(Queue.objects.filter(group__user=user))
    wanted = (queues, _held(user, SEES_FIGURES), _held(user, READS_THE_BOOK))
    reviews, figures, book = User.objects.filter(pk=user.pk).values_list(*wanted).get()
    return reviews, figures or user.is_superuser, book or user.is_superuser


def _held(user: User, right: str) -> Exists:
    app, codename = right.split(".")
    mine = Q(user=user) | Q(group__user=user)
    return Exists(Permission.objects.filter(mine, content_type__app_label=app, codename=codename))


def _within(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
