"""An export on its way out, in pieces of bytes; the trail knows who took what, and how much of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from audit import trail
from audit.uuid7 import uuid7
from labeling.exporting import reading
from labeling.exporting.formats import Format, Rows, Whole
from labeling.exporting.reading import Page, Wanted
from labeling.exporting.records import Head, Record, Tally
from routing.models import ActivationConditions, ItemType

SUBJECT = "labeling.export"


def wanted(item_type: ItemType, form: Format, *, split: str | None = None, **chosen: Any) -> Wanted:
    """Return what is wanted; without a split, what the format is for."""
    return Wanted(item_type, split=split or form.split, teaching=form.teaches, **chosen)


def head(item_type: ItemType) -> Head:
    """Return what an export knows before its first row."""
    kept = ActivationConditions.objects.filter(item_type=item_type).first()
    tree = kept.tree if kept else None
    return Head(item_type.slug, item_type.spec, timezone.now().isoformat(), tree)


def stream(name: str, form: Format, asked: Wanted, *, by: str) -> Iterator[bytes]:
    """Yield the export's bytes; the trail tells that it began and, whatever happens, how far it came.

    Nothing is read before the first piece is asked for. `by` is the actor's name: the request is over then.
    """
    export, tally, complete = uuid7(), Tally(), False
    trail.record("export.started", (SUBJECT, export), by=by, **told(name, asked))
    try:
        yield from _pieces(form, asked, tally)
        complete = True
    finally:
        data = told(name, asked) | {"rows": tally.rows, "complete": complete}
        trail.record("export.ended", (SUBJECT, export), by=by, **data)


def told(name: str, asked: Wanted) -> dict[str, Any]:
    """Return what the trail keeps of an export."""
    return {
        "format": name,
        "item_type": asked.item_type.slug,
        "split": asked.split,
        "since": asked.since,
        "until": asked.until,
        "sources": list(asked.sources),
    }


def _pieces(form: Format, asked: Wanted, tally: Tally) -> Iterator[bytes]:
    first = head(asked.item_type)
    if isinstance(form, Whole):
        yield from form.stream(first, _records(asked), tally)
        return
    yield form.start(first)
    for page in reading.pages(asked):
        yield page_bytes(form, page, first, tally)
    yield form.end(first, tally.rows)


def page_bytes(form: Rows, page: Page, first: Head, tally: Tally) -> bytes:
    """Return the rows of a page, which the tally counts."""
    pieces = []
    for record in page.records:
        for row in form.rows(record, first, tally.rows):
            pieces.append(row)
            tally.rows += 1
    return b"".join(pieces)


def _records(asked: Wanted) -> Iterator[Record]:
    for page in reading.pages(asked):
        yield from page.records
