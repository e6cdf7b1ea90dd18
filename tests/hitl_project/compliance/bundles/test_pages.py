"""The pages of bundles: asked for in days, fetched with a record, closed to whom they are not for."""

import pytest
from django.utils import timezone

from audit import trail
from audit.bundles import writing
from audit.models import Bundle
from tests.people import signed_in

pytestmark = pytest.mark.django_db

URL = "/compliance/bundles/"


@pytest.fixture
def cora():
    """A compliance officer's browser, and something recorded."""
    browser = signed_in("compliance", name="cora")
    trail.record("item.judged", ("routing.item", 7), by="system:test")
    return browser


def test_the_officer_asks_fetches_and_the_trail_keeps_both(cora):
    answer = cora.post(URL, {"subject": "routing.item:7", "why": "a dispute"})
    bundle = Bundle.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{URL}{bundle.pk}/")
    page = cora.get(answer["Location"]).content.decode()
    assert (bundle.sha256 in page, "data-at-work" in page) == (True, False)
    file = cora.get(f"{URL}{bundle.pk}/file/")
    assert len(b"".join(file.streaming_content)) == bundle.size
    assert trail.story(bundle).last().verb == "bundle.fetched"


@pytest.mark.parametrize(("key", "verdict"), [(b"k" * 32, "INTACT"), (None, "NOT PROVEN")])
def test_the_page_promises_the_verdict_that_the_file_can_get(cora, settings, key, verdict):
    settings.HITL_SIGNING_KEY, settings.HITL_OLD_PUBLIC_KEYS = key, []
    page = cora.post(URL, {"subject": "routing.item:7", "why": "a dispute"}, follow=True).content.decode()
    assert f"<b>{verdict}</b>" in page


def test_days_are_whole_and_the_last_one_counts(cora):
    today = timezone.localdate().isoformat()
    cora.post(URL, {"since": today, "until": today, "why": "today"})
    bundle = Bundle.objects.get()
    assert (bundle.since.date().isoformat(), bundle.since < bundle.until <= timezone.now()) == (today, True)
    page = cora.get(f"{URL}{bundle.pk}/").content.decode()
    assert ("data-at-work" in page, "A worker writes it" in page) == (True, True)


def test_the_story_s_link_fills_in_the_subject(cora):
    page = cora.get(URL, {"subject": "routing.item:7"}).content.decode()
    assert 'value="routing.item:7"' in page


@pytest.mark.parametrize("sent", [{"subject": "routing.item:7"}, {"subject": "x", "why": "y"}])
def test_a_wish_that_makes_no_sense_is_shown_again_with_the_reason(cora, sent):
    answer = cora.post(URL, sent)
    assert (answer.status_code, 'class="wrong"' in answer.content.decode()) == (400, True)
    assert Bundle.objects.count() == 0


def test_the_verifier_can_be_taken_alone(cora):
    answer = cora.get(f"{URL}verify_bundle.py")
    assert b"".join(answer.streaming_content) == writing.VERIFIER.read_bytes()


@pytest.mark.parametrize("path", ["", "1/", "1/file/", "verify_bundle.py"])
def test_others_are_refused_and_strangers_sign_in(path, client):
    assert client.get(URL + path).status_code == 302
    assert signed_in("leads", name="lea").get(URL + path).status_code == 403
