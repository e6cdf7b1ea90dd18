"""Verification of the stored book: every forgery that the triggers would have refused is found and named."""

from dataclasses import asdict

import pytest

from audit import chain, trail
from audit.models import AuditEvent, Seal
from tests.audit import book

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids():
    """Nine events under three seals; the id after the sixth was rolled back and is free."""
    written = []
    for _ in range(3):
        written += book.write(3)
        trail.seal()
    return written


def broken():
    """Return what the verdict says is broken."""
    verdict = trail.verify()
    assert verdict.intact is (verdict.first_broken is None)
    return verdict.first_broken


def test_an_empty_book_is_intact():
    assert asdict(trail.verify()) == {
        "intact": True,
        "events": 0,
        "sealed": 0,
        "first_broken": None,
        "head": chain.GENESIS,
        "signed": 0,
        "remarks": (),
    }


def test_an_intact_book_is_counted_with_what_is_not_sealed_yet(ids):
    book.write(2)
    head = Seal.objects.get(number=3)
    assert trail.verify() == chain.Verdict(True, 11, 9, None, head.digest)


def test_an_altered_event_is_found(ids):
    book.tamper("UPDATE audit_auditevent SET body = %s WHERE id = %s", '{"turn":9}', ids[4])
    assert broken() == f"event {ids[4]} was altered or forged: its content does not match its digest"


def test_an_altered_event_that_is_not_sealed_yet_is_found(ids):
    (new,) = book.write()
    book.tamper("UPDATE audit_auditevent SET actor = 'user:ed' WHERE id = %s", new)
    assert broken() == f"event {new} was altered or forged: its content does not match its digest"


def test_an_event_altered_with_a_fresh_digest_is_found(ids):
    event = AuditEvent.objects.get(pk=ids[4])
    event.actor = "user:ed"
    digest = chain.event_digest(event)
    book.tamper(
        "UPDATE audit_auditevent SET actor = %s, digest = %s WHERE id = %s", "user:ed", digest, ids[4]
    )
    assert broken() == f"seal 2 does not match events {ids[3]} to {ids[5]}"


def test_a_deleted_event_is_found(ids):
    book.tamper("DELETE FROM audit_auditevent WHERE id = %s", ids[7])
    assert broken() == f"event {ids[7]} is missing: seal 3 covers it"


def test_an_event_inserted_afterwards_with_an_old_id_is_found(ids):
    event = AuditEvent.objects.get(pk=ids[0])
    event.pk = ids[0] - 1
    event.save(force_insert=True)
    assert broken() == f"event {ids[0] - 1} was written afterwards: seal 3 closed that stretch"


def test_an_event_inserted_with_a_forged_digest_is_found(ids):
    event = AuditEvent.objects.get(pk=ids[0])
    event.pk, event.digest = None, "f" * 64
    event.save(force_insert=True)
    assert broken() == f"event {event.pk} was altered or forged: its content does not match its digest"


def test_a_deleted_seal_is_found(ids):
    book.tamper("DELETE FROM audit_seal WHERE number = 2")
    assert broken() == "seal 2 is missing: seal 3 comes in its place"


@pytest.mark.parametrize(
    "change",
    ["at = at + '1 second'", "last_id = last_id + 1", "writing = '{3/4}'", "complete_to = complete_to - 1"],
)
def test_an_altered_seal_is_found(ids, change):
    book.tamper(f"UPDATE audit_seal SET {change} WHERE number = 2")
    assert broken() == "seal 2 was altered: its fields do not match its digest"


@pytest.mark.parametrize("members", ["[]", "what?", "[[1,2]]"])
def test_a_seal_with_other_members_is_found(ids, members):
    book.tamper("UPDATE audit_seal SET members = %s WHERE number = 2", members)
    assert broken().startswith("seal 2 was altered: its members")


def test_seals_that_changed_places_are_found(ids):
    for old, new in ((2, 9), (3, 2), (9, 3)):
        book.tamper("UPDATE audit_seal SET number = %s WHERE number = %s", new, old)
    assert broken() == "seal 2 does not follow seal 1: it names another digest"


def test_a_broken_book_still_counts_its_rows(ids):
    book.tamper("UPDATE audit_auditevent SET actor = 'user:ed' WHERE id = %s", ids[0])
    verdict = trail.verify()
    assert (verdict.intact, verdict.events, verdict.sealed) == (False, 9, 9)


def test_verification_takes_the_same_statements_however_many_events_there_are(ids, django_assert_num_queries):
    with django_assert_num_queries(7):
        trail.verify()
    book.write(20)
    trail.seal()
    with django_assert_num_queries(7):
        trail.verify()
