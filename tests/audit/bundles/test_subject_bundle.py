"""Bundles of one subject: its events alone, each with its proof, and nothing said of completeness."""

import json
import uuid

import pytest

from audit import trail
from audit.bundles import opening
from audit.trail import Entry
from tests.audit import attacks, book
from tests.audit.bundles import making
from tests.audit.bundles.making import KEY, rows
from tests.audit.bundles.test_forged_bundle import agreeing, lines

pytestmark = pytest.mark.django_db

MINE = ("routing.item", "8")
SECRET = uuid.UUID(int=7)


@pytest.fixture
def made(settings):
    """A book with two events of MINE under two seals, among others; the last is told in confidence."""
    settings.HITL_SIGNING_KEY = attacks.SEED
    trail.record("item.submitted", MINE, by="key:k/erp")
    made = attacks.make()
    said = Entry("review.submitted", MINE, {"action": "edit"}, {"comment": "Bob is wrong"}, SECRET)
    trail.record_all([said], by="user:rita")
    book.write(3)
    return made


def bundle(tmp_path, **asked):
    """Return the path of a bundle of MINE."""
    return making.make(tmp_path / "b.zip", subject="routing.item:8", **asked)


def test_a_subjects_bundle_holds_its_events_alone_and_is_intact(made, tmp_path):
    path = bundle(tmp_path)
    found = rows(making.files(path)["events.jsonl"])
    assert [one["verb"] for one in found] == ["item.submitted", "review.submitted"]
    said = making.verify(path, "--key", KEY)
    assert (said.status, said.last) == (0, "INTACT")
    assert (
        "That these are ALL events of this subject: only a bundle of a whole period shows that." in said.text
    )


def test_private_parts_stay_locked_unless_asked_for(made, tmp_path):
    held = making.files(bundle(tmp_path))
    assert ("secrets.jsonl" in held, b"Bob" in b"".join(held.values())) == (False, False)


def test_private_parts_open_with_the_keys_where_they_are_asked_for(made, tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "_registered", [(lambda subjects: {MINE: SECRET}, "routing.view_personal")])
    said = making.verify(bundle(tmp_path, opened=True), "--key", KEY, "--show")
    assert (said.status, '"comment":"Bob is wrong"' in said.text) == (0, True)
    assert "1 private part opens with the keys in the bundle." in said.text


def test_a_key_that_does_not_open_is_named(made, tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "_registered", [(lambda subjects: {MINE: SECRET}, "routing.view_personal")])
    held = making.files(bundle(tmp_path, opened=True))
    held["secrets.jsonl"] = held["secrets.jsonl"].replace(SECRET.hex.encode(), uuid.UUID(int=8).hex.encode())
    held = agreeing(held)
    held.pop("signature.json")
    manifest = json.loads(held["manifest.json"]) | {"signed": False}
    held["manifest.json"] = json.dumps(manifest).encode()
    said = making.verify(making.pack(tmp_path / "f.zip", held))
    event = rows(held["events.jsonl"])[1]["id"]
    assert said.last == f"BROKEN: the key for the private part of event {event} does not open it"


def forged(held, **files):
    """Return the files with these in place, unsigned but agreeing."""
    held = held | {f"{name}.jsonl": lines(found) for name, found in files.items()}
    held = agreeing(held, signed=False)
    held.pop("signature.json")
    return held


def test_a_swapped_proof_is_named(made, tmp_path):
    held = making.files(bundle(tmp_path))
    proofs = rows(held["proofs.jsonl"])
    proofs[0]["path"], proofs[1]["path"] = proofs[1]["path"], proofs[0]["path"]
    said = making.verify(making.pack(tmp_path / "f.zip", forged(held, proofs=proofs)))
    event = proofs[0]["event"]
    assert said.last == f"BROKEN: event {event} is not in seal 1: its proof leads elsewhere"


def test_a_dropped_event_is_named_by_its_proof(made, tmp_path):
    held = making.files(bundle(tmp_path))
    found = rows(held["events.jsonl"])
    said = making.verify(making.pack(tmp_path / "f.zip", forged(held, events=found[1:])))
    assert said.last == f"BROKEN: event {found[0]['id']} is missing: there is a proof of it"


def test_an_event_of_another_subject_is_named(made, tmp_path):
    held = making.files(bundle(tmp_path))
    manifest = json.loads(held["manifest.json"])
    scope = manifest["scope"] | {"subject": "routing.item:9"}
    held = agreeing(held, scope=scope, signed=False)
    held.pop("signature.json")
    said = making.verify(making.pack(tmp_path / "f.zip", held))
    first = rows(held["events.jsonl"])[0]["id"]
    assert said.last == f"BROKEN: event {first} tells of routing.item:8, not of routing.item:9"


def test_an_altered_event_is_named_from_the_book_on(made, tmp_path):
    first = trail.story(MINE).first()
    book.tamper("UPDATE audit_auditevent SET actor = 'user:ed' WHERE id = %s", first.pk)
    said = making.verify(bundle(tmp_path), "--key", KEY)
    assert said.last == (
        f"BROKEN: event {first.pk} was altered or forged: its content does not match its digest"
    )
