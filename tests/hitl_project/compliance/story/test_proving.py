"""Each event names the seal that covers it and the first signed checkpoint from there on."""

import pytest
from django.utils import timezone

from audit import trail
from audit.models import Checkpoint
from hitl_project.compliance.story.proving import prove
from tests.statements import counted

pytestmark = pytest.mark.django_db


def told() -> int:
    return trail.record("item.sung_to", ("routing.item", "1"), by="user:rita").pk


def test_an_event_is_fixed_by_its_seal_and_by_the_next_checkpoint():
    first = told()
    one = trail.seal()
    second = told()
    two = trail.seal()
    third = told()
    Checkpoint.objects.create(seal=one.number, head="a" * 64, events=1, key="b" * 64, signature="c" * 128)
    with counted(most=3):
        found = prove([first, second, third])
    by = [found.by_event[event] for event in (first, second, third)]
    assert [(proof.seal, proof.checkpoint) for proof in by] == [
        (one.number, one.number),
        (two.number, None),
        (None, None),
    ]
    assert (found.unsealed, found.unsigned, found.sealed_until) == (1, 1, two.at)


def test_a_checkpoint_stands_for_the_seals_before_it():
    event = told()
    trail.seal()
    told()
    later, at = trail.seal(), timezone.now()
    signed = {"head": "a" * 64, "events": 2, "key": "b" * 64, "signature": "c" * 128}
    Checkpoint.objects.create(seal=later.number, at=at, **signed)
    proof = prove([event]).by_event[event]
    assert (proof.checkpoint, proof.signed_at) == (later.number, at)


def test_a_story_without_events_has_no_proofs():
    assert prove([]).by_event == {}
