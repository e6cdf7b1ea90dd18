"""Models trained elsewhere: told when training is due, examined, judged by the same gate, then in force."""

import pytest
from rest_framework.test import APIClient

from audit.models import AuditEvent
from learning import registry, retraining, serving, tasks
from learning.models import LearningPlan, ModelVersion, Trainer, TrainingRun
from routing.models import Delivery, Item, Status, SubjectRights
from routing.personal import HIDDEN
from tests import factories
from tests.learning import worlds

pytestmark = pytest.mark.django_db
URL = "https://trainer.example/hook"


@pytest.fixture
def client():
    client = APIClient()
    client.force_authenticate(factories.person("ada", "admins"))
    return client


@pytest.fixture
def item_type():
    item_type = worlds.shapes(plan={"trainer": "external", "trainer_url": URL}, auto_approve=0.9)
    worlds.label(worlds.items(item_type, 160))
    return item_type


def register(client, name="forest@1", **fields):
    body = {"item_type": "shapes", "name": name, "learner": "forest", "labels_used": 120} | fields
    return client.post("/api/v1/models/", body, format="json")


def probabilities(label, sure=0.98):
    return {name: sure if name == label else (1 - sure) / 2 for name in worlds.LABELS}


def sit(client, version, say=worlds.truth):
    """Answer every question of the exam with what `say` says of the item, and have the model judged."""
    url = f"/api/v1/models/{version.pk}/exam/"
    while rows := client.get(url, {"page_size": 25}).json()["results"]:
        said = [(row["id"], say(Item(payload=row["payload"]))) for row in rows]
        answers = [{"item": pk, "label": label, "probabilities": probabilities(label)} for pk, label in said]
        state = client.post(url, {"answers": answers}, format="json").json()
    return state, tasks.judge_exam(version.pk)


def examined(client, name="forest@1", say=worlds.truth):
    register(client, name)
    version = ModelVersion.objects.get(external_name=name)
    sit(client, version, say)
    version.refresh_from_db()
    return version


def sent(model, label="star", features=(0, 0, 3, 0), others=()):
    said = tuple(factories.opinion(0.99, label, name) for name in (model, *others))
    return factories.submit(to="shapes", payload={"features": list(features)}, opinions=said)


def test_the_trainer_is_told_once_that_training_is_due(item_type):
    assert "your trainer is told to train on 110 labels" in tasks.turn(item_type.pk)
    told = Delivery.objects.get()
    run = TrainingRun.objects.get()
    assert (told.url, told.event, told.item) == (URL, "training.due", None)
    assert told.body["data"] == {
        "item_type": "shapes",
        "reason": "160 new labels",
        "labels_used": 110,
        "labels_held_out": 50,
        "dataset_sha256": run.dataset_sha256,
        "export": "/api/v1/exports/jsonl/?item_type=shapes&split=train",
        "register": "/api/v1/models/",
    }
    tasks.turn(item_type.pk)
    assert (Delivery.objects.count(), AuditEvent.objects.filter(verb="training.due").count()) == (1, 1)


def test_a_registered_model_hangs_on_the_run_of_its_data_set(client, item_type):
    tasks.turn(item_type.pk)
    run = TrainingRun.objects.get()
    answer = register(client, dataset_sha256=run.dataset_sha256, metrics={"accuracy": 0.99}, notes="A try.")
    assert (answer.status_code, answer.json()["name"], answer.json()["status"]) == (201, "forest@1", "exam")
    version = ModelVersion.objects.get()
    assert (version.run, version.trainer, version.claimed) == (run, Trainer.EXTERNAL, {"accuracy": 0.99})
    assert AuditEvent.objects.filter(verb="model.registered").count() == 1


def test_the_exam_shows_no_labels_and_every_held_out_item_once(client, item_type):
    register(client)
    version = ModelVersion.objects.get()
    rows = client.get(f"/api/v1/models/{version.pk}/exam/", {"page_size": 1000}).json()["results"]
    assert set(rows[0]) == {"id", "item_ref", "payload", "context"}
    assert sorted(row["id"] for row in rows) == sorted(
        str(pk) for pk in Item.objects.filter(held_out=True).values_list("pk", flat=True)
    )


def test_a_good_model_passes_the_gate_and_is_promoted_by_the_plan(client, item_type):
    register(client)
    version = ModelVersion.objects.get()
    state, said = sit(client, version)
    assert (state, said) == ({"remaining": 0, "status": "exam"}, "forest@1 was promoted")
    version.refresh_from_db()
    assert version.status == "champion"
    assert version.evaluations.get(metric="accuracy", slice="all").value == 1.0


def test_a_bad_model_is_refused_with_the_reason(client, item_type):
    version = examined(client, say=lambda item: "circle")
    assert (version.status, version.verdict["promote"]) == ("refused", False)
    assert "always naming the most frequent class" in " ".join(version.verdict["reasons"])


def test_what_it_could_not_read_counts_as_unsure(client, item_type):
    register(client)
    version = ModelVersion.objects.get()
    url = f"/api/v1/models/{version.pk}/exam/"
    rows = client.get(url, {"page_size": 1000}).json()["results"]
    unread = [{"item": row["id"], "label": None} for row in rows]
    assert client.post(url, {"answers": unread}, format="json").json()["remaining"] == 0
    assert "was refused" in tasks.judge_exam(version.pk)
    assert version.evaluations.get(metric="log_loss", slice="all").value == pytest.approx(1.0986, abs=1e-3)


@pytest.mark.parametrize(
    ("answer", "attr"),
    [
        ({"item": "0192aaaa-0000-7000-8000-000000000000", "label": None}, "answers.0.item"),
        ({"label": "hexagon", "probabilities": {"hexagon": 1}}, "answers.0.probabilities"),
        ({"label": "star", "probabilities": {"star": 0.5}}, "answers.0.probabilities"),
        ({"label": "star"}, "answers.0.probabilities"),
        ({"label": "star", "probabilities": {"star": 0.4, "circle": 0.6}}, "answers.0.label"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_whole(client, item_type, answer, attr):
    register(client)
    version = ModelVersion.objects.get()
    item = {"item": str(Item.objects.filter(held_out=True).first().pk)}
    said = client.post(f"/api/v1/models/{version.pk}/exam/", {"answers": [item | answer]}, format="json")
    assert (said.status_code, said.json()["errors"][0]["attr"]) == (400, attr)
    assert version.trial_answers.count() == 0


def test_an_answer_once_given_stays(client, item_type):
    register(client)
    version = ModelVersion.objects.get()
    item = str(Item.objects.filter(held_out=True).first().pk)
    for label in ("star", "circle"):
        said = {"item": item, "label": label, "probabilities": probabilities(label)}
        answer = client.post(f"/api/v1/models/{version.pk}/exam/", {"answers": [said]}, format="json")
        assert answer.json()["remaining"] == 49
    assert version.trial_answers.get().label == "star"


@pytest.mark.parametrize("name", ["forest@1", "shapes@7"])
def test_a_name_that_is_taken_or_ours_is_refused(client, item_type, name):
    register(client)
    answer = register(client, name)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "name_taken")


def test_a_model_of_our_own_has_no_exam(client, item_type):
    LearningPlan.objects.update(trainer="server")
    version = retraining.retrain(item_type, trigger="test").model_version
    answer = client.get(f"/api/v1/models/{version.pk}/exam/")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "no_exam")


def test_who_may_only_read_can_neither_register_nor_sit_an_exam(client, item_type):
    register(client)
    reader = APIClient()
    reader.force_authenticate(factories.person("carla", "compliance"))
    version = ModelVersion.objects.get()
    assert register(reader, "other@1").status_code == 403
    assert reader.get(f"/api/v1/models/{version.pk}/exam/").status_code == 403
    assert reader.get("/api/v1/models/").status_code == 200


def test_predictions_of_a_model_that_is_not_promoted_go_to_people(client, item_type):
    register(client)
    item = sent("forest@1")
    said = "the prediction of forest@1 does not count: this model is exam"
    assert (item.status, item.reasons[0]["text"]) == (Status.PENDING_HUMAN, said)


def test_after_promotion_its_predictions_are_in_force_wherever_they_stand(client, item_type):
    examined(client)
    item = sent("clf@3", label="circle", others=("forest@1",))
    assert (item.model, item.status) == ("forest@1", Status.APPROVED)
    assert list(item.predictions.values_list("rank", "model")) == [(0, "forest@1"), (1, "clf@3")]


def test_names_that_nobody_registered_are_judged_as_they_were_sent(client, item_type):
    register(client)
    assert sent("clf@3").model == "clf@3"


def test_an_item_without_a_prediction_goes_to_people_while_the_champion_is_elsewhere(client, item_type):
    examined(client)
    item = factories.submit(None, to="shapes", payload={"features": [0, 0, 3, 0]})
    said = "forest@1 is in force and predicts elsewhere: its prediction did not come with the item"
    assert (item.status, item.reasons[0]["text"]) == (Status.PENDING_HUMAN, said)
    answer = client.post(
        "/api/v1/predict/", {"item_type": "shapes", "payloads": [{"features": [0, 0, 3, 0]}]}
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "no_model")


def test_our_own_champion_decides_where_only_a_model_on_trial_has_answered(client, item_type):
    LearningPlan.objects.update(trainer="server")
    retraining.retrain(item_type, trigger="test")
    register(client)
    serving._loaded.clear()
    item = sent("forest@1")
    assert list(item.predictions.values_list("rank", "model")) == [(0, "shapes@1"), (1, "forest@1")]


def test_the_next_model_is_compared_with_an_external_champion_by_its_answers(client, item_type):
    examined(client)
    second = examined(client, "forest@2", say=lambda item: "circle")
    assert (second.verdict["against"], second.status) == ("forest@1", "refused")
    assert any("accuracy fell" in reason for reason in second.verdict["reasons"])


def test_where_the_champion_left_too_much_unanswered_only_a_person_promotes(client, item_type):
    examined(client)
    worlds.label(worlds.items(item_type, 20, seed=9, held_out=1.0))
    second = examined(client, "forest@2")
    assert second.status == "challenger"
    assert "it has not answered 20 of 70 held-out items" in second.verdict["reasons"][0]


def test_a_model_without_questions_is_judged_at_once(client, monkeypatch):
    from learning.external import exams

    worlds.shapes("empty", plan={"trainer": "external", "trainer_url": URL})
    queued = []
    monkeypatch.setattr(exams, "async_task", lambda *call: queued.append(call))
    register(client, item_type="empty")
    version = ModelVersion.objects.get()
    assert queued == [("learning.tasks.judge_exam", version.pk)]
    assert "only 0 held-out labels" in tasks.judge_exam(version.pk)


def test_promoting_one_by_hand_needs_no_file(client, item_type):
    version = examined(client, say=lambda item: "circle")
    registry.promote(version, reason="we know better", by="system:test")
    assert sent("forest@1").model == "forest@1"


def test_an_exam_hides_personal_fields_from_who_may_not_see_them(client, item_type):
    SubjectRights.objects.create(item_type=item_type, personal_fields=["payload.features"])
    register(client)
    version = ModelVersion.objects.get(external_name="forest@1")
    rows = client.get(f"/api/v1/models/{version.pk}/exam/").json()["results"]
    assert {row["payload"]["features"] for row in rows} == {HIDDEN}
