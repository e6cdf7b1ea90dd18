"""The admin's list of doubtful labels."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from labeling.models import Flag
from labeling.quality import seconds
from tests import factories
from tests.labeling.quality import doubted
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db
URL = "admin:labeling_flag_changelist"


@pytest.fixture
def flag():
    factories.item_type()
    return doubted.flagged(factories.person("rita", "reviewers"), ref="r-1")


def test_the_list_says_why_a_label_is_doubtful_and_how_often_such_doubts_are_right(flag):
    page = signed_in("leads").get(reverse(URL))
    assert page.context["flagged"][0]["check"] == "answered faster than it can be read"
    assert flag.detail in page.content.decode()


def test_the_list_costs_the_same_for_one_row_and_for_four(flag):
    client = signed_in("leads")
    with counted(most=20) as first:
        client.get(reverse(URL))
    for _ in range(3):
        doubted.flagged(flag.label.user)
    with counted(most=len(first)):
        client.get(reverse(URL))


def test_flags_are_found_by_what_became_of_them(flag):
    other = doubted.flagged(flag.label.user, ref="r-2")
    other.outcome, other.settled_at = "confirmed", other.created_at
    other.save()
    client = signed_in("leads")

    def found(**asked):
        return [row.item.item_ref for row in client.get(reverse(URL), asked).context["cl"].result_list]

    assert (found(outcome="open"), found(outcome="lead"), found(outcome="confirmed"), found(q="r-2")) == (
        ["r-1"],
        ["r-1"],
        ["r-2"],
        ["r-2"],
    )


@pytest.mark.parametrize(("role", "outcome"), [("leads", "dismissed"), ("compliance", None)])
def test_a_flag_is_dismissed_with_a_reason_by_whoever_steers(flag, role, outcome):
    client = signed_in(role)
    chosen = {"action": "dismiss", "_selected_action": [flag.pk]}
    client.post(reverse(URL), chosen)
    assert Flag.objects.get().outcome is None
    client.post(reverse(URL), chosen | {"reason": "A short text."})
    assert Flag.objects.get().outcome == outcome
    told = [event.data["why"] for event in AuditEvent.objects.filter(verb="flag.settled")]
    assert told == (["A short text."] if outcome else [])


def test_the_page_of_a_flag_shows_the_label_and_the_seat_of_its_second_look(flag):
    factories.person("otto", "reviewers")
    (seat,) = seconds.ask(flag.item_type)
    page = signed_in("leads").get(reverse("admin:labeling_flag_change", args=[flag.pk])).content.decode()
    assert reverse("admin:routing_assignment_change", args=[seat.pk]) in page
    assert "rita (review)" in page
