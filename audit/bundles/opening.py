"""The hook through which the project says which keys open what events tell in confidence, and who may ask.

The book knows no items: whoever keeps the keys registers how they are found.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

# Takes subjects as (type, id) and returns the keys that are left; a subject without one is not named.
Secrets = Callable[[Collection[tuple[str, str]]], Mapping[tuple[str, str], UUID]]

_registered: list[tuple[Secrets, str]] = []


def register(secrets: Secrets, right: str) -> None:
    """Make `secrets` the finder of keys, for people who have `right` (a permission, `app.codename`)."""
    _registered[:] = [(secrets, right)]


def secrets(subjects: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], UUID]:
    """Return the keys of these subjects, as far as there are any."""
    return _registered[0][0](subjects) if _registered and subjects else {}


def allowed(user: Any) -> bool:
    """Return whether this user may have private parts opened."""
    return bool(_registered) and user.has_perm(_registered[0][1])
