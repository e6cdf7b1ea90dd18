"""Whether the application could switch the insert-only triggers off, and the SQL that takes that from it.

In PostgreSQL the owner of a table may alter it, and the owner of its schema or database may drop it. The
triggers hold against the application itself only where another role owns all of that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import connection

TABLES = ("audit_auditevent", "audit_seal", "audit_checkpoint")
GUARD = "audit_refuse"  # the function that the triggers call
SEQUENCE = "audit_auditevent_id_seq"
NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")

STATE = """
SELECT current_user::text, me.rolsuper, me.rolcreaterole,
    ARRAY(SELECT relname::text FROM pg_class
          WHERE oid = ANY(%(tables)s::regclass[]) AND pg_has_role(current_user, relowner, 'MEMBER')
          ORDER BY 1),
    ARRAY(SELECT relname::text FROM pg_class WHERE oid = ANY(%(tables)s::regclass[])
          AND has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER') ORDER BY 1),
    EXISTS (SELECT FROM pg_proc WHERE proname = %(guard)s AND pg_has_role(current_user, proowner, 'MEMBER')),
    EXISTS (SELECT FROM pg_namespace JOIN pg_class ON relnamespace = pg_namespace.oid
            WHERE pg_class.oid = ANY(%(tables)s::regclass[])
            AND pg_has_role(current_user, nspowner, 'MEMBER')),
    (SELECT pg_has_role(current_user, datdba, 'MEMBER') FROM pg_database WHERE datname = current_database()),
    ARRAY(SELECT tgname::text FROM pg_trigger WHERE tgrelid = ANY(%(tables)s::regclass[])
          AND NOT tgisinternal AND tgenabled IN ('O', 'A') ORDER BY 1)
FROM pg_roles AS me WHERE me.rolname = current_user
"""

ROLE = """DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{owner}') THEN CREATE ROLE {owner} NOLOGIN; END IF;
END $$"""


@dataclass(frozen=True, slots=True)
class Ownership:
    """What the application's role could do to the book past its triggers; `off` are triggers not in force."""

    role: str
    powers: tuple[str, ...]
    off: tuple[str, ...]

    @property
    def apart(self) -> bool:
        """Whether the book is out of the application's reach: it can only read and append."""
        return not self.powers and not self.off


def state() -> Ownership:
    """Return what the role that we are connected as could do; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(STATE, {"tables": list(TABLES), "guard": GUARD})
        role, superuser, creates, owned, writable, function, schema, database, on = cursor.fetchone()
    powers = [
        (superuser, "it is a superuser"),
        (creates, "it may make roles, and so become any of them (CREATEROLE)"),
        (owned, f"it owns {', '.join(owned)}"),
        (not owned and writable, f"it may change rows of {', '.join(writable)}"),
        (function, f"it owns the function {GUARD} that the triggers call"),
        (schema, "it owns the schema, and may drop the tables"),
        (database, "it owns the database"),
    ]
    wanted = {f"{table}_{kind}" for table in TABLES for kind in ("insert_only", "no_truncate")}
    return Ownership(role, tuple(text for held, text in powers if held), tuple(sorted(wanted - set(on))))


def handing_over(owner: str, app: str) -> list[str]:
    """Return the SQL by which a superuser gives the book to `owner` and leaves `app` to read and append.

    Safe to run again, for example after an upgrade. Raises ValueError for names that are no plain role names.
    """
    for name in (owner, app):
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no role name of small letters, digits and _.")
    if owner == app:
        raise ValueError("The owner must be another role than the application's.")
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_schema()")
        database, schema = map(connection.ops.quote_name, cursor.fetchone())
    made = [
        ROLE.format(owner=owner),
        f"ALTER DATABASE {database} OWNER TO {owner}",
        f"GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {database} TO {app}",
        f"ALTER SCHEMA {schema} OWNER TO {owner}",
        f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {app}",
        f"ALTER FUNCTION {schema}.{GUARD}() OWNER TO {owner}",
    ]
    for table in TABLES:
        made += [
            f"ALTER TABLE {schema}.{table} OWNER TO {owner}",
            f"REVOKE ALL ON {schema}.{table} FROM PUBLIC, {app}",
            f"GRANT SELECT, INSERT ON {schema}.{table} TO {app}",
        ]
    return [*made, f"GRANT SELECT ON SEQUENCE {schema}.{SEQUENCE} TO {app}"]
