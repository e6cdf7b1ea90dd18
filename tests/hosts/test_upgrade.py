"""A new version while the old one serves: columns are added, processes replaced, and no request is lost."""

import http.client
import itertools
import json
import signal
import threading
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest
from django.db import connection
from django_q.models import OrmQ
from django_q.tasks import async_task

from audit import keys
from bench.ports import free_port
from routing.models import Item
from tests import factories
from tests.api_client import item
from tests.hosts.machines import machines
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
GONE = (ConnectionError, http.client.HTTPException, TimeoutError, urllib.error.URLError)


def work(folder):
    """What a worker does here: say that it has begun, and end once it may."""
    (Path(folder) / "begun").touch()
    until((Path(folder) / "may end").exists)
    (Path(folder) / "ended").touch()


class Load:
    """Clients that post item after item, with the patience of a proxy: who is gone, the next is asked."""

    def __init__(self, *sites):
        self.sites = list(sites)
        self.numbers, self.stored, self.lost, self.repeated = itertools.count(), [], [], []
        client = factories.person("client", "clients")
        self.key = keys.create_key(client, name="test", scopes=["items:write"], by="system:test")[1]

    def post(self, site, ref):
        """Return whether this site took the item in."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{site}/api/v1/items/", json.dumps(item(ref)).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status in (200, 201)
        except GONE:
            return False

    def work(self, stop):
        while not stop.is_set():
            ref = f"r-{next(self.numbers)}"
            sites = list(self.sites)
            answers = (self.post(site, ref) for site in sites)
            refused = list(itertools.takewhile(lambda taken: not taken, answers))
            self.repeated += [ref] * len(refused)
            (self.lost if len(refused) == len(sites) else self.stored).append(ref)

    @contextmanager
    def running(self):
        """Let three clients work until the block ends."""
        stop = threading.Event()
        threads = [threading.Thread(target=self.work, args=[stop]) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def goes_on(self):
        """Wait until ten more items are stored."""
        wanted = len(self.stored) + 10
        until(lambda: len(self.stored) >= wanted)


@contextmanager
def expanded():
    """Make what a migration of the next version would: a column that this version knows nothing of."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE routing_item ADD COLUMN of_the_next_version integer")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE routing_item DROP COLUMN of_the_next_version")


def ready(site):
    """Return what /ready says of whether requests should be sent here."""
    try:
        with urllib.request.urlopen(f"{site}/ready", timeout=PATIENCE) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as refusal:
        return json.loads(refusal.read())


def replaced(master):
    """Have gunicorn start new processes and end the old ones, and wait until that is done."""
    old = set(psutil.Process(master.pid).children())
    master.send_signal(signal.SIGHUP)
    until(lambda: set(psutil.Process(master.pid).children()).isdisjoint(old))


def test_no_request_is_lost_while_the_next_version_comes(tmp_path):
    factories.item_type()
    draining = tmp_path / "draining"
    with machines(1) as (machine,), expanded(), ExitStack() as servers:
        old, master = servers.enter_context(machine.web(free_port(), HITL_DRAIN_FILE=str(draining)))
        load = Load(old)
        with load.running():
            load.goes_on()
            replaced(master)
            load.goes_on()
            assert load.repeated == []  # the same address served all the time
            new, _ = servers.enter_context(machine.web(free_port()))
            load.sites.append(new)
            draining.touch()
            assert ready(old)["checks"] == {"serving": "no: this process is being stopped"}
            load.goes_on()
            master.terminate()
            assert master.wait(PATIENCE) == 0
            load.goes_on()
            load.sites.remove(old)
            load.goes_on()
    assert load.lost == []
    assert sorted(Item.objects.values_list("item_ref", flat=True)) == sorted(load.stored)


def test_a_worker_that_is_asked_to_stop_ends_its_task_first(tmp_path):
    async_task("tests.hosts.test_upgrade.work", str(tmp_path))
    with machines(1) as (machine,), machine.worker() as worker:
        until((tmp_path / "begun").exists)
        worker.terminate()
        (tmp_path / "may end").touch()
        assert worker.wait(PATIENCE) == 0
    assert (tmp_path / "ended").exists()
    assert OrmQ.objects.count() == 0
