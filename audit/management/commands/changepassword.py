"""Django's own command; that a password was changed stands in the trail, the password never."""

from __future__ import annotations

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.contrib.auth.models import User
from django.db import transaction

from audit import sessions, trail

BY = "system:command"


class Command(changepassword.Command):
    """Change a user's password, and record that it was."""

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> str:
        said = super().handle(*args, **options)
        user = User.objects.get(username=options["username"] or getpass.getuser())
        trail.record("user.password_changed", user, by=BY)
        sessions.end(user, why="new password", by=BY)
        return said
