"""PostgreSQL must keep texts as UTF8: in any other encoding JSON can't hold every character."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

CREATE = "CREATE DATABASE hitl OWNER hitl ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0"


def check(databases: Sequence[str] | None, **options: Any) -> list[CheckMessage]:
    """Return an error for each of these databases whose encoding is another; `migrate` asks first."""
    found = {alias: _encoding(alias) for alias in databases or ()}
    return [
        Error(
            f"The database's encoding is {encoding}, not UTF8.",
            hint=f"Create it with: {CREATE}",
            obj=alias,
            id="audit.E001",
        )
        for alias, encoding in found.items()
        if encoding != "UTF8"
    ]


def _encoding(alias: str) -> str:
    with connections[alias].cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        return cursor.fetchone()[0]
