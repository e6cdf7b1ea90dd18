"""The demo's item type, queues, plan and policy: made on the first run, left alone on later ones."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import transaction

from learning.models import LearningPlan
from routing import policies
from routing.models import ItemType, Policy, Queue

SLUG = "digits"
LABELS = [str(digit) for digit in range(10)]
BY = "system:demo"
GUIDELINES = """\
Say which digit was written, from **0** to **9**.

- The pictures are 8 by 8 points: step back, or squint.
- A *7* may have a bar, a *1* may lean.
- If two digits are equally likely, escalate.
"""


@transaction.atomic
def make() -> ItemType:
    """Return the demo's item type with its queues, learning plan and a published policy."""
    queues = {
        slug: Queue.objects.get_or_create(slug=slug, defaults={"group": Group.objects.get(name=group)})[0]
        for slug, group in (("reviews", "reviewers"), ("experts", "experts"))
    }
    item_type, _ = ItemType.objects.get_or_create(
        slug=SLUG,
        defaults={
            "name": "Handwritten digits",
            "kind": "classification",
            "labels": LABELS,
            "guidelines": GUIDELINES,
            "queue": queues["reviews"],
            "expert_queue": queues["experts"],
            "auto_approve": 0.85,
            "review": 0.6,
            "expert": 0.3,
            "audit_rate": 0.1,
        },
    )
    # Half a point can't be told from a few hundred labels; the demo's gate asks for no loss of three points.
    LearningPlan.objects.get_or_create(
        item_type=item_type,
        defaults={"auto_promote": True, "margin_overall": 0.03, "margin_slice": 0.15, "batch_size": 80},
    )
    if not Policy.objects.filter(item_type=item_type).exists():
        policies.publish(item_type, reason="the demo's thresholds", by=BY)
    return item_type
