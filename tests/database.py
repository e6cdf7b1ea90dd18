"""What the test database alone is allowed to do."""

from django.db import connection


def allow_truncate_for_flush() -> None:
    """Let Django's flush empty the trail's tables; call it on the test database, never elsewhere.

    Rows stay insert-only: the triggers against UPDATE and DELETE are others.
    """
    name = connection.settings_dict["NAME"]
    if not name.startswith("test_"):
        raise RuntimeError(f"{name} is no test database: its trail must refuse TRUNCATE.")
    with connection.cursor() as cursor:
        for table in ("audit_auditevent", "audit_seal", "audit_checkpoint"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")
