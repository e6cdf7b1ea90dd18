"""Django's own command; who was made able to do everything stands in the trail."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.models import User
from django.db import transaction

from audit import trail

BY = "system:command"


class Command(createsuperuser.Command):
    """Make a superuser, and record it."""

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        known = set(User.objects.filter(is_superuser=True).values_list("pk", flat=True))
        super().handle(*args, **options)
        made = User.objects.filter(is_superuser=True).exclude(pk__in=known)
        told = {"is_superuser": True, "is_active": True}
        entries = [
            trail.Entry("user.created", one, {"after": {"username": one.username, **told}}) for one in made
        ]
        trail.record_all(entries, by=BY)
