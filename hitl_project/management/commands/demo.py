"""The whole loop on real data, and then the site."""

import json
import logging
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hitl_project import processes, site
from hitl_project.demo import digits, people, rounds, setting
from hitl_project.demo.figures import HEADS, Round
from hitl_project.demo.people import Login
from hitl_project.demo.screen import Progress, table
from routing.models import ItemType

TRUTH = (
    "Review rate, the accuracy of what was automated and F1 are of the model that judged the round, on "
    f"{digits.TRUTH} digits that were never posted. 'stream' counts what became of the round's own digits."
)


class Command(BaseCommand):
    help = "Run the whole loop on 1,797 handwritten digits with simulated reviewers, then serve the site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="the loop alone, then end")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write one object per round to FILE")
        parser.add_argument("--port", type=int, default=site.PORT, help="default %(default)s")
        parser.add_argument("--items", type=int, help="how many of the stream's digits arrive (default: all)")
        parser.add_argument("--rounds", type=int, default=7, help="in how many rounds (default %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.HTTPS:
            raise CommandError(
                "The demo makes users whose passwords it prints; it is not for a production server. "
                "Set HTTPS=0 in .env on a machine of your own, or use manage.py up."
            )
        if options["rounds"] < 2:
            raise CommandError("The loop needs at least two rounds.")
        if not options["no_serve"]:
            site.check(options["port"], self.stdout)
        with site.interruptible(self.stdout, "make demo goes on from here."):
            self._play(options)

    def _play(self, options: dict[str, Any]) -> None:
        with quiet():
            self._say("Bringing the database and the site's files up to date; the first time takes a while.")
            site.prepare(static=not options["no_serve"])
            item_type = setting.make(people.GROUPS)
            logins = people.sign_ins(settings.VAR_DIR / "demo-users.txt")
            results = self._loop(item_type, options["items"], options["rounds"])
        if options["json"]:
            options["json"].write_text(json.dumps([one.json() for one in results], indent=1) + "\n")
        self._show(item_type, results)
        if not options["no_serve"]:
            site.serve(options["port"], self.stdout, lambda: self._welcome(options["port"], logins))

    def _loop(self, item_type: ItemType, items: int | None, count: int) -> list[Round]:
        stream, truth = digits.load()
        self._say(
            f"{len(stream[:items])} handwritten digits arrive in {count} rounds. Simulated reviewers answer: "
            f"they know the data set's label and err at {people.ERROR_RATE:.0%}."
        )
        began = monotonic()
        parts = rounds.split(stream[:items], count)
        loop = rounds.Loop(item_type, parts, truth, people.team())
        progress = Progress(self.stdout._out, 2 * len(stream[:items]))
        try:
            results = loop.run(progress)
        finally:
            progress.end()
        self.stdout.write(f"The loop took {monotonic() - began:.0f} s.\n")
        return results

    def _show(self, item_type: ItemType, results: list[Round]) -> None:
        self.stdout.write(table(HEADS, [one.cells() for one in results]))
        self.stdout.write(TRUTH)
        self._say(f"{rounds.left(item_type)} looks are left in the queues, for you.\n")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _welcome(self, port: int, logins: list[Login]) -> None:
        self.stdout.write(f"\nThe site: http://{processes.HOST}:{port} . Sign in as (only in the demo):\n")
        for login in logins:
            self.stdout.write(f"  {login.username:6} {login.password:14} {login.role}")
        places = "review at /review/ , set up at /admin/ , prove at /compliance/ , figures at / ."
        self.stdout.write(f"\n{places} Ctrl-C ends it all.\n")
        self.stdout.flush()


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the log's everyday lines, which would break into the progress bar, off the screen."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)
