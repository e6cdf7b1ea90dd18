"""Serving: what the champion says, at once after a promotion, and a safe end where it can't."""

import subprocess
import sys

import numpy as np
import pytest
from django.conf import settings
from django.core.files.storage import storages

from learning import registry, retraining, serving
from learning.encoders import sentence_model
from routing import router
from routing.models import Status
from tests import factories
from tests.learning import worlds


@pytest.fixture
def item_type(db):
    serving._loaded.clear()
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 160))
    return item_type


def test_without_a_champion_there_is_no_opinion(item_type):
    assert serving.opinions(item_type, [{"features": [0, 0, 3, 0]}]) is None


def test_the_champion_says_label_confidence_and_all_probabilities(item_type):
    retraining.retrain(item_type, trigger="test")
    (said,) = serving.opinions(item_type, [{"features": [0, 0, 3, 0]}])
    assert (said.model, said.label) == ("shapes@1", "star")
    assert said.confidence == max(said.probabilities.values()) > 0.8
    assert sum(said.probabilities.values()) == pytest.approx(1)


def test_a_promotion_holds_for_the_very_next_item(item_type):
    retraining.retrain(item_type, trigger="test")
    first = serving.opinions(item_type, [{"features": [0, 0, 3, 0]}])[0].model
    second = retraining.retrain(item_type, trigger="test").model_version
    registry.promote(second, reason="next", by="system:test")
    assert (first, serving.opinions(item_type, [{"features": [0, 0, 3, 0]}])[0].model) == (
        "shapes@1",
        "shapes@2",
    )


def test_asking_costs_one_statement_once_the_model_is_loaded(item_type, django_assert_num_queries):
    retraining.retrain(item_type, trigger="test")
    serving.opinions(item_type, [{"features": [0, 0, 3, 0]}])
    with django_assert_num_queries(1):
        serving.opinions(item_type, [{"features": [0, 0, 3, 0]}] * 50)


@pytest.mark.parametrize(("encoder", "times"), [("sentence", 1), ("sentence_pair", 1), ("features", 0)])
def test_the_sentence_model_is_read_ahead_where_a_champion_goes_by_it(item_type, monkeypatch, encoder, times):
    retraining.retrain(item_type, trigger="test")
    item_type.model_versions.update(encoder=encoder)
    read = []
    monkeypatch.setattr(sentence_model, "width", lambda: read.append("read"))
    serving.warm()
    assert len(read) == times


def test_a_server_without_the_sentence_model_starts_all_the_same(item_type, monkeypatch, caplog):
    retraining.retrain(item_type, trigger="test")
    item_type.model_versions.update(encoder="sentence")
    monkeypatch.setitem(sentence_model._chosen, "model", "no_such_package")
    serving.warm()
    assert "the sentence model was not read ahead: There is no sentence model in" in caplog.text


def test_items_go_to_people_with_the_reason_where_the_file_is_corrupt(item_type):
    version = retraining.retrain(item_type, trigger="test").model_version
    serving._loaded.clear()
    storages["models"].delete(version.artifact)
    item = factories.submit(None, to="shapes", payload={"features": [0, 0, 3, 0]})
    assert item.status in (Status.PENDING_HUMAN, Status.PENDING_EXPERT)
    assert "The file of shapes@1 can't be read" in item.reasons[0]["text"]


def test_a_payload_that_the_model_can_not_read_goes_to_people(item_type):
    retraining.retrain(item_type, trigger="test")
    item = factories.submit(None, to="shapes", payload={"features": [1, 2]})
    assert item.status in (Status.PENDING_HUMAN, Status.PENDING_EXPERT)
    assert "the model failed: its payload has 2 numbers in features instead of 4" in item.reasons[0]["text"]


def test_one_odd_payload_does_not_stop_the_others(item_type):
    retraining.retrain(item_type, trigger="test")
    payloads = [{"features": [0, 0, 3, 0]}, {"features": [1, 2]}, {"features": [0, 0, 3, 0]}]
    entries = [factories.entry(None, payload=payload) for payload in payloads]
    items = [one.item for one in router.submit("shapes", entries, by="system:test")]
    assert [item.model for item in items] == ["shapes@1", "", "shapes@1"]
    assert items[1].reasons[0]["code"] == "prediction_failed"


def test_an_item_that_waited_is_judged_once_there_is_a_model(item_type):
    item = factories.submit(None, to="shapes", payload={"features": [0, 0, 3, 0]})
    retraining.retrain(item_type, trigger="test")
    assert router.judge_pending(item_type) == 1
    item.refresh_from_db()
    assert (item.model, item.policy.number) == ("shapes@1", 1)


SERVE = """
import sys, django
django.setup()
from django.core.wsgi import get_wsgi_application
get_wsgi_application()
from learning import serving
from routing.router import find_type
said = serving.opinions(find_type("shapes"), [{"features": [0, 0, 3, 0]}])
print(said[0].label, sorted({"torch", "sklearn", "skops", "scipy.stats"} & set(sys.modules)))
"""


@pytest.mark.django_db(transaction=True)
def test_a_web_process_that_predicts_loads_neither_torch_nor_sklearn(item_type):
    retraining.retrain(item_type, trigger="test")
    done = subprocess.run(
        [sys.executable, "-c", SERVE],
        cwd=settings.BASE_DIR,
        env=worlds.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == ("star []", 0), done.stderr


def test_probabilities_are_numbers_that_json_knows(item_type):
    retraining.retrain(item_type, trigger="test")
    (said,) = serving.opinions(item_type, [{"features": [0, 0, 3, 0]}])
    assert {type(value) for value in said.probabilities.values()} == {float}
    assert not isinstance(said.confidence, np.floating)


def test_items_that_waited_go_to_people_where_the_promoted_file_is_corrupt(item_type):
    waiting = [factories.submit(None, to="shapes", payload={"features": [0, 0, 3, 0]}) for _ in range(3)]
    worlds.spoil(retraining.retrain(item_type, trigger="test").model_version)
    assert router.judge_pending(item_type) == 3
    for item in waiting:
        item.refresh_from_db()
    assert {item.status for item in waiting} == {Status.PENDING_HUMAN}
    said = "the model failed: The file of shapes@1 is not the one that was stored: its hash differs."
    assert {item.reasons[0]["text"] for item in waiting} == {said}
