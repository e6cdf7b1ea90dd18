"""Private parts: opened by their key for their subject, and by nothing else."""

from base64 import b64decode, b64encode
from uuid import UUID

import pytest

from audit import private

SECRET, OTHER = UUID(int=7), UUID(int=8)
TOLD = {"comment": "Bob is wrong"}


@pytest.fixture
def locked():
    return private.lock(TOLD, secret=SECRET, subject="routing.item:1")


def test_the_key_opens_what_was_locked_for_the_subject(locked):
    assert private.unlock(locked, secret=SECRET, subject="routing.item:1") == TOLD


@pytest.mark.parametrize(("secret", "subject"), [(OTHER, "routing.item:1"), (SECRET, "routing.item:2")])
def test_another_key_or_subject_opens_nothing(locked, secret, subject):
    assert private.unlock(locked, secret=secret, subject=subject) is None


@pytest.mark.parametrize(
    "spoil", [lambda text: "%", lambda text: "", lambda text: text[:-3], lambda text: "AA=="]
)
def test_what_somebody_altered_opens_nothing_and_does_not_crash(locked, spoil):
    assert private.unlock(spoil(locked), secret=SECRET, subject="routing.item:1") is None


def test_each_byte_counts(locked):
    raw = bytearray(b64decode(locked))
    raw[-1] ^= 1
    assert private.unlock(b64encode(raw).decode(), secret=SECRET, subject="routing.item:1") is None


def test_without_a_key_nothing_is_kept():
    assert private.lock(TOLD, secret=None, subject="routing.item:1") == private.ERASED
    assert private.unlock(private.ERASED, secret=SECRET, subject="routing.item:1") is None


def test_a_fingerprint_tells_content_again_and_differs_by_key():
    print_of = private.fingerprint(TOLD, secret=SECRET)
    assert print_of == private.fingerprint(dict(TOLD), secret=SECRET)
    assert print_of != private.fingerprint(TOLD, secret=OTHER)
