"""Small worlds for tests: an item type with its queues, people, and items on their way."""

from itertools import count
from typing import Any

from django.contrib.auth.models import Group, User

from routing import policies, router
from routing.models import Assignment, Item, ItemType, Queue, Reviewer
from routing.policy import Opinion

_numbers = count(1)


def queue(slug: str = "reviews", group: str = "reviewers", **fields: Any) -> Queue:
    """Return the queue of this name, made on first use."""
    found, _ = Group.objects.get_or_create(name=group)
    return Queue.objects.get_or_create(slug=slug, defaults={"group": found, **fields})[0]


def item_type(
    slug: str = "sentiment", *, rules: list[dict[str, Any]] | None = None, **fields: Any
) -> ItemType:
    """Return a new item type with a published policy; `rules` are live unless they say otherwise."""
    defaults: dict[str, Any] = {
        "kind": "classification",
        "labels": ["negative", "positive"],
        "queue": queue(),
        "expert_queue": queue("experts", "experts"),
        "blind_share": 0.0,
        "audit_rate": 0.0,
        "overlap_share": 0.0,
        "validated_share": 0.0,
        "reuse_corrections": False,
    }
    made = ItemType.objects.create(slug=slug, **(defaults | fields))
    for rule in rules or []:
        made.rules.create(**({"state": "live", "category": "business", "effect": "review"} | rule))
    policies.publish(made, reason="for a test", by="system:test")
    return made


def person(name: str, *groups: str, **fields: Any) -> User:
    """Return a new user in these groups, with the password 'secret'."""
    user = User(username=name, **fields)
    user.set_password("secret")
    user.save()
    user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
    return user


def limits(user: User, **fields: Any) -> Reviewer:
    """Return the new limits of this person's work."""
    return Reviewer.objects.create(user=user, **fields)


def opinion(confidence: float, label: Any = "positive", model: str = "clf@1", **fields: Any) -> Opinion:
    """Return what a model says."""
    return Opinion(model=model, label=label, confidence=confidence, **fields)


def entry(confidence: float | None = 0.9, *, ref: str | None = None, label: Any = "positive", **fields: Any):
    """Return an entry with one prediction of this confidence; None: without any."""
    said = () if confidence is None else (opinion(confidence, label),)
    ref = ref or f"item-{next(_numbers)}"
    return router.Entry(**({"item_ref": ref, "payload": {"text": "So so."}, "opinions": said} | fields))


def submit(confidence: float | None = 0.9, *, to: str = "sentiment", **fields: Any) -> Item:
    """Submit one item and return it."""
    return router.submit(to, [entry(confidence, **fields)], by="system:test")[0].item


def seat_of(item: Item, purpose: str = "review") -> Assignment:
    """Return the item's seat of this purpose."""
    return Assignment.objects.get(item=item, purpose=purpose)
