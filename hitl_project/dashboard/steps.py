"""What is still missing until the first decision, and where it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from routing import teams
from routing.models import Item, ItemType, Prediction, Queue


@dataclass(frozen=True)
class NextStep:
    """One thing to do: what, why, and where; `url` is empty where somebody else has to."""

    title: str
    text: str
    url: str
    link: str


def missing(caller: Any) -> list[NextStep]:
    """Return what is not there yet, in the order in which it is needed: two statements.

    Queues that serve only what is hidden from the caller are not named.
    """
    user = caller.user
    there = _there(user)
    empty = Queue.objects.filter(~Exists(_members())).select_related("group").order_by("slug")
    found = [] if there["types"] else [_make_type(user)]
    found += [_give_people(user, queue) for queue in teams.queues(empty, caller)]
    if there["types"] and not there["items"]:
        found.append(_send_items(user))
    if there["items"] and not there["answers"]:
        found.append(_let_learn(user))
    return found


def _make_type(user: User) -> NextStep:
    return _step(
        user,
        "routing.add_itemtype",
        "Make an item type",
        "What is decided, by which labels, and by whom: the guide fills in most of it.",
        reverse("admin:start"),
        "Start",
    )


def _give_people(user: User, queue: Queue) -> NextStep:
    return _step(
        user,
        "auth.change_user",
        f"Give the queue {queue.slug} people",
        f"Nobody is in the group {queue.group.name}, so nobody is given its work.",
        reverse("admin:auth_user_changelist"),
        "Choose people",
    )


def _send_items(user: User) -> NextStep:
    """Return the way to the guide, or to the item types for who takes in files and makes none of these."""
    where, link = reverse("admin:routing_itemtype_changelist"), "Choose an item type"
    if user.has_perm("routing.add_itemtype"):
        where, link = reverse("admin:start"), "Drop a file in"
    return NextStep(
        "Send the first items",
        "Programs send them to /api/v1/items/; a file goes in by the guide, or by Data in and out of its "
        "item type.",
        where,
        link,
    )


def _let_learn(user: User) -> NextStep:
    return _step(
        user,
        "learning.add_learningplan",
        "Let a model learn",
        "No item has a prediction yet, so people are asked about all. Clients may send some, and the "
        "learning plan of an item type trains a model as soon as there are enough labels.",
        reverse("admin:routing_itemtype_changelist"),
        "Choose an item type",
    )


def _there(user: User) -> dict[str, bool]:
    """Return whether there is any item type, item and prediction."""
    wanted = {
        name: Exists(model.objects.all())
        for name, model in (("types", ItemType), ("items", Item), ("answers", Prediction))
    }
    return User.objects.filter(pk=user.pk).values(**wanted).get()


def _members() -> QuerySet[User]:
    return User.objects.filter(is_active=True, groups=OuterRef("group"))


def _step(user: User, right: str, title: str, text: str, url: str, link: str) -> NextStep:
    """Return the step with the way there, for whoever may go it."""
    return NextStep(title, text, *((url, link) if user.has_perm(right) else ("", "an admin does this")))
