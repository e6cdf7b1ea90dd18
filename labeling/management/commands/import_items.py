"""Take in items, with their labels where they have some, from a file of any size."""

from argparse import ArgumentTypeError
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labeling.importing import guessing, running
from labeling.importing.files import READERS
from labeling.importing.running import Source
from labeling.progress import Progress
from routing.errors import HitlError
from routing.router import find_type

ACTOR = "system:import_items"


class Command(BaseCommand):
    help = (
        "Take in items from JSON Lines (our own exports, or objects as the API takes them), CSV, or Label "
        "Studio's tasks. What is known is left as it is; refused rows stand in FILE.refused.jsonl with line "
        "and reason; one that broke off is gone on with by the same command."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file's name and how it is read."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--item-type", required=True)
        parser.add_argument("--format", choices=list(READERS), help="left out: by the file's ending")
        parser.add_argument(
            "--field",
            type=_renaming,
            action="append",
            default=[],
            metavar="THEIRS=OURS",
            help="what a column or field is called here, for example review=text; nothing: it is left out; "
            "may be given again",
        )
        parser.add_argument("--encoding", choices=list(guessing.ENCODINGS), help="left out: by its bytes")
        parser.add_argument("--pool", action="store_true", help="keep unlabelled items for the sampler")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Take the file in and say what became of it."""
        try:
            source = _source(file, options)
            progress = Progress(self.stderr, file.stat().st_size, "rows")
            item_type = find_type(options["item_type"])
            totals = running.run(
                source, item_type, heard=lambda read, so_far: progress.show(read, so_far.rows), by=ACTOR
            )
        except OSError as error:
            raise CommandError(f"{error.filename or file}: {error.strerror}.") from error
        except HitlError as error:
            raise CommandError(str(error).removeprefix("file: ")) from error
        progress.end()
        self.stdout.write(
            f"{totals.rows:,} rows: {totals.created:,} items new, {totals.duplicates:,} known, "
            f"{totals.labels:,} labels new, {totals.refused:,} refused"
        )
        if totals.refused:
            self.stdout.write(f"refused rows: {running.refused_path(file)}")


def _source(file: Path, options: Mapping[str, Any]) -> Source:
    """Return the file as it is read; what was not said of it is guessed."""
    with file.open("rb") as opened:
        form = options["format"] or guessing.form(opened.read(guessing.PIECE), file.name)
    written = options["encoding"] or guessing.encoding(file)
    delimiter = guessing.delimiter(file, written) if form == "csv" else ","
    return Source(file, form, dict(options["field"]), options["pool"], written, delimiter)


def _renaming(text: str) -> tuple[str, str]:
    theirs, sign, ours = text.partition("=")
    if not (theirs and sign):
        raise ArgumentTypeError(f"{text} is not THEIRS=OURS")
    return theirs, ours
