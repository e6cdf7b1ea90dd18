"""Apply a configuration file: everything that an admin sets by hand."""

from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.trail import Actor
from routing import config
from routing.config_file import ConfigError, Place, read

ACTOR = "system:apply_config"


class Command(BaseCommand):
    help = (
        "Apply a YAML or JSON file with queues, users and item types. All of it or nothing; safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file's name, and whose it is."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--by", help="The user whose changes these are; with four eyes another admin approves."
        )

    def handle(self, *args: Any, file: Path, by: str | None = None, **options: Any) -> None:
        """Apply the file and say what changed; CommandError names the line and the field."""
        lines: dict[Place, int] = {}
        try:
            data, lines = read(file)
            report = config.apply(data, reason=f"applied from {file.name}", by=_actor(by))
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from error
        except ConfigError as error:
            raise CommandError(f"{file}{_line(error.place, lines)}: {error} Nothing was applied.") from error
        for change in report.changes:
            self.stdout.write(change)
        for policy in report.published:
            self.stdout.write(f"published {policy}")
        for policy in report.proposed:
            self.stdout.write(f"proposed {policy}: another admin must approve it in the admin")
        for slug in report.held:
            self.stdout.write(f"not published: automation of {slug} was stopped: publish it in the admin")
        if not (report.changes or report.published or report.proposed or report.held):
            self.stdout.write("nothing to change")


def _actor(name: str | None) -> Actor:
    if name is None:
        return ACTOR
    found = User.objects.filter(username=name, is_active=True).first()
    if found is None:
        raise CommandError(f"There is no active user {name!r}. Nothing was applied.")
    return found


def _line(place: Place, lines: dict[Place, int]) -> str:
    """Return the line of the place, or of the nearest thing around it that stands in the file."""
    for length in range(len(place), -1, -1):
        if place[:length] in lines:
            return f", line {lines[place[:length]]}"
    return ""
