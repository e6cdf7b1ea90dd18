"""Does the process live, and may it be given work: `/health` and `/ready`."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hitl_project import readiness

log = logging.getLogger(__name__)
Checks = tuple[tuple[str, Callable[[], str]], ...]

# Without these no page and no request of the API can be answered; each stands on those before it.
WEB: Checks = (
    ("serving", readiness.serving),
    ("database", readiness.database),
    ("migrations", readiness.migrations),
    ("cache", readiness.cache),
)
# Without these work is still taken in and done by people, but goes no further, or soon will not.
ALL: Checks = (
    *WEB,
    ("worker", readiness.worker),
    ("trail", readiness.trail),
    ("disk", readiness.disk),
)


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200: the process lives. Nobody else is asked, so it costs nothing however often it is called."""
    return JsonResponse({"status": readiness.OK})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 where all is as it should be, else 503 with what is not.

    `?of=web` asks only for what this process needs to answer: what a load balancer goes by, since to take all
    web processes out for a worker that is away would make a small failure a large one.
    """
    found: dict[str, str] = {}
    for name, check in WEB if request.GET.get("of") == "web" else ALL:
        try:
            found[name] = check()
        except (DatabaseError, OSError) as error:
            # Whoever asks may be a stranger: hosts, names and folders stand in the log alone.
            log.error("/ready, %s: %s", name, error)
            found[name] = f"no answer ({type(error).__name__}): see the log"
        if found[name] != readiness.OK and (name, check) in WEB:
            break  # what follows stands on this, and would fail for the same reason
    well = all(said == readiness.OK for said in found.values())
    status = "ready" if well else "not ready"
    return JsonResponse({"status": status, "checks": found}, status=200 if well else 503)
