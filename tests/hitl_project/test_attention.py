"""What waits for an admin says when learning is broken, and nothing when it isn't."""

import pytest
from django.utils import timezone

from hitl_project import attention
from learning import retraining
from learning.models import SamplingRun, TrainingRun
from routing.models import Assignment
from tests import factories
from tests.learning import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def said():
    """What an admin is told that is bad, without what tells of a worker."""
    admin = factories.person("ada")
    return lambda: [
        one.text for one in attention.waiting(admin) if one.bad and not one.text.startswith("No worker")
    ]


def test_a_champion_that_can_not_be_read_is_bad_news(said):
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 160))
    retraining.retrain(item_type, trigger="test")
    assert said() == []
    worlds.spoil(worlds.champion(item_type))
    assert said() == ["Champion shapes@1 can't be read: promote or roll back another"]


@pytest.mark.parametrize(("kind", "work"), [(TrainingRun, "Training"), (SamplingRun, "Sampling")])
def test_a_worker_that_is_killed_twice_in_a_row_is_bad_news(said, kind, work):
    item_type = worlds.shapes()
    killed(kind, item_type)
    assert said() == []
    killed(kind, item_type)
    assert said() == [f"{work} of {item_type} was killed twice in a row: does the worker have enough memory?"]


def killed(kind, item_type):
    """Store a run whose worker was killed."""
    fields = {"status": "failed", "error": "the worker was killed", "finished_at": timezone.now()}
    kind.objects.create(item_type=item_type, trigger="test", **fields)


def test_what_experts_left_past_its_time_is_bad_news(said):
    factories.item_type()
    seat = factories.seat_of(factories.submit(0.3), "expert")
    assert said() == []
    Assignment.objects.filter(pk=seat.pk).update(overdue_at=timezone.now())
    assert said() == ["1 expert decision is past its time limit"]
