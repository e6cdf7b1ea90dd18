"""Real processes, killed with -9 in the middle of their work: nothing is lost and nothing is doubled."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection

from audit import trail
from audit.keys import create_key
from audit.models import AuditEvent
from bench.ports import free_port
from hitl_project import processes
from labeling.models import Label, Review
from routing import assignments, names, router
from routing.models import Assignment, Item, Prediction
from tests import factories
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DOOMED = "doomed"  # as which PostgreSQL knows the sessions of the processes that are killed

JUDGE = """
import time
import django; django.setup()
from routing import predictor, router, tasks
from routing.policy import Opinion
def slow(item_type, payloads):
    begun.append(1)
    time.sleep(0.05 if len(begun) < 10 else 600)  # it never comes to its end
    return [Opinion("own@1", "positive", 0.85) for _ in payloads]
begun, predictor._registered[:] = [], [slow]
made = router.find_type("sentiment")
print("ready", flush=True)
while router.judge_pending(made, limit=10):
    print("batch", flush=True)
"""


def environment():
    """Return the environment of a process that works on this test's database."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.live_settings",
        "HITL_TEST_DATABASE": connection.settings_dict["NAME"],
        "PGAPPNAME": DOOMED,
    }


def ended():
    """Return whether PostgreSQL has carried out, or undone, what the killed processes had asked for last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [DOOMED])
        return cursor.fetchone() == (0,)


@contextmanager
def web_server():
    """Run the web server as it is run in earnest; yield its port and a function that kills it all with -9."""
    port = free_port()
    command = processes.commands(port)["web"]
    process = subprocess.Popen(command, env=environment(), cwd=settings.BASE_DIR, start_new_session=True)

    def kill():
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        until(ended)

    try:
        until(lambda: healthy(port))
        yield port, kill
    finally:
        if process.poll() is None:
            kill()


def healthy(port):
    """Return whether the web server answers."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=PATIENCE).close()
    except OSError:
        return False
    return True


def post(port, path, key, body):
    """Return the status and body of one POST; None where the connection broke."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, json.loads(answer.read() or "null")
    except urllib.error.HTTPError as error:
        return error.code, None
    except (OSError, ValueError, http.client.HTTPException):
        return None


def until_broken(act, acknowledged):
    """Return a started thread that acts until the server is gone, noting what was acknowledged."""

    def run():
        while (answer := act()) is not None:
            acknowledged.append(answer)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_killed_web_server_has_stored_what_it_acknowledged_and_nothing_half():
    factories.item_type(audit_rate=0.5)
    client = factories.person("client", "clients")
    key = create_key(client, name="c", scopes=["items:write"], by="system:test")[1]
    acknowledged, numbers = [], iter(range(10_000))
    lock = threading.Lock()

    def post_ten():
        with lock:
            refs = [f"r{next(numbers)}" for _ in range(10)]
        answer = post(port, "/api/v1/items/", key, [body(ref) for ref in refs])
        return answer and (answer[0], refs)

    with web_server() as (port, kill):
        threads = [until_broken(post_ten, acknowledged) for _ in range(4)]
        until(lambda: len(acknowledged) >= 12)
        kill()
        for thread in threads:
            thread.join()
    assert {status for status, _ in acknowledged} == {201}
    stored = set(Item.objects.values_list("item_ref", flat=True))
    assert {ref for _, refs in acknowledged for ref in refs} <= stored
    assert Prediction.objects.count() == len(stored)
    assert AuditEvent.objects.filter(verb="item.submitted").count() == len(stored)
    assert Assignment.objects.filter(purpose="review").count() == len(stored)
    again = router.submit("sentiment", [factories.entry(0.85, ref=ref) for ref in stored], by="system:test")
    assert all(one.duplicate for one in again)


def body(ref):
    return {
        "item_type": "sentiment",
        "item_ref": ref,
        "payload": {"text": "So so."},
        "predictions": [{"model": "clf@1", "label": "positive", "confidence": 0.85}],
    }


def test_a_web_server_killed_amid_answers_keeps_each_acknowledged_one_once():
    factories.item_type()
    router.submit("sentiment", [factories.entry(0.85) for _ in range(400)], by="system:test")
    people = [factories.person(f"p{i}", "reviewers") for i in range(4)]
    keys = [create_key(user, name="k", scopes=["reviews:write"], by="system:test")[1] for user in people]
    acknowledged = []

    def answer_next(key):
        seat = post(port, "/api/v1/assignments/claim/", key, {})
        if seat is None or seat[0] != 200:
            return None
        path = f"/api/v1/assignments/{seat[1]['id']}/submit/"
        answer = post(port, path, key, {"action": "approve"})
        return answer and (answer[0], seat[1]["id"])

    with web_server() as (port, kill):
        threads = [until_broken(lambda key=key: answer_next(key), acknowledged) for key in keys]
        until(lambda: len(acknowledged) >= 12)
        kill()
        for thread in threads:
            thread.join()
    assert {status for status, _ in acknowledged} == {200}
    stored = list(Review.objects.values_list("assignment", flat=True))
    assert {seat for _, seat in acknowledged} <= set(map(names.of_seat, stored))
    assert len(stored) == len(set(stored)) == Label.objects.count()
    assert Item.objects.filter(status="approved").count() == len(stored)
    assert AuditEvent.objects.filter(verb="item.resolved").count() == len(stored)


def test_a_killed_worker_leaves_each_item_judged_once_by_whoever_goes_on(monkeypatch):
    made = factories.item_type()
    router.submit("sentiment", [factories.entry(None) for _ in range(200)], by="system:test")
    worker = subprocess.Popen(
        [sys.executable, "-c", JUDGE],
        env=environment(),
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    for _ in range(4):
        worker.stdout.readline()
    worker.kill()
    worker.communicate()
    until(ended)
    judged = Item.objects.exclude(status="pending_ai").count()
    assert 0 < judged < 200
    assert Assignment.objects.count() == Prediction.objects.count() == judged
    answering = [lambda item_type, payloads: [factories.opinion(0.85) for _ in payloads]]
    monkeypatch.setattr("routing.predictor._registered", answering)
    while router.judge_pending(made):
        pass
    assert Assignment.objects.count() == Prediction.objects.count() == 200
    assert AuditEvent.objects.filter(verb="item.judged").count() == 200


def test_a_seat_whose_holder_vanished_is_given_out_again_after_its_lease():
    factories.item_type()
    item = factories.submit(0.85)
    program = (
        "import django; django.setup()\n"
        "from django.contrib.auth.models import User\n"
        "from routing import assignments\n"
        "print(assignments.claim(by=User.objects.get(username='rita')).pk, flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    factories.person("rita", "reviewers")
    otto = factories.person("otto", "reviewers")
    holder = subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment(),
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    seat = int(holder.stdout.readline())
    holder.kill()
    holder.communicate()
    until(ended)
    assert assignments.claim(by=otto) is None
    later = Assignment.objects.get(pk=seat).leased_until
    assert assignments.claim(by=otto, now=later).item == item
    assert trail.verify().intact
