"""People's limits in the admin: what leads see and set, and what the trail keeps of it."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from routing import assignments
from routing.models import Reviewer
from tests import factories
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db
LIST = "admin:routing_reviewer_changelist"
PAGES = ("change", "resume")


@pytest.fixture
def rita():
    factories.item_type()
    return factories.person("rita", "reviewers")


def test_the_list_shows_skills_answers_and_what_is_held(rita):
    factories.limits(rita, skills=["law"], daily_cap=2)
    for _ in range(2):
        factories.submit(0.85)
    seats = [assignments.claim(by=rita) for _ in range(2)]
    assignments.close(seats[0], "answered", by=rita, now=seats[0].claimed_at)
    row = signed_in("leads").get(reverse(LIST)).context["cl"].result_list[0]
    assert (row.skills, row.answers, row.holds) == (["law"], 1, 1)


def test_a_list_of_ten_costs_what_one_costs(rita):
    client = signed_in("leads")
    factories.limits(rita)
    with counted(most=20) as first:
        client.get(reverse(LIST))
    for number in range(9):
        factories.limits(factories.person(f"p{number}", "reviewers"))
    with counted(most=len(first)):
        client.get(reverse(LIST))


def test_a_lead_pauses_with_a_reason_and_lets_go_on(rita):
    limits, client = factories.limits(rita), signed_in("leads")
    client.post(reverse("admin:routing_reviewer_pause", args=[limits.pk]), {"reason": "too fast"})
    limits.refresh_from_db()
    assert (limits.paused_at is not None, limits.paused_because) == (True, "too fast")
    client.post(reverse("admin:routing_reviewer_resume", args=[limits.pk]), {"reason": "talked"})
    assert Reviewer.objects.get().paused_at is None
    events = AuditEvent.objects.filter(verb__startswith="reviewer.").order_by("id")
    assert [(event.verb, event.actor, event.data["why"]) for event in events] == [
        ("reviewer.paused", "user:ada", "too fast"),
        ("reviewer.resumed", "user:ada", "talked"),
    ]


@pytest.mark.parametrize(("groups", "told"), [(["leads", "insiders"], True), (["leads"], False)])
def test_at_which_hidden_item_type_somebody_failed_is_told_to_its_team_alone(rita, groups, told):
    closed = factories.item_type("hushhush")
    closed.teams.add(Group.objects.create(name="insiders"))
    why = {"paused_because": "1 of 13 right at hushhush", "paused_for": closed}
    limits, lead = factories.limits(rita, paused_at=timezone.now(), **why), signed_in(*groups)
    pages = [reverse(LIST), *(reverse(f"admin:routing_reviewer_{name}", args=[limits.pk]) for name in PAGES)]
    said = [lead.get(page).content.decode() for page in pages]
    assert ["hushhush" in page for page in said] == [told] * 3
    assert ["questions whose answers are known" in page for page in said] == [not told] * 3


def test_nobody_is_paused_without_a_reason(rita):
    limits = factories.limits(rita)
    url = reverse("admin:routing_reviewer_pause", args=[limits.pk])
    assert "This field is required" in signed_in("leads").post(url, {"reason": " "}).content.decode()
    assert Reviewer.objects.get().paused_at is None


@pytest.mark.parametrize("role", ["compliance", "reviewers"])
def test_others_pause_nobody(rita, role):
    limits = factories.limits(rita)
    url = reverse("admin:routing_reviewer_pause", args=[limits.pk])
    assert signed_in(role).post(url, {"reason": "why not"}).status_code in (302, 403)
    assert Reviewer.objects.get().paused_at is None


def test_an_edit_is_recorded_with_old_and_new(rita):
    limits, client = factories.limits(rita, skills=["law"]), signed_in("leads")
    url = reverse("admin:routing_reviewer_change", args=[limits.pk])
    assert client.post(url, {"skills": "law, tax", "daily_cap": "50"}).status_code == 302
    event = AuditEvent.objects.get(verb="reviewer.changed")
    assert event.data["before"] == {"skills": ["law"], "daily_cap": None}
    assert event.data["after"] == {"skills": ["law", "tax"], "daily_cap": 50}
