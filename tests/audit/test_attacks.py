"""Every attack on the book is found and named, those without a trace by a checkpoint kept elsewhere."""

import pytest

from audit import anchors, trail
from tests.audit import attacks

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(settings):
    """The book that is attacked."""
    settings.HITL_SIGNING_KEY = attacks.SEED
    return attacks.make()


def name(attack):
    """Return how a test of an attack is called."""
    return attack.__name__


def test_the_book_before_any_attack_is_intact(made):
    verdict = trail.verify(given=[made.kept])
    assert (verdict.intact, verdict.events, verdict.sealed, verdict.signed) == (True, 11, 10, 10)


@pytest.mark.parametrize("attack", attacks.INSIDE + attacks.UNREADABLE, ids=name)
def test_an_attack_is_named(made, attack):
    words = attack(made)
    assert words in trail.verify().first_broken


@pytest.mark.parametrize("attack", attacks.OUTSIDE, ids=name)
def test_an_attack_without_a_trace_is_named_by_a_checkpoint_that_is_given(made, attack):
    words = attack(made)
    assert trail.verify().first_broken is None
    found = trail.verify(given=[made.kept]).first_broken
    assert (words in found, "the checkpoint at seal 3 that was given" in found) == (True, True)


def test_an_anchor_file_that_was_emptied_is_told_of(made, settings, tmp_path):
    settings.HITL_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    anchors.append(settings.HITL_ANCHOR_FILE, made.kept)
    trail.record("checkpoint.anchored", ("audit.checkpoint", 3), by="system:test", to="file")
    assert trail.verify().remarks == ()
    settings.HITL_ANCHOR_FILE.unlink()
    assert trail.verify().remarks == ("The anchor file lacks the checkpoint at seal 3, which it had.",)


@pytest.mark.parametrize("attack", attacks.OUTSIDE, ids=name)
def test_an_attack_without_a_trace_is_named_by_the_anchor_file(made, attack, settings, tmp_path):
    settings.HITL_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    anchors.append(settings.HITL_ANCHOR_FILE, made.kept)
    words = attack(made)
    found = trail.verify().first_broken
    assert (words in found, "in line 1 of the anchor file" in found) == (True, True)
