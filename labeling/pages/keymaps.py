"""The keys that a person has chosen for the acts of the review page."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import AbstractBaseUser

from labeling.models import Keymap
from labeling.pages.keys import merged, usual


def keys_of(user_id: int) -> dict[str, str]:
    """Return the person's key of each act, in one statement."""
    return merged(Keymap.objects.filter(user=user_id).values_list("keys", flat=True).first() or {})


def keep(keys: Mapping[str, str], *, by: AbstractBaseUser) -> None:
    """Store the person's keys; only what differs from the usual ones is kept, so that those can improve."""
    known = usual()
    chosen = {name: key for name, key in keys.items() if key != known[name]}
    Keymap.objects.update_or_create(user=by, defaults={"keys": chosen})


def reset(*, by: AbstractBaseUser) -> None:
    """Give the person the usual keys again."""
    Keymap.objects.filter(user=by).delete()
