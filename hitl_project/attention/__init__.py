"""What waits for an admin: drafts not in force, late work, lost messages, broken models, no worker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest

from hitl_project.attention import learned, people, routes, running
from hitl_project.attention.matter import Matter
from routing import teams


def waiting(user: User, caller: HttpRequest | None = None) -> list[Matter]:
    """Return what waits for this person's eye, what is bad first; `caller` is their request, if any.

    What is counted over item types counts those alone that they may see.
    """
    caller = caller or teams.Person(user)
    seen = [matter for matter in _matters(caller) if matter.item_type not in teams.hidden(caller)]
    return sorted(seen, key=lambda matter: not matter.bad)


def _matters(caller: Any) -> Iterator[Matter]:
    yield from running.worker()
    yield from running.late(caller)
    yield from routes.set_up(caller.user)
    yield from routes.checks()
    yield from running.messages(caller)
    yield from running.trail(caller.user)
    yield from people.matters(caller)
    yield from routes.failing_rules()
    yield from learned.matters(caller)
