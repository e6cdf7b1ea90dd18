"""A bundle's zip while it is written: each file streamed and hashed, the manifest last and signed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import checkpoints
from audit.chain import canonical

SIGNED_AS = b"hitl-bundle/1 manifest\n"
PIECE = 1 << 20
LEVEL = 4  # of deflate: half the time of 6 for a file a tenth larger


class Parts:
    """The files of one bundle, in the order in which they are given."""

    def __init__(self, file: Path | BinaryIO) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=LEVEL)
        self.files: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Parts:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(self._info(name), "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                size += len(piece)
        self.files[name] = {"bytes": size, "sha256": digest.hexdigest()}

    def close(self, manifest: dict[str, Any], seed: bytes | None) -> None:
        """Write the manifest with the hashes of all files, and its signature where there is a key."""
        raw = canonical(manifest | {"files": dict(self.files)}).encode() + b"\n"
        if seed:
            signature = Ed25519PrivateKey.from_private_bytes(seed).sign(SIGNED_AS + raw)
            told = {"key": checkpoints.public_key(seed), "signature": signature.hex()}
            self.add("signature.json", [canonical(told).encode() + b"\n"])
        self.add("manifest.json", [raw])
        self._zip.close()

    def _info(self, name: str) -> ZipInfo:
        info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # when is told by the manifest
        info.compress_type, info._compresslevel = ZIP_DEFLATED, LEVEL
        return info


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """Yield what was written to a file, from its beginning."""
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def digest(file: BinaryIO) -> str:
    """Return the SHA-256 of what was written to a file, in hex."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()
