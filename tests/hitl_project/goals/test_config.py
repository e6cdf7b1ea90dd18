"""Targets in configuration files: read strictly, written as they were read."""

import pytest

from hitl_project.goals import promises
from routing import config
from routing.config_file import ConfigError
from routing.models import Target
from tests import factories

pytestmark = pytest.mark.django_db

PATH = {"value": 0.05, "start": 0.3, "starts_on": "2026-01-01", "ends_on": "2026-07-01", "alert": False}


def part(item_type, **fields):
    return {
        "slug": item_type.slug,
        "kind": "classification",
        "queue": "reviews",
        "expert_queue": "experts",
    } | fields


def test_a_file_sets_targets_and_gives_them_back():
    kept = factories.item_type()
    said = {"automation_rate": 0.9, "sla_compliance": None, "review_rate": PATH}
    types = [part(kept, targets={"automation_rate": 0.5})]
    report = config.apply({"targets": said, "item_types": types}, by="system:test")
    assert report.changes == ["targets of sentiment changed", "targets changed"]
    assert config.export()["targets"] == said
    assert config.export()["item_types"][0]["targets"] == {"automation_rate": 0.5}


def test_the_same_file_again_changes_nothing():
    said = {"targets": {"review_rate": PATH}}
    config.apply(said, by="system:test")
    assert config.apply(said, by="system:test").changes == []


def test_without_targets_a_file_has_no_such_part():
    assert "targets" not in config.export()


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"speed": 3}, ("targets", "speed")),
        ({"review_rate": 3}, ("targets", "review_rate", "value")),
        ({"review_rate": "much"}, ("targets", "review_rate", "value")),
        ({"review_rate": {"valu": 0.3}}, ("targets", "review_rate", "valu")),
        ({"review_rate": PATH | {"ends_on": "soon"}}, ("targets", "review_rate", "ends_on")),
        ({"review_rate": PATH | {"ends_on": "2025-01-01"}}, ("targets", "review_rate")),
        ({"review_rate": {"value": 0.1, "alert": 1}}, ("targets", "review_rate", "alert")),
        ([0.1], ("targets",)),
    ],
)
def test_a_mistake_is_told_with_its_place_and_nothing_is_kept(said, place):
    with pytest.raises(ConfigError) as caught:
        config.apply({"targets": said}, by="system:test")
    assert caught.value.place == place
    assert Target.objects.count() == 0


def test_an_unknown_part_of_a_file_is_refused():
    with pytest.raises(ConfigError) as caught:
        config.apply({"tragets": {}}, by="system:test")
    assert caught.value.place == ("tragets",)


def test_what_a_file_leaves_out_keeps_its_target():
    promises.promise("review_rate", None, {"value": 0.2}, by="system:test")
    config.apply({"targets": {"automation_rate": 0.9}}, by="system:test")
    assert promises.promises(None)["review_rate"].row.value == 0.2
