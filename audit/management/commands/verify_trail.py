"""Check the whole trail: the head hash where it is intact, the first broken thing where it isn't."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import checkpoints, trail
from audit.checkpoints import Statement


class Command(BaseCommand):
    """The command of API.md."""

    help = "Check every event, seal and checkpoint. Exit 0 and the head hash, or 1 and what is broken first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take checkpoints that were kept elsewhere."""
        parser.add_argument(
            "--checkpoint",
            type=Path,
            metavar="FILE",
            help="Checkpoints kept elsewhere, one JSON object a line: finds an end that was cut off.",
        )

    def handle(self, *, checkpoint: Path | None, **options: Any) -> None:
        """Print the head hash; progress, and how far seals and signatures reach, go to standard error."""
        given = _read(checkpoint) if checkpoint else []
        verdict = trail.verify(progress=self._progress if self.stderr.isatty() else None, given=given)
        for remark in verdict.remarks:
            self.stderr.write(remark)
        if not verdict.intact:
            raise CommandError(f"The trail is broken: {verdict.first_broken}.")
        self.stderr.write(
            f"{verdict.events} events, {verdict.sealed} of them sealed, {verdict.signed} under a signed "
            "checkpoint: intact."
        )
        self.stdout.write(verdict.head)

    def _progress(self, done: int) -> None:
        self.stderr.write(f"\r{done} events checked", ending="")


def _read(path: Path) -> list[Statement]:
    try:
        lines = [line for line in path.read_text().splitlines() if line.strip()]
        found = [checkpoints.read(json.loads(line)) for line in lines]
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} can't be read as checkpoints: {error}") from error
    if not found:
        raise CommandError(f"{path} holds no checkpoint.")
    return found
