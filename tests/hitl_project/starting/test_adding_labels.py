"""Answers of a file that become labels: what the guide says came of them, and what has to be done before."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from hitl_project.starting import files, making
from routing import policies
from routing.models import ItemType, Policy, Proposal
from routing.policies import stops
from tests import factories
from tests.hitl_project.starting.sending import sent
from tests.people import signed_in

pytestmark = pytest.mark.django_db

CHOSEN = {"column-0": "text", "column-1": "label", "add_labels": "on", "do": "take"}


def watched(item_type):
    """Have a second admin approve the policies of an item type from now on."""
    ItemType.objects.update(four_eyes=True)
    item_type.refresh_from_db()
    policies.publish_pure(item_type, policies.draft(item_type), reason="Watched.", by="system:test")


def stopped(item_type):
    stops.stop(item_type, reason="drift", evidence={}, by="system:drift")


@pytest.mark.parametrize(
    ("before", "said", "published"),
    [(None, files.IN_FORCE, 1), (watched, files.PROPOSED, 0), (stopped, files.HELD, 0)],
)
def test_it_is_told_once_what_became_of_added_labels(posts, before, said, published):
    if before:
        before(posts)
    client = signed_in("admins")
    _, address = sent(client, posts)
    policies_before = Policy.objects.count()
    page = client.post(address, CHOSEN, follow=True)
    assert [str(one) for one in page.context["messages"]] == [said]
    assert (Policy.objects.count() - policies_before, ItemType.objects.get().labels[2:]) == (
        published,
        ["scam"],
    )


def test_nothing_is_told_of_labels_where_none_were_added(posts):
    client = signed_in("admins")
    _, address = sent(client, posts)
    answer = client.post(address, CHOSEN | {"add_labels": ""})
    assert (answer.status_code, list(get_messages(answer.wsgi_request))) == (302, [])


def test_answers_are_not_added_while_the_draft_holds_other_changes_which_are_shown(posts):
    client = signed_in("admins")
    run, address = sent(client, posts)
    ItemType.objects.update(auto_approve=0.97)
    for page in (client.get(address), client.post(address, CHOSEN)):
        text = page.content.decode()
        assert "<li>Auto-approve from confidence: 0.95 → 0.97.</li>" in text
        assert ("Publish these changes, or undo them" in text, "Add this answer" in text) == (True, False)
        assert ("<b>1 goes in</b>" in text, "<b>2 go in</b>" in text) == (True, False)
    run.refresh_from_db()
    posts.refresh_from_db()
    assert (run.status, posts.labels, Policy.objects.count()) == ("waiting", ["allow", "spam"], 1)
    policies.publish(posts, reason="Safer.", by="system:test")
    client.post(address, CHOSEN)
    posts.refresh_from_db()
    assert posts.labels == ["allow", "spam", "scam"]


def test_answers_wait_while_a_proposal_does_and_are_added_once_it_is_approved(posts):
    watched(posts)
    making.add_labels(posts, ["phish"], by="user:bob")
    proposal = Proposal.objects.get()
    client = signed_in("admins")
    _, address = sent(client, posts)
    link = reverse("admin:routing_proposal_change", args=[proposal.pk])
    for page in (client.get(address), client.post(address, CHOSEN)):
        text = page.content.decode()
        assert f'<a href="{link}">a proposal waits for a second admin</a>' in text
        assert ("Publish these changes" in text, "<b>2 go in</b>" in text) == (False, False)
    policies.approve(proposal, why="Fine.", by=factories.person("cleo", "admins"))
    assert client.post(address, CHOSEN)["Location"] == reverse("admin:start_of", args=[posts.pk])
    assert ItemType.objects.get().labels == ["allow", "spam", "phish", "scam"]
