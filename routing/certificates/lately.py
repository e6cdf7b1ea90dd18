"""What checks have shown of late, read anew each time unless that takes long."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

from django.core.cache import cache
from django.utils import timezone

from routing.certificates import checked
from routing.certificates.checked import Checks
from routing.models import ItemType

KEY = "checks-lately"
QUICK = 0.25  # seconds of reading beyond which what was found is kept
KEPT = 60  # seconds


def checks(types: list[ItemType], within: timedelta) -> dict[int, Checks]:
    """Return `checked.checks` of all these item types; where every checked item takes long to read, as it was
    at most a minute ago.
    """
    found = cache.get(KEY)
    if found is None:
        begun = monotonic()
        found = checked.checks(types, now=timezone.now(), closed_within=within)
        if monotonic() - begun > QUICK:
            cache.set(KEY, found, KEPT)
    return found
