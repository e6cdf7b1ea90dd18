"""The admin's pages of learning: promote, roll back and retire, each asked about first."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from learning import registry, retraining
from learning.models import LearningPlan, ModelVersion
from tests import factories
from tests.learning import worlds
from tests.people import signed_in
from tests.routing.test_admin import form
from tests.statements import counted

pytestmark = pytest.mark.django_db


def model(item_type, number=1, **fields):
    """Return a model's row, without a file."""
    return ModelVersion.objects.create(
        item_type=item_type, number=number, labels_used=9, artifact="gone", sha256="0" * 64, **fields
    )


@pytest.fixture
def trained():
    """A model with its file and its numbers, not in force."""
    item_type = worlds.shapes(plan={"auto_promote": False})
    worlds.label(worlds.items(item_type, 160))
    return retraining.retrain(item_type, trigger="test").model_version


def act(name, row):
    return reverse(f"admin:learning_modelversion_{name}", args=[row.pk])


def confirmed(client, url):
    """Answer the page's question with yes."""
    seen = client.get(url).context["question"].seen
    return client.post(url, {"reason": "looks right", "seen": seen}, follow=True)


def status(row):
    return ModelVersion.objects.get(pk=row.pk).status


def test_promoting_says_what_is_replaced_and_how_it_measured_then_does_it(trained):
    client = signed_in("admins")
    changes = client.get(act("promote", trained)).context["question"].changes
    assert changes[0] == "There is no champion yet: it is the first."
    assert changes[1].startswith("Accuracy ")
    confirmed(client, act("promote", trained))
    assert (status(trained), ModelVersion.objects.get(pk=trained.pk).promoted_by) == ("champion", "user:ada")


def test_who_promotes_what_the_gate_refused_is_told_so(trained):
    ModelVersion.objects.filter(pk=trained.pk).update(status="refused", verdict={"promote": False})
    changes = signed_in("admins").get(act("promote", trained)).context["question"].changes
    assert changes[1] == "The gate refused it."


def test_an_earlier_champion_is_rolled_back_to(trained):
    registry.promote(trained, reason="first", by="system:test")
    registry.retire(trained, reason="a doubt", by="system:test")
    client = signed_in("admins")
    assert client.get(act("promote", trained)).context["question"].button == "Roll back"
    confirmed(client, act("promote", trained))
    assert status(trained) == "champion"


def test_a_model_whose_file_is_gone_stays_where_it_is_and_the_page_says_why():
    row = model(factories.item_type(), status="challenger")
    response = confirmed(signed_in("admins"), act("promote", row))
    assert "can&#x27;t be read" in response.content.decode()
    assert status(row) == "challenger"


def test_retiring_a_model_takes_it_out_of_use():
    row = model(factories.item_type(), status="challenger")
    confirmed(signed_in("admins"), act("retire", row))
    assert status(row) == "retired"


@pytest.mark.parametrize("role", ["leads", "compliance"])
def test_nobody_but_an_admin_promotes_or_retires(role):
    row, client = model(factories.item_type(), status="challenger"), signed_in(role)
    answers = {client.post(act(name, row), {"reason": "x"}).status_code for name in ("promote", "retire")}
    assert (answers, status(row)) == ({403}, "challenger")


def test_the_list_costs_the_same_for_one_model_and_for_five():
    item_type = factories.item_type()
    client, url = signed_in("leads"), reverse("admin:learning_modelversion_changelist")
    model(item_type)
    with counted(most=20) as first:
        client.get(url)
    for number in range(2, 6):
        model(item_type, number).evaluations.create(metric="accuracy", value=0.9, n=40)
    with counted(most=len(first)):
        client.get(url)


def test_the_learning_plan_is_part_of_the_item_types_page():
    plan = {
        "learner": "mlp",
        "strategy": "entropy",
        "batch_size": 20,
        "random_share": 0.2,
        "retrain_after": 30,
    }
    plan |= {"margin_overall": 0.01, "margin_slice": 0.05, "most_ece": 0.1, "most_milliseconds": 50}
    plan |= {
        "goal": "accuracy",
        "uncertainty_weight": 0.7,
        "ensemble": 1,
        "encoder": "auto",
        "update": "auto",
    }
    plan |= {"trainer": "server", "shadow_labels": 0, "active": "on"}
    sent = {f"learning_plan-0-{name}": value for name, value in plan.items()}
    client = signed_in("admins")
    client.post(reverse("admin:routing_itemtype_add"), form(**sent, **{"learning_plan-TOTAL_FORMS": 1}))
    stored = LearningPlan.objects.get(item_type__slug="mail")
    assert (stored.learner, stored.strategy, stored.batch_size) == ("mlp", "entropy", 20)


def test_the_plan_offers_the_learners_that_there_are_and_refuses_others_with_their_names(settings):
    settings.HITL_LEARNERS = {"bayes": "ourcode.Bayes"}
    client, item_type = signed_in("admins"), factories.item_type()
    page = client.get(reverse("admin:routing_itemtype_change", args=[item_type.pk])).content.decode()
    for name in ("linear", "forest", "mlp", "bayes"):
        assert f'<option value="{name}"' in page
    plan = LearningPlan(item_type=item_type, learner="ourcode.Bayes")
    with pytest.raises(ValidationError) as refused:
        plan.full_clean()
    said = "There is no learner 'ourcode.Bayes'. Use one of: linear, forest, mlp, bayes."
    assert refused.value.message_dict == {"learner": [said]}
