"""Rebuild certificates from the trail, and say where what is stored differs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from routing.certificates import rebuilding


class Command(BaseCommand):
    help = "Restore lost certificates from the audit trail; exit with 1 where a stored one differs from it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore what is lost, and fail where anything differs."""
        restored, differing = rebuilding.restore()
        for row in restored:
            self.stdout.write(f"restored: {row} (certification {row.pk})")
        if differing:
            named = ", ".join(f"{row} (certification {row.pk})" for row in differing)
            raise CommandError(f"not what the trail tells: {named}")
        self.stdout.write("All certificates are what the trail tells.")
