"""So many requests a minute of one API key: its own number, or the server's."""

from __future__ import annotations

import time

from django.conf import settings

from audit.models import ApiKey
from audit.throttling.counting import COUNTS
from audit.throttling.meeting import note_refused


def seconds_to_wait(key: ApiKey) -> int:
    """Count a request of a key that is known to be good; return 0, or the seconds to wait if it is too many.

    With another's readable part nobody uses up its requests.
    """
    limit = settings.HITL_THROTTLE_KEY if key.most_a_minute is None else key.most_a_minute
    wait = COUNTS.wait(f"key:{key.pk}", limit, time.time()) if limit else 0
    if wait:
        note_refused("key")
    return wait
