"""Rebuild certificates from the trail alone: what is stored must be what its events make, bit for bit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from audit import trail
from audit.models import AuditEvent
from routing.certificates.certifying import CERTIFIER
from routing.certify import streams
from routing.certify.streams import Fed, Stream
from routing.models import Certification, ItemType

SUBJECT = Certification._meta.label_lower
FIELDS = [field.attname for field in Certification._meta.concrete_fields]


def restore() -> tuple[list[Certification], list[Certification]]:
    """Store every stream that the trail tells of and that is lost; return these, and those that differ.

    One that differs, or that no event tells of, is left as it is: somebody must find out why.
    """
    restored, differing, told = [], [], set()
    for begun in _begun():
        told.add(int(begun.subject_id))
        with transaction.atomic():
            stored = Certification.objects.select_for_update().filter(pk=begun.subject_id).first()
            row = _told(begun.subject_id)
            if stored is None:
                row.save(force_insert=True)
                trail.record(
                    "certificate.restored",
                    row,
                    by=CERTIFIER,
                    item_type=begun.data["item_type"],
                    model=row.model,
                )
                restored.append(row)
            elif not same(stored, row):
                differing.append(stored)
    return restored, [*differing, *Certification.objects.exclude(pk__in=told)]


def same(one: Certification, other: Certification) -> bool:
    """Return whether two rows say the same in every column."""
    return _columns(one) == _columns(other)


def _columns(row: Certification) -> dict[str, Any]:
    # JSON text tells 1.0 from 1 and compares floats by their shortest exact form.
    return {name: json.dumps(getattr(row, name), sort_keys=True, default=str) for name in FIELDS}


def _begun() -> Iterator[AuditEvent]:
    return AuditEvent.objects.filter(verb="certificate.begun", subject_type=SUBJECT).order_by("id").iterator()


def _told(pk: str) -> Certification:
    """Return the row that the events of one stream make."""
    return _replayed(int(pk), trail.story((SUBJECT, pk)).iterator())


def _replayed(pk: int, events: Iterable[AuditEvent]) -> Certification:
    row, stream = Certification(pk=pk), Stream({}, {})
    for event in events:
        data = event.data
        if event.verb == "certificate.begun":
            stream = Stream.from_json(data)
            _begin(row, data)
        elif event.verb == "certificate.fed":
            stream = streams.absorb(stream, Fed.from_json(data))
            row.batches += 1
            row.decisions += data["decisions"]
            row.missed += data["missed"]
        if event.verb in ("certificate.fed", "certificate.passed"):
            row.cursor, row.fed_at = UUID(data["last"]), datetime.fromisoformat(data["fed_at"])
        elif event.verb == "certificate.ended":
            row.ended_at, row.ended_because = datetime.fromisoformat(data["ended_at"]), data["because"]
    for name, value in stream.to_json().items():
        setattr(row, name, value)
    return row


def _begin(row: Certification, data: dict[str, Any]) -> None:
    row.item_type_id = ItemType.objects.values_list("pk", flat=True).get(slug=data["item_type"])
    row.cursor = UUID(data["cursor"]) if data["cursor"] else None
    row.begun_at = datetime.fromisoformat(data["begun_at"])
    for name in ("model", "policy", "target", "stated", "caught"):
        setattr(row, name, data[name])
