"""How far the guide is, read from what there is: nothing of it is stored, so it can be left at any point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from labeling.models import ImportRun, Review
from routing import teams
from routing.models import Assignment, Item, ItemType, Queue

LATER = "start-later"  # the cookie of who does not want to be guided
SHOWN = 20  # people


@dataclass(frozen=True)
class Progress:
    """The four steps of one item type (None: there is none yet), and what each has come to."""

    item_type: ItemType | None = None
    waiting: ImportRun | None = None  # a file that is to be told its columns
    items: bool = False
    people: tuple[User, ...] = ()
    mine: bool = False

    @cached_property
    def first(self) -> Review | None:
        """The first review of such an item; looked for where it is asked for, as it may take a while."""
        of_type = Review.objects.filter(item__item_type=self.item_type).select_related("user")
        return of_type.order_by("pk").first() if self.item_type else None

    @cached_property
    def open(self) -> bool:
        """Whether an item of it waits for somebody; asked before anybody has reviewed one."""
        return Assignment.objects.open().filter(item_type=self.item_type).exists()

    @property
    def step(self) -> int:
        """The number of the step that comes next, from 1; 5 when all are done."""
        done = (self.item_type is not None, self.items, bool(self.people), self.first is not None)
        return next((n for n, one in enumerate(done, start=1) if not one), 5)

    @property
    def done(self) -> int:
        """How many steps are done, in whatever order."""
        return sum((self.item_type is not None, self.items, bool(self.people), self.first is not None))


def progress(item_type: ItemType | None, user: User) -> Progress:
    """Return how far this item type has come; `user` is who looks."""
    if item_type is None:
        return Progress()
    group = queue_of(item_type).group
    imports = ImportRun.objects.filter(item_type=item_type)
    people = tuple(group.user_set.filter(is_active=True).order_by("username")[:SHOWN])
    return Progress(
        item_type=item_type,
        waiting=imports.filter(status=ImportRun.Status.WAITING).first(),
        items=Item.objects.filter(item_type=item_type).exists(),
        people=people,
        mine=group.user_set.filter(pk=user.pk).exists(),
    )


def newest(request: HttpRequest) -> ItemType | None:
    """Return the item type that the guide is about: the newest that this person may see; None without any."""
    return teams.visible(ItemType.objects.order_by("-pk"), request).first()


def queue_of(item_type: ItemType) -> Queue:
    """Return the queue in which this type's items wait for their first look."""
    return item_type.expert_queue if item_type.expert_mandatory else item_type.queue


def groups_of(item_type: ItemType) -> list[Group]:
    """Return the groups whose people answer these items, that of the first look in front."""
    first = queue_of(item_type).group
    return list(dict.fromkeys([first, item_type.queue.group, item_type.expert_queue.group]))


def offer(request: HttpRequest) -> Progress | None:
    """Return how far the guide is, for the admin's first page; None once something was reviewed."""
    if request.COOKIES.get(LATER) or Review.objects.exists():
        return None
    return progress(newest(request), request.user)


def imports(item_type: ItemType) -> list[dict[str, Any]]:
    """Return the latest imports as the page shows them."""
    runs = ImportRun.objects.filter(item_type=item_type).exclude(status=ImportRun.Status.WAITING)[:3]
    return [
        {"run": run, "percent": min(100, 100 * run.read // run.size if run.size else 100)} for run in runs
    ]
