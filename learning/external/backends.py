"""Ask ML backends about items that wait for a prediction, in batches and never inside a request.

A backend that is not heard is asked again after a pause; after the last pause those that wait go to people,
with the reason. Nothing waits for ever, and a backend that comes back is used again by itself.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from audit import trail
from learning.external import protocol
from learning.external.protocol import Said, Unintelligible
from learning.models import LearningPlan, MLBackend
from routing import policies, router, signing, transport
from routing.errors import PredictionFailed
from routing.models import Item, ItemType
from routing.transport import Unreachable
from routing.wire import dump

BATCH = 50
TIMEOUT = 60.0  # seconds a batch; a large model on a CPU needs them
LONGEST = 32 * 2**20  # bytes of an answer
TURN = 240.0  # seconds a turn: another begins where items are left
# Longer than what may begin at the end of a turn: a batch, its first and last item, and one more.
LEASE = timedelta(seconds=TURN + 5 * TIMEOUT)
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 300, 900))
ASKER = "system:ml-backend"


class Unheard(Exception):
    """The backend gave no answer that can be used; the text says why."""


def ask(item_type: ItemType) -> str:
    """Ask the item type's ML backend about all that waits, have it judged, and say what came of it."""
    plan = LearningPlan.objects.filter(item_type=item_type).exclude(ml_backend_url="").first()
    if plan is None:
        MLBackend.objects.filter(item_type=item_type).delete()
        return "there is no ML backend"
    if not router.waiting(item_type).exists():
        return "nothing waits"
    backend = MLBackend.objects.get_or_create(item_type=item_type)[0]
    if not _lease(backend):
        return f"it is asked already, or rests after a failure: {backend.said or 'none'}"
    until, judged = time.monotonic() + TURN, 0
    while time.monotonic() < until and (batch := list(router.waiting(item_type)[:BATCH])):
        try:
            told = _answers(plan.ml_backend_url, item_type, batch, until)
        except Unheard as error:
            return _unheard(backend, item_type, str(error))
        done = router.judge_pending(item_type, limit=BATCH, told=told)
        judged += done
        if not done or not _heard(backend):
            break
    MLBackend.objects.filter(pk=backend.pk).update(next_attempt_at=timezone.now())
    return f"{judged} items were judged by what the ML backend said"


def lost() -> QuerySet[MLBackend]:
    """Return the backends that were not heard until people took over what waited."""
    return MLBackend.objects.select_related("item_type").filter(failures__gte=len(PAUSES))


def describe(plan: LearningPlan) -> str:
    """Return in words how the plan's backend does, for who sets its address."""
    state = MLBackend.objects.filter(item_type=plan.item_type_id).first() if plan.pk else None
    if not plan.ml_backend_url or state is None:
        return "Not asked yet." if plan.ml_backend_url else "None."
    answered = (
        f"Last answer {state.answered_at:%Y-%m-%d %H:%M} UTC." if state.answered_at else "No answer yet."
    )
    if not state.failures:
        return answered
    again = f"Asked again from {state.next_attempt_at:%H:%M} UTC on."
    return f"Not heard {state.failures} times in a row: {state.said}. {answered} {again}"


def _lease(backend: MLBackend) -> bool:
    """Take the turn, unless somebody has it or it is not time yet; a killed worker's turn ends by itself."""
    now = timezone.now()
    mine = MLBackend.objects.filter(pk=backend.pk, next_attempt_at__lte=now)
    return bool(mine.update(next_attempt_at=now + LEASE))


def _answers(url: str, item_type: ItemType, batch: Sequence[Item], until: float) -> dict[UUID, Said]:
    """Return what is said of each item by its id, or why nothing is; raises Unheard.

    One odd item must not stop the others: where a batch fails and its first or last item alone does not, each
    is asked by itself, as long as time is left.
    """
    try:
        said = _post(url, item_type, batch)
    except Unheard:
        ends = {at: _alone(url, item_type, batch[at]) for at in {0, len(batch) - 1}}
        if all(isinstance(one, Unheard) for one in ends.values()):
            raise
        said = []
        for at, item in enumerate(batch):
            if time.monotonic() > until:
                break
            one = ends[at] if at in ends else _alone(url, item_type, item)
            said.append(PredictionFailed(str(one)) if isinstance(one, Unheard) else one)
    return {item.pk: one for item, one in zip(batch, said, strict=False)}


def _alone(url: str, item_type: ItemType, item: Item) -> Said | Unheard:
    try:
        return _post(url, item_type, [item])[0]
    except Unheard as error:
        return error


def _post(url: str, item_type: ItemType, batch: Sequence[Item]) -> list[Said]:
    spec = policies.pure(policies.latest(item_type)).spec or item_type.spec
    payloads = [item.payload for item in batch]
    body = dump(protocol.request(payloads, spec, item_type.slug))
    headers = {}
    if settings.HITL_WEBHOOK_SECRET:
        headers = signing.headers(settings.HITL_WEBHOOK_SECRET, str(uuid4()), body, now=timezone.now())
    try:
        answer = transport.post(
            _predict(url),
            body,
            headers,
            allow_private=settings.HITL_WEBHOOK_ALLOW_PRIVATE,
            timeout=TIMEOUT,
            longest=LONGEST,
        )
    except Unreachable as error:
        raise Unheard(f"the ML backend can't be reached: {error}") from error
    if answer.status != 200:
        raise Unheard(f"the ML backend answered {answer.status}: {answer.text[:200]}")
    try:
        return protocol.read(answer.text, payloads, spec)
    except Unintelligible as error:
        raise Unheard(f"the ML backend can't be understood: {error}") from error


def _predict(url: str) -> str:
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    return urlunsplit(parts._replace(path=path if path.endswith("/predict") else f"{path}/predict"))


def _heard(backend: MLBackend) -> bool:
    """Note that the backend answered and keep the turn; False where the plan has dropped it meanwhile."""
    now = timezone.now()
    if backend.failures >= len(PAUSES):
        trail.record("ml_backend.returned", backend, by=ASKER, item_type=backend.item_type.slug)
    backend.failures = 0
    return bool(
        MLBackend.objects.filter(pk=backend.pk).update(
            failures=0, said="", answered_at=now, next_attempt_at=now + LEASE
        )
    )


def _unheard(backend: MLBackend, item_type: ItemType, why: str) -> str:
    """Note the failure and when to try again; after the last pause have people look at what waits."""
    backend.failures += 1
    pause = PAUSES[min(backend.failures, len(PAUSES)) - 1]
    MLBackend.objects.filter(pk=backend.pk).update(
        failures=backend.failures, said=why, next_attempt_at=timezone.now() + pause
    )
    if backend.failures < len(PAUSES):
        return f"{why}; again in {pause}"
    if backend.failures == len(PAUSES):
        trail.record("ml_backend.lost", backend, by=ASKER, item_type=item_type.slug, said=why)
    parked = _park(item_type, PredictionFailed(f"{why} ({backend.failures} times in a row)"))
    return f"{why}; {parked} items went to people"


def _park(item_type: ItemType, why: PredictionFailed) -> int:
    parked = 0
    while told := dict.fromkeys(router.waiting(item_type).values_list("pk", flat=True)[:500], why):
        done = router.judge_pending(item_type, limit=len(told), told=told)
        parked += done
        if not done:
            break
    return parked
