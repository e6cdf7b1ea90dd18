"""What is still missing until the first decision."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from hitl_project.dashboard import steps
from routing import teams
from tests import factories
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def missing(user):
    return steps.missing(teams.Person(user))


def titles(user):
    return [one.title for one in missing(user)]


def test_each_step_goes_away_when_it_is_done():
    ada = factories.person("ada", "admins")
    found = [titles(ada)]
    factories.item_type()
    found.append(titles(ada))
    for name, group in (("rita", "reviewers"), ("edgar", "experts")):
        factories.person(name, group)
    found.append(titles(ada))
    factories.submit(None)
    found.append(titles(ada))
    factories.submit(0.85)
    found.append(titles(ada))
    people = ["Give the queue experts people", "Give the queue reviews people"]
    assert found == [
        ["Make an item type"],
        [*people, "Send the first items"],
        ["Send the first items"],
        ["Let a model learn"],
        [],
    ]


def test_who_may_not_do_it_is_told_who_does():
    (step,) = missing(factories.person("lea", "leads"))
    assert (step.title, step.url, step.link) == ("Make an item type", "", "an admin does this")


def test_the_first_steps_lead_to_the_guide_where_it_opens():
    ada, lea = signed_in("admins"), signed_in("leads", name="lea")
    (made,) = missing(ada.user)
    factories.item_type()
    sent = [missing(client.user)[-1].url for client in (ada, lea)]
    assert [made.url, *sent] == [*[reverse("admin:start")] * 2, reverse("admin:routing_itemtype_changelist")]
    assert [ada.get(sent[0]).status_code, lea.get(sent[1]).status_code] == [200, 200]


def test_a_queue_of_hidden_item_types_alone_is_not_named():
    theirs = factories.queue("theirs", "nobody")
    for name, group in (("rita", "reviewers"), ("edgar", "experts")):
        factories.person(name, group)
    ours = factories.item_type("ours", queue=theirs, expert_queue=theirs)
    ours.teams.add(Group.objects.create(name="claims"))
    outside, inside = factories.person("lea", "leads"), factories.person("ines", "leads", "claims")
    assert (titles(outside), titles(inside)) == (
        ["Send the first items"],
        ["Give the queue theirs people", "Send the first items"],
    )
