"""Say whether the application could change the book past its triggers, or print the SQL that ends that."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import ownership


class Command(BaseCommand):
    """The command of docs/trail.md."""

    help = "Exit 0 if the application can only read and append to the trail, else 1 and what it could do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the SQL, and name the roles."""
        parser.add_argument(
            "--sql", action="store_true", help="Print SQL for a superuser, and change nothing."
        )
        parser.add_argument(
            "--owner", default="hitl_book", help="The role that owns the book; made if missing."
        )
        parser.add_argument("--app", help="The application's role; without it the one of DATABASE_URL.")

    def handle(self, *, sql: bool, owner: str, app: str | None, **options: Any) -> None:
        """Print one line, or the statements; what the application could do is an error."""
        found = ownership.state()
        if sql:
            try:
                statements = ownership.handing_over(owner, app or found.role)
            except ValueError as refused:
                raise CommandError(str(refused)) from refused
            self.stdout.write("\n".join(["BEGIN;", *(f"{one};" for one in statements), "COMMIT;"]))
            return
        if found.off:
            raise CommandError(f"Triggers of the trail are switched off: {', '.join(found.off)}.")
        if found.powers:
            raise CommandError(f"{found.role} could change the trail: {'; '.join(found.powers)}.")
        self.stdout.write(f"{found.role} can read the trail and append to it, and nothing else.")
