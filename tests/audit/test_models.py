"""The rules that the database itself keeps."""

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from audit import trail
from audit.models import ApiKey, AuditEvent, Seal
from tests.audit import book

pytestmark = pytest.mark.django_db

INSERT_ONLY = "the trail is insert-only"


def test_an_event_refuses_to_change():
    book.write()
    with pytest.raises(DatabaseError, match=INSERT_ONLY):
        AuditEvent.objects.update(actor="user:nobody")


def test_an_event_refuses_to_go():
    book.write()
    with pytest.raises(DatabaseError, match=INSERT_ONLY):
        AuditEvent.objects.all().delete()


def test_a_seal_refuses_to_change():
    book.write()
    trail.seal()
    with pytest.raises(DatabaseError, match=INSERT_ONLY):
        Seal.objects.update(digest="0" * 64)


def test_a_seal_refuses_to_go():
    book.write()
    trail.seal()
    with pytest.raises(DatabaseError, match=INSERT_ONLY):
        Seal.objects.all().delete()


@pytest.mark.parametrize("table", ["audit_auditevent", "audit_seal"])
def test_both_tables_refuse_to_be_emptied(table):
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match=INSERT_ONLY):
        cursor.execute(f"TRUNCATE {table}")


def test_an_event_and_a_seal_point_at_no_other_table():
    assert [one.name for model in (AuditEvent, Seal) for one in model._meta.fields if one.is_relation] == []


def test_a_key_is_revoked_by_someone_at_a_time_or_not_at_all():
    key = ApiKey(
        user=User.objects.create_user("rita"),
        prefix="abcd1234",
        scopes=["items:read"],
        revoked_at=timezone.now(),
    )
    with pytest.raises(IntegrityError, match="apikey_revoked_by_someone"), transaction.atomic():
        key.save()


def test_a_key_has_known_scopes_only():
    key = ApiKey(user=User.objects.create_user("rita"), prefix="abcd1234", scopes=["items:eat"])
    with pytest.raises(IntegrityError, match="apikey_scopes_are_known"), transaction.atomic():
        key.save()


OF_DJANGO = {"pk", *(one.name for one in AbstractBaseSession._meta.get_fields())}  # not ours to word


def test_every_field_says_what_it_is():
    silent = [
        f"{model.__name__}.{one.name}"
        for model in apps.get_app_config("audit").get_models()
        for one in model._meta.fields
        if not one.help_text and not one.auto_created and one.name not in OF_DJANGO
    ]
    assert silent == []
