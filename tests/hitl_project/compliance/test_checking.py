"""The page that verifies the book, from the button to the verdict."""

import re

import pytest
from django.urls import reverse

from audit import checking, trail
from audit.models import AuditEvent, Checkpoint, Verification
from tests.audit import book
from tests.people import signed_in

pytestmark = pytest.mark.django_db

SEED = bytes(range(32))
PLACES = [
    ("compliance-checking", "The book is broken"),
    ("compliance", "Broken</p>"),
    ("dashboard", ">broken</span>"),
]


@pytest.fixture
def carla():
    return signed_in("compliance", name="carla")


def page(client):
    return client.get(reverse("compliance-checking"))


def verified(client):
    """Press the button, let the worker do it, and return the page."""
    client.post(reverse("compliance-check"))
    checking.work_on(Verification.objects.get(ended_at=None))
    return page(client)


def test_the_button_begins_one_verification_and_shows_how_far_it_is(carla):
    book.write(3)
    for _ in range(2):
        assert carla.post(reverse("compliance-check")).url == reverse("compliance-checking")
    row = Verification.objects.get()
    Verification.objects.update(done=row.total + 1, alive_at=row.created_at)
    shown = page(carla)
    assert shown.context["running"] == {"done": row.total, "total": row.total, "begun": True}
    assert "data-at-work" in shown.content.decode()


def test_an_intact_book_is_said_to_be_and_a_broken_one_by_what_broke(carla):
    ids = book.write(3)
    trail.seal()
    assert "The book is intact" in verified(carla).content.decode()
    book.tamper("DELETE FROM audit_auditevent WHERE id = %s", ids[1])
    text = verified(carla).content.decode()
    assert "The book is broken" in text
    assert f"event {ids[1]} is missing" in text
    assert "data-at-work" not in text


def test_one_whose_worker_was_killed_is_told_beside_those_before_it_and_nothing_is_written(carla):
    verified(carla)
    carla.post(reverse("compliance-check"))
    Verification.objects.filter(ended_at=None).update(alive_at="2026-01-01T00:00:00Z")
    rows = list(Verification.objects.order_by("pk").values())
    shown = page(carla).context
    assert (shown["running"], shown["last"].pk, shown["failed"].error) == (None, rows[0]["id"], checking.LOST)
    assert list(shown["earlier"]) == []
    assert list(Verification.objects.order_by("pk").values()) == rows


@pytest.mark.parametrize(("name", "word"), PLACES)
def test_broken_stands_on_every_page_beside_a_later_failure(carla, name, word):
    (gone,) = book.write()
    book.tamper("UPDATE audit_auditevent SET actor = 'user:ed' WHERE id = %s", gone)
    verified(carla)
    carla.post(reverse("compliance-check"))
    Verification.objects.filter(ended_at=None).update(alive_at="2026-01-01T00:00:00Z")
    text = carla.get(reverse(name)).content.decode()
    assert (word in text, re.search("last (verification|one).*failed", text) is not None) == (True, True)


def test_while_one_is_under_way_the_last_verdict_stands_with_the_earlier_ones(carla):
    verified(carla)
    carla.post(reverse("compliance-check"))
    assert [one.verdict["intact"] for one in page(carla).context["earlier"]] == [True]


def test_one_that_failed_without_any_verdict_before_it_says_why(carla):
    carla.post(reverse("compliance-check"))
    Verification.objects.update(alive_at="2026-01-01T00:00:00Z")
    text = page(carla).content.decode()
    assert ("No verdict" in text, checking.LOST in text) == (True, True)


def test_a_checkpoint_is_signed_on_demand(carla, settings):
    settings.HITL_SIGNING_KEY = SEED
    book.write(3)
    assert carla.post(reverse("compliance-sign")).url == reverse("compliance-checking")
    assert [one.seal for one in page(carla).context["checkpoints"]] == [1]
    assert AuditEvent.objects.filter(verb="checkpoint.signed").get().actor == "user:carla"


def test_without_a_key_signing_says_so(carla, settings):
    settings.HITL_SIGNING_KEY = None
    text = carla.post(reverse("compliance-sign"), follow=True).content.decode()
    assert ("No key is set" in text, Checkpoint.objects.count()) == (True, 0)


@pytest.mark.parametrize("name", ["compliance-check", "compliance-sign"])
def test_only_who_reads_the_book_verifies_and_signs_and_never_by_a_link(carla, name):
    assert carla.get(reverse(name)).status_code == 405
    assert signed_in("leads", name="lea").post(reverse(name)).status_code == 403
    assert Verification.objects.count() == 0
