"""Write what people said of one type's items to a file."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date, parse_datetime

from labeling.exporting import formats, reading, saving, streaming
from labeling.exporting.reading import SOURCES, SPLITS
from labeling.progress import Progress
from routing.errors import HitlError
from routing.router import find_type

ACTOR = "system:export"


class Command(BaseCommand):
    help = (
        "Write what people said of the items of one type to a file, with a manifest beside it (FILE.manifest."
        "json: rows and sha256). One that broke off is gone on with by the same command."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the format, what is wanted, and the file's name."""
        parser.add_argument("format", choices=list(formats.FORMATS))
        parser.add_argument("--item-type", required=True)
        parser.add_argument("--output", type=Path, required=True)
        parser.add_argument(
            "--since", type=_moment, help="labels from this time on, 2026-11-20 or with a time"
        )
        parser.add_argument("--until", type=_moment, help="labels before this time")
        parser.add_argument("--source", choices=SOURCES, help="labels that came this way")
        parser.add_argument("--split", choices=SPLITS, help="train leaves out what judges models")

    def handle(self, *args: Any, output: Path, **options: Any) -> None:
        """Write the file and say how many rows it has."""
        name = options["format"]
        try:
            item_type = find_type(options["item_type"])
            form = formats.find(name, item_type.kind)
        except HitlError as error:
            raise CommandError(str(error)) from error
        wanted = streaming.wanted(
            item_type,
            form,
            split=options["split"],
            since=options["since"],
            until=options["until"],
            sources=(options["source"],) if options["source"] else (),
        )
        progress = Progress(self.stderr, reading.count(wanted), "rows")
        try:
            manifest = saving.save(name, form, wanted, output, heard=progress.show, by=ACTOR)
        except OSError as error:
            raise CommandError(f"{output} can't be written: {error.strerror}.") from error
        progress.end()
        self.stdout.write(f"{manifest['rows']:,} rows in {output}, sha256 {manifest['sha256']}")


def _moment(text: str) -> datetime:
    try:
        found = parse_datetime(text) or parse_date(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no time") from error
    if found is None:
        raise ArgumentTypeError(f"{text} is no time")
    if not isinstance(found, datetime):
        found = datetime(found.year, found.month, found.day, tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
