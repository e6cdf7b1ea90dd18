"""When each kind of work goes on after a fault, and when at last all is quiet."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta

from bench.faulting.kept import until
from bench.faulting.site import Load, Site

WORK = ("posting", "reviewing", "training", "delivering")
TAKEN = timedelta(minutes=5)
PATIENCE = 420.0  # seconds: a message whose sender was killed is sent again after three minutes
AGAIN = 15.0  # seconds between two times that the pauses are cut short


class Mark:
    """A moment, and what has gone on since: work that was begun after it and has succeeded."""

    def __init__(self, site: Site, load: Load) -> None:
        self.site, self.load = site, load
        self.back: dict[str, float] = {}  # seconds after which each kind of work had gone on
        self.at = time.monotonic()
        self.run = self._last_run()

    def all_went_on(self) -> bool:
        """Look, and return whether every kind of work has gone on."""
        journal, now = self.load.journal, time.monotonic()
        went_on = {
            "posting": lambda: any(begun >= self.at for _, begun, _ in list(journal.posts.values())),
            "reviewing": lambda: any(row[1] >= self.at for row in list(journal.answers.values())),
            "delivering": lambda: any(one.at >= self.at for one in reversed(self.site.receiver.got)),
            "training": self._trained,
        }
        for work, happened in went_on.items():
            if work not in self.back and happened():
                self.back[work] = round(now - self.at, 1)
        return len(self.back) == len(WORK)

    def _trained(self) -> bool:
        from django.db import Error, connection

        from learning.models import TrainingRun

        try:
            return TrainingRun.objects.filter(status="done", pk__gt=self.run).exists()
        except Error:
            connection.close()
            return False

    def _last_run(self) -> int:
        """Return the newest training's number, as soon as PostgreSQL tells it."""
        from django.db import Error, connection

        from learning.models import TrainingRun

        while True:
            try:
                return TrainingRun.objects.order_by("pk").values_list("pk", flat=True).last() or 0
            except Error:
                connection.close()
                time.sleep(0.1)


def rest(site: Site, *, quick: bool) -> None:
    """Wait until nothing is owed and nothing runs; what is left after PATIENCE counts as lost.

    With `quick` the clock's tasks are queued at once and pauses are cut short; else the clock does it all.
    """
    site.wait_until_ready()
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if quick:
            _hurry()
        with suppress(TimeoutError):
            until(_quiet, AGAIN, "messages delivered and runs ended")
            return


def _hurry() -> None:
    from django.utils import timezone
    from django_q.models import OrmQ
    from django_q.tasks import async_task

    from routing.models import Delivery

    now = timezone.now()
    # What a killed sender had taken is due in three minutes; what is later is for the server to find out.
    Delivery.objects.filter(next_attempt_at__lt=now + TAKEN).update(next_attempt_at=now)
    if OrmQ.objects.filter(lock__lte=timezone.now()).count() < 4:
        async_task("routing.tasks.deliver_webhooks")
        async_task("learning.tasks.learn")


def _quiet() -> bool:
    from learning.models import TrainingRun
    from routing.models import Delivery

    owed = Delivery.objects.filter(next_attempt_at__isnull=False).exists()
    return not owed and not TrainingRun.objects.filter(status="running").exists()
