"""The admin's pages of policies: four eyes, comparing, publishing again, and an item judged again."""

import pytest
from django.urls import reverse

from hitl_project import attention
from routing import policies
from routing.models import ItemType, Policy, Proposal
from tests import factories
from tests.people import signed_in
from tests.routing.test_admin import form

pytestmark = pytest.mark.django_db


def page(name, row, act="change"):
    return reverse(f"admin:routing_{name}_{act}", args=[row.pk])


def confirmed(client, url, reason="why not"):
    """Answer a question page and return the page after it."""
    question = client.get(url).context["question"]
    return client.post(url, {"reason": reason, "seen": question.seen}, follow=True)


def told(response):
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def watched():
    """An item type of four eyes whose draft relaxes the threshold of its first policy."""
    factories.item_type(four_eyes=True)
    ItemType.objects.update(auto_approve=0.9)
    return ItemType.objects.get()


def test_with_four_eyes_the_draft_is_proposed_and_the_page_names_who_can_approve(watched):
    signed_in("admins", name="bob")
    ada = signed_in("admins")
    question = ada.get(page("itemtype", watched, "publish")).context["question"]
    assert (question.button, "ask bob" in question.intro) == ("Propose policy 2", True)
    said = told(confirmed(ada, page("itemtype", watched, "publish")))
    assert "is proposed" in said[0]
    proposal = Proposal.objects.get()
    assert (proposal.proposed_by, list(proposal.evidence)) == ("user:ada", ["backtest"])
    assert Policy.objects.count() == 1


def test_whoever_is_alone_is_told_that_nobody_could_approve(watched):
    question = signed_in("admins").get(page("itemtype", watched, "publish")).context["question"]
    assert "there is no other admin yet" in question.intro


def test_who_proposed_sees_why_they_can_not_approve_and_another_can(watched):
    ada, bob = signed_in("admins"), signed_in("admins", name="bob")
    confirmed(ada, page("itemtype", watched, "publish"))
    proposal = Proposal.objects.get()
    assert "You have proposed this" in ada.get(page("proposal", proposal)).content.decode()
    assert "another admin must approve" in told(confirmed(ada, page("proposal", proposal, "approve")))[0]
    assert "waits for your approval" in bob.get(page("proposal", proposal)).content.decode()
    assert told(confirmed(bob, page("proposal", proposal, "approve"))) == [
        "Policy 2 of sentiment is in force."
    ]
    assert policies.latest(watched).published_by == "user:bob"


def test_a_waiting_policy_is_on_the_item_types_page_and_on_the_start_page_of_who_may_approve(watched):
    ada, bob = signed_in("admins"), signed_in("admins", name="bob")
    confirmed(ada, page("itemtype", watched, "publish"))
    shown = bob.get(page("itemtype", watched)).content.decode()
    assert ("user:ada proposed a policy" in shown, "is what waits for approval" in shown) == (True, True)
    texts = [[one.text for one in attention.waiting(client.user)] for client in (ada, bob)]
    text = "sentiment: a policy waits for your approval"
    assert [said.count(text) for said in texts] == [0, 1]


def test_a_proposal_is_refused_with_a_reason_that_stays_readable(watched):
    ada, bob = signed_in("admins"), signed_in("admins", name="bob")
    confirmed(ada, page("itemtype", watched, "publish"))
    proposal = Proposal.objects.get()
    confirmed(bob, page("proposal", proposal, "refuse"), "too loose for December")
    assert "too loose for December" in ada.get(page("proposal", proposal)).content.decode()


def test_a_stale_proposal_offers_no_approval(watched):
    ada, bob = signed_in("admins"), signed_in("admins", name="bob")
    confirmed(ada, page("itemtype", watched, "publish"))
    pure = policies.draft(watched)
    policies.publish_pure(watched, pure, reason="by a task", by="system:test")
    response = bob.get(page("proposal", Proposal.objects.get()))
    assert response.context["stale"]
    assert "Policy 2 came into force since" in response.content.decode()


@pytest.mark.parametrize("role", ["leads", "compliance"])
def test_who_is_no_admin_reads_proposals_and_policies_and_decides_nothing(role, watched):
    proposal = policies.put_forward(watched, reason="why", by="user:bob")
    client = signed_in(role)
    assert client.get(page("proposal", proposal)).status_code == 200
    for url in (
        page("proposal", proposal, "approve"),
        page("proposal", proposal, "refuse"),
        page("policy", watched.policies.get(), "republish"),
    ):
        assert [client.get(url).status_code, client.post(url, {"reason": "x"}).status_code] == [403, 403]
    assert Policy.objects.count() == 1


@pytest.fixture
def three():
    """An item type with three policies; the second and third are looser each."""
    item_type = factories.item_type()
    for auto in (0.9, 0.85):
        ItemType.objects.update(auto_approve=auto)
        policies.publish(item_type, reason=f"to {auto}", by="user:ada")
    return item_type


def test_any_two_policies_of_a_type_are_compared_in_words_and_side_by_side(three):
    third = three.policies.get(number=3)
    context = signed_in("leads").get(page("policy", third), {"with": "1"}).context
    assert context["words"] == ["Auto-approve from confidence: 0.95 → 0.85."]
    assert [(row.name, row.one, row.other) for row in context["sides"] if row.differs] == [
        ("Auto-approve from", "0.95", "0.85")
    ]
    assert context["others"] == [2, 1]


@pytest.mark.parametrize("asked", ["99", "²", "x", "3"])
def test_a_comparison_with_no_such_policy_shows_one_that_exists_or_none(asked, three):
    response = signed_in("leads").get(page("policy", three.policies.get(number=3)), {"with": asked})
    assert response.status_code == 200


def test_an_earlier_policy_is_published_again_from_its_page(three):
    client, first = signed_in("admins"), three.policies.get(number=1)
    question = client.get(page("policy", first, "republish")).context["question"]
    assert question.changes == ["Auto-approve from confidence: 0.85 → 0.95."]
    said = told(confirmed(client, page("policy", first, "republish")))
    assert said == ["Policy 4 of sentiment is in force: it is policy 1 again."]
    shown = client.get(page("policy", three.policies.first())).content.decode()
    assert "The thresholds and rules of policy 1." in shown
    assert ">Publish again<" not in shown


def test_the_policy_in_force_can_not_be_published_again(three):
    client, third = signed_in("admins"), three.policies.get(number=3)
    assert client.get(page("policy", third, "republish")).context["question"].changes == []
    assert "in force already" in told(confirmed(client, page("policy", third, "republish")))[0]


def test_an_items_page_judges_it_again_by_its_own_policy_and_by_todays():
    item_type = factories.item_type()
    item = factories.submit(0.92)
    ItemType.objects.update(auto_approve=0.9)
    policies.publish(item_type, reason="looser", by="user:ada")
    response = signed_in("leads").get(page("item", item))
    own, today = response.context["replays"]
    assert (own.agrees, today.agrees, today.said) == (True, False, "approved without a person")
    assert "Auto-approve from confidence: 0.95 → 0.9." in response.content.decode()


def test_the_list_of_item_types_asks_no_more_for_proposals(watched, django_assert_max_num_queries):
    policies.put_forward(watched, reason="why", by="user:bob")
    client, url = signed_in("admins"), reverse("admin:routing_itemtype_changelist")
    client.get(url)
    with django_assert_max_num_queries(11):
        client.get(url)


def test_a_target_without_checks_is_told_at_the_field(watched):
    answer = signed_in("admins").post(page("itemtype", watched), form(target_alpha="0.05", audit_rate="0"))
    errors = answer.context["adminform"].form.errors
    assert {name: said[0].partition(":")[0] for name, said in errors.items()} == {
        "audit_rate": "An error target is proven by checks"
    }


def test_a_proposals_backtest_is_told_in_sentences(watched):
    for confidence in (0.92, 0.97, 0.3):
        factories.submit(confidence)
    ada = signed_in("admins")
    confirmed(ada, page("itemtype", watched, "publish"))
    shown = ada.get(page("proposal", Proposal.objects.get())).content.decode()
    assert "Tried on the last 3 items: 1 would go another way." in shown
    assert "1 from a person to approval." in shown
