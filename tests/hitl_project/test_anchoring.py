"""Checkpoints are signed when due, brought to a file and an address, and troubles are told of."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit import anchors, checking, checkpoints
from audit.models import AuditEvent, Checkpoint, Verification
from hitl_project import anchoring
from routing import transport
from routing.transport import Answer, Unreachable
from tests.audit import attacks, book
from tests.audit.attacks import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def signs(settings):
    settings.HITL_SIGNING_KEY, settings.HITL_CHECKPOINT_MINUTES = attacks.SEED, 60
    book.write(2)


@pytest.fixture
def site(settings, monkeypatch):
    """An address that keeps what it is sent and gives the answers of `site.answers`, then 200."""
    settings.HITL_ANCHOR_URL = "https://anchor.example.com/"

    def post(url, body, headers, *, allow_private):
        answer = post.answers.pop(0) if post.answers else Answer(200, "", None)
        if isinstance(answer, Unreachable):
            raise answer
        post.seen.append((url, json.loads(body), allow_private))
        return answer

    post.answers, post.seen = [], []
    monkeypatch.setattr(transport, "post", post)
    return post


def later(minutes):
    return timezone.now() + timedelta(minutes=minutes)


def test_a_checkpoint_is_signed_once_it_is_due():
    assert [anchoring.run(), anchoring.run()] == ["signed checkpoint at seal 1", "nothing to sign"]
    assert (anchoring.due(later(59)), anchoring.due(later(61))) == (False, True)


def test_without_a_key_nothing_is_signed_and_that_is_told(settings):
    settings.HITL_SIGNING_KEY = None
    assert anchoring.run() == "there is no signing key"
    assert any("set HITL_SIGNING_KEY" in one for one in anchoring.troubles(timezone.now()))


def test_a_checkpoint_reaches_file_and_address_once(settings, tmp_path, site):
    settings.HITL_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    assert anchoring.run() == "signed checkpoint at seal 1, 1 to the file, 1 to the address"
    assert anchoring.run() == "nothing to sign, 0 to the file, 0 to the address"
    ((_, told, allowed),) = site.seen
    kept = anchors.read(settings.HITL_ANCHOR_FILE).statements
    assert [one for _, one in kept] == [checkpoints.read(told)] == [Checkpoint.objects.get().statement]
    assert (allowed, anchoring.anchored()) == (False, {"file": 1, "address": 1})


@pytest.mark.parametrize("failure", [Unreachable("gone"), Answer(500, "oh", None)])
def test_what_did_not_arrive_is_sent_with_the_next_run(site, failure):
    site.answers = [failure]
    assert anchoring.run() == "signed checkpoint at seal 1, 0 to the address"
    assert anchoring.run() == "nothing to sign, 1 to the address"


def test_a_checkpoint_that_stays_here_is_told_of(site):
    site.answers = [Unreachable("gone")]
    anchoring.run()
    told = "Checkpoints that could not be brought to the anchor address: 1"
    assert (told in anchoring.troubles(later(100)), told in anchoring.troubles(later(200))) == (False, True)


def test_a_contradiction_is_verified_instead_of_signed_and_told():
    anchoring.run()
    making.rewrite(AuditEvent.objects.earliest("id").pk)
    making.rechain_all()
    Checkpoint.objects.get()
    book.tamper("UPDATE audit_checkpoint SET at = at - interval '2 hours'")
    assert anchoring.run().startswith("not signed: ")
    assert Verification.objects.get().asked_by == anchoring.BY
    checking.work_on(Verification.objects.get())
    anchoring.run()
    assert Verification.objects.count() == 1
    assert any(one.startswith("The trail is broken: ") for one in anchoring.troubles(timezone.now()))


def verified_then_lost():
    """Verify the book, then have the worker of a second verification killed."""
    checking.work_on(checking.begin(by="user:cora"))
    lost = checking.begin(by="user:cora")
    Verification.objects.filter(pk=lost.pk).update(alive_at=later(-60))


def test_a_broken_trail_is_told_of_with_the_failure_that_came_after():
    anchoring.run()
    gone = AuditEvent.objects.earliest("id").pk
    making.rewrite(gone)
    verified_then_lost()
    told = list(anchoring.troubles(timezone.now()))[:2]
    assert told[0].startswith("The trail is broken: ")
    assert told[1] == f"The trail's last verification failed: {checking.LOST}"


def test_an_intact_trail_is_told_of_once_its_verdict_is_old_and_as_failed_where_a_run_was_lost():
    checking.work_on(checking.begin(by="user:cora"))
    fresh, old = ([*anchoring.troubles(later(60 * hours))] for hours in (47, 49))
    since = f"The trail was not verified since {timezone.now():%Y-%m-%d}"
    assert (since in fresh, since in old) == (False, True)
    verified_then_lost()
    assert f"The trail's last verification failed: {checking.LOST}" in anchoring.troubles(timezone.now())


def test_on_demand_the_command_prints_the_checkpoint(capsys):
    call_command("sign_trail")
    assert checkpoints.read(json.loads(capsys.readouterr().out)) == Checkpoint.objects.get().statement


def test_without_a_key_the_command_says_how_to_make_one(settings):
    settings.HITL_SIGNING_KEY = None
    with pytest.raises(CommandError, match="make_signing_key"):
        call_command("sign_trail")
