"""The pure checkpoint: signed as the standard says, read strictly, compared with the chain."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from audit import checkpoints
from audit.chain import Broken
from audit.checkpoints import Statement

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
# RFC 8032, section 7.1, test 1
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
ONE = checkpoints.signed(Statement(3, NOON, "a" * 64, 9, ""), SEED)
CHAIN = {3: ("a" * 64, 9)}


def why(statement, seals=CHAIN, last=3, known=(PUBLIC,)):
    """Return the message of the break."""
    with pytest.raises(Broken) as caught:
        checkpoints.compare(statement, seals, last=last, known=known)
    return str(caught.value)


def test_the_public_key_is_that_of_the_standards_example():
    assert checkpoints.public_key(SEED) == ONE.key == PUBLIC


def test_what_is_signed_is_the_canonical_json_of_the_other_fields():
    assert checkpoints._message(ONE).decode() == (
        f'{{"at":"2026-01-02T12:00:00.000000+00:00","events":9,"head":"{"a" * 64}",'
        f'"key":"{PUBLIC}","seal":3}}'
    )


@pytest.mark.parametrize(
    "change",
    [
        {"seal": 4},
        {"at": NOON.replace(hour=13)},
        {"head": "b" * 64},
        {"events": 8},
        {"key": "e" * 64},
        {"signature": "f" * 128},
    ],
)
def test_each_field_is_under_the_signature(change):
    assert (checkpoints.genuine(ONE), checkpoints.genuine(replace(ONE, **change))) == (True, False)


def test_a_line_reads_back_as_the_same_statement():
    assert checkpoints.read(json.loads(checkpoints.line(ONE))) == ONE


def test_a_chain_that_agrees_is_not_broken():
    assert checkpoints.compare(ONE, CHAIN, last=5, known=[PUBLIC]) is None


def test_a_seal_that_is_gone_is_named():
    assert why(ONE, {}, last=2) == (
        "seal 3 is missing: the checkpoint at seal 3 was signed, but the book ends with seal 2"
    )


def test_another_seal_in_its_place_is_named():
    assert why(ONE, {3: ("b" * 64, 9)}) == (
        "the chain was written anew: seal 3 is not the one that the checkpoint at seal 3 names"
    )


def test_another_count_is_named():
    assert why(ONE, {3: ("a" * 64, 8)}) == (
        "the checkpoint at seal 3 counts 9 events, the seals up to there cover 8"
    )


def test_a_foreign_key_is_named():
    assert why(ONE, known=["e" * 64]) == f"the checkpoint at seal 3 is signed by an unknown key, {PUBLIC}"


def test_a_signature_that_does_not_fit_is_named():
    assert why(replace(ONE, events=8)) == (
        "the checkpoint at seal 3 was altered or forged: its signature does not match its content"
    )
