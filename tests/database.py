"""The test database is emptied after each test that committed: rows go, tables and rights stay.

Django's own flush truncates all tables, most of them empty, and then makes every right anew: many times what
a short test takes.
"""

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

TRIES = 5
KEPT = ["django_migrations", "django_content_type", "auth_permission"]  # what `migrate` fills
TABLES = """
SELECT relname, EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal)
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)
"""


def empty() -> None:
    """Delete every row that a test may have stored; a page that is just being left may still write some.

    Raises RuntimeError on a database that is not a test's.
    """
    for _ in range(TRIES - 1):
        try:
            return _empty()
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
    return _empty()


def compact(table: str) -> None:
    """Free a table, which must be empty, of what earlier tests have taken back.

    Plans go by how large it is, and what a statement reads counts such rows too.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"CLUSTER {table} USING {table}_pkey")


def _empty() -> None:
    """Delete every row while the triggers that refuse this sleep."""
    name = connection.settings_dict["NAME"]
    if not name.startswith("test_"):
        raise RuntimeError(f"{name} is no test database: its rows must stay.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TABLES, [KEPT])
        guarded = dict(cursor.fetchall())
        found = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in guarded)
        cursor.execute(" UNION ALL ".join(found))
        filled = [table for (table,) in cursor.fetchall()]
        asleep = [table for table in filled if guarded[table]]
        statements = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in asleep]
        statements += [f"DELETE FROM {table}" for table in filled]
        statements += ["SET CONSTRAINTS ALL IMMEDIATE"]  # while they wait, no trigger can be switched
        statements += [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in asleep]
        cursor.execute(";".join(statements))
