"""Recording: who, what, in whose transaction, in how many statements."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.db import DatabaseError, transaction

from audit import chain, keys, request, trail
from audit.models import AuditEvent
from audit.trail import Entry
from tests import factories
from tests.audit import book

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    return User.objects.create_user("rita")


def test_an_event_tells_who_did_what_to_what(rita):
    group = Group.objects.create(name="reviewers")
    event = AuditEvent.objects.get(pk=trail.record("group.changed", group, by=rita, before="a", after="b").pk)
    assert (event.actor, event.verb, event.subject, event.data) == (
        "user:rita",
        "group.changed",
        f"auth.group:{group.pk}",
        {"before": "a", "after": "b"},
    )
    assert event.digest == chain.event_digest(event)


def test_times_ids_and_decimals_are_kept_as_text():
    noon = datetime(2026, 1, 2, 12, tzinfo=UTC)
    event = trail.record(
        "item.judged", book.SUBJECT, by=None, at=noon, ids=[UUID(int=1)], cost=Decimal("0.10")
    )
    assert event.data == {
        "at": "2026-01-02T12:00:00.000000+00:00",
        "ids": ["00000000-0000-0000-0000-000000000001"],
        "cost": "0.10",
    }


def test_recording_takes_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        book.write()


@pytest.mark.parametrize("count", [1, 2_000])
def test_recording_many_takes_one_statement(django_assert_num_queries, count):
    with django_assert_num_queries(1):
        trail.record_all(
            (Entry("item.judged", ("routing.item", n)) for n in range(count)), by="system:router"
        )
    assert AuditEvent.objects.count() == count


def test_recording_nothing_takes_none(django_assert_num_queries):
    with django_assert_num_queries(0):
        trail.record_all([], by="system:router")


@transaction.atomic
def rename(user, *, by, fail=False):
    """Change a user and record it, as every act does."""
    User.objects.filter(pk=user.pk).update(first_name="Rita")
    trail.record("user.changed", user, by=by)
    if fail:
        raise RuntimeError


def test_a_change_that_fails_takes_its_event_with_it(rita):
    with pytest.raises(RuntimeError):
        rename(rita, by=rita, fail=True)
    assert AuditEvent.objects.count() == 0


def test_an_event_that_fails_takes_the_change_with_it(rita):
    with pytest.raises(DatabaseError):
        rename(rita, by="x" * 201)
    assert User.objects.get(pk=rita.pk).first_name == ""


@pytest.mark.parametrize(
    "value", [float("nan"), object(), datetime(2026, 1, 2, tzinfo=UTC).replace(tzinfo=None)]
)
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises((TypeError, ValueError)):
        trail.record("item.judged", book.SUBJECT, by=None, value=value)


@pytest.mark.parametrize(
    ("by", "name"), [(None, "system"), ("system:router", "system:router"), (AnonymousUser(), "anonymous")]
)
def test_the_trail_names_actors(by, name):
    assert trail.actor_name(by) == name


def test_a_key_is_named_with_its_user():
    key, _ = keys.create_key(factories.person("carl", "clients"), name="k", scopes=["items:read"], by=None)
    assert trail.actor_name(key) == f"key:{key.prefix}/carl"


def test_a_user_who_came_by_key_is_named_with_it_but_others_are_not(rita):
    def answer(_):
        request.used_key("ab12cd34", rita.pk)
        seen.extend([trail.actor_name(rita), trail.actor_name(User(pk=rita.pk + 1, username="ed"))])
        return {}

    seen = []
    request.RequestIdMiddleware(answer)(type("Request", (), {"headers": {}})())
    assert seen == ["key:ab12cd34/rita", "user:ed"]
    assert trail.actor_name(rita) == "user:rita"


def test_a_story_is_one_subjects_events_oldest_first():
    for verb, number in (("item.submitted", 7), ("item.submitted", 8), ("item.resolved", 7)):
        trail.record(verb, ("routing.item", number), by=None)
    trail.record("label.given", ("labeling.label", 7), by=None)
    assert [event.verb for event in trail.story(("routing.item", 7))] == ["item.submitted", "item.resolved"]
