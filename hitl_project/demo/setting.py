"""The demo's item type, queues, plan and people: made on the first run, left as they are on later ones."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from routing import config
from routing.models import ItemType
from routing.router import find_type

SLUG = "digits"
LABELS = [str(digit) for digit in range(10)]
BY = "system:demo"
REASON = "the demo's setting"
GUIDELINES = """\
Say which digit was written, from **0** to **9**.

- The scans are small and blurred: step back, or squint.
- A *7* may have a bar, a *1* may lean.
- Two digits are equally likely? Escalate.
"""
QUEUES = [{"name": "reviews", "group": "reviewers"}, {"name": "experts", "group": "experts"}]
ITEM_TYPE: dict[str, Any] = {
    "slug": SLUG,
    "name": "Handwritten digits",
    "kind": "classification",
    "labels": LABELS,
    "guidelines": GUIDELINES,
    "queue": "reviews",
    "expert_queue": "experts",
    # Everything else, the thresholds too, is what a new item type has by default.
    # Many checks while the stream is young: each model is judged by them. Five in a hundred will do later.
    "audit_rate": 0.3,
    "held_out_share": 0.25,
    # Half a point can't be shown by a few hundred labels: the gate of the demo asks for one point.
    "learning": {"auto_promote": True, "margin_overall": 0.01, "shadow_labels": 0},
}


def make(people: dict[str, str]) -> ItemType:
    """Return the demo's item type; `people` are the groups of the users that there should be, by name."""
    known = set(User.objects.filter(username__in=people).values_list("username", flat=True))
    missing = [{"username": name, "groups": [group]} for name, group in people.items() if name not in known]
    if missing:
        config.apply({"users": missing}, reason=REASON, by=BY)
    if not ItemType.objects.filter(slug=SLUG).exists():
        config.apply({"queues": QUEUES, "item_types": [ITEM_TYPE]}, reason=REASON, by=BY)
    return find_type(SLUG)
