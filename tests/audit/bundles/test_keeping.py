"""Bundles from the wish to the file: recorded, gone on with, removed after their days."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from audit import tasks, trail
from audit.bundles import keeping, reading, writing
from audit.models import Bundle
from tests.audit import book

pytestmark = pytest.mark.django_db


def asked(**fields):
    """Return a bundle that was asked for, of everything where nothing else is said."""
    book.write(2)
    return keeping.ask(**({"why": "a test", "by": "user:cora"} | fields))


def told(bundle):
    """Return the verbs of a bundle's life, with who did it."""
    return list(trail.story(bundle).values_list("verb", "actor"))


def test_the_trail_tells_who_asked_for_a_bundle_and_who_took_it():
    bundle = asked()
    tasks.write_bundle(bundle.pk)
    bundle.refresh_from_db()
    with keeping.fetch(bundle, by="user:carl") as file:
        assert len(file.read()) == bundle.size
    assert told(bundle) == [
        ("bundle.asked", "user:cora"),
        ("bundle.ready", "system:bundles"),
        ("bundle.fetched", "user:carl"),
    ]


def test_a_period_is_left_to_a_worker_and_a_small_subject_is_written_at_once():
    assert (asked().state, OrmQ.objects.count()) == ("waiting", 1)
    assert (asked(subject="routing.item:7").state, OrmQ.objects.count()) == ("done", 1)


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"subject": "routing.item:none"}, "subject"),
        ({"until": timezone.now() + timedelta(days=999)}, "until"),
        ({"since": timezone.now() - timedelta(1), "until": timezone.now() - timedelta(2)}, "until"),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_recorded(fields, attr):
    with pytest.raises(keeping.Refused) as refused:
        asked(**fields)
    assert (refused.value.attr, Bundle.objects.count()) == (attr, 0)


def test_a_bundle_waits_while_earlier_transactions_still_write(monkeypatch):
    def unsettled(*_):
        raise reading.NotSettled("still writing")

    monkeypatch.setattr(reading, "edges", unsettled)
    bundle = asked()
    keeping.work_on(bundle)
    bundle.refresh_from_db()
    assert (bundle.state, bundle.tries) == ("waiting", 0)
    Bundle.objects.update(created_at=timezone.now() - timedelta(hours=1))
    keeping.work_on(bundle)
    bundle.refresh_from_db()
    assert (bundle.state, bundle.error) == ("failed", "still writing")


def test_a_bundle_whose_worker_was_killed_is_gone_on_with_and_in_the_end_fails_aloud():
    bundle = asked()
    OrmQ.objects.all().delete()
    assert keeping.go_on() == 0
    long_ago = timezone.now() - timedelta(minutes=5)
    Bundle.objects.update(state="running", tries=1, alive_at=long_ago)
    assert (keeping.go_on(), OrmQ.objects.count()) == (1, 1)
    Bundle.objects.update(tries=3, alive_at=long_ago)
    keeping.work_on(bundle)
    bundle.refresh_from_db()
    assert (bundle.state, bundle.error) == ("failed", keeping.KILLED)
    assert told(bundle)[-1] == ("bundle.failed", "system:bundles")


def test_a_bundle_that_can_not_be_stored_fails_with_the_reason(monkeypatch):
    def full(*_, **__):
        raise OSError("No space left on device")

    bundle = asked()
    monkeypatch.setattr(writing, "write", full)
    keeping.work_on(bundle)
    bundle.refresh_from_db()
    assert (bundle.state, bundle.error) == ("failed", "No space left on device")


def test_a_file_is_removed_after_its_days_and_its_hash_stays(settings):
    bundle = asked(subject="routing.item:7")
    assert tasks.sweep_bundles() == 0
    Bundle.objects.update(ended_at=timezone.now() - timedelta(days=settings.HITL_BUNDLE_DAYS + 1))
    assert tasks.sweep_bundles() == 1
    bundle.refresh_from_db()
    assert (bundle.state, bundle.file, len(bundle.sha256)) == ("gone", "", 64)
    assert keeping.fetch(bundle, by="user:carl") is None


@pytest.mark.parametrize("state", ["failed", "gone"])
def test_a_file_that_a_killed_process_left_behind_is_removed(state):
    bundle = asked(subject="routing.item:7")
    name, storage = bundle.file, storages["bundles"]
    Bundle.objects.update(state=state)
    assert (storage.exists(name), tasks.sweep_bundles(), storage.exists(name)) == (True, 1, False)


def test_erasing_removes_once_more_what_was_written_before_its_end(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        keeping.remove_opened("opens what was erased", [("routing.item", "7")], by="user:cora")
        bundle = asked(subject="routing.item:7", opened=True)
    bundle.refresh_from_db()
    assert bundle.state == "gone"


def test_erasing_removes_the_bundles_that_open_private_parts_and_no_others():
    opened, locked = asked(subject="routing.item:7", opened=True), asked(subject="routing.item:7")
    assert keeping.remove_opened("an erasure", [("routing.item", "8")], by="user:cora") == 0
    assert keeping.remove_opened("an erasure", [("routing.item", "7")], by="user:cora") == 1
    opened.refresh_from_db()
    locked.refresh_from_db()
    assert (opened.state, locked.state) == ("gone", "done")


def test_a_bundle_that_was_being_written_with_an_erased_key_is_not_kept(monkeypatch):
    def meanwhile(wanted, path, *, heard, write=writing.write):
        counts = write(wanted, path, heard=heard)
        keeping.remove_opened("opens what was erased", [("routing.item", "7")], by="user:cora")
        return counts

    monkeypatch.setattr(writing, "write", meanwhile)
    bundle = asked(subject="routing.item:7", opened=True)
    assert (bundle.state, bundle.file) == ("failed", "")
    assert bundle.error == "It opens what was erased. Ask for it again."


def test_a_period_takes_the_same_statements_however_many_events_there_are(tmp_path):
    def statements():
        bundle = asked()
        wanted = writing.Wanted(**{name: getattr(bundle, name) for name in writing.Wanted.__slots__})
        with connection.execute_wrapper(lambda execute, *rest: (count.append(1), execute(*rest))[1]):
            writing.write(wanted, tmp_path / f"{bundle.pk}.zip", heard=lambda done, total: None)
        return len(count)

    count = []
    few = statements()
    book.write(200)
    count.clear()
    assert abs(statements() - few) <= 2
