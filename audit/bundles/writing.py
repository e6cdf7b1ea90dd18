"""One bundle, from the book into a file: of a period whole seals, of a subject its events with proofs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from audit import checkpoints, merkle, private, sealing, signing
from audit.bundles import lines, opening, reading, readme
from audit.bundles.parts import Parts, pieces
from audit.bundles.proofs import Tree
from audit.chain import Broken, Run, plain
from audit.models import AuditEvent, Checkpoint, Seal

VERIFIER = Path(__file__).resolve().parent.parent / "verify_bundle.py"
BODY, TYPE, ID = (lines.EVENT_FIELDS.index(name) for name in ("body", "subject_type", "subject_id"))
STRAYS = 1000  # events that no seal covers, at most: one is enough to break a bundle
MINE = "system:bundles"

# Takes how many events are written, and how many there will be.
Heard = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a bundle is to hold, and who asked for it, why."""

    subject: str
    since: datetime | None
    until: datetime
    why: str
    asked_by: str
    opened: bool


@dataclass(slots=True)
class Counts:
    """What has been written so far."""

    events: int = 0
    seals: int = 0
    checkpoints: int = 0


def write(wanted: Wanted, file: Path | BinaryIO, *, heard: Heard) -> Counts:
    """Write the bundle to `file` and return what it holds.

    What is unsealed is sealed before, and signed where there is a key. A book that contradicts its own
    checkpoints is not signed again, but written as it stands: the verifier names what is broken. Raises
    reading.NotSettled where transactions must end first, Broken for seals that can't be read.
    """
    fix()
    counts = Counts()
    with (
        Parts(file) as parts,
        TemporaryFile() as secrets,
        TemporaryFile() as proofs,
        TemporaryFile() as seals,
    ):
        if wanted.subject:
            run, signed = None, _subject(wanted, parts, counts, heard, secrets, proofs, seals)
            parts.add("proofs.jsonl", pieces(proofs))
        else:
            run, signed = _period(wanted, parts, counts, heard, secrets, seals)
        parts.add("seals.jsonl", pieces(seals))
        parts.add("checkpoints.jsonl", _checkpoints(counts, seals))
        if wanted.opened:
            parts.add("secrets.jsonl", pieces(secrets))
        _close(wanted, parts, counts, run, signed)
    return counts


def fix() -> None:
    """Seal what is unsealed, and sign the newest seal where there is a key and the chain is unbroken."""
    sealing.seal()
    if settings.HITL_SIGNING_KEY:
        try:
            signing.sign(by=MINE)
        except Broken:
            return  # the bundle tells, with the checkpoints that were signed before


def _period(
    wanted: Wanted, parts: Parts, counts: Counts, heard: Heard, secrets: BinaryIO, seals: BinaryIO
) -> tuple[Run, bool]:
    """Write the events of whole seals; return those seals' first and last, and whether they are signed."""
    first, last = reading.edges(wanted.since, wanted.until)
    end = reading.closing(last)
    covering = Seal.objects.filter(number__gte=first, number__lte=last)
    total = covering.aggregate(total=Sum("events", default=0))["total"]
    rows = _with_strays(first, last)
    parts.add("events.jsonl", _events(rows, wanted, counts, secrets, lambda done: heard(done, total)))
    for link in reading.links(max(first - 1, 1), end or last):
        seals.write(lines.seal(link))
        counts.seals += 1
    return (first, last), end is not None


def _with_strays(first: int, last: int) -> Iterator[tuple]:
    """Yield the events that the seals cover, then those written where no seal will come."""
    before = Seal.objects.filter(number=first - 1).first()
    strays = list(AuditEvent.objects.filter(pk__lte=0).order_by("pk").values_list("pk", flat=True)[:STRAYS])
    floor = before.complete_to if before else 0
    for page in reading.pages(reading.links(first, last)):
        yield from reading.covered(page)
        late = Seal.objects.filter(last_id__gt=floor, number__lte=page[-1].number)
        for event_id, _ in islice(sealing.unsealed(floor, page[-1].complete_to, late), STRAYS - len(strays)):
            strays.append(event_id)
        floor = page[-1].complete_to
    yield from reading.rows(strays)


def _events(
    rows: Iterable[tuple], wanted: Wanted, counts: Counts, secrets: BinaryIO, heard: Callable[[int], None]
) -> Iterator[bytes]:
    coming = iter(rows)
    while page := list(islice(coming, reading.ROWS)):
        keys = opening.secrets({_name(row) for row in page if _locked(row)}) if wanted.opened else {}
        for row in page:
            key = keys.get(_name(row)) if keys else None
            locked = _locked(row) if key else None
            if locked and private.unlock(locked, secret=key, subject=":".join(_name(row))) is not None:
                secrets.write(lines.secret(row[0], key.hex))
        counts.events += len(page)
        heard(counts.events)
        yield b"".join(map(lines.event, page))


def _name(row: tuple) -> tuple[str, str]:
    return row[TYPE], row[ID]


def _locked(row: tuple) -> str | None:
    """Return the private part of an event, None where it has none or it was recorded as erased."""
    if '"private":' not in row[BODY]:
        return None
    locked = json.loads(row[BODY]).get("private")
    return None if locked == private.ERASED else locked


def _subject(
    wanted: Wanted,
    parts: Parts,
    counts: Counts,
    heard: Heard,
    secrets: BinaryIO,
    proofs: BinaryIO,
    seals: BinaryIO,
) -> bool:
    """Write a subject's events by seal, with proofs and seals; return whether all those seals are signed."""
    pairs, link = [], None
    ids = reading.of_subject(wanted.subject, wanted.since, wanted.until).values_list("id", flat=True)
    for event_id in ids.iterator(chunk_size=reading.ROWS):
        if link is None or not reading.covers(link, event_id):
            link = reading.owner(event_id)
        pairs.append((link.number, event_id))
    pairs.sort()
    signed = _seals({number for number, _ in pairs}, counts, seals)
    rows = _proven(pairs, proofs)
    parts.add("events.jsonl", _events(rows, wanted, counts, secrets, lambda done: heard(done, len(pairs))))
    return signed and bool(pairs)


def _proven(pairs: list[tuple[int, int]], proofs: BinaryIO) -> Iterator[tuple]:
    for number, group in groupby(pairs, key=itemgetter(0)):
        ids = [event_id for _, event_id in group]
        members = list(reading.covered(reading.links(number, number), ("id", "digest")))
        places = {event_id: place for place, (event_id, _) in enumerate(members)}
        tree = Tree([merkle.leaf(event_id, digest) for event_id, digest in members])
        for event_id in ids:
            proofs.write(lines.proof(event_id, number, tree.path(places[event_id])))
        yield from reading.rows(ids)


def _seals(numbers: set[int], counts: Counts, file: BinaryIO) -> bool:
    """Write these seals, each with those up to its checkpoint; return whether each has one."""
    written, signed = 0, True
    for number in sorted(numbers):
        if number <= written:
            continue
        end = reading.closing(number)
        before = max(number - 1, written + 1)  # tells how early the events of a seal can be
        for link in reading.links(before, end or number):
            file.write(lines.seal(link))
            counts.seals += 1
        written, signed = end or number, signed and end is not None
    return signed


def _checkpoints(counts: Counts, seals: BinaryIO) -> Iterator[bytes]:
    """Yield the checkpoints at seals that were written, and the one that closes the last of them."""
    numbers = (json.loads(line)["number"] for line in _back(seals))
    while page := list(islice(numbers, reading.ROWS)):
        wanted = {*page, reading.closing(page[-1])} if len(page) < reading.ROWS else set(page)
        for one in Checkpoint.objects.filter(seal__in=wanted - {None}).order_by("seal"):
            counts.checkpoints += 1
            yield checkpoints.line(one.statement).encode() + b"\n"


def _back(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    return iter(file)


def _close(wanted: Wanted, parts: Parts, counts: Counts, run: Run | None, signed: bool) -> None:
    made_at = timezone.now()
    what = f"every event about {wanted.subject}" if wanted.subject else "every event"
    times = f"{plain(wanted.since) if wanted.since else 'the beginning'} to {plain(wanted.until)}"
    page = readme.page(
        what=f"{what}, from {times} (UTC)",
        asked_by=wanted.asked_by,
        why=wanted.why,
        made_at=f"{made_at:%Y-%m-%d %H:%M:%S} UTC",
        subject=bool(wanted.subject),
        signed=signed,
        opened=wanted.opened,
    )
    parts.add("README.txt", [page.encode()])
    parts.add("verify_bundle.py", [VERIFIER.read_bytes()])
    manifest = {
        "format": lines.FORMAT,
        "scope": {"subject": wanted.subject, "since": wanted.since, "until": wanted.until},
        "seals": {"first": run[0], "last": run[1]} if run else None,
        "signed": signed,
        "opened": wanted.opened,
        "asked_by": wanted.asked_by,
        "why": wanted.why,
        "made_at": made_at,
        "counts": {name: getattr(counts, name) for name in Counts.__slots__},
    }
    parts.close(manifest, settings.HITL_SIGNING_KEY)
