"""How models got better is read from what each was measured at, and the lift from items of today."""

from datetime import timedelta

import pytest
from django.utils import timezone

from learning import history, registry, retraining
from learning.models import ModelVersion
from tests.learning import worlds
from tests.statements import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def item_type():
    """An item type whose first model learnt from wrong labels, and whose second did not."""
    made = worlds.shapes(plan={"auto_promote": False})
    items = worlds.items(made, 300)
    few = [one for one in items if not one.held_out][:60]
    worlds.label([one for one in items if one.held_out])
    worlds.label(few[:30], "star")
    worlds.label(few[30:])
    promote(made)
    worlds.label([one for one in items if not one.held_out and one not in few])
    promote(made)
    return made


def promote(item_type):
    version = retraining.retrain(item_type, trigger="test").model_version
    registry.promote(version, reason="test", by="system:test")


def test_versions_come_oldest_first_with_what_they_were_measured_at(item_type):
    with counted(most=2):
        first, second = history.versions(item_type)
    assert [str(one.version) for one in (first, second)] == ["shapes@1", "shapes@2"]
    assert first.macro_f1.value < second.macro_f1.value
    assert first.automation.metric == "automation"


def test_dots_rise_with_the_score_and_hold_their_interval(item_type):
    (first, second), floor = history.picture(history.versions(item_type))
    assert first.y > second.y
    assert first.top <= first.y <= first.bottom <= history.HEIGHT
    assert (first.in_force, second.in_force) == (True, True)
    assert 0 <= floor <= 1


def test_the_lift_is_of_the_champion_of_a_quarter_ago_on_the_items_of_today(item_type):
    found = history.lift(item_type, now=timezone.now())
    assert (str(found.earlier), str(found.now)) == ("shapes@1", "shapes@2")
    assert found.found.difference.value > 0
    assert found.found.n == 75


def test_of_several_earlier_champions_the_one_of_a_quarter_ago_counts(item_type):
    now = timezone.now()
    for number, days in ((1, 200), (2, 100)):
        ModelVersion.objects.filter(number=number).update(promoted_at=now - timedelta(days=days))
    worlds.label(worlds.items(item_type, 60, seed=2, held_out=0))
    promote(item_type)
    assert str(history.lift(item_type, now=now).earlier) == "shapes@2"


def test_without_models_there_is_nothing_to_tell():
    made = worlds.shapes()
    assert history.versions(made) == []
    assert history.picture([]) == ([], 0.0)
    assert history.lift(made, now=timezone.now()) is None
