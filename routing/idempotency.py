"""The Idempotency-Key header: a POST that is sent again is answered as the first time, and done once.

The header follows draft-ietf-httpapi-idempotency-key-header; the key's row is inserted first, inside the
transaction of the work, so that a twin waits for it, and a crash leaves neither row nor work.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import is_success

from audit.trail import actor_name
from routing.errors import IdempotencyConflict, InvalidInput
from routing.models import IdempotencyKey
from routing.wire import dump

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=48)
LONGEST = 255

DESCRIBED = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description=f"Any text of your own, up to {LONGEST} characters: the same key with the same body is done "
    f"once and answered as the first time, for {KEPT.total_seconds() / 3600:.0f} hours.",
)

Post = Callable[..., Response]

# A twin's uncommitted row makes the insert wait; once that one commits nothing is inserted here.
TAKE = """
INSERT INTO routing_idempotencykey (actor, key, request_hash, created_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (actor, key) DO NOTHING RETURNING id
"""


def idempotent(post: Post) -> Post:
    """Make a view's `post` honour the header; every POST of the API wears this.

    Raises InvalidInput for a key that is no key, IdempotencyConflict for one used with another request.
    """

    @wraps(post)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return post(view, request, *args, **kwargs)
        if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
            raise InvalidInput.single(f"Use 1 to {LONGEST} printable ASCII characters.", attr=HEADER)
        return _once(key, request, lambda: post(view, request, *args, **kwargs))

    once.idempotent = True
    return extend_schema(parameters=[DESCRIBED])(once)


def _once(key: str, request: Request, work: Callable[[], Response]) -> Response:
    actor, digest = actor_name(request.user), _digest(request)
    with transaction.atomic():
        row = _take(actor, key, digest)
        if row is None:
            return _replay(IdempotencyKey.objects.get(actor=actor, key=key), digest)
        response = work()
        if is_success(response.status_code):
            body = None if response.data is None else orjson.loads(dump(response.data))
            IdempotencyKey.objects.filter(pk=row).update(status=response.status_code, body=body)
        else:
            transaction.set_rollback(True)
        return response


def _digest(request: Request) -> str:
    body = hashlib.sha256(request.body).hexdigest()
    return hashlib.sha256(f"{request.method} {request.get_full_path()} {body}".encode()).hexdigest()


def _take(actor: str, key: str, digest: str) -> int | None:
    """Insert the key's row and return its id, or None where an earlier request has stored it."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [actor, key, digest, timezone.now()])
        row = cursor.fetchone()
    return row[0] if row else None


def _replay(row: IdempotencyKey, digest: str) -> Response:
    if row.request_hash != digest:
        raise IdempotencyConflict
    return Response(row.body, status=row.status, headers={"Idempotent-Replayed": "true"})


def prune() -> int:
    """Forget the keys older than KEPT and return how many there were."""
    return IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
