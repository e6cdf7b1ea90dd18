"""Make what a migrated database still lacks: the cache table, the roles and the worker's schedules."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from hitl_project import schedules
from routing.roles import ROLES, ensure_roles


class Command(BaseCommand):
    help = "Make the cache table, roles and schedules. Run it after every migrate; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("createcachetable", verbosity=0)
        ensure_roles(by="system:bootstrap")
        changes = schedules.set_up()
        self.stdout.write(f"roles: {', '.join(ROLES)}")
        for word in ("made", "changed", "removed"):
            names = getattr(changes, word)
            if names:
                self.stdout.write(f"schedules {word}: {', '.join(names)}")
