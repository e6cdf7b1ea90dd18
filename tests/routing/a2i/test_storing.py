"""A file of conditions becomes the draft of an item type: all of it or nothing."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from audit.models import AuditEvent
from routing.models import ActivationConditions, Rule
from tests import factories
from tests.people import signed_in
from tests.routing.a2i.samples import label, missing, sampling

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved(tmp_path):
    """Import these conditions for a new item type, as often as wanted."""
    item_type = factories.item_type("forms")

    def run(*raw):
        path = tmp_path / "conditions.json"
        path.write_text(json.dumps({"Conditions": list(raw)}))
        call_command("import_a2i", path, item_type="forms")
        item_type.refresh_from_db()
        return item_type

    return run


def test_conditions_become_drafts_and_a_share_the_audit_rate(moved):
    item_type = moved(missing("Name"), sampling(5))
    assert list(item_type.rules.values_list("name", "state", "effect")) == [
        ("A2I 1: no Name", "draft", "review")
    ]
    assert (item_type.audit_rate, AuditEvent.objects.filter(verb="a2i.imported").count()) == (0.05, 1)
    assert ActivationConditions.objects.get().tree["Conditions"][1] == sampling(5)


def test_another_import_takes_the_place_of_the_first_and_of_nothing_else(moved):
    item_type = moved(missing("Name"), missing("Date"))
    item_type.rules.create(name="A2I and ours", when="context.amount > 1")
    moved(label("Violence", ConfidenceLessThan=60))
    names = sorted(Rule.objects.values_list("name", flat=True))
    assert names == ["A2I 1: Violence < 60 %", "A2I and ours"]


def test_of_conditions_that_can_not_be_said_nothing_is_stored(moved):
    with pytest.raises(CommandError, match=r"Conditions\[1\]\.And\[1\].*\n*Nothing was applied"):
        moved(missing("Name"), {"And": [missing("Date"), sampling(5)]})
    assert (Rule.objects.count(), ActivationConditions.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
def test_a_name_that_can_not_be_stored_is_told_by_its_path(moved, name):
    with pytest.raises(CommandError, match=r"Conditions\[0\]\.ConditionParameters\.ImportantFormKey.*null"):
        moved(missing(name))
    with pytest.raises(CommandError, match=r"ImportantFormKeyAliases.*null"):
        moved(missing("Name", name))


def test_an_admin_looks_first_and_then_makes_drafts_of_what_was_pasted():
    item_type, browser = factories.item_type("forms"), signed_in("admins")
    url = reverse("admin:routing_itemtype_a2i", args=[item_type.pk])
    text = json.dumps({"Conditions": [missing("Name")]})
    shown = browser.post(url, {"text": text, "look": "1"})
    assert (b"A2I 1: no Name" in shown.content, Rule.objects.count()) == (True, 0)
    refused = browser.post(url, {"text": '{"Conditions": [{"And": []}]}'})
    assert (refused.status_code, b"Conditions[0].And" in refused.content) == (400, True)
    assert browser.post(url, {}).status_code == 400
    file = SimpleUploadedFile("conditions.json", text.encode())
    assert browser.post(url, {"file": file}).status_code == 302
    assert Rule.objects.get().name == "A2I 1: no Name"
