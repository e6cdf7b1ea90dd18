"""Work off tasks and keep the schedules: django-q2's command, with a cluster that heals itself."""

import os
from typing import Any

from django_q.management.commands import qcluster


class Command(qcluster.Command):
    help = "Work off tasks and keep the schedules, until a signal comes."

    def handle(self, *args: Any, **options: Any) -> None:
        if options["run_once"]:
            super().handle(*args, **options)
            return
        if options["cluster_name"]:
            os.environ["Q_CLUSTER_NAME"] = options["cluster_name"]
        from hitl_project.worker import healing

        healing.run()
