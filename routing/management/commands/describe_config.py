"""Print the tables of docs/configuration.md: every field of a configuration file."""

from typing import Any

from django.core.management.base import BaseCommand

from routing.config_reference import tables


class Command(BaseCommand):
    help = "Print, as Markdown, every field of a configuration file with what may stand there."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the tables."""
        self.stdout.write(tables())
