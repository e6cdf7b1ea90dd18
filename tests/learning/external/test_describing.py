"""What people are told of an ML backend, and which addresses a plan takes."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from hitl_project import attention
from labeling.models import Label
from learning import registry, tasks
from learning.asking import batch
from learning.external import backends, exams
from learning.models import LearningPlan, MLBackend, ModelVersion
from routing.models import Item
from tests import factories
from tests.learning import worlds

pytestmark = pytest.mark.django_db
BACKEND = "http://backend:9090"
WHY = "the ML backend can't be reached: TimeoutError"


def plan(**fields):
    return LearningPlan(item_type=worlds.shapes("others"), **fields)


@pytest.mark.parametrize("url", ["ftp://a.example/", "http://user:secret@a.example/", "a.example", "http://"])
def test_a_plan_refuses_an_address_that_can_not_be_called(url):
    with pytest.raises(ValidationError) as refused:
        plan(ml_backend_url=url).clean_fields()
    assert list(refused.value.message_dict) == ["ml_backend_url"]


def test_a_plan_takes_a_host_of_the_own_network():
    plan(ml_backend_url=BACKEND).clean_fields()


def test_a_trainer_of_ones_own_needs_an_address():
    with pytest.raises(ValidationError) as refused:
        plan(trainer="external").validate_constraints()
    assert refused.value.messages == ["Write the address at which your own trainer is told."]


def test_the_plan_says_how_its_backend_does():
    item_type = worlds.shapes(plan={"ml_backend_url": BACKEND})
    chosen = item_type.learning_plan
    assert backends.describe(chosen) == "Not asked yet."
    state = MLBackend.objects.create(item_type=item_type, answered_at=timezone.now())
    assert backends.describe(chosen) == f"Last answer {state.answered_at:%Y-%m-%d %H:%M} UTC."
    MLBackend.objects.update(failures=2, said=WHY)
    assert backends.describe(chosen).startswith(f"Not heard 2 times in a row: {WHY}. Last answer")
    chosen.ml_backend_url = ""
    assert backends.describe(chosen) == "None."


def test_an_admin_is_told_of_a_backend_whose_work_people_do():
    item_type = worlds.shapes(plan={"ml_backend_url": BACKEND})
    MLBackend.objects.create(item_type=item_type, failures=3, said=WHY)
    ada = factories.person("ada", "admins")
    text = f"ML backend of shapes is not heard, people look instead: {WHY}"
    assert text not in [matter.text for matter in attention.waiting(ada)]
    MLBackend.objects.update(failures=4)
    told = {matter.text: matter for matter in attention.waiting(ada)}
    assert told[text].url == reverse("admin:routing_itemtype_change", args=[item_type.pk])


def test_a_champion_elsewhere_is_no_trouble_for_sampling_nor_for_the_admin():
    item_type = worlds.shapes()
    ModelVersion.objects.create(
        item_type=item_type, number=1, status="champion", trainer="external", external_name="bert@1",
        learner="bert", encoder="elsewhere", labels_used=9, promoted_at=timezone.now(), promoted_by="ada",
    )  # fmt: skip
    worlds.items(item_type, 30)
    run = batch.sample(item_type, trigger="test")
    assert (run.status, run.progress.startswith("without bert@1, which predicts elsewhere: ")) == (
        "done",
        True,
    )
    ada = factories.person("ada", "admins")
    assert not any("can't be read" in matter.text for matter in attention.waiting(ada))


def test_an_admin_is_told_of_an_exam_that_nobody_sits():
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 100))
    version = exams.register(item_type, exams.Claim("bert@1", "bert", 9), by="system:test")
    ada = factories.person("ada", "admins")
    assert not any("bert@1" in matter.text for matter in attention.waiting(ada))
    ModelVersion.objects.update(created_at=timezone.now() - timedelta(days=2))
    (told,) = [matter for matter in attention.waiting(ada) if "bert@1" in matter.text]
    assert "25 questions of its exam are left. Ask its trainer, or retire it" in told.text
    registry.retire(version, reason="its trainer is gone", by="system:test")
    assert not any("bert@1" in matter.text for matter in attention.waiting(ada))


def test_an_exam_whose_last_question_went_away_is_judged_by_the_clock(monkeypatch):
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 100))
    version = exams.register(item_type, exams.Claim("bert@1", "bert", 9), by="system:test")
    assert tasks.judge_exams() == 0
    queued = []
    monkeypatch.setattr(exams, "async_task", lambda *call: queued.append(call))
    Item.objects.update(held_out=False)
    Label.objects.update(reserved=False)
    assert (tasks.judge_exams(), queued) == (1, [("learning.tasks.judge_exam", version.pk)])
    assert "was refused" in tasks.judge_exam(version.pk)
    assert tasks.judge_exams() == 0
