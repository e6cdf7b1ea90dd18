"""Real threads on real connections: what plants known questions twice at once plants each person one."""

import pytest

from labeling.people import planting
from routing.models import Assignment
from tests import factories
from tests.labeling.looks import answer
from tests.labeling.people.test_planting import known, looks
from tests.races.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_questions_planted_by_four_at_once_are_planted_once():
    made, rita = factories.item_type(gold_share=0.25), factories.person("rita", "reviewers")
    known(4)
    looks(rita, 40)
    planted = at_once([lambda: planting.plant(made)] * 4)
    assert sorted(len(seats) for seats in planted) == [0, 0, 0, 1]
    answer(Assignment.objects.get(purpose="gold"), rita, "negative")
    assert len(planting.plant(made)) == 1
