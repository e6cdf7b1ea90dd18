"""The lines of docs/operations.md make the trail partitions, and the book goes on as if nothing had been."""

import re

import pytest
from django.db import DatabaseError, connection, transaction

from audit import trail
from audit.models import AuditEvent
from tests import factories
from tests.deploy.files import ROOT

pytestmark = pytest.mark.django_db
INDEXES = "SELECT indexname FROM pg_indexes WHERE tablename = 'audit_auditevent' ORDER BY 1"

LATER = """
INSERT INTO audit_auditevent
SELECT 600000000, at, actor, verb, subject_type, subject_id, request_id, body, digest
FROM audit_auditevent LIMIT 1
RETURNING id
"""


def asked(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def partition():
    """Run the page's block; the test's own transaction is around it, and takes it back in the end."""
    page = (ROOT / "docs" / "operations.md").read_text()
    [block] = re.findall(r"^```sql partition\n(.*?)^```$", page, re.M | re.S)
    with connection.cursor() as cursor:
        cursor.execute(re.sub(r"^(BEGIN|COMMIT);$", "", block, flags=re.M))


def test_the_trail_goes_on_in_partitions():
    factories.item_type()
    factories.submit(0.85)
    trail.seal()
    before, indexes = AuditEvent.objects.count(), asked(INDEXES)
    partition()
    factories.submit(0.85)
    trail.seal()
    verdict = trail.verify()
    assert (verdict.intact, verdict.events) == (True, AuditEvent.objects.count())
    assert AuditEvent.objects.count() > before
    assert asked(INDEXES) == indexes
    assert asked("SELECT count(*) FROM audit_auditevent_2") == [(0,)]


@pytest.mark.parametrize("table", ["audit_auditevent", "audit_auditevent_1", "audit_auditevent_2"])
@pytest.mark.parametrize("act", ["TRUNCATE {}", "DELETE FROM {}", "UPDATE {} SET actor = 'nobody'"])
def test_no_partition_can_be_changed(table, act):
    factories.item_type()
    partition()
    if table == "audit_auditevent_2":
        asked(LATER)
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        asked(act.format(table))
