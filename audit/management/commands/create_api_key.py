"""Make an API key for a user and print it, and nothing else."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.keys import create_key
from audit.scopes import SCOPES


class Command(BaseCommand):
    """The command of API.md."""

    help = "Make an API key for a user and print it; it can't be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the user, the scopes and, if wished, what it is for and how long it lives."""
        parser.add_argument("user", help="The user name that the key acts for.")
        parser.add_argument("--scopes", nargs="+", required=True, metavar="SCOPE", help=" ".join(SCOPES))
        parser.add_argument(
            "--item-types",
            nargs="+",
            default=[],
            metavar="SLUG",
            help="The only item types that it may touch; without it, all that the user may.",
        )
        parser.add_argument("--name", default="made on the command line", help="What the key is for.")
        parser.add_argument("--days", type=int, help="How many days it lives; without it, until revoked.")

    def handle(
        self,
        *,
        user: str,
        scopes: list[str],
        item_types: list[str],
        name: str,
        days: int | None,
        **options: Any,
    ) -> None:
        """Print the key; an unknown user, scope or item type is refused."""
        owner = User.objects.filter(username=user).first()
        if owner is None:
            known = ", ".join(User.objects.order_by("username").values_list("username", flat=True)[:20])
            raise CommandError(f"There is no user {user}; there are: {known or 'none yet'}.")
        if days is not None and days < 1:
            raise CommandError("A key lives at least one day.")
        expires_at = timezone.now() + timedelta(days=days) if days else None
        try:
            _, text = create_key(
                owner,
                name=name,
                scopes=scopes,
                item_types=item_types,
                expires_at=expires_at,
                by="system:command",
            )
        except ValueError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(text)
