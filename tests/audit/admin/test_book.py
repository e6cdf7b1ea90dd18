"""The trail's pages in the admin: readable, and closed to every change, a superuser's too."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit import trail
from audit.admin.facts import BoundedPaginator
from audit.models import AuditEvent, Seal
from tests.audit import book

pytestmark = pytest.mark.django_db

EVENTS = reverse("admin:audit_auditevent_changelist")


def shown(response):
    """Return the ids that a list page shows."""
    return [row.pk for row in response.context["cl"].result_list]


@pytest.fixture
def events():
    """Three events, and a seal over them."""
    made = [
        trail.record("item.submitted", ("routing.item", "7"), by="user:rita", note="<b>é</b>"),
        trail.record("item.judged", ("routing.item", "7"), by="system:router"),
        trail.record("item.judged", ("routing.item", "8"), by="system:router"),
    ]
    trail.seal()
    return [event.pk for event in made]


@pytest.mark.parametrize("model", ["auditevent", "seal"])
@pytest.mark.parametrize("act", ["change", "delete", "add"])
def test_nobody_adds_changes_or_deletes(admin_client, events, model, act):
    pk = events[0] if model == "auditevent" else 1
    url = reverse(f"admin:audit_{model}_{act}", args=[] if act == "add" else [pk])
    assert admin_client.post(url, {"post": "yes", "actor": "user:ed"}).status_code == 403
    besides = AuditEvent.objects.exclude(verb="access.refused")
    assert (list(besides.order_by("id").values_list("pk", flat=True)), Seal.objects.count()) == (events, 1)


def test_the_newest_event_comes_first(admin_client, events):
    assert shown(admin_client.get(EVENTS)) == events[::-1]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"q": "7"}, [1, 0]),
        ({"q": "user:rita"}, [0]),
        ({"q": "rita"}, []),
        ({"verb": "item.judged"}, [2, 1]),
        ({"verb": "item.eaten"}, []),
        ({"verb": "\x00"}, []),
        ({"at__gte": "2000-01-01 00:00:00Z", "at__lt": "2000-01-02 00:00:00Z"}, []),
    ],
)
def test_events_are_found_by_subject_actor_verb_and_time(admin_client, events, query, wanted):
    assert shown(admin_client.get(EVENTS, query)) == [events[index] for index in wanted]


def test_the_filter_offers_the_verbs_that_occur(admin_client, events):
    filters = admin_client.get(EVENTS).context["cl"].filter_specs
    assert filters[0].lookup_choices == [("item.judged", "item.judged"), ("item.submitted", "item.submitted")]


def test_the_list_never_counts_the_whole_table(admin_client, events):
    with CaptureQueriesContext(connection) as captured:
        admin_client.get(EVENTS)
    counts = [one["sql"] for one in captured if "COUNT(" in one["sql"] and "audit_auditevent" in one["sql"]]
    assert [sql.count("LIMIT 10000") for sql in counts] == [1]


def test_an_event_is_laid_out_and_escaped(admin_client, events):
    page = admin_client.get(reverse("admin:audit_auditevent_change", args=[events[0]])).content.decode()
    assert "&quot;note&quot;: &quot;&lt;b&gt;é&lt;/b&gt;&quot;" in page
    assert AuditEvent.objects.get(pk=events[0]).digest in page


def test_the_seals_are_listed_newest_first(admin_client, events):
    book.write()
    trail.seal()
    assert shown(admin_client.get(reverse("admin:audit_seal_changelist"))) == [2, 1]


def test_a_bounded_paginator_stops_counting(monkeypatch, events):
    monkeypatch.setattr("audit.admin.facts.COUNTED", 2)
    assert BoundedPaginator(AuditEvent.objects.order_by("id"), 50).count == 2
