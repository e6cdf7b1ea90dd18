"""Verification as work: one at a time, watched, ended with a verdict, and told to compliance when broken."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from audit import checking, walking
from audit.models import AuditEvent, Verification
from routing import roles
from tests import factories
from tests.audit import book

pytestmark = pytest.mark.django_db


def test_who_asks_while_one_is_under_way_gets_that_one():
    begun = checking.begin(by="user:cora")
    assert checking.begin(by="user:carl") == begun
    assert (checking.state().running, checking.state().last) == (begun, None)


def test_a_verification_ends_with_its_verdict_and_is_recorded():
    book.write(2)
    checking.work_on(checking.begin(by="user:cora"))
    state = checking.state()
    assert (state.running, state.intact, state.last.verdict["events"], state.last.done) == (None, True, 3, 3)
    event = AuditEvent.objects.get(verb="trail.verified")
    assert (event.subject_id, event.data["intact"]) == (str(state.last.pk), True)


def test_how_far_it_is_can_be_seen(monkeypatch):
    monkeypatch.setattr(walking, "PROGRESS_EVERY", 2)
    heard = []
    begun = checking.begin(by="user:cora")
    book.write(4)
    monkeypatch.setattr(checking, "_noting", lambda pk: heard.append)
    checking.work_on(begun)
    assert heard == [2, 4]


def test_progress_is_kept_on_the_row():
    begun = checking.begin(by="user:cora")
    checking._noting(begun.pk)(20_000)
    begun.refresh_from_db()
    assert (begun.done, begun.alive_at is not None) == (20_000, True)


def test_one_whose_worker_was_killed_is_told_as_ended_and_ends_when_another_begins():
    begun = checking.begin(by="user:cora")
    Verification.objects.update(alive_at=timezone.now() - timedelta(hours=1))
    state = checking.state()
    assert (state.running, state.last, state.last.error, state.intact) == (None, begun, checking.LOST, None)
    begun.refresh_from_db()
    assert begun.ended_at is None  # to look writes nothing
    assert checking.begin(by="user:cora") != begun
    begun.refresh_from_db()
    assert (begun.ended_at, begun.error) == (state.last.ended_at, checking.LOST)


@pytest.mark.parametrize(("began", "lease"), [(True, checking.LEASE), (False, 6 * checking.LEASE)])
def test_a_lost_one_ended_with_its_lease_however_late_one_looks(began, lease):
    checking.begin(by="user:cora")
    at = timezone.now() - timedelta(hours=5)
    Verification.objects.update(created_at=at, alive_at=at if began else None)
    assert [checking.state().last.ended_at for _ in range(2)] == [at + lease] * 2


def test_a_look_decides_by_the_row_it_read_and_asks_no_second_time_about_it(django_assert_num_queries):
    checking.work_on(checking.begin(by="user:cora"))
    begun = checking.begin(by="user:cora")
    with django_assert_num_queries(2):  # what runs, and what ended last
        assert checking.state().running == begun
    Verification.objects.filter(pk=begun.pk).update(alive_at=timezone.now() - timedelta(hours=1))
    with django_assert_num_queries(2):  # what runs, and the last verdict
        assert checking.state().failed == begun


def test_a_run_without_a_verdict_never_masks_the_verdict_before_it():
    (gone,) = book.write()
    book.tamper("UPDATE audit_auditevent SET actor = 'user:ed' WHERE id = %s", gone)
    broken = checking.begin(by="user:cora")
    checking.work_on(broken)
    for _ in range(2):  # the first is buried by the second
        lost = checking.begin(by="user:cora")
        Verification.objects.filter(pk=lost.pk).update(alive_at=timezone.now() - timedelta(hours=1))
        state = checking.state()
        assert (state.last, state.failed, state.found, state.intact) == (lost, lost, broken, False)
    again = checking.begin(by="user:cora")
    assert (checking.state().running, checking.state().failed, checking.state().intact) == (
        again,
        lost,
        False,
    )


def test_a_verdict_ends_what_failed_before_it():
    checking.begin(by="user:cora")
    Verification.objects.update(alive_at=timezone.now() - timedelta(hours=1))
    checking.work_on(checking.begin(by="user:cora"))
    assert (checking.state().failed, checking.state().intact) == (None, True)


def test_compliance_hears_of_a_broken_book_by_mail(settings):
    settings.EMAIL_HOST = "mail.example.com"
    roles.ensure_roles(by="system:test")
    for name, group in (("cora", "compliance"), ("rita", "reviewers")):
        person = factories.person(name, group)
        person.email = f"{name}@example.com"
        person.save()
    (gone,) = book.write()
    book.tamper("UPDATE audit_auditevent SET actor = 'user:ed' WHERE id = %s", gone)
    assert checking.work_on(checking.begin(by="user:cora")).intact is False
    (message,) = mail.outbox
    assert (message.bcc, f"event {gone} was altered" in message.body) == (["cora@example.com"], True)


def test_a_whole_book_is_no_news(settings):
    settings.EMAIL_HOST = "mail.example.com"
    checking.work_on(checking.begin(by="user:cora"))
    assert mail.outbox == []
