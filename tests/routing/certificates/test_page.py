"""The page of an error target: what is proven, what is missing, and what to do next."""

import re

import numpy as np
import pytest
from django.urls import reverse

from routing import certify
from routing.certificates import guarding
from routing.certify import binomial
from routing.models import Assignment, Certification, ItemType, Policy
from tests import certificates, factories
from tests.certificates import later
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db

STATE = {
    "target": {"alpha": 0.04, "delta": 0.04, "of": "decisions"},
    "grid": [0.95, 0.9, 0.8, 0.6],
    "start": 0,
    "wealth": [6.0, 5.0, 2.0, -1.0],
    "best": [6.0, 5.0, 2.5, 0.0],
    "lost": [0.0, 2.0, 20.0, 90.0],
    "weight": [200.0, 400.0, 600.0, 900.0],
    "seen": [200, 400, 600, 900],
    "labelled": [110, 210, 310, 610],
    "decisions": [1000],
    "labels": [710],
}
WATCH = {"threshold": 0.9, "alpha": 0.1, "values": [1.0, 2.0, 33.0], "audits": 40, "alarmed_at": None}


def page(client, made):
    return client.get(reverse("admin:routing_itemtype_certificate", args=[made.pk]), follow=True)


def text(client, made):
    """Return the words of the page, without its tags."""
    said = page(client, made).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(re.sub(r"<[^>]*>", "", said.replace("</dt>", " ")).split())


@pytest.fixture
def lead():
    return signed_in("leads")


@pytest.fixture
def made():
    """An item type whose certificate, made by hand, is in force from 0.9 on."""
    made = certificates.item_type()
    policy = Policy.objects.get()
    snapshot = policy.snapshot | {
        "number": 2,
        "certified": {"clf@1": {"*": 0.9}},
        "audit_rate": 0.3,
    }
    Policy.objects.create(
        item_type=made, number=2, snapshot=snapshot, reason="proven", published_by="system:certifier"
    )
    Certification.objects.create(
        item_type=made,
        model="clf@1",
        target=STATE["target"],
        stated={"alpha": 0.05, "delta": 0.05, "of": "decisions", "by": "all", "simultaneous": False},
        caught={"caught": 47, "seeded": 50},
        states={"*": STATE},
        detectors={"*": WATCH},
        decisions=1000,
        missed=3,
        batches=10,
        fed_at=later(),
    )
    factories.submit(0.95)
    return made


def test_the_figures_are_those_of_the_certification(lead, made):
    context = page(lead, made).context
    (row,) = context["models"][0]["rows"]
    one, proof = row["outlook"], row["proof"]
    assert (one.threshold, one.in_force, one.share, one.estimate) == (0.9, 0.9, 0.4, 0.002)
    assert (proof.counts.share, proof.rate.estimate, proof.counts.labelled) == (0.4, 0.002, 210)
    assert proof.rate.low < 0.002 < proof.rate.high
    assert (row["word"], one.level, row["audits"]) == ("more checks", 12.0, 40)
    assert proof.points[0] == (0.2, 6.0 / certify.Target(0.04, 0.04).proof)


def test_the_page_says_it_in_words(lead, made):
    said = text(lead, made)
    assert "At most 5 % of all decisions may be wrong because nobody looked, with 95 % confidence." in said
    assert "Proven from a score of 0.900 on: 40 % of the decisions." in said
    assert "30 % until 5,000 decisions of clf@1 were counted, 1,000 so far, then 5 %." in said
    assert "Answers not given in time, counted as errors 3" in said
    assert "4 % 47 of 50 known errors were caught when it began" in said


def test_who_sees_item_types_sees_the_page_and_nobody_else(made):
    seen = {role: page(signed_in(role, name=role), made).status_code for role in ("compliance", "reviewers")}
    assert seen == {"compliance": 200, "reviewers": 403}


def test_without_a_target_the_page_says_what_one_would_give(lead):
    made = factories.item_type()
    said = text(lead, made)
    assert "No error target is set" in said
    assert "1 % takes 299" in said
    assert (binomial.least_audits(0.05, 0.05), binomial.least_audits(0.01, 0.05)) == (59, 299)


def test_before_any_answer_the_page_says_what_a_proof_takes(lead):
    made = certificates.item_type(target_alpha=0.01)
    takes = page(lead, made).context["takes"]
    assert (takes["least"], [count for _, _, count in takes["rows"]]) == (299, [299, 913, 2546, 11907])
    said = text(lead, made)
    assert "To prove 1 % you need at least 299 checks without one error." in said
    assert "Send items with predictions, or train a model" in said


def test_a_target_that_is_only_in_the_draft_is_said_to_be_so(lead):
    made = factories.item_type(audit_rate=0.1)
    ItemType.objects.update(target_alpha=0.05)
    assert page(lead, made).context["next"][0].startswith("Publish the draft")


def test_a_target_typed_anew_counts_only_once_it_is_published(lead):
    made = certificates.item_type()
    ItemType.objects.update(target_alpha=0.1)
    assert "At most 5 % of all decisions" in text(lead, made)
    assert page(lead, made).context["next"][0].startswith("The draft states another target")


def test_what_is_proven_and_waits_is_linked_to_be_approved():
    made = certificates.item_type()
    certificates.submit(*certificates.scored(400))
    certificates.answer()
    guarding.run(made, now=later())
    response = page(signed_in("admins"), made)
    url = reverse("admin:routing_proposal_change", args=[made.proposals.get().pk])
    assert f'<a href="{url}">Look at it, then approve or refuse it</a>' in response.content.decode()
    assert response.context["any_proven"] is True


def test_a_model_that_is_too_bad_is_said_to_be_so(lead):
    made = certificates.item_type(target_of="automated")
    certificates.submit(certificates.scored(300)[0], np.arange(300) % 3 == 0)
    certificates.answer()
    guarding.run(made, now=later())
    context = page(lead, made).context
    assert [one.split(",")[0] for one in context["next"]] == ["The model is wrong too often for this target"]
    assert context["any_proven"] is False


def test_the_catch_rate_is_told_with_its_bound_and_what_it_leaves(lead):
    made = certificates.item_type()
    items = certificates.submit(*certificates.scored(50))
    certificates.answer()
    Assignment.objects.update(purpose="seed", caught=True)
    Assignment.objects.filter(item__in=items[:5]).update(caught=False)
    found = page(lead, made).context["catching"]
    bound = binomial.catch_rate_bound(45, 50, 0.01)
    assert (found["caught"], found["seeded"], found["rate"], found["bound"]) == (45, 50, 0.9, bound)
    assert found["target"] == certify.Target(bound * 0.05, 0.8 * 0.05)
    assert f"with 99 % confidence at least {100 * bound:.1f} % are" in text(lead, made)


def test_auditors_who_overlook_everything_prove_nothing(lead):
    made = certificates.item_type()
    certificates.submit(*certificates.scored(5))
    certificates.answer()
    Assignment.objects.update(purpose="seed", caught=False)
    context = page(lead, made).context
    assert (context["takes"], context["catching"]["target"]) == (None, None)
    assert context["next"][0].startswith("Find out why auditors overlook every known error")


def test_a_fallback_is_told_until_it_is_answered(lead, made):
    last = Policy.objects.order_by("-number")[0]
    why = "fresh checks of clf@1 contradict its certificate; all answers: nothing of it is automated now"
    Policy.objects.create(
        item_type=made,
        number=3,
        snapshot=last.snapshot | {"certified": {"clf@1": {"*": None}}},
        reason=why,
        evidence={"contradicted": {}},
        published_by="system:certifier",
    )
    response = page(lead, made)
    assert "Automation was cut back" in response.content.decode()
    assert [(one["policy"].number, one["word"]) for one in response.context["history"]] == [
        (3, "alarm"),
        (2, "checks"),
    ]


def test_the_page_costs_as_many_statements_for_many_decisions_as_for_few(lead, made):
    with counted(most=30) as first:
        page(lead, made)
    for _ in range(20):
        factories.submit(0.95)
    with counted(most=len(first)):
        page(lead, made)


def test_streams_are_listed_and_can_be_read_only(lead, made):
    row = Certification.objects.get()
    listed = lead.get(reverse("admin:routing_certification_changelist"))
    assert [one.pk for one in listed.context["cl"].result_list] == [row.pk]
    ended = lead.get(reverse("admin:routing_certification_changelist"), {"state": "ended"})
    assert ended.context["cl"].result_count == 0
    url = reverse("admin:routing_certification_change", args=[row.pk])
    assert (lead.get(url).status_code, lead.post(url, {"missed": 0}).status_code) == (200, 403)
    assert signed_in("reviewers", name="rob").get(url, follow=True).status_code == 403
