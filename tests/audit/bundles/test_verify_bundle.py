"""The stand-alone verifier on whole bundles, made before and after every attack on the stored book."""

import ast
import sys
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit import checkpoints, signing
from tests.audit import attacks, book
from tests.audit.bundles import making
from tests.audit.bundles.making import KEY

pytestmark = pytest.mark.django_db

# After a cut the server went on: its next seal stands where the cut one stood.
GONE_ON = {
    "cut_the_end": "the chain was written anew: seal 3 is not the one",
    "cut_the_end_with_its_checkpoint": "the chain was written anew: seal 3 is not the one",
}


@pytest.fixture
def made(settings):
    """The book that bundles are made of."""
    settings.HITL_SIGNING_KEY = attacks.SEED
    return attacks.make()


def name(attack):
    """Return how a test of an attack is called."""
    return attack.__name__


def test_a_bundle_of_everything_is_intact(made, tmp_path):
    said = making.verify(making.make(tmp_path / "b.zip"), "--key", KEY)
    assert (said.status, said.last) == (0, "INTACT")


@pytest.mark.parametrize("attack", attacks.INSIDE, ids=name)
def test_an_attack_on_the_book_is_named(made, attack, tmp_path):
    words = attack(made)
    words = GONE_ON.get(attack.__name__, words)
    said = making.verify(making.make(tmp_path / "b.zip"), "--key", KEY)
    assert (said.status, words in said.text) == (1, True), said.text


@pytest.mark.parametrize("attack", attacks.OUTSIDE, ids=name)
def test_an_attack_without_a_trace_is_named_by_a_checkpoint_of_ones_own(made, attack, tmp_path):
    words = GONE_ON.get(attack.__name__, "the chain was written anew")
    attack(made)
    kept = tmp_path / "kept.json"
    kept.write_text(checkpoints.line(made.kept))
    bundle = making.make(tmp_path / "b.zip")
    said = making.verify(bundle, "--key", KEY, "--checkpoint", str(kept))
    assert (said.status, words in said.text, "that you gave" in said.text) == (1, True, True), said.text


def test_the_verifier_is_plain_python_3_9_and_needs_one_package_at_most():
    tree = ast.parse(making.VERIFIER.read_text(), feature_version=(3, 9))
    imports = [one for one in ast.walk(tree) if isinstance(one, ast.Import | ast.ImportFrom)]
    names = [one.module if isinstance(one, ast.ImportFrom) else one.names[0].name for one in imports]
    others = {name.partition(".")[0] for name in names} - sys.stdlib_module_names
    assert others == {"cryptography"}


def at_minutes(*minutes):
    """Write an event and sign the book at each of these minutes of a day that is over; return the times."""
    times = [timezone.now() - timedelta(days=1) + timedelta(minutes=one) for one in minutes]
    for one in times:
        with time_machine.travel(one, tick=False):
            book.write()
            signing.sign(by="system:test")
    return times


@pytest.mark.parametrize(("late", "seals"), [(-61, [1, 2, 3]), (-59, [1, 2, 3, 4])])
def test_a_bundle_of_a_period_reaches_over_both_its_ends_by_a_minute(settings, late, seals, tmp_path):
    settings.HITL_SIGNING_KEY = attacks.SEED
    times = at_minutes(0, 10, 20, 30)
    since, until = times[0] + timedelta(seconds=61), times[2] + timedelta(seconds=late)
    path = making.make(tmp_path / "b.zip", since=since, until=until)
    held = making.files(path)
    assert [one["number"] for one in making.rows(held["seals.jsonl"])] == seals
    assert [one["verb"] for one in making.rows(held["events.jsonl"])][::2] == ["checkpoint.signed"] * (
        len(seals) - 1
    )
    said = making.verify(path, "--key", KEY)
    assert (said.status, said.last) == (0, "INTACT")


def test_a_page_for_a_lawyer_and_the_verifier_itself_are_in_the_bundle(made, tmp_path):
    held = making.files(making.make(tmp_path / "b.zip", why="court order 12/2026"))
    assert "For: court order 12/2026" in held["README.txt"].decode()
    assert held["verify_bundle.py"] == making.VERIFIER.read_bytes()


def test_a_checkpoint_kept_elsewhere_that_agrees_is_counted(made, tmp_path):
    kept = tmp_path / "kept.json"
    kept.write_text(checkpoints.line(made.kept))
    said = making.verify(making.make(tmp_path / "b.zip"), "--key", KEY, "--checkpoint", str(kept))
    assert (said.status, "1 checkpoint that you gave: the seals agree." in said.text) == (0, True)
