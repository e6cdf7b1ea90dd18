"""The page on whether choosing pays: what it says, what is missing, and what is asked next."""

import pytest
from django.urls import reverse

from hitl_project import attention
from learning.asking import batch
from learning.models import Proof
from tests.learning import worlds
from tests.people import signed_in
from tests.statements import counted

pytestmark = pytest.mark.django_db
POINTS = [[8, 0.4, 0.3, 0.5], [50, 0.6, 0.5, 0.7]]


@pytest.fixture
def item_type():
    return worlds.shapes(plan={"strategy": "margin"})


def proof(item_type, verdict="pays", **fields):
    chosen = {"saving": 2.3, "low": 1.8, "high": 2.9, "verdict": verdict, "strategy": "margin"}
    curves = {"chosen": [*POINTS, [200, 0.8, 0.7, 0.9]], "random": POINTS, "learner": "a learner", "base": 7}
    counts = {"labels_chosen": 450, "labels_random": 50, "labels_held_out": 300}
    return Proof.objects.create(item_type=item_type, curves=curves, **(chosen | counts | fields))


def page(item_type, client=None):
    url = reverse("admin:routing_itemtype_learning", args=[item_type.pk])
    return (client or signed_in("admins")).get(url)


def said(item_type):
    return " ".join(page(item_type).content.decode().split())


def test_the_saving_is_told_in_one_sentence_with_its_picture(item_type):
    proof(item_type)
    answer = page(item_type)
    assert answer.context["said"] == "2.3 times fewer labels, 95 % interval 1.8 to 2.9"
    assert "Choosing <strong>pays</strong>" in answer.content.decode()
    assert [one.arm for one in answer.context["picture"].arms] == ["random", "chosen"]
    assert "a learner, the same for both; both start from 7 labels" in answer.content.decode()


def test_what_is_missing_is_told_while_nothing_can_be(item_type):
    worlds.label(worlds.items(item_type, 13, held_out=0), inclusion=0.1)
    worlds.label(worlds.items(item_type, 99, seed=1, held_out=1), source="review")
    assert (
        "Still missing: 37 more answered random picks, 50 more answered chosen picks, 1 more labelled item"
        in said(item_type)
    )


def test_a_loss_that_lasts_is_told_here_and_to_admins(item_type):
    for _ in range(2):
        proof(item_type, "loses", saving=0.5, low=0.3, high=0.8)
    words = said(item_type)
    assert "Sampling has fallen back to random" in words
    assert "90 % of each pick is drawn at random now" in words
    admin = signed_in("admins", name="eve").user
    told = [one for one in attention.waiting(admin) if "chance" in one.text]
    where = reverse("admin:routing_itemtype_learning", args=[item_type.pk])
    assert [(one.url, one.bad) for one in told] == [(where, True)]


def test_the_next_question_is_shown_with_its_reason(item_type):
    worlds.items(item_type, 30, held_out=0)
    run = batch.sample(item_type, trigger="test")
    context = page(item_type).context
    first = max(run.suggestions, key=lambda one: one["arm"] == "strategy")
    assert context["next"]["run"] == run
    assert (context["waiting"], context["next"]["why"]) == (10, first["reason"])


def test_the_page_takes_as_many_statements_for_many_proofs(item_type):
    client = signed_in("admins")
    proof(item_type)
    page(item_type, client)
    with counted(most=100) as few:
        page(item_type, client)
    for _ in range(6):
        proof(item_type)
    with counted(most=len(few)):
        page(item_type, client)


def test_reviewers_may_not_open_it(item_type):
    assert page(item_type, signed_in("reviewers")).status_code in (302, 403)
