"""Who said what elsewhere, found here by name, and their sittings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User

from audit import trail
from audit.trail import Actor
from labeling.models import ReviewSession


def find(names: Iterable[str | None], *, by: Actor) -> dict[str, int]:
    """Return the id of each name. Who is not known here is made, inactive and without a password.

    An export names those who spoke; without a row their labels would lose them. Such a user can't sign in
    until an admin makes it active.
    """
    wanted = sorted({name for name in names if name})
    known = dict(User.objects.filter(username__in=wanted).values_list("username", "pk"))
    fresh = [User(username=name, is_active=False) for name in wanted if name not in known]
    for user in fresh:
        user.set_unusable_password()
    User.objects.bulk_create(fresh)
    trail.record_all(
        [trail.Entry("user.imported", user, {"username": user.username}) for user in fresh], by=by
    )
    return known | {user.username: user.pk for user in fresh}


def sittings(said: Iterable[Mapping[str, Any]], people: Mapping[str, int]) -> set[tuple[Any, int]]:
    """Store the sittings that labels and reviews name, ended, and return each one's id with its person's.

    One that is known here stays as it is.
    """
    rows = {
        one["session"]["id"]: ReviewSession(
            id=one["session"]["id"],
            user_id=people[one["user"]],
            started_at=one["session"]["started_at"],
            last_active_at=one["session"]["last_active_at"],
            ended_at=one["session"]["last_active_at"],
        )
        for one in said
        if one["session"] and one["user"]
    }
    ReviewSession.objects.bulk_create(rows.values(), ignore_conflicts=True)
    return set(ReviewSession.objects.filter(pk__in=rows).values_list("pk", "user_id"))
