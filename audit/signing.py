"""The act that signs the newest seal, so that what is cut off or written anew behind it can be told."""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from audit import anchors, checkpoints, trail, verifying
from audit.chain import Broken
from audit.checkpoints import Statement
from audit.models import Checkpoint, Seal
from audit.trail import Actor

ADVISORY_LOCK = 0x516E


class NoKey(Exception):
    """There is no HITL_SIGNING_KEY: `manage.py make_signing_key` makes one."""


def sign(*, by: Actor) -> Checkpoint | None:
    """Seal what is unsealed, sign the newest seal and record that; None where it is signed, or nothing is.

    Raises NoKey without a key, and Broken where the chain isn't the one that was signed before: a forged
    chain must not get a genuine signature.
    """
    if not settings.HITL_SIGNING_KEY:
        raise NoKey(NoKey.__doc__)
    trail.seal()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        newest, before = Seal.objects.order_by("number").last(), Checkpoint.objects.order_by("seal").last()
        _agrees(newest, before)
        if newest is None or (before and before.seal == newest.number):
            return None
        since = Seal.objects.filter(number__gt=before.seal if before else 0)
        events = since.aggregate(total=Sum("events"))["total"] + (before.events if before else 0)
        blank = Statement(newest.number, timezone.now(), newest.digest, events, "")
        statement = checkpoints.signed(blank, settings.HITL_SIGNING_KEY)
        made = Checkpoint.objects.create(**{name: getattr(statement, name) for name in statement.__slots__})
        trail.record(
            verifying.SIGNED,
            made,
            by=by,
            head=made.head,
            events=made.events,
            key=made.key,
            signature=made.signature,
        )
    return made


def _agrees(newest: Seal | None, before: Checkpoint | None) -> None:
    """Raise Broken where one was lost or the chain contradicts the last one, or the last anchored."""
    verifying.none_lost()
    told = [(before.statement, "")] if before else []
    anchored = anchors.read(settings.HITL_ANCHOR_FILE).statements
    if anchored:
        told.append((anchored[-1][1], " in the anchor file"))
    numbers = [statement.seal for statement, _ in told]
    digests = dict(Seal.objects.filter(number__in=numbers).values_list("number", "digest"))
    for statement, where in told:
        seals = {number: (digest, statement.events) for number, digest in digests.items()}
        checkpoints.compare(
            statement,
            seals,
            last=newest.number if newest else 0,
            known=verifying.known_keys(),
            where=where,
        )
    if newest is None and before:
        raise Broken("the book has no seals")
