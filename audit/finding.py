"""Which events of the book are asked for: every way to narrow it, each served by an index of its own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorExact
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.lookups import Exact
from psycopg.errors import QueryCanceled

from audit.models import AuditEvent
from audit.models.book import BY_ITEM_TYPE, BY_MODEL, BY_POLICY, WORDS

# A loose index scan: one look into the index a value, where SELECT DISTINCT would read every event.
VALUES = """
WITH RECURSIVE seen AS (
    (SELECT {value} AS value FROM audit_auditevent WHERE {rows} ORDER BY 1 LIMIT 1)
    UNION ALL
    SELECT (SELECT {value} FROM audit_auditevent WHERE {rows} AND {value} > seen.value ORDER BY 1 LIMIT 1)
    FROM seen WHERE seen.value IS NOT NULL
)
SELECT value FROM seen WHERE value IS NOT NULL LIMIT %s
"""
INDEXED = {
    "actor": ("actor", "true"),
    "verb": ("verb", "true"),
    "model": ("""substring(body, '"model":"([^"]*)"')""", """body::text LIKE '%%"model":"%%'"""),
}
PHRASE = re.compile(r'(?<!\S)"([^"]*)"')
OR = re.compile(r"\bor\b", re.IGNORECASE)
MOST_VALUES = 500
SHORT = 150  # milliseconds in which the way that stops at the page's last row has to get there


@dataclass(frozen=True)
class Wanted:
    """What the events looked for have in common; what is empty or None narrows nothing.

    An empty collection of subjects or actors is matched by no event. `since` is inclusive, `until` is not;
    `policy` is an item type's slug and a number.
    """

    subject_type: str = ""
    subject_id: str = ""
    subjects: Collection[str] | None = None
    actors: Collection[str] | None = None
    verb: str = ""
    model: str = ""
    policy: tuple[str, int] | None = None
    request_id: str = ""
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None


def matching(events: QuerySet[AuditEvent], wanted: Wanted) -> QuerySet[AuditEvent]:
    """Return the events that match all that is wanted, in the order given.

    Words are searched as a web search does: all of them, "a phrase", or, -not; in bodies alone.
    """
    plain: dict[str, Any] = {
        "subject_type": wanted.subject_type,
        "subject_id": wanted.subject_id,
        "verb": wanted.verb,
        "request_id": wanted.request_id,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    asked = Q(**{name: value for name, value in plain.items() if value})
    if wanted.actors is not None:
        asked &= Q(actor__in=sorted(wanted.actors))
    if wanted.subjects is not None:
        asked &= _about(sorted(wanted.subjects))
    if wanted.model:
        asked &= Q(Exact(BY_MODEL, wanted.model), body__contains='"model":"')
    if wanted.policy:
        asked &= _under(*wanted.policy)
    if wanted.words:
        asked &= _words(wanted.words)
    return events.filter(asked)


def read(events: QuerySet[AuditEvent], *, most: int, newest_first: bool = True) -> list[AuditEvent]:
    """Return the first `most` of the events by id, in two tries.

    PostgreSQL walks along the ids and tests each event where it expects to find enough of them soon; where
    they meet seldom or never that reads the whole book. After a moment it is told to find them all by the
    indexes and to sort them, which is quick for few.
    """
    sign = "-" if newest_first else ""
    try:
        with _settings(statement_timeout=str(SHORT), jit="off"):
            return list(events.order_by(f"{sign}id")[:most])
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
    number = F("id") + 0  # of which no index knows the order
    with _settings(jit="off", work_mem="64MB"):
        return list(events.order_by(number.desc() if newest_first else number.asc())[:most])


@contextmanager
def _settings(**wanted: str) -> Iterator[None]:
    """Set the database's settings for this block, which is a transaction of its own or a savepoint."""
    with transaction.atomic(), connection.cursor() as cursor:
        before = {name: _set(cursor, name, value) for name, value in wanted.items()}
        yield
        for name, value in before.items():
            _set(cursor, name, value)


def _set(cursor: Any, name: str, value: str) -> str:
    """Set one setting until the transaction ends, and return what it was."""
    cursor.execute(
        "SELECT was, set_config(%s, %s, true) FROM current_setting(%s) AS was", [name, value, name]
    )
    return cursor.fetchone()[0]


def values(name: str, most: int = MOST_VALUES) -> list[str]:
    """Return the actors, verbs or models that occur in the book, in order, `most` of them at most."""
    value, rows = INDEXED[name]
    with connection.cursor() as cursor:
        cursor.execute(VALUES.format(value=value, rows=rows), [most])
        return [found for (found,) in cursor.fetchall()]


def _words(words: str) -> Q:
    """The events whose bodies hold these words, and phrases as they stand.

    The index knows no places of words: for a phrase PostgreSQL splits each body that holds its words into
    words anew. Comparing the text is much quicker; it is left to PostgreSQL where `or` makes both ways.
    """
    phrases = [] if OR.search(words) else PHRASE.findall(words)
    asked = Q(_said(PHRASE.sub(r" \1 ", words) if phrases else words, "websearch"))
    for phrase in phrases:
        if parts := re.findall(r"[^\W_]+", phrase):
            asked &= Q(body__iregex=rf"\m{'[^[:alnum:]]+'.join(parts)}\M")
    return asked


def _about(subjects: Collection[str]) -> Q:
    """The events of these subjects, and those of others whose bodies name them (a flag names its item)."""
    asked = Q(subject_id__in=subjects)
    for one in subjects:
        asked |= Q(_said(one, "phrase"))
    return asked


def _under(item_type: str, number: int) -> Q:
    same = Q(Exact(BY_ITEM_TYPE, item_type)) & Q(Exact(BY_POLICY, str(number)))
    return same & Q(body__contains='"policy":')


def _said(words: str, search_type: str) -> SearchVectorExact:
    return SearchVectorExact(WORDS, SearchQuery(words, config="simple", search_type=search_type))
