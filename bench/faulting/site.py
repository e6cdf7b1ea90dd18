"""A whole site in a folder of its own: PostgreSQL, web, worker, a client's receiver, and who uses it."""

from __future__ import annotations

import base64
import os
import secrets
import sys
import threading
import time
from pathlib import Path
from typing import Any

from bench.faulting.clients import Caller, Journal, post_items, review_items
from bench.faulting.kept import Kept, until
from bench.faulting.network import Relay
from bench.faulting.postgres import Cluster
from bench.faulting.receiver import Receiver
from bench.ports import free_port
from bench.world import BY, ROOT, caller, item_type, person

LABELS = 160
POSTERS, REVIEWERS = 2, 3
PATIENCE = 180.0  # seconds for a first answer


class Site:
    """The site, with the harness's own Django on its database, past the relay where there is one."""

    def __init__(self, home: Path, *, relayed: bool = True) -> None:
        self.home = home
        self.port, self.secret = free_port(), f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
        self.postgres = Cluster(home / "disk" / "database", small=relayed)
        self.web: Kept | None = None
        self.worker: Kept | None = None
        self.relay = Relay(self.postgres.port) if relayed else None
        self.receiver = Receiver(self.secret)
        self.at_it = home / "training"
        settings = self._settings()
        self.environ = os.environ | settings
        os.environ.update(settings | {"DATABASE_URL": self.postgres.url()})

    def prepare(self) -> None:
        """Start the database, and make item types, people and what a model can be trained on."""
        self.postgres.start()
        self._set_up()

    def start(self) -> None:
        """Run web and worker as the server's own command does."""
        from hitl_project.processes import ONE_THREAD, commands

        for name, command in commands(self.port).items():
            kept = Kept(name, command, log=self.home / f"{name}.log", environ=self.environ | ONE_THREAD)
            setattr(self, name, kept)
        self.wait_until_ready()

    def wait_until_ready(self, patience: float = PATIENCE) -> float:
        """Wait until `/ready` answers 200, and return the seconds that it took."""
        return until(self._ready, patience, "/ready answers 200")

    def logs(self) -> str:
        """Return the end of each process's log."""
        found = sorted(self.home.glob("*.log"))
        return "\n".join(f"== {one.name}\n{one.read_text(errors='replace')[-3000:]}" for one in found)

    def stop(self) -> None:
        """End everything."""
        from django.db import connection

        connection.close()
        for kept in (self.web, self.worker, self.postgres.kept):
            if kept:
                kept.stop()
        self.receiver.close()

    def _ready(self) -> bool:
        import urllib.error
        import urllib.request

        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def _settings(self) -> dict[str, str]:
        models = self.home / "disk" / "models"
        models.mkdir(parents=True, exist_ok=True)
        return {
            "DATABASE_URL": self.postgres.url(self.relay.port if self.relay else None),
            "DJANGO_SETTINGS_MODULE": "hitl_project.settings",
            "PYTHONPATH": str(ROOT),
            "HTTPS": "0",
            "DEBUG": "0",
            "ALLOWED_HOSTS": "*",
            "LOG_LEVEL": "WARNING",
            "SECRET_KEY": secrets.token_hex(32),
            "HITL_DRAW_KEY": secrets.token_hex(32),
            "HITL_WEBHOOK_SECRET": self.secret,
            "HITL_WEBHOOK_ALLOW_PRIVATE": "1",
            "HITL_LEARNERS": "slow=bench.faulting.slow.Slow",
            "HITL_FAULTS_TRAINING": str(self.at_it),
            "ML_MODEL_PATH": str(models),
            # The load comes from one address, and the disks are small on purpose.
            "HITL_THROTTLE_KEY": "0",
            "HITL_THROTTLE_PERSON": "0",
            "HITL_THROTTLE_ADDRESS": "0",
            "HITL_DISK_FREE_MEGABYTES": "0",
        }

    def _set_up(self) -> None:
        import django

        until(self._answers, PATIENCE, "PostgreSQL takes connections")
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("bootstrap", stdout=sys.stderr)
        item_type("faults", {"large": "has(context.amount) && context.amount > 10000"}, audit_rate=0.1)
        _lesson()
        self.client = caller(person("client", "clients"), ["items:write"])._credentials["HTTP_AUTHORIZATION"]
        people = [person(f"person-{number}", "reviewers") for number in range(REVIEWERS)]
        self.people = {
            one.username: caller(one, ["reviews:write"])._credentials["HTTP_AUTHORIZATION"] for one in people
        }

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.postgres.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def _lesson() -> None:
    """Make a second item type whose model the worker trains again and again."""
    from labeling.models import Label
    from learning.models import LearningPlan
    from routing.models import Item, Status

    kind = item_type("lesson", {})
    LearningPlan.objects.create(item_type=kind, learner="slow", active=False, encoder="auto")
    made = Item.objects.bulk_create(
        Item(
            item_type=kind,
            item_ref=f"lesson-{number}",
            payload={"features": [number % 2 + number % 7 / 70, number % 5 / 5]},
            status=Status.POOLED,
            audit_draw=number % 100 / 100,
            held_out=number % 4 == 0,
            created_by=BY,
        )
        for number in range(LABELS)
    )
    Label.objects.bulk_create(
        Label(
            item_type=kind,
            item_ref=one.item_ref,
            item=one,
            label=kind.labels[number % 2],
            action="edit",
            reserved=one.held_out,
            source="learn",
        )
        for number, one in enumerate(made)
    )


class Load:
    """Everybody at work: clients, reviewers, trainings one after the other, messages delivered."""

    def __init__(self, site: Site, *, pulse: bool) -> None:
        self.site, self.journal, self.over = site, Journal(), threading.Event()
        self.posters = [self._caller(site.client) for _ in range(POSTERS)]
        self.reviewers = {name: self._caller(key) for name, key in site.people.items()}
        acts: list[tuple[Any, ...]] = [(post_items, one, site.receiver.url) for one in self.posters]
        acts += [(review_items, one, name) for name, one in self.reviewers.items()]
        acts.append((self._queue, pulse))
        self.threads = [threading.Thread(target=act, args=args, daemon=True) for act, *args in acts]

    def start(self) -> None:
        """Begin."""
        for one in self.threads:
            one.start()

    def in_hand(self) -> bool:
        """Return whether a post, a claim or answer, a training and a message are all under way just now."""
        return (
            any(one.asking for one in self.posters)
            and any(one.asking for one in self.reviewers.values())
            and bool(self.site.receiver.taking)
            and self.site.at_it.exists()
        )

    def stop(self) -> Journal:
        """End, let everybody finish what they are at, and return the journal."""
        self.over.set()
        for one in self.threads:
            one.join(30)
        return self.journal

    def _caller(self, key: str) -> Caller:
        return Caller(self.site.port, key, self.journal, self.over)

    def _queue(self, pulse: bool) -> None:
        """Keep a training queued; with `pulse`, also what the clock would start each minute only."""
        from django.db import Error, connection
        from django.utils import timezone
        from django_q.models import OrmQ
        from django_q.tasks import async_task

        from routing.models import ItemType

        wanted: list[tuple[Any, ...]] = [("learning.tasks.retrain", None, "bench")]
        if pulse:
            wanted += [("routing.tasks.deliver_webhooks",), ("audit.tasks.seal_trail",)]
        while not self.over.wait(0.7):
            try:
                lesson = ItemType.objects.get(slug="lesson").pk
                if OrmQ.objects.filter(lock__lte=timezone.now()).count() < len(wanted):
                    for function, *arguments in wanted:
                        async_task(function, *(lesson if one is None else one for one in arguments))
            except Error as error:
                print(f"the harness itself: {error}".strip(), file=sys.stderr)
                connection.close()
                time.sleep(0.3)
        connection.close()
