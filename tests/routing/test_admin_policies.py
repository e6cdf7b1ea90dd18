"""The admin's pages of policies: four eyes, comparing, publishing again, and an item judged again."""

import pytest
from django.db import OperationalError
from django.urls import reverse

from hitl_project import attention
from routing import policies
from routing.admin import evidence, publishing, trying
from routing.backtest import history
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


MOVED = "Of the last 3 items 1 more would be approved without a person."


def test_what_would_move_is_told_before_it_is_published_proposed_or_approved(watched):
    for confidence in (0.92, 0.97, 0.3):
        factories.submit(confidence)
    ada, bob = signed_in("admins"), signed_in("admins", name="bob")
    publish = page("itemtype", watched, "publish")
    assert ada.get(publish).context["question"].tried[0] == MOVED
    confirmed(ada, publish)
    proposal = Proposal.objects.get()
    assert MOVED in bob.get(page("proposal", proposal)).content.decode()
    assert bob.get(page("proposal", proposal, "approve")).context["question"].tried[0] == MOVED


def test_a_trial_that_the_database_ends_does_not_keep_anybody_from_publishing(watched, monkeypatch):
    def ends(*args, **kwargs):
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(history, "backtest", ends)
    ada = signed_in("admins")
    assert "the database took too long" in ada.get(page("itemtype", watched, "publish")).content.decode()
    assert "is proposed" in told(confirmed(ada, page("itemtype", watched, "publish")))[0]


def test_a_draft_that_changes_while_it_is_tried_is_not_put_forward(watched, monkeypatch):
    def meanwhile(row, draft):
        ItemType.objects.update(auto_approve=0.8)
        return trying.Trial([])

    ada, url = signed_in("admins"), page("itemtype", watched, "publish")
    seen = ada.get(url).context["question"].seen
    monkeypatch.setattr(publishing, "tried", meanwhile)
    response = ada.post(url, {"reason": "why", "seen": seen}, follow=True)
    assert "changed this very moment" in told(response)[0]
    assert not Proposal.objects.exists()


def test_nobody_edits_a_proposal(watched):
    ada = signed_in("admins", is_superuser=True, is_staff=True)
    confirmed(ada, page("itemtype", watched, "publish"))
    proposal = Proposal.objects.get()
    change = {"snapshot": "{}", "proposed_by": "user:bob"}
    assert ada.post(page("proposal", proposal), change).status_code == 403
    assert "another admin must approve" in told(confirmed(ada, page("proposal", proposal, "approve")))[0]
    assert Policy.objects.count() == 1


STATED = {"alpha": 0.05, "delta": 0.05, "of": "decisions", "by": "class", "simultaneous": False}
PROOF = {"threshold": 0.873, "share": 0.62, "labelled": 412, "estimate": 0.031}
CERTIFICATE = {
    "certificate": {"*": PROOF, "fraud": None},
    "model": "clf@1",
    "decisions": 12_300,
    "missed": 3,
    "caught": {"caught": 38, "seeded": 40},
    "target": {"stated": STATED, "corrected": STATED | {"alpha": 0.04}},
    "date": "2026-03-02T09:00:00",
}


def test_a_certificate_is_told_in_sentences():
    assert evidence.sentences(CERTIFICATE) == [
        "Proven of clf@1: at most 5.0 % of all decisions wrong, with a confidence of 95 %.",
        (
            "All answers: automated from confidence 0.873 on, which is 62.0 % of the decisions. "
            "412 of them were checked, and about 3.1 % of all decisions are wrong."
        ),
        "“fraud”: not proven yet, people decide.",
        "It rests on 12,300 decisions, counted until 2026-03-02.",
        "3 checks were not answered in time; each counts as an error.",
        "People noticed 38 of 40 errors that were planted, so that the proof aims at 4.0 %.",
    ]


def test_an_item_is_judged_again_by_any_policy_of_its_type(three):
    item = factories.submit(0.92)
    factories.item_type("other")
    client = signed_in("leads")
    shown = client.get(page("item", item), {"policy": "1"}).context
    assert [one.policy.number for one in shown["replays"]] == [3, 1]
    assert [one.number for one in shown["others"]] == [2, 1]
    html = client.get(page("item", item)).content.decode()
    assert html.index("</form>") < html.index('id="replay-form"'), "a form inside another is no form"
    for asked in ("9", "x", ""):
        assert len(client.get(page("item", item), {"policy": asked}).context["replays"]) == 1
