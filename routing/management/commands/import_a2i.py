"""Make Amazon A2I's activation conditions the draft rules of an item type."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from routing.a2i import storing
from routing.a2i.conditions import ConditionErrors
from routing.errors import HitlError
from routing.router import find_type

ACTOR = "system:import_a2i"


class Command(BaseCommand):
    help = (
        "Make HumanLoopActivationConditions (JSON) draft rules of an item type; Sampling becomes its audit "
        "rate. All of it or nothing; nothing is published."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file's name and the item type."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--item-type", required=True)

    def handle(self, *args: Any, file: Path, item_type: str, **options: Any) -> None:
        """Store the rules and say what they are; CommandError names the path of what can't be said."""
        try:
            found = storing.store(find_type(item_type), file.read_text(encoding="utf-8"), by=ACTOR)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} is not UTF-8.") from error
        except ConditionErrors as error:
            raise CommandError(f"{error}\nNothing was applied.") from error
        except HitlError as error:
            raise CommandError(str(error)) from error
        for one in found.rules:
            self.stdout.write(f"{one.name}\n    {one.when}")
        if found.share is not None:
            self.stdout.write(f"audit rate {found.share:.4g}")
        self.stdout.write("These are drafts: try them on recent items and publish them in the admin.")
