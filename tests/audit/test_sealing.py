"""Seals cover every committed event once, in whatever order transactions commit; real connections."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event as Flag

import pytest
from django.db import connection, transaction

from audit import sealing, trail
from audit.models import AuditEvent, Seal
from tests.audit import book
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


def covered():
    """Return how often each event id is covered, over all seals."""
    runs = [run for one in Seal.objects.all() for run in json.loads(one.members)]
    return Counter(event_id for first, last in runs for event_id in range(first, last + 1))


def test_without_events_there_is_no_seal():
    assert trail.seal() is None


def test_a_seal_covers_what_is_new_and_the_next_only_what_came_since():
    first = book.write(3)
    one = trail.seal()
    second = book.write(2)
    two = trail.seal()
    assert [json.loads(each.members) for each in (one, two)] == [
        [[first[0], first[2]]],
        [[second[0], second[1]]],
    ]
    assert (two.number, two.previous, two.complete_to, two.writing) == (2, one.digest, second[1], [])
    assert trail.seal() is None


def test_a_lower_id_that_commits_after_a_seal_is_in_the_next_one():
    with book.pending() as (slow,):
        (later,) = book.write()
        early = trail.seal()
        slow.end()
    late = trail.seal()
    assert (slow.event_id, json.loads(early.members)) == (later - 1, [[later, later]])
    assert (early.complete_to < slow.event_id, len(early.writing)) == (True, 1)
    assert (json.loads(late.members), late.complete_to) == ([[slow.event_id, slow.event_id]], later)
    assert (trail.verify().intact, trail.verify().sealed) == (True, 2)


def test_a_transaction_that_outlives_several_seals_loses_nothing():
    with book.pending(3) as (first, second, third):
        book.write()
        trail.seal()
        third.end()
        book.write()
        trail.seal()
        first.end()
        trail.seal()
        second.end()
        trail.seal()
    assert covered() == Counter(AuditEvent.objects.values_list("id", flat=True))
    assert trail.verify().intact


def test_a_transaction_that_rolls_back_holds_nothing_up():
    with book.pending() as (slow,):
        book.write()
        trail.seal()
        slow.end(commit=False)
    (last,) = book.write()
    assert trail.seal().complete_to == last
    assert trail.verify() == trail.Verdict(True, 2, 2, None, Seal.objects.last().digest)


def test_a_transaction_that_only_reads_or_writes_elsewhere_holds_nothing_up():
    def read_and_wait(started, end):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id(), count(*) FROM audit_auditevent")
            started.set()
            end.wait(PATIENCE)
        connection.close()

    started, end = Flag(), Flag()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(read_and_wait, started, end)
        assert started.wait(PATIENCE)
        (last,) = book.write()
        assert trail.seal().complete_to == last
        end.set()
        future.result(PATIENCE)


def test_two_who_seal_at_once_make_one_seal():
    book.write(5)

    def seal_elsewhere():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '20s'")
            return trail.seal()
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        mine = trail.seal()
        assert pool.submit(seal_elsewhere).result(PATIENCE) is None
    assert (mine.number, Seal.objects.count()) == (1, 1)


def test_sealing_refuses_a_transaction_with_one_snapshot():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(RuntimeError, match="READ COMMITTED"):
            sealing.seal()


def test_many_writers_and_a_sealer_leave_every_event_sealed_once():
    def work(seed):
        random = Random(seed)
        for _ in range(40):
            with transaction.atomic():
                book.write(random.randint(1, 3))
                transaction.set_rollback(random.random() < 0.2)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(work, seed) for seed in range(4)]
        while not all(writer.done() for writer in writers):
            trail.seal()
            assert trail.verify().first_broken is None
        [writer.result() for writer in writers]
    trail.seal()
    assert covered() == Counter(AuditEvent.objects.values_list("id", flat=True))
    assert trail.verify().intact
