"""Who may be given the seats of an item type."""

import pytest

from routing import staff
from tests import factories

pytestmark = pytest.mark.django_db


def test_people_of_the_queue_may_who_have_the_skill_or_no_limits_at_all():
    made = factories.item_type(skill="german")
    rita, edgar, otto = (factories.person(name, "reviewers") for name in ("rita", "edgar", "otto"))
    factories.limits(rita, skills=["french"])
    factories.limits(edgar, skills=["german"])
    factories.person("gone", "reviewers", is_active=False)
    factories.person("elsewhere", "experts")
    assert staff.people(made, made.queue) == {edgar.pk, otto.pk}


def test_without_a_skill_everybody_of_the_queue_may():
    made = factories.item_type()
    rita = factories.person("rita", "reviewers")
    factories.limits(rita, skills=["french"])
    assert staff.people(made, made.queue) == {rita.pk}
