"""E-mails to the leads: about an item type only to those who may see it."""

import pytest
from django.contrib.auth.models import Group
from django.core import mail

from labeling.people import telling
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_lead_outside_the_team_gets_no_mail_about_its_item_type(settings):
    settings.EMAIL_HOST = "mail.example.com"
    closed, free = factories.item_type("claims"), factories.item_type("free")
    closed.teams.add(Group.objects.create(name="insiders"))
    factories.person("lea", "leads", "insiders", email="lea@example.com")
    factories.person("leo", "leads", email="leo@example.com")
    assert [telling.leads(f"about {one}", "…", about=one) for one in (closed, free)] == [1, 2]
    assert [message.bcc for message in mail.outbox] == [
        ["lea@example.com"],
        ["lea@example.com", "leo@example.com"],
    ]
