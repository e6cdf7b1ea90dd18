"""Questions that ran out go back to the pool, and are asked again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from learning.asking import batch, expiring, pool
from routing import assignments
from routing.assignments import Want
from routing.models import Assignment
from tests import factories
from tests.learning import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def item_type():
    item_type = worlds.shapes(plan={"batch_size": 4})
    worlds.items(item_type, 6, held_out=0)
    batch.sample(item_type, trigger="test")
    return item_type


def later(item_type):
    return timezone.now() + timedelta(hours=item_type.queue.timeout_hours, minutes=1)


def test_questions_that_ran_out_go_back_to_the_pool_and_the_trail_says_so(item_type):
    assert expiring.expire() == 0
    assert expiring.expire(now=later(item_type)) == 4
    assert pool.learnable(item_type).count() == 6
    assert AuditEvent.objects.filter(verb="item.unasked").count() == 4
    batch.sample(item_type, trigger="again")
    assert Assignment.objects.open().count() == 4


def test_what_somebody_holds_is_left_to_them(item_type):
    when = later(item_type)
    assignments.claim(by=factories.person("rita", item_type.queue.group.name), now=when)
    assert expiring.expire(now=when) == 3


def test_looks_of_other_purposes_never_run_out(item_type):
    (item,) = worlds.items(item_type, 1, seed=1)
    assignments.ask([Want(item, "audit", item_type.queue)])
    expiring.expire(now=later(item_type))
    assert [seat.purpose for seat in Assignment.objects.open()] == ["audit"]
