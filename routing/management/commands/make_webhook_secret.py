"""Make a secret that signs messages to clients, and print the setting with it."""

import base64
import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

LENGTH = 32  # bytes


class Command(BaseCommand):
    """The command of docs/webhooks.md."""

    help = "Make a secret for HITL_WEBHOOK_SECRET. Nothing is stored: put it in the environment yourself."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether the one in use is replaced."""
        parser.add_argument(
            "--rotate", action="store_true", help="keep what is in use behind it, until clients know the new"
        )

    def handle(self, *args: Any, rotate: bool, **options: Any) -> None:
        """Print the setting on standard output, and what to do next behind it."""
        kept = settings.HITL_WEBHOOK_SECRET if rotate else []
        keys = [secrets.token_bytes(LENGTH), *kept]
        value = ",".join(f"whsec_{base64.b64encode(key).decode()}" for key in keys)
        self.stdout.write(f"HITL_WEBHOOK_SECRET={value}")
        if kept:
            self.stdout.write("# Each signs. Give clients the first; once all have it, leave it alone here.")
