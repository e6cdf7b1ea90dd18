"""Teams in configuration files."""

import pytest
from django.contrib.auth.models import Group

from audit.models import AuditEvent
from routing import config
from routing.config_file import ConfigError
from routing.models import ItemType

pytestmark = pytest.mark.django_db


def file(**fields):
    return {
        "queues": [{"name": "q", "group": "reviewers"}],
        "item_types": [
            {"slug": "s", "kind": "classification", "labels": ["a", "b"], "queue": "q", "expert_queue": "q"}
            | fields
        ],
    }


def teams():
    return sorted(ItemType.objects.get().teams.values_list("name", flat=True))


def test_a_file_sets_teams_and_gives_them_back():
    Group.objects.create(name="claims")
    config.apply(file(teams=["claims"]), by="system:test")
    assert teams() == ["claims"]
    assert config.export()["item_types"][0]["teams"] == ["claims"]
    assert config.apply(config.export(), by="system:test").changes == []
    event = AuditEvent.objects.filter(verb="itemtype.changed").get()
    assert event.data == {"before": {"teams": []}, "after": {"teams": ["claims"]}}


def test_what_names_no_teams_leaves_them_and_an_empty_list_opens_the_type():
    Group.objects.create(name="claims")
    config.apply(file(teams=["claims"]), by="system:test")
    config.apply(file(), by="system:test")
    assert teams() == ["claims"]
    config.apply(file(teams=[]), by="system:test")
    assert teams() == []
    assert "teams" not in config.export()["item_types"][0]


def test_an_unknown_group_is_named():
    with pytest.raises(ConfigError, match="There is no group 'nosuch'") as refused:
        config.apply(file(teams=["nosuch"]), by="system:test")
    assert refused.value.place == ("item_types", 0, "teams", 0)


@pytest.mark.parametrize("wrong", ["claims", {"claims": 1}, [1]])
def test_what_is_no_list_of_groups_is_refused(wrong):
    with pytest.raises(ConfigError, match="Write a list of groups"):
        config.apply(file(teams=wrong), by="system:test")
