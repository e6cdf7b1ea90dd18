"""Admins who publish or approve at the same moment take turns."""

import pytest

from routing import policies
from routing.errors import HitlError
from routing.models import ItemType, Policy, Proposal
from tests import factories
from tests.races.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def tried(act):
    """Return what the act returns, or the code of its error."""

    def run():
        try:
            return act()
        except HitlError as error:
            return error.code

    return run


def test_two_who_publish_at_once_get_two_numbers():
    item_type = factories.item_type()
    made = at_once(
        [lambda by=by: policies.publish(item_type, reason="why", by=by) for by in ("user:ada", "user:bob")]
    )
    assert sorted(policy.number for policy in made) == [2, 3]


def test_a_proposal_approved_twice_at_once_becomes_one_policy():
    item_type = factories.item_type(four_eyes=True)
    ItemType.objects.update(auto_approve=0.9)
    proposal = policies.put_forward(item_type, reason="why", by="user:ada")
    acts = [tried(lambda by=by: policies.approve(proposal, why="ok", by=by)) for by in ("user:b", "user:c")]
    results = at_once(acts * 2)
    assert sorted(map(str, results)) == sorted([*["stale_proposal"] * 3, "sentiment policy 2"])
    assert (Policy.objects.count(), Proposal.objects.get().policy.number) == (2, 2)


def test_a_proposal_approved_and_refused_at_once_ends_as_one_of_the_two():
    item_type = factories.item_type(four_eyes=True)
    ItemType.objects.update(auto_approve=0.9)
    proposal = policies.put_forward(item_type, reason="why", by="user:ada")
    at_once(
        [
            tried(lambda: policies.approve(proposal, why="ok", by="user:bob")),
            tried(lambda: policies.refuse(proposal, why="no", by="user:cid")),
        ]
    )
    published = Policy.objects.count() == 2
    assert Proposal.objects.get().outcome == ("published" if published else "refused")
