"""What is still missing until the first decision, and where it is done."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from routing.models import Item, ItemType, Prediction, Queue


@dataclass(frozen=True)
class NextStep:
    """One thing to do: what, why, and where; `url` is empty where somebody else has to."""

    title: str
    text: str
    url: str
    link: str


def missing(user: User) -> list[NextStep]:
    """Return what is not there yet, in the order in which it is needed: two statements."""
    there = _there(user)
    empty = Queue.objects.filter(~Exists(_members())).select_related("group").order_by("slug")
    found = [] if there["types"] else [_make_type(user)]
    found += [_give_people(user, queue) for queue in empty]
    if there["types"] and not there["items"]:
        text = "Programs send them to /api/v1/items/; a file is imported in the admin."
        found.append(NextStep("Send the first items", text, reverse("api-docs"), "How it is done"))
    if there["items"] and not there["answers"]:
        found.append(_let_learn(user))
    return found


def _make_type(user: User) -> NextStep:
    return _step(
        user,
        "routing.add_itemtype",
        "Make an item type",
        "What is decided, by which labels, and by whom; presets fill in most of it.",
        reverse("admin:routing_itemtype_add"),
        "Make one",
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
