"""Verification and checkpoints through the API."""

import json

import pytest

from audit import checkpoints, trail
from audit.models import AuditEvent
from tests.api_client import caller
from tests.audit import attacks, book

pytestmark = pytest.mark.django_db
VERIFY, CHECKPOINTS = "/api/v1/audit/verify/", "/api/v1/audit/checkpoints/"


@pytest.fixture
def api():
    return caller("audit:read")


@pytest.fixture
def made(settings):
    settings.HITL_SIGNING_KEY = attacks.SEED
    return attacks.make()


def told(statement):
    """Return a checkpoint as the API shows it."""
    return json.loads(checkpoints.line(statement))


def test_verification_answers_as_the_contract_says(api):
    book.write(4)
    seal, events = trail.seal(), AuditEvent.objects.count()
    assert api.get(VERIFY).json() == {
        "intact": True,
        "events": events,
        "sealed": events,
        "first_broken": None,
        "head": seal.digest,
        "signed": 0,
        "remarks": [],
    }


def test_verification_names_what_is_broken(api):
    gone, _ = book.write(2)
    trail.seal()
    book.tamper("DELETE FROM audit_auditevent WHERE id = %s", gone)
    answer = api.get(VERIFY).json()
    assert (answer["intact"], answer["first_broken"], answer["events"]) == (
        False,
        f"event {gone} is missing: seal 1 covers it",
        AuditEvent.objects.count(),
    )


def test_a_checkpoint_that_is_given_tells_of_a_cut_end(api, made):
    assert api.post(VERIFY, {"checkpoint": told(made.kept)}).json()["intact"] is True
    attacks.cut_the_end_with_its_checkpoint(made)
    answer = api.post(VERIFY, {"checkpoint": told(made.kept)}).json()
    assert answer["first_broken"].startswith("seal 3 is missing: the checkpoint at seal 3 that was given")


@pytest.mark.parametrize("change", [{"seal": 0}, {"head": "x" * 64}, {"at": "today"}, {"more": 1}])
def test_what_is_no_checkpoint_is_refused(api, made, change):
    assert api.post(VERIFY, {"checkpoint": told(made.kept) | change}).status_code == 400


def test_checkpoints_are_listed_newest_first_just_as_they_were_signed(api, made):
    first, second = api.get(CHECKPOINTS).json()["results"]
    assert (first, second["seal"]) == (told(made.kept), 2)
    assert checkpoints.genuine(checkpoints.read(second))
    assert api.get(CHECKPOINTS, {"seal": 2}).status_code == 400


def test_a_checkpoint_is_signed_on_demand(api, made):
    answer = api.post(CHECKPOINTS)
    assert (answer.status_code, answer.json()["seal"]) == (201, 4)
    event = AuditEvent.objects.filter(verb="checkpoint.signed").last()
    assert (event.subject_id, event.actor.startswith("key:")) == ("4", True)


def test_without_a_key_nothing_is_signed(api, settings):
    settings.HITL_SIGNING_KEY = None
    book.write(1)
    answer = api.post(CHECKPOINTS)
    assert (answer.status_code, "make_signing_key" in answer.json()["errors"][0]["detail"]) == (409, True)


@pytest.mark.parametrize("address", [VERIFY, CHECKPOINTS])
def test_who_may_not_read_the_trail_is_refused(address):
    other = caller("items:read")
    assert (other.get(address).status_code, other.post(address, {}).status_code) == (403, 403)
