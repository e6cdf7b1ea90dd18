"""The block `subject_rights` of an item type in a configuration file."""

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from routing.config_file import ConfigError
from routing.models import SubjectRights
from routing.privacy import config
from tests import factories
from tests.people import signed_in
from tests.routing.test_admin import form

pytestmark = pytest.mark.django_db
SAID = {"subject_path": "context.customer", "personal_fields": ["payload.name"], "retention_days": 30}


def test_what_is_applied_is_exported_and_applying_it_again_changes_nothing():
    made = factories.item_type()
    assert (config.export(made), config.apply(made, SAID, "user:ada")) == (None, True)
    assert config.apply(made, SAID, "user:ada") is False
    assert config.export(made) == SAID | {"appeal_days": None}


def test_each_change_is_recorded_with_before_and_after():
    made = factories.item_type()
    config.apply(made, SAID, "user:ada")
    config.apply(made, {"retention_days": 60}, "user:ada")
    added, changed = AuditEvent.objects.filter(verb__startswith="subjectrights.").order_by("id")
    assert (added.verb, added.data["before"], added.data["after"]) == ("subjectrights.added", None, SAID)
    assert (changed.data["before"], changed.data["after"]) == ({"retention_days": 30}, {"retention_days": 60})


@pytest.mark.parametrize(
    "said",
    [
        ["retention_days"],
        {"keep": 3},
        {"retention_days": 0},
        {"subject_path": "customer"},
        {"personal_fields": ["payload.name", "label.x"]},
    ],
)
def test_what_can_not_be_is_refused(said):
    with pytest.raises(ConfigError):
        config.apply(factories.item_type(), said, "user:ada")
    assert SubjectRights.objects.count() == 0


def test_an_admin_sets_them_on_the_item_types_page_and_it_is_recorded():
    browser, made = signed_in("admins"), factories.item_type("mail", labels=["ham", "spam"])
    sent = {"subject_rights-0-item_type": made.pk, "subject_rights-0-id": "", "subject_rights-TOTAL_FORMS": 1}
    rights = {"subject_path": "context.customer", "personal_fields": "payload.name,context.email"}
    sent |= {f"subject_rights-0-{name}": value for name, value in rights.items()}
    sent |= {"subject_rights-0-retention_days": 30, "why": "law"}
    url = reverse("admin:routing_itemtype_change", args=[made.pk])
    assert browser.post(url, form(**sent)).status_code == 302
    assert SubjectRights.objects.get().personal_fields == ["payload.name", "context.email"]
    assert AuditEvent.objects.get(verb="subjectrights.added").actor == "user:ada"
