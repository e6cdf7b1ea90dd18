"""The site without the demo: bring everything up to date and serve."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand

from hitl_project import processes, site


class Command(BaseCommand):
    help = "Migrate, make roles and schedules, collect static files, then serve the site and run the worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=site.PORT, help="default %(default)s")

    def handle(self, *args: Any, **options: Any) -> None:
        site.check(options["port"], self.stdout)
        with site.interruptible(self.stdout, "Nothing is lost: start it again."):
            site.prepare(static=True)
            empty = not User.objects.filter(is_superuser=True).exists()
            site.serve(options["port"], self.stdout, lambda: self._welcome(options["port"], empty))

    def _welcome(self, port: int, empty: bool) -> None:
        self.stdout.write(f"The site is at http://{processes.HOST}:{port} . Ctrl-C ends it.")
        if empty:
            self.stdout.write("It has no administrator yet: manage.py createsuperuser in a second terminal.")
        self.stdout.flush()
