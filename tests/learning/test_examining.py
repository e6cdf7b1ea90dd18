"""A model before the gate: the plan's margins, slices and speed count, and all that was seen is kept."""

from dataclasses import replace

import numpy as np
import pytest
from django.core.exceptions import ValidationError

from learning import dataset, examining, plans, registry, retraining
from learning.examining import Answers
from learning.judging.speed import Speed
from learning.models import ModelVersion
from routing import policies
from routing.models import Item
from tests.learning import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def item_type():
    item_type = worlds.shapes(plan={"slices": ["context.land", "payload.features"]})
    worlds.label(worlds.items(item_type, 240))
    Item.objects.update(context={"land": "de"})
    return item_type


def train(item_type):
    """Return a new model of the type as it is stored."""
    return ModelVersion.objects.get(run=retraining.retrain(item_type, trigger="test"))


def answers(data, wrong=()):
    """Return the answers of a model that is right and sure of it, except at these places."""
    names = worlds.LABELS
    columns = np.array([names.index(label) for label in data.labels])
    columns[list(wrong)] = (columns[list(wrong)] + 1) % 3
    return Answers(tuple(names), np.eye(3)[columns] * 0.97 + 0.01, range(len(data)))


def test_the_report_keeps_what_the_card_draws(item_type):
    train(item_type)
    second = train(item_type)
    report = second.report
    assert set(report) == {"reliability", "pairs", "automation", "speed", "setting"}
    assert sum(one["n"] for one in report["reliability"]) == 75
    assert (report["pairs"]["wins"], report["pairs"]["losses"], report["pairs"]["p"]) == (0, 0, 1.0)
    assert [(one["name"], one["n"]) for one in report["pairs"]["classes"]] == [
        (name, second.evaluations.get(metric="recall", slice=f"class: {name}").n) for name in worlds.LABELS
    ]
    assert (report["speed"]["n"], 0 < report["speed"]["p50"] <= report["speed"]["p95"]) == (50, True)


def test_each_value_of_a_field_is_measured_by_itself(item_type):
    Item.objects.filter(item_ref__endswith="1").update(context={"land": "fr"})
    rows = train(item_type).evaluations.filter(metric="accuracy", slice__startswith="context.land")
    french = Item.objects.filter(context__land="fr", held_out=True).count()
    assert dict(rows.values_list("slice", "n")) == {
        "context.land=de": 75 - french,
        "context.land=fr": french,
    }


def test_a_challenger_that_fails_in_one_land_is_refused_for_it(item_type):
    train(item_type)
    data = dataset.load(item_type).held_out
    Item.objects.filter(pk__in=data.items[:50]).update(context={"land": "fr"})
    data = dataset.load(item_type).held_out
    plan = replace_plan(item_type, margin_overall=0.5, margin_slice=0.03)
    judged = examining.judge(item_type, plan, answers(data, wrong=range(20)), data)
    assert not judged.verdict.promote
    assert any(reason.startswith("context.land=fr got worse: -40.0") for reason in judged.verdict.reasons)
    kept = {one["item"] for one in judged.report["pairs"]["items"]}
    assert kept == {str(item) for item in data.items[:20]}


def replace_plan(item_type, **fields):
    """Return the type's plan with other margins."""
    plan = plans.of(item_type)
    for name, value in fields.items():
        setattr(plan, name, value)
    return plan


@pytest.mark.parametrize(("allowed", "promote"), [(99, False), (100, True)])
def test_a_model_that_takes_longer_than_the_plan_allows_is_refused(item_type, allowed, promote):
    data = dataset.load(item_type).held_out
    said = replace(answers(data), speed=Speed(10.0, 99.5, 50))
    plan = replace_plan(item_type, most_milliseconds=allowed)
    assert examining.judge(item_type, plan, said, data).verdict.promote == promote


def test_a_model_whose_confidences_lie_is_refused_by_the_plan(item_type):
    data = dataset.load(item_type).held_out
    said = answers(data, wrong=range(0, 75, 3))
    strict = examining.judge(item_type, replace_plan(item_type, most_ece=0.1), said, data)
    lax = examining.judge(item_type, replace_plan(item_type, most_ece=1.0), said, data)
    assert (strict.verdict.promote, lax.verdict.promote) == (False, True)


@pytest.mark.parametrize(("certified", "threshold"), [({"*": 0.62}, 0.62), ({"*": None}, 0.95)])
def test_automation_is_counted_at_the_threshold_that_is_proven(item_type, certified, threshold):
    champion = train(item_type)
    item_type.target_alpha = 0.04
    proven = replace(policies.draft(item_type), certified={str(champion): certified})
    policies.publish_pure(item_type, proven, reason="proven", by="system:certifier")
    margins = examining.margins_of(item_type, plans.of(item_type), champion)
    assert (margins.threshold, margins.target.alpha, margins.target.of) == (threshold, 0.04, "decisions")
    assert any("with 4.0% wrong of the decisions" in one for one in train(item_type).verdict["reasons"])


@pytest.mark.parametrize("path", ["country", "prediction.label"])
def test_a_plan_names_fields_as_rules_write_them(item_type, path):
    with pytest.raises(ValidationError, match="names no field: write payload"):
        replace_plan(item_type, slices=["context.land", path]).full_clean()


def test_without_held_out_labels_nothing_is_measured():
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 60, held_out=0))
    version = train(item_type)
    assert (version.evaluations.count(), list(version.report), version.status) == (0, ["setting"], "refused")
    assert registry.champion(item_type) is None
