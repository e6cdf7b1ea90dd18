"""The stand-alone verifier on what no server of ours writes: told, no crash, and no word smuggled in."""

import hashlib
import json
from random import Random

import pytest

from audit import checkpoints, verify_bundle
from tests.audit import attacks, book
from tests.audit.bundles import making
from tests.audit.bundles.making import KEY, rows
from tests.audit.bundles.test_forged_bundle import agreeing, lines, said_of, unsigned

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


def test_a_whole_forgery_signed_with_a_key_of_ones_own_is_not_proven(made, settings, tmp_path):
    attacks.rechain_and_sign_with_another_key(made)
    settings.HITL_SIGNING_KEY, settings.HITL_OLD_PUBLIC_KEYS = attacks.FOREIGN, []
    bundle = making.make(tmp_path / "b.zip")
    said = making.verify(bundle)
    assert (said.status, said.last[:10]) == (2, "NOT PROVEN")
    foreign = checkpoints.public_key(attacks.FOREIGN)
    assert f"Whose key {foreign} is: ask the operator, and give it with --key." in said.text


def test_a_kept_checkpoint_proves_no_seals_that_came_after_it(made, settings, tmp_path):
    kept = tmp_path / "kept.json"
    kept.write_text(checkpoints.line(made.kept))
    settings.HITL_SIGNING_KEY = None
    settings.HITL_OLD_PUBLIC_KEYS = [KEY]
    book.write(1)
    said = making.verify(making.make(tmp_path / "b.zip"), "--checkpoint", str(kept))
    assert "1 checkpoint that you gave: the seals agree." in said.text
    assert (said.status, said.last[:10]) == (2, "NOT PROVEN")


def test_a_kept_checkpoint_vouches_for_its_key(made, tmp_path):
    kept = tmp_path / "kept.json"
    kept.write_text(checkpoints.line(made.kept))
    said = making.verify(making.make(tmp_path / "b.zip"), "--checkpoint", str(kept))
    assert (said.status, said.last) == (0, "INTACT")


def spoilt(event, **fields):
    """Return the line of an event with these fields and the digest that fits, as far as there is one."""
    event = event | fields
    content = {name: event[name] for name in verify_bundle.CONTENT}
    raw = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    event["digest"] = hashlib.sha256(raw.encode(errors="surrogatepass")).hexdigest()
    return json.dumps(event).encode() + b"\n"


@pytest.mark.parametrize(
    "fields",
    [
        {"actor": "\ud800"},
        {"verb": "checkpoint.signed", "subject_id": "9" * 6000},
        {"body": "[" * 9000},
        {"body": "7"},
        {"at": "yesterday"},
        {"at": "2026-01-01T00:00:00.000000+14:00"},
    ],
    ids=["half a character", "a long number", "deep", "no object", "no time", "another zone"],
)
def test_an_event_that_can_not_be_read_is_broken_and_no_crash(held, fields, tmp_path):
    first, *rest = held["events.jsonl"].splitlines(keepends=True)
    odd = spoilt(json.loads(first), **fields)
    said = said_of(unsigned(held | {"events.jsonl": odd + b"".join(rest)}), tmp_path, "--show")
    assert (said.status, said.last.startswith("BROKEN: ")) == (1, True), said.text


@pytest.mark.parametrize("scope", [{"until": "9\nINTACT"}, {"since": "x"}, {"until": "2026-01-01"}])
def test_a_period_without_times_is_an_altered_manifest(held, scope, tmp_path):
    scope = json.loads(held["manifest.json"])["scope"] | scope
    said = said_of(unsigned(held, scope=scope), tmp_path)
    assert said.last == "BROKEN: the manifest was altered: it lacks what every manifest has"


def test_an_event_can_put_no_line_of_its_own_on_the_screen(held, tmp_path):
    found = rows(held["events.jsonl"])
    found[0]["actor"] = "user:x\nINTACT\x1b[8m"
    said = said_of(unsigned(held | {"events.jsonl": lines(found)}), tmp_path, "--show")
    assert ("INTACT" in said.text.splitlines(), "\x1b" in said.text) == (False, False)


def test_bytes_that_were_changed_anywhere_are_told_and_never_crash(held, tmp_path):
    whole = making.pack(tmp_path / "whole.zip", agreeing(held)).read_bytes()
    random, path, told = Random(6), tmp_path / "odd.zip", 0
    for _ in range(400):
        raw = bytearray(whole)
        for _ in range(random.choice([1, 3])):
            raw[random.choice([random.randrange(len(raw)), -random.randrange(1, 900)])] = random.randrange(
                256
            )
        path.write_bytes(raw)
        try:
            verify_bundle.check(str(path), [KEY], None, False)
        except (verify_bundle.Broken, verify_bundle.Unreadable):
            told += 1
    assert told > 300  # the others hit times and hints that nobody reads


def test_a_bundle_of_nothing_proves_nothing(held, tmp_path):
    scope = json.loads(held["manifest.json"])["scope"] | {"subject": "routing.item:8"}
    empty = dict.fromkeys(["events.jsonl", "seals.jsonl", "checkpoints.jsonl"], b"")
    counts = {"events": 0, "seals": 0, "checkpoints": 0}
    said = said_of(unsigned(held | empty, scope=scope, counts=counts), tmp_path)
    assert (said.status, said.last) == (2, "NOT PROVEN: it holds together, but there is nothing in it")


def test_a_seal_of_the_first_hour_of_all_times_is_broken_and_no_crash(held, tmp_path):
    seals = rows(held["seals.jsonl"])
    seals[0]["at"] = "0001-01-01T00:00:00.000000+00:00"
    content = {name: value for name, value in seals[0].items() if name != "digest"}
    seals[0]["digest"] = hashlib.sha256(verify_bundle.encode(content).encode()).hexdigest()
    said = said_of(unsigned(held | {"seals.jsonl": lines(seals)}), tmp_path)
    assert said.last == "BROKEN: seal 1 was altered: its time can't be read"
