"""Signing: the newest seal, once, with what is unsealed sealed first, and never a forged chain."""

import pytest

from audit import anchors, checkpoints, signing, trail
from audit.chain import Broken
from audit.models import AuditEvent, Checkpoint
from tests.audit import attacks, book

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key(settings):
    settings.HITL_SIGNING_KEY = attacks.SEED


def test_a_checkpoint_names_the_newest_seal_and_counts_all_events_so_far():
    book.write(3)
    first = signing.sign(by="user:cora")
    book.write(1)
    second = signing.sign(by="user:cora")
    assert [(one.seal, one.events) for one in (first, second)] == [(1, 3), (2, 5)]
    assert all(checkpoints.genuine(one.statement) for one in Checkpoint.objects.all())


def test_signing_is_recorded_with_the_signature():
    book.write(1)
    made = signing.sign(by="user:cora")
    event = AuditEvent.objects.get(verb="checkpoint.signed")
    assert (event.actor, event.subject, event.data["signature"]) == (
        "user:cora",
        "audit.checkpoint:1",
        made.signature,
    )


def test_an_empty_book_is_not_signed():
    assert signing.sign(by="user:cora") is None


def test_without_a_key_nothing_is_signed(settings):
    settings.HITL_SIGNING_KEY = None
    with pytest.raises(signing.NoKey, match="make_signing_key"):
        signing.sign(by="user:cora")


@pytest.mark.parametrize(
    "attack",
    [
        attacks.rechain,
        attacks.rechain_and_delete_the_checkpoints,
        attacks.delete_checkpoint,
        attacks.delete_a_signed_seal,
        attacks.cut_the_end,
        attacks.alter_checkpoint,
    ],
)
def test_a_forged_chain_gets_no_genuine_signature(attack):
    attack(attacks.make())
    with pytest.raises(Broken):
        signing.sign(by="user:cora")


def test_a_cut_end_is_not_signed_over_where_the_anchor_file_knows_it(settings, tmp_path):
    settings.HITL_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    made = attacks.make()
    anchors.append(settings.HITL_ANCHOR_FILE, made.kept)
    attacks.cut_the_end_with_its_checkpoint(made)
    with pytest.raises(Broken, match="in the anchor file"):
        signing.sign(by="user:cora")


def test_checkpoints_of_a_key_that_was_replaced_still_count(settings):
    attacks.make()
    settings.HITL_SIGNING_KEY = attacks.FOREIGN
    assert "unknown key" in trail.verify().first_broken
    settings.HITL_OLD_PUBLIC_KEYS = [checkpoints.public_key(attacks.SEED)]
    signing.sign(by="user:cora")
    assert (trail.verify().intact, trail.verify().signed) == (True, 11)
