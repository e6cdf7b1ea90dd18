"""What the clock does for routing: judge what waited for a model, tell clients, forget old keys."""

from django.db.models import Exists, OuterRef

from routing import idempotency, router, webhooks
from routing.models import Item, ItemType, Policy, Status

SCHEDULES = [
    ("judge items that waited for a model", "routing.tasks.judge_pending", "* * * * *"),
    ("deliver webhooks", "routing.tasks.deliver_webhooks", "* * * * *"),
    ("forget old idempotency keys", "routing.tasks.prune", "20 3 * * *"),
]
CHUNK = 500
MOST = 20_000  # items a run, so that it ends well before its time is up


def judge_pending() -> int:
    """Judge items that came before there was a model, chunk by chunk, and return how many were judged."""
    items = Item.objects.filter(item_type=OuterRef("pk"), status=Status.PENDING_AI)
    published = Policy.objects.filter(item_type=OuterRef("pk"))
    judged = 0
    for item_type in ItemType.objects.filter(Exists(items), Exists(published)):
        while judged < MOST and (done := router.judge_pending(item_type, limit=CHUNK)):
            judged += done
    return judged


def deliver_webhooks() -> int:
    """Send the messages that are due and return how many arrived."""
    return webhooks.deliver_due()


def prune() -> int:
    """Forget old idempotency keys and return how many there were."""
    return idempotency.prune()
