"""What waits for an admin: drafts not in force, late work, lost messages, broken models, no worker."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.http import HttpRequest

from hitl_project.attention import learned, people, routes, running
from hitl_project.attention.matter import Matter
from routing import teams


def waiting(user: User, caller: HttpRequest | None = None) -> list[Matter]:
    """Return what waits for this person's eye, what is bad first; `caller` is their request, if any."""
    hidden = teams.hidden(caller or teams.Person(user))
    seen = [matter for matter in _matters(user) if matter.item_type not in hidden]
    return sorted(seen, key=lambda matter: not matter.bad)


def _matters(user: User) -> Iterator[Matter]:
    yield from running.worker()
    yield from running.late()
    yield from routes.set_up(user)
    yield from routes.checks()
    yield from running.messages()
    yield from running.trail(user)
    yield from people.matters(user)
    yield from routes.failing_rules()
    yield from learned.matters()
