"""Signatures of webhooks as Standard Webhooks wants them (spec/standard-webhooks.md, version 1.0)."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime


def headers(secrets: Sequence[bytes], message_id: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """Return the three headers of one attempt; with several secrets (a rotation) one signature for each."""
    timestamp = str(int(now.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [
        "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in secrets
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }
