"""Real threads on real connections: what plants seeds twice at once plants the share of one."""

import pytest

from routing.certificates import seeding
from routing.models import Assignment
from tests import factories
from tests.races.racing import at_once
from tests.routing.certificates.test_seeding import SHARE, checks, errors

pytestmark = pytest.mark.django_db(transaction=True)


def test_seeds_planted_by_four_at_once_are_planted_once():
    made = factories.item_type(target_alpha=0.05, seeded_share=SHARE, audit_rate=0.05)
    factories.person("rita", "reviewers")
    errors(20)
    checks(made, 40)
    planted = at_once([lambda: seeding.plant(made)] * 4)
    assert sorted(len(seats) for seats in planted) == [0, 0, 0, 10]
    assert Assignment.objects.filter(purpose="seed").values("item").distinct().count() == 10
