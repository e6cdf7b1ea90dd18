"""Sign a checkpoint of the trail now, and print it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import chain, checkpoints, signing
from audit.models import Checkpoint
from hitl_project import anchoring


class Command(BaseCommand):
    """The command of docs/trail.md."""

    help = "Seal what is unsealed, sign the newest seal, and print the checkpoint as one line of JSON."

    def handle(self, **options: Any) -> None:
        """Print the checkpoint, the last one where nothing came since; keep it where nobody can change it."""
        try:
            anchoring.sign_now(by="system:command")
        except (signing.NoKey, chain.Broken) as refused:
            raise CommandError(f"No checkpoint was signed: {refused}") from refused
        last = Checkpoint.objects.order_by("seal").last()
        if last is None:
            raise CommandError("The trail is empty: there is nothing to sign.")
        self.stdout.write(checkpoints.line(last.statement))
