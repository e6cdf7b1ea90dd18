"""What the clock does for routing: judge what waited for a model, tell clients, forget old keys."""

from django.db.models import Exists, OuterRef, Q
from django_q.tasks import async_task

from routing import idempotency, overdue, router, webhooks
from routing.models import Certification, Item, ItemType, Policy, Status

SCHEDULES = [
    ("judge items that waited for a model", "routing.tasks.judge_pending", "* * * * *"),
    ("escalate what nobody answered", "routing.tasks.escalate_overdue", "* * * * *"),
    ("feed and watch certificates", "routing.tasks.certify", "*/5 * * * *"),
    ("plant seeded errors", "routing.tasks.plant_seeds", "*/10 * * * *"),
    ("deliver webhooks", "routing.tasks.deliver_webhooks", "* * * * *"),
    ("erase what is too old", "routing.tasks.erase_old", "40 2 * * *"),
    ("go on with erasures", "routing.tasks.go_on_erasing", "* * * * *"),
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


def escalate_overdue() -> int:
    """Send what nobody answered in time to experts, raise what experts left, and return how many items."""
    return overdue.escalate(most=MOST)


def certify() -> int:
    """Start what feeds and watches the certificates of each item type with an error target; return how many.

    Each is a task of its own, so that one that fails keeps no other from its alarm.
    """
    running = Certification.objects.filter(item_type=OuterRef("pk"), ended_at__isnull=True)
    wanted = Q(target_alpha__isnull=False) | Exists(running)
    types = list(ItemType.objects.filter(wanted).values_list("pk", flat=True))
    for item_type in types:
        async_task("routing.tasks.certify_one", item_type)
    return len(types)


def certify_one(item_type_id: int) -> int:
    """Feed and watch the certificates of one item type; return how many decisions were counted."""
    from routing.certificates import guarding

    return guarding.run(ItemType.objects.get(pk=item_type_id))


def plant_seeds() -> int:
    """Hide known errors among the checks of item types with an error target; return how many."""
    from routing.certificates import seeding

    types = ItemType.objects.filter(target_alpha__isnull=False, seeded_share__gt=0).select_related("queue")
    return sum(len(seeding.plant(item_type)) for item_type in types)


def deliver_webhooks() -> int:
    """Send the messages that are due and return how many arrived."""
    return webhooks.deliver_due()


def prune() -> int:
    """Forget old idempotency keys and return how many there were."""
    return idempotency.prune()


def erase_old() -> int:
    """Begin to erase what is older than its item type allows and return of how many types."""
    from routing.privacy import retention

    return retention.begin()


def go_on_erasing() -> int:
    """Work on the erasures that have not ended and return how many items were erased."""
    from routing.privacy import retention

    return retention.go_on()
