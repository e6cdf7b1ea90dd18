"""The events that a search finds, as a file: streamed, however many, and recorded before the first byte."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit import finding, trail
from audit.models import AuditEvent
from audit.spreadsheets import guarded
from hitl_project.compliance.access import reads_the_whole_book
from hitl_project.compliance.asking import Asked, given

COLUMNS = ("id", "at", "actor", "verb", "subject_type", "subject_id", "request_id", "body", "digest")
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
CHUNK = 2_000


class Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


@require_GET
@reads_the_whole_book
def download(request: HttpRequest, form: str) -> HttpResponse:
    """Send the events that are asked for, newest first, as CSV or JSON; 404 for a search that is none."""
    query = given(request.GET)
    asked = Asked(query)
    if form not in TYPES or not asked.is_valid():
        raise Http404
    wanted = asked.wanted()
    told = trail.record("trail.exported", ("audit.auditevent", ""), by=request.user, format=form, query=query)
    events = finding.matching(AuditEvent.objects.filter(pk__lt=told.pk), wanted).order_by("-id")
    rows = events.values_list(*COLUMNS).iterator(chunk_size=CHUNK)
    response = StreamingHttpResponse(
        as_csv(rows) if form == "csv" else as_json(rows), content_type=TYPES[form]
    )
    name = f"trail-{timezone.localtime():%Y-%m-%d-%H%M}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def as_csv(rows: Iterator[tuple[Any, ...]]) -> Iterator[str]:
    """Yield rows as CSV (RFC 4180) with a head; what a spreadsheet would take for a formula is quoted."""
    writer = csv.writer(Line())
    yield writer.writerow(COLUMNS)
    for row in rows:
        yield writer.writerow([_cell(value) for value in row])


def as_json(rows: Iterator[tuple[Any, ...]]) -> Iterator[str]:
    """Yield rows as one JSON array of objects; an event's body is its text, as it is digested."""
    yield "["
    for number, row in enumerate(rows):
        told = dict(zip(COLUMNS, row, strict=True)) | {"at": row[1].isoformat()}
        yield ("," if number else "") + "\n" + json.dumps(told, ensure_ascii=False)
    yield "\n]\n"


def _cell(value: Any) -> str:
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return guarded(text)
