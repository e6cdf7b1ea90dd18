"""The page on an item type's models over time."""

import pytest
from django.urls import reverse

from learning import retraining
from tests.learning import worlds
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def page(item_type, group="admins"):
    return signed_in(group).get(reverse("admin:routing_itemtype_models", args=[item_type.pk]))


def test_each_version_stands_there_with_its_numbers_and_a_dot():
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 200))
    retraining.retrain(item_type, trigger="test")
    answer = page(item_type)
    assert [dot.name for dot in answer.context["dots"]] == ["shapes@1"]
    assert "shapes@1" in answer.content.decode()
    assert "It takes two models that were in force" in answer.content.decode()


def test_without_models_it_says_when_there_will_be_one():
    assert "No model has been measured yet" in page(worlds.shapes()).content.decode()


def test_reviewers_do_not_see_it():
    assert page(worlds.shapes(), "reviewers").status_code in (302, 403)
