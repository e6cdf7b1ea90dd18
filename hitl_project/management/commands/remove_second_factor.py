"""Take a person's second factor away where no admin can sign in to do it."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from hitl_project.accounts import second


class Command(BaseCommand):
    """The way back in for the only admin, whose phone and recovery codes are lost."""

    help = "Take a person's second factor away: their password is enough then. Recorded in the trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the person."""
        parser.add_argument("username")

    def handle(self, *, username: str, **options: Any) -> None:
        """Say that it is gone; who is not there or had none is refused."""
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user {username}.")
        if not second.remove(user, by="system:command"):
            raise CommandError(f"{username} has no second factor.")
        self.stdout.write(f"The second factor of {username} is off.")
