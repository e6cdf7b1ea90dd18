"""Two hosts, each with a web server and a worker, on one database: they share the work and double nothing."""

import json
import os
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

import pytest
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler
from django_q.tasks import async_task

from audit import keys
from bench.ports import free_port
from labeling.models import Review
from routing.models import Assignment, Item
from tests import factories
from tests.api_client import item
from tests.hosts.machines import machines
from tests.races.racing import at_once
from tests.waiting import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ITEMS = 30


def mark(path, word):
    """What the workers do here: append a word, and which machine did it, to a file.

    No task ends before a task of another machine has begun: one that is quick can't do them all.
    """
    with open(path, "a") as file:
        file.write(f"{word} {os.environ['MACHINE']}\n")
    until(lambda: len(of_machines(marks(path))) == 2)


def marks(path):
    """Return the word and the machine of each mark."""
    return [line.split() for line in Path(path).read_text().splitlines()]


def of_machines(marked):
    return {machine for _, machine in marked}


def ask(url, key, body=None):
    """Return status and JSON of a POST with this key; a status over 399 is an answer like any other."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body or {}).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            said = answer.read()
            return answer.status, json.loads(said) if said else None
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def key_of(name, group, *scopes):
    return keys.create_key(factories.person(name, group), name="test", scopes=scopes, by="system:test")[1]


def review(sites, key):
    """Claim and approve, now at one host and now at the other, until nothing waits; return what was."""
    done, turns = [], cycle([sites[0], sites[1], sites[1], sites[0]])
    status, seat = ask(f"{next(turns)}/api/v1/assignments/claim/", key)
    while status == 200:
        said = ask(f"{next(turns)}/api/v1/assignments/{seat['id']}/submit/", key, {"action": "approve"})
        assert said[0] == 200, said
        done.append(said[1]["item_ref"])
        status, seat = ask(f"{next(turns)}/api/v1/assignments/claim/", key)
    assert status == 204, seat
    return done


def post_everywhere(sites):
    """Post each item to every host at the same time; return the answers by reference."""
    key = key_of("client", "clients", "items:write")
    bodies = [(site, item(f"r-{number}")) for number in range(ITEMS) for site in sites]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: ask(f"{one[0]}/api/v1/items/", key, one[1]), bodies))
    return [(status, said["item_ref"], said["duplicate"]) for status, said in answers]


def test_two_hosts_take_in_review_and_work_off_everything_once(tmp_path):
    factories.item_type()
    reviewers = [key_of(f"rita{number}", "reviewers", "reviews:write") for number in range(4)]
    done = tmp_path / "done"
    done.touch()
    with machines(2) as (one, two), one.worker(), two.worker():
        for number in range(ITEMS):
            async_task("tests.hosts.test_hosts.mark", str(done), str(number))
        with one.web(free_port()) as (first, _), two.web(free_port()) as (second, _):
            posted = post_everywhere([first, second])
            with ThreadPoolExecutor(4) as pool:
                answered = [*pool.map(lambda key: review([first, second], key), reviewers)]
        until(lambda: OrmQ.objects.count() == 0)
    refs = [f"r-{number}" for number in range(ITEMS)]
    assert sorted(posted) == sorted([(201, ref, False) for ref in refs] + [(200, ref, True) for ref in refs])
    assert Counter(ref for own in answered for ref in own) == dict.fromkeys(refs, 1)
    assert (Review.objects.count(), Assignment.objects.count()) == (ITEMS, ITEMS)
    assert set(Item.objects.values_list("status", flat=True)) == {"approved"}
    assert sorted(int(word) for word, _ in marks(done)) == list(range(ITEMS))
    assert len(of_machines(marks(done))) == 2


def test_a_schedule_that_is_due_is_queued_once_by_many_workers_at_once():
    Schedule.objects.create(name="due", func="nothing", schedule_type=Schedule.CRON, cron="0 0 1 1 *")
    Schedule.objects.update(next_run=timezone.now())
    at_once([scheduler] * 6)
    assert OrmQ.objects.count() == 1
    assert Schedule.objects.get().next_run > timezone.now()
