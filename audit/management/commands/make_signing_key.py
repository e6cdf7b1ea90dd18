"""Make a key that signs checkpoints, and print it with its public key."""

import base64
import secrets
from typing import Any

from django.core.management.base import BaseCommand

from audit import checkpoints


class Command(BaseCommand):
    """The command of docs/trail.md."""

    help = "Make a key for HITL_SIGNING_KEY. Nothing is stored: put it in the environment yourself."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        """Print the setting on standard output, and the public key to hand to auditors behind it."""
        seed = secrets.token_bytes(checkpoints.SEED)
        self.stdout.write(f"HITL_SIGNING_KEY={base64.b64encode(seed).decode()}")
        self.stdout.write(f"# public key, for auditors: {checkpoints.public_key(seed)}")
