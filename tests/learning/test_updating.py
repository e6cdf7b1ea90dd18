"""A new model comes from scratch or from the champion, as the plan says and as far as it can."""

import numpy as np
import pytest

from learning import dataset, plans, registry, retraining, serving, updating
from learning.learners.predictors import softmax
from learning.models import LearningPlan, ModelVersion
from tests.learning import worlds

pytestmark = pytest.mark.django_db


def begun(item_type):
    return updating.begin(item_type, plans.of(item_type), dataset.load(item_type).train)


def promoted(item_type):
    """Train a model and promote it by hand; return it."""
    run = retraining.retrain(item_type, trigger="test")
    return registry.promote(ModelVersion.objects.get(run=run), reason="test", by="system:test")


def answers(model, payloads):
    """Return what the model says before it is calibrated."""
    return softmax(np.asarray(model.predictor.logits(model.encoder.encode(payloads)), np.float64))


def labelled(items):
    """Let people say of each item which class it was made from."""
    for place, name in enumerate(worlds.LABELS):
        worlds.label(items[place::3], name)


@pytest.fixture
def item_type():
    """Return an item type whose plan fine-tunes, with a champion of 80 labels and 20 labels since."""
    made = worlds.shapes(plan={"update": "fine_tune"})
    worlds.label(worlds.items(made, 80, held_out=0))
    promoted(made)
    worlds.label(worlds.items(made, 20, seed=1, held_out=0))
    return made


def test_fine_tuning_goes_on_from_the_champion_on_new_labels_and_as_many_old_ones(item_type):
    start = begun(item_type)
    assert start.said == "from shapes@1 on 20 new labels and 20 old ones"
    assert (len(start.data), int(start.new.sum())) == (40, 20)
    run = retraining.retrain(item_type, trigger="test")
    made = ModelVersion.objects.get(run=run)
    model = registry.load(made)
    assert (model.tuned, model.setting) == (1, "tuned on 20 new labels and 20 old ones")
    assert made.report["setting"] == model.setting
    assert (made.labels_used, made.parent.number) == (100, 1)


def test_distilling_learns_what_is_old_as_the_champion_answers_it():
    """The classes overlap, so that no answer is sure; calibration, which moves all answers, is left out."""
    item_type = worlds.shapes(plan={"update": "fine_tune"})
    labelled(worlds.items(item_type, 120, held_out=0, spread=2))
    champion = registry.load(promoted(item_type))
    old = [item.payload for item in item_type.items.order_by("item_ref")]
    labelled(worlds.items(item_type, 60, seed=1, held_out=0, spread=2))
    apart = {}
    for update in ("fine_tune", "distil"):
        LearningPlan.objects.update(update=update)
        start = begun(item_type)
        assert start.said == "from shapes@1 on 60 new labels and 60 old ones"
        model = retraining.fit(item_type, LearningPlan.objects.get(), start)
        apart[update] = abs(answers(model, old) - answers(champion, old)).mean()
    assert 0.01 < apart["distil"] < 0.95 * apart["fine_tune"]


def test_retraining_and_auto_with_few_labels_begin_from_scratch(item_type):
    for update in ("retrain", "auto"):
        LearningPlan.objects.update(update=update)
        start = begun(item_type)
        assert (start.said, start.model, len(start.data)) == ("from scratch", None, 100)


def test_auto_goes_on_from_the_champion_when_labels_are_many_and_not_forever(item_type, monkeypatch):
    LearningPlan.objects.update(update="auto")
    monkeypatch.setattr(updating, "AUTO_TUNES_FROM", 80)
    assert begun(item_type).said == "from shapes@1 on 20 new labels and 20 old ones"
    monkeypatch.setattr(updating, "MOST_TUNED", 0)
    assert begun(item_type).said == "from scratch: it was tuned 0 times in a row"


def test_more_new_labels_than_tuning_bears_begin_from_scratch(item_type, monkeypatch):
    monkeypatch.setattr(updating, "MOST_NEW", 19)
    assert begun(item_type).said == "from scratch: 20 labels are new, too many to go on with"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"learner": "mlp"}, "the champion is of the learner linear"),
        ({"ensemble": 3}, "the champion has 1 members"),
        ({"encoder": "text"}, "the champion reads payloads by the encoder features"),
    ],
)
def test_another_kind_of_model_begins_from_scratch_and_says_why(item_type, change, why):
    LearningPlan.objects.update(**change)
    assert begun(item_type).said == f"from scratch: {why}"


def test_without_new_labels_or_a_usable_champion_it_begins_from_scratch(item_type):
    model = ModelVersion.objects.get()
    newest = dataset.load(item_type).newest
    type(model.run).objects.update(last_label=newest)
    assert begun(item_type).said == "from scratch: no label is new to the champion"
    worlds.spoil(model)
    assert begun(item_type).said.startswith("from scratch: The file of shapes@1 is not the one")


def test_new_payloads_of_another_width_begin_from_scratch(item_type):
    for item in item_type.items.filter(item_ref__startswith="shape-1-"):
        item.payload = {"features": [1.0, 2.0]}
        item.save()
    assert begun(item_type).said == "from scratch: the champion can't read what is new"


def test_an_ensemble_is_the_committee_of_its_item_type(item_type):
    from learning.asking import committees

    LearningPlan.objects.update(ensemble=3, update="retrain")
    champion = promoted(item_type)
    members = committees.members(champion)
    assert (champion.number, len(members)) == (2, 3)
    payloads = [item.payload for item in item_type.items.all()[:10]]
    mean = np.mean([one.predict_proba(payloads) for one in members], axis=0)
    np.testing.assert_allclose(mean, serving.loaded(champion).predict_proba(payloads), atol=0.1)
