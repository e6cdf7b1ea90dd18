"""What is still missing until the first decision."""

import pytest

from hitl_project.dashboard import steps
from tests import factories

pytestmark = pytest.mark.django_db


def titles(user):
    return [one.title for one in steps.missing(user)]


def test_each_step_goes_away_when_it_is_done():
    ada = factories.person("ada", "admins")
    found = [titles(ada)]
    factories.item_type()
    found.append(titles(ada))
    for name, group in (("rita", "reviewers"), ("edgar", "experts")):
        factories.person(name, group)
    found.append(titles(ada))
    factories.submit(None)
    found.append(titles(ada))
    factories.submit(0.85)
    found.append(titles(ada))
    people = ["Give the queue experts people", "Give the queue reviews people"]
    assert found == [
        ["Make an item type"],
        [*people, "Send the first items"],
        ["Send the first items"],
        ["Let a model learn"],
        [],
    ]


def test_who_may_not_do_it_is_told_who_does():
    (step,) = steps.missing(factories.person("lea", "leads"))
    assert (step.title, step.url, step.link) == ("Make an item type", "", "an admin does this")
