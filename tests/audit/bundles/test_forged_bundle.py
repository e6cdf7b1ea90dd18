"""The stand-alone verifier on files that somebody changed after they were made."""

import hashlib
import json

import pytest

from audit import chain, checkpoints, trail
from tests.audit import attacks, book
from tests.audit.bundles import making
from tests.audit.bundles.making import KEY, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(settings):
    """The book that bundles are made of."""
    settings.HITL_SIGNING_KEY = attacks.SEED
    return attacks.make()


@pytest.fixture
def held(made, tmp_path):
    """The files of a bundle of everything, by name."""
    return making.files(making.make(tmp_path / "good.zip"))


def lines(found):
    """Return objects as a file of lines."""
    return b"".join(chain.canonical(one).encode() + b"\n" for one in found)


def agreeing(held, **changes):
    """Return the files with a manifest that agrees with them, as a forger without the key could make it."""
    manifest = json.loads(held["manifest.json"]) | changes
    for name in manifest["files"]:
        raw = held[name]
        manifest["files"][name] = {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    return held | {"manifest.json": chain.canonical(manifest).encode() + b"\n"}


def unsigned(held, **changes):
    """The same without any signature, and with a manifest that says so."""
    fresh = agreeing({**held, "checkpoints.jsonl": b""}, signed=False, **changes)
    fresh.pop("signature.json")
    return fresh


def said_of(held, tmp_path, *options):
    """Return what the verifier says of these files."""
    return making.verify(making.pack(tmp_path / "forged.zip", held), *options)


def altered_event(found):
    event = found[4]
    event["actor"] = "user:ed"
    event["digest"] = hashlib.sha256(
        chain.canonical({name: event[name] for name in chain.CONTENT}).encode()
    ).hexdigest()
    return f"seal 2 does not match events {found[3]['id']} to {found[5]['id']}"


def dropped_line(found):
    gone = found.pop(4)["id"]
    return f"event {gone} is missing: seal 2 covers it, but event {found[4]['id']} stands in its place"


def added_line(found):
    found.append(found[-1] | {"id": found[-1]["id"] + 7})
    return f"event {found[-1]['id']} was written afterwards: no seal covers it"


def reordered_lines(found):
    found[4], found[5] = found[5], found[4]
    return f"event {found[5]['id']} is missing: seal 2 covers it"


def cut_events(found):
    gone = found.pop()["id"]
    return f"event {gone} is missing: seal 4 covers it, but the file ends in its place"


CHANGES = (altered_event, dropped_line, added_line, reordered_lines, cut_events)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_changed_events_are_named_though_no_signature_is_left(held, change, tmp_path):
    found = rows(held["events.jsonl"])
    words = change(found)
    said = said_of(unsigned(held | {"events.jsonl": lines(found)}), tmp_path)
    assert (said.status, words in said.last) == (1, True), said.text


def test_a_changed_manifest_is_named(held, tmp_path):
    said = said_of(agreeing(held, why="something else"), tmp_path)
    assert (said.status, said.last) == (
        1,
        "BROKEN: the manifest was altered: its signature does not match its content",
    )


@pytest.mark.parametrize("name", ["README.txt", "verify_bundle.py", "checkpoints.jsonl"])
def test_a_changed_file_is_named(held, name, tmp_path):
    said = said_of(held | {name: held[name].replace(b"e", b"f", 1) + b"{}\n"}, tmp_path)
    assert (said.status, name in said.last or "checkpoint" in said.last) == (1, True), said.text


def test_seals_cut_off_at_the_end_are_named_even_with_a_manifest_that_agrees(held, tmp_path):
    seals = rows(held["seals.jsonl"])[:2]
    cut = {"events.jsonl": lines(rows(held["events.jsonl"])[:6]), "seals.jsonl": lines(seals)}
    said = said_of(unsigned(held | cut, seals={"first": 1, "last": 2}), tmp_path)
    assert (said.status, said.last.startswith("BROKEN: the period's end was cut off: seal 2")) == (1, True)


def test_checkpoints_that_were_taken_out_are_named_by_the_event_of_their_signing(held, tmp_path):
    counts = json.loads(held["manifest.json"])["counts"] | {"checkpoints": 0}
    said = said_of(unsigned(held, counts=counts), tmp_path)
    signing = rows(held["events.jsonl"])[6]["id"]
    words = f"BROKEN: the checkpoint at seal 2 is missing: event {signing} tells of its signing"
    assert (said.status, said.last) == (1, words)


def test_a_bundle_that_nobody_signed_is_not_proven(settings, tmp_path):
    settings.HITL_SIGNING_KEY = None
    book.write(3)
    bundle = making.make(tmp_path / "b.zip")
    said = making.verify(bundle)
    assert (said.status, said.last.startswith("NOT PROVEN")) == (2, True)
    said = making.verify(bundle, "--key", KEY)
    assert (said.status, said.last) == (1, "BROKEN: signature.json is missing: nobody signed this manifest")


def test_a_foreign_key_is_named(made, settings, tmp_path):
    settings.HITL_SIGNING_KEY = attacks.FOREIGN
    settings.HITL_OLD_PUBLIC_KEYS = [KEY]
    said = making.verify(making.make(tmp_path / "b.zip"), "--key", KEY)
    foreign = checkpoints.public_key(attacks.FOREIGN)
    assert (said.status, said.last) == (1, f"BROKEN: the manifest is signed by an unknown key, {foreign}")


def test_both_keys_are_good_where_both_are_named(made, settings, tmp_path):
    settings.HITL_SIGNING_KEY = attacks.FOREIGN
    settings.HITL_OLD_PUBLIC_KEYS = [KEY]
    trail.record("item.judged", ("routing.item", 9), by="system:test")
    bundle = making.make(tmp_path / "b.zip")
    said = making.verify(bundle, "--key", KEY, "--key", checkpoints.public_key(attacks.FOREIGN))
    assert (said.status, said.last) == (0, "INTACT")


@pytest.mark.parametrize("name", ["../evil.txt", "events.jsonl/", "/etc/passwd", "EVENTS.JSONL"])
def test_names_that_do_not_belong_there_are_refused(held, name, tmp_path):
    said = said_of(held | {name: b"x"}, tmp_path)
    assert (said.status, "does not belong there" in said.last) == (1, True)


def test_a_file_that_unpacks_to_far_more_than_was_told_is_not_read_on(held, tmp_path):
    said = said_of(held | {"events.jsonl": b"0" * (5 << 20)}, tmp_path)
    assert (said.status, "events.jsonl holds more or less than the manifest says" in said.last) == (1, True)
    said = said_of(held | {"README.txt": b"0" * (5 << 20)}, tmp_path)
    assert (said.status, said.last) == (1, "BROKEN: README.txt is larger than such a file can be")


@pytest.mark.parametrize("raw", [b"", b"no zip", b"PK\x03\x04" + b"\x00" * 40])
def test_what_is_no_bundle_can_not_be_checked(raw, tmp_path):
    (tmp_path / "x.zip").write_bytes(raw)
    assert making.verify(tmp_path / "x.zip").status == 2
