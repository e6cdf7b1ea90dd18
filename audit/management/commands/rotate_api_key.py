"""Give an API key a new secret and print it, and nothing else."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit import keys
from audit.models import ApiKey


class Command(BaseCommand):
    """The way to rotate a key by a script."""

    help = "Give an API key a new secret and print it; the old one works for some hours more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the key and, if wished, how long its old secret works."""
        parser.add_argument("prefix", help="The readable part of the key: hitl_PREFIX_...")
        parser.add_argument(
            "--grace-hours",
            type=int,
            default=settings.HITL_KEY_GRACE_HOURS,
            help="How long the old secret works too; 0 ends it at once.",
        )

    def handle(self, *, prefix: str, grace_hours: int, **options: Any) -> None:
        """Print the new key; an unknown or a revoked one is refused."""
        key = ApiKey.objects.filter(prefix=prefix).first()
        if key is None:
            raise CommandError(f"There is no key {prefix}; give the eight characters after hitl_.")
        if grace_hours < 0:
            raise CommandError("The old secret works for 0 hours or more.")
        try:
            text = keys.rotate(key, by="system:command", grace=timedelta(hours=grace_hours))
        except ValueError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(text)
