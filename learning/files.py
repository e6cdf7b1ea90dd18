"""Model files on whichever storage the settings name: each known by its hash, none trusted without it."""

from __future__ import annotations

import hashlib
import sys

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from routing.errors import HitlError


class ModelUnusable(HitlError):
    """The model's file is missing or is not what was stored."""

    code = "model_unusable"
    status = 409


def write(folder: str, data: bytes) -> tuple[str, str]:
    """Store the bytes under a name that holds their hash, unless they are there; return name and SHA-256."""
    sha256 = hashlib.sha256(data).hexdigest()
    name = f"{folder}/{sha256}.safetensors"
    storage = _storage()
    if storage.exists(name):
        with storage.open(name, "rb") as stored:
            if hashlib.sha256(stored.read()).hexdigest() == sha256:
                return name, sha256
        storage.delete(name)  # a write that was cut off
    try:
        return storage.save(name, ContentFile(data)), sha256
    except OSError:
        storage.delete(name)  # what fitted on a full disk is of no use, and keeps it full
        raise


def read(name: str, sha256: str, *, of: str) -> bytes:
    """Return the bytes of the model named `of`; raises ModelUnusable where their hash is another."""
    try:
        with _storage().open(name, "rb") as stored:
            data = stored.read()
    except _unreadable() as error:
        why = getattr(error, "strerror", None) or error
        raise ModelUnusable(f"The file of {of} can't be read: {why}.") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ModelUnusable(f"The file of {of} is not the one that was stored: its hash differs.")
    return data


def _unreadable() -> tuple[type[Exception], ...]:
    """Return what storages raise for a file that can't be read: the system's errors, S3's where in use."""
    s3 = sys.modules.get("botocore.exceptions")
    return (OSError, s3.BotoCoreError, s3.ClientError) if s3 else (OSError,)


def _storage() -> Storage:
    return storages["models"]
