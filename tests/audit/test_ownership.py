"""Once another role owns the book, the application's own role can read and append, and nothing else."""

import pytest
from django.db import ProgrammingError, connection, transaction

from audit import ownership, trail
from tests.audit import book

pytestmark = pytest.mark.django_db
REPLACED = """
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'
"""
APP, OWNER = "hitl_app_of_tests", "hitl_book_of_tests"


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def app():
    """Act as the application's role, after the book was handed over; undone with the test.

    A superuser does this in earnest. Here whoever may make roles can, as a member of both.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            pytest.skip("The tests' database role may not make roles.")
    book.write(2)
    for role in (APP, OWNER):
        run(f"CREATE ROLE {role} NOLOGIN")
        run(f"GRANT {role} TO current_user")
    for statement in ownership.handing_over(OWNER, APP):
        run(statement)
    run(f"SET LOCAL ROLE {APP}")
    yield
    run("RESET ROLE")


def test_before_the_owner_could_do_everything():
    assert ownership.state().apart is False


def test_the_application_still_records_seals_and_verifies(app):
    book.write(3)
    trail.seal()
    verdict = trail.verify()
    assert (verdict.intact, verdict.events, verdict.sealed) == (True, 5, 5)


def test_nothing_but_that_is_left_to_it(app):
    found = ownership.state()
    assert (found.role, found.powers, found.off, found.apart) == (APP, (), (), True)


def test_a_trigger_that_is_switched_off_is_named():
    run("ALTER TABLE audit_seal DISABLE TRIGGER audit_seal_insert_only")
    assert ownership.state().off == ("audit_seal_insert_only",)


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE audit_auditevent DISABLE TRIGGER ALL",
        "ALTER TABLE audit_seal DISABLE TRIGGER audit_seal_insert_only",
        "DROP TRIGGER audit_checkpoint_insert_only ON audit_checkpoint",
        "DROP TABLE audit_auditevent",
        "ALTER TABLE audit_auditevent RENAME TO elsewhere",
        "TRUNCATE audit_seal",
        "UPDATE audit_auditevent SET actor = 'user:ed'",
        "DELETE FROM audit_seal",
        REPLACED,
        "DROP FUNCTION audit_refuse() CASCADE",
        "DROP SCHEMA public CASCADE",
    ],
)
def test_the_application_is_refused(app, sql):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        run(sql)


def test_handing_over_twice_is_the_same(app):
    run("RESET ROLE")
    for statement in ownership.handing_over(OWNER, APP):
        run(statement)
    run(f"SET LOCAL ROLE {APP}")
    assert ownership.state().powers == ()


@pytest.mark.parametrize(("owner", "app"), [("x; DROP", "hitl"), ("hitl", "hitl"), ("Hitl", "app")])
def test_names_that_are_no_roles_are_refused(owner, app):
    with pytest.raises(ValueError, match="role"):
        ownership.handing_over(owner, app)
