"""So many requests a minute of one API key: its own number, or the server's."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from audit.models import ApiKey
from audit.throttling.counting import COUNTS
from audit.throttling.meeting import note_refused

if TYPE_CHECKING:
    from rest_framework.views import APIView


class KeyThrottle(BaseThrottle):
    """Counts a key once it is known to be one: with another's readable part nobody uses up its requests."""

    _wait = 0

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Return whether the request's key may send one more now; what came without a key is not counted."""
        key = request.auth
        if not isinstance(key, ApiKey):
            return True
        limit = settings.HITL_THROTTLE_KEY if key.most_a_minute is None else key.most_a_minute
        if not limit:
            return True
        self._wait = COUNTS.wait(f"key:{key.pk}", limit, time.time())
        if self._wait:
            note_refused("key")
        return not self._wait

    def wait(self) -> float:
        """Return the seconds after which to come again."""
        return self._wait
