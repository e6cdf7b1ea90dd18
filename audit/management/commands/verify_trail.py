"""Check the whole trail: the head hash where it is intact, the first broken thing where it isn't."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import trail


class Command(BaseCommand):
    """The command of API.md."""

    help = "Check every event and seal. Exit 0 and the head hash, or 1 and the first broken event."

    def handle(self, **options: Any) -> None:
        """Print the head hash; progress, and how far the seals reach, go to standard error."""
        verdict = trail.verify(progress=self._progress if self.stderr.isatty() else None)
        if not verdict.intact:
            raise CommandError(f"The trail is broken: {verdict.first_broken}.")
        self.stderr.write(f"{verdict.events} events, {verdict.sealed} of them sealed: intact.")
        self.stdout.write(verdict.head)

    def _progress(self, done: int) -> None:
        self.stderr.write(f"\r{done} events checked", ending="")
