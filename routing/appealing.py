"""The link by which whom an item is about may dispute its decision: signed, and good without an account."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from routing import personal
from routing.models import DECIDED, Item

SALT = "routing.appealing"


def token(item_id: UUID) -> str:
    """Return what only this server can make of an item's id: 22 characters for it and an HMAC-SHA256."""
    name = base64.urlsafe_b64encode(item_id.bytes).rstrip(b"=").decode()
    return Signer(salt=SALT, sep=".").sign(name)


def item_of(token: str) -> UUID | None:
    """Return the id of the item that a token is for; None where this server has not made it."""
    try:
        name = Signer(salt=SALT, sep=".").unsign(token)
        return UUID(bytes=base64.urlsafe_b64decode(name + "=="))
    except (BadSignature, binascii.Error, ValueError):
        return None


def until(item: Item) -> datetime | None:
    """Return until when the item's decision may be disputed; None where it never may."""
    rights = personal.rights(item.item_type) if item.status in DECIDED and not item.erased_at else None
    if rights is None or rights.appeal_days is None:
        return None
    return item.decided_at + timedelta(days=rights.appeal_days)


def link(item: Item) -> str | None:
    """Return the address at which the item's decision may be disputed; None where it never may.

    Without HITL_PUBLIC_URL it is a path on this server.
    """
    if until(item) is None:
        return None
    return settings.HITL_PUBLIC_URL.rstrip("/") + reverse("appeal", args=[token(item.pk)])
