"""Take in what people answered at Amazon A2I."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labeling.importing import a2i, running
from labeling.importing.files import refuse
from labeling.importing.running import Source
from labeling.progress import Progress
from routing.errors import HitlError
from routing.router import find_type
from routing.values import too_deep

ACTOR = "system:import_a2i_answers"


class Command(BaseCommand):
    help = (
        "Take in A2I's output.json files, all below a folder, as items with labels. What is known is left as "
        "it is, so that it may be run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder, the item type, and where in the files payload and answer stand."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--item-type", required=True)
        parser.add_argument("--answer", required=True, help="where in answerContent the label stands: a.b.c")
        parser.add_argument(
            "--payload", default="", help="where in inputContent the payload stands: a.b; left out: the whole"
        )
        parser.add_argument(
            "--field", action="append", default=[], metavar="THEIRS=OURS", help="what a field is called here"
        )

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Take the files in and say what became of them."""
        if unclear := [one for one in options["field"] if "=" not in one]:
            raise CommandError(f"--field {unclear[0]}: write THEIRS=OURS.")
        names = dict(one.split("=", 1) for one in options["field"])
        files = sorted(folder.rglob("*.json")) if folder.is_dir() else [folder]
        if not any(file.is_file() for file in files):
            raise CommandError(f"{folder}: there is no file of JSON there.")
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / "answers.jsonl"
            taken: list[Path] = []  # by line
            refused: list[str] = []
            with path.open("w", encoding="utf-8") as out:
                for file, raw in _read(files):
                    try:
                        if isinstance(raw, str):
                            raise CommandError(raw)
                        known = a2i.record(
                            raw, answer=options["answer"], payload=options["payload"], names=names
                        )
                        out.write(json.dumps(known) + "\n")
                        taken.append(file)
                    except (CommandError, HitlError) as error:
                        refused.append(f"{file}: {error}")
            self._take_in(path, options["item_type"], taken, refused)

    def _take_in(self, path: Path, slug: str, taken: list[Path], refused: list[str]) -> None:
        progress = Progress(self.stderr, path.stat().st_size, "loops")
        try:
            totals = running.run(
                Source(path, "jsonl"),
                find_type(slug),
                heard=lambda read, so_far: progress.show(read, so_far.rows),
                by=ACTOR,
            )
        except HitlError as error:
            raise CommandError(str(error)) from error
        progress.end()
        if totals.refused:
            lines = running.refused_path(path).read_text().splitlines()
            refused += [f"{taken[row['line'] - 1]}: {row['reason']}" for row in map(json.loads, lines)]
        self.stdout.write(
            f"{totals.rows + len(refused) - totals.refused:,} loops: {totals.created:,} items new, "
            f"{totals.duplicates:,} known, {totals.labels:,} labels new, {len(refused):,} refused"
        )
        for line in refused:
            self.stdout.write(f"refused {line}")


def _read(files: list[Path]) -> Iterator[tuple[Path, Any]]:
    """Yield each file with its JSON, or with why it can't be read."""
    for file in files:
        try:
            raw = json.loads(file.read_text(encoding="utf-8"), parse_constant=refuse)
        except (OSError, ValueError, RecursionError) as error:
            yield file, f"it can't be read: {error}"
        else:
            yield file, "it is nested too deeply" if too_deep(raw) else raw
