"""The pages of the book: for whom they are, what they find, and what they record."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from audit import keys, trail
from audit.models import AuditEvent, SavedFilter
from hitl_project.compliance import events as pages
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db

EVENTS = "compliance-events"
LISTS = ("compliance", EVENTS, "compliance-filters", "compliance-people", "compliance-checking")


@pytest.fixture
def carla():
    return signed_in("compliance", name="carla")


def verbs(response):
    return [row["event"].verb for row in response.context.get("rows", [])]


def note(verb="item.judged", subject=("routing.item", "7"), by="user:rita", **data):
    return trail.record(verb, subject, by=by, **data)


@pytest.mark.parametrize(
    ("role", "status"), [("reviewers", 403), ("leads", 403), ("clients", 403), ("admins", 200)]
)
def test_the_book_is_for_those_who_may_read_the_trail(role, status):
    client = signed_in(role)
    row = note()
    urls = [reverse(name) for name in LISTS]
    urls += [reverse("compliance-event", args=[row.pk]), reverse("compliance-person", args=["ada"])]
    assert {client.get(url).status_code for url in urls} == {status}
    assert client.get(reverse("compliance-download", args=["csv"])).status_code == status


@pytest.mark.parametrize("name", LISTS)
def test_a_stranger_is_sent_to_sign_in(client, name):
    assert client.get(reverse(name)).url == f"{reverse('login')}?next={reverse(name)}"


def test_an_item_is_found_by_its_reference_and_by_its_id(carla):
    factories.item_type()
    item, _ = factories.submit(0.5, ref="inv-1"), factories.submit(0.5, ref="inv-2")
    for asked in ("inv-1", str(item.pk)):
        response = carla.get(reverse(EVENTS), {"item": asked, "verb": "item.submitted"})
        assert [row["event"].subject_id for row in response.context["rows"]] == [str(item.pk)]
    assert verbs(carla.get(reverse(EVENTS), {"item": "inv-3"})) == []


def test_a_person_is_found_with_what_their_keys_did(carla):
    rita = factories.person("rita", "clients")
    key, _ = keys.create_key(rita, name="k", scopes=["items:read"], by="system:test")
    note("one.done"), note("two.done", by=f"key:{key.prefix}/rita"), note("three.done", by="user:ritas")
    assert verbs(carla.get(reverse(EVENTS), {"person": "rita"})) == ["two.done", "one.done"]
    assert verbs(carla.get(reverse(EVENTS), {"person": f"key:{key.prefix}/rita"})) == ["two.done"]


def test_a_policy_and_a_model_are_found_with_all_that_was_done_under_them(carla):
    factories.item_type()
    factories.submit(0.97)
    under = verbs(carla.get(reverse(EVENTS), {"policy": "sentiment/1"}))
    assert under == ["item.submitted", "policy.published"]
    assert verbs(carla.get(reverse(EVENTS), {"policy": "sentiment/2"})) == []
    assert verbs(carla.get(reverse(EVENTS), {"model": "clf@1"})) == ["item.submitted"]


@pytest.mark.parametrize(
    "asked",
    [
        {"policy": "sentiment"},
        {"since": "2026-05-02", "until": "2026-05-01"},
        {"period": "soon"},
        {"until": "x"},
    ],
)
def test_a_search_that_makes_no_sense_is_said_to_and_finds_nothing(carla, asked):
    response = carla.get(reverse(EVENTS), asked)
    assert (response.status_code, verbs(response)) == (400, [])


def test_pages_lead_to_older_events_and_back(carla, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 2)
    ids = [note("x.done").pk for _ in range(5)][::-1]
    seen, turn = [], {"verb": "x.done"}
    for _ in range(3):
        context = carla.get(reverse(EVENTS), turn).context
        seen.append([row["event"].pk for row in context["rows"]])
        turn = {"verb": "x.done", "before": context["older"] or 0}
    assert seen == [ids[:2], ids[2:4], ids[4:]]
    back = carla.get(reverse(EVENTS), {"verb": "x.done", "after": ids[4]}).context
    assert ([row["event"].pk for row in back["rows"]], back["newer"]) == (ids[2:4], ids[2])
    assert carla.get(reverse(EVENTS), {"before": "x"}).status_code == 404


def test_an_event_is_shown_with_its_changes_and_its_proof(carla):
    row = note("queue.changed", ("routing.queue", 1), before={"sla": 60}, after={"sla": 30})
    assert carla.get(reverse("compliance-event", args=[row.pk])).context["tree"] is None
    seal = trail.seal()
    context = carla.get(reverse("compliance-event", args=[row.pk])).context
    assert [(one.name, one.before, one.after) for one in context["changes"]] == [("sla", "60", "30")]
    assert (context["proof"].seal, context["tree"].holds, context["tree"].root) == (1, True, seal.root)
    assert carla.get(reverse("compliance-event", args=[10**18])).status_code == 404


def test_what_is_found_can_be_fetched_and_that_is_recorded(carla):
    note("x.done", label="=1+1"), note("y.done")
    text = b"".join(carla.get(reverse("compliance-download", args=["json"]), {"verb": "x.done"})).decode()
    assert [json.loads(row["body"]) for row in json.loads(text)] == [{"label": "=1+1"}]
    lines = b"".join(carla.get(reverse("compliance-download", args=["csv"]), {"verb": "x.done"})).decode()
    assert [line.split(",")[3] for line in lines.splitlines()] == ["verb", "x.done"]
    told = AuditEvent.objects.filter(verb="trail.exported").order_by("id").first()
    assert (told.actor, told.data) == ("user:carla", {"format": "json", "query": {"verb": "x.done"}})
    assert carla.get(reverse("compliance-download", args=["pdf"])).status_code == 404


def test_a_search_is_kept_renamed_shared_and_deleted_each_recorded(carla):
    carla.post(reverse("compliance-filter-add"), {"name": "Rules", "verb": "rule.changed", "odd": "x"})
    row = SavedFilter.objects.get()
    assert (row.name, row.query, row.shared) == ("Rules", {"verb": "rule.changed"}, False)
    carla.post(reverse("compliance-filter", args=[row.pk]), {"name": "My rules", "shared": "on"})
    row.refresh_from_db()
    assert (row.name, row.shared) == ("My rules", True)
    carla.post(reverse("compliance-filter-delete", args=[row.pk]))
    told = AuditEvent.objects.filter(verb__startswith="filter.").order_by("id")
    assert [event.verb for event in told] == ["filter.saved", "filter.changed", "filter.deleted"]


def test_anothers_search_is_seen_when_shared_and_changed_by_its_owner_alone(carla):
    other = signed_in("admins", name="ada")
    row = SavedFilter.objects.create(owner=other.user, name="Hers", query={"q": "x"})
    assert [one["row"].name for one in carla.get(reverse("compliance-filters")).context["kept"]] == []
    SavedFilter.objects.update(shared=True)
    assert [one["row"].name for one in carla.get(reverse("compliance-filters")).context["kept"]] == ["Hers"]
    assert carla.post(reverse("compliance-filter", args=[row.pk]), {"name": "Mine"}).status_code == 404
    assert carla.post(reverse("compliance-filter-delete", args=[row.pk])).status_code == 404


def test_keeping_a_search_needs_the_form_of_this_site(carla):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(carla.user, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(reverse("compliance-filter-add"), {"name": "x"}).status_code == 403
    assert carla.get(reverse("compliance-filter-add")).status_code == 405


def test_a_persons_page_counts_what_they_did_and_what_was_done_to_them(carla):
    rita = factories.person("rita", "reviewers")
    note("x.done"), note("x.done"), note("user.regrouped", rita, by="user:ada")
    context = carla.get(reverse("compliance-person", args=["rita"])).context
    assert context["done"] == [("x.done", "X done", 2)]
    assert [row["event"].verb for row in context["changed"]] == ["user.regrouped"]
    assert carla.get(reverse("compliance-person", args=["nobody"])).status_code == 404


def test_the_overview_counts_what_is_sealed_and_what_waits(carla):
    note()
    trail.seal()
    note()
    context = carla.get(reverse("compliance")).context
    assert (context["events"], context["sealed"], context["unsealed"]) == (
        AuditEvent.objects.count(),
        AuditEvent.objects.count() - 1,
        1,
    )


@pytest.mark.parametrize(("name", "most"), [("compliance", 16), (EVENTS, 22), ("compliance-people", 8)])
def test_a_page_makes_so_many_statements_however_much_there_is(carla, name, most):
    for number in range(20):
        note("x.done", ("auth.user", number))
    with counted(most=most):
        carla.get(reverse(name))
