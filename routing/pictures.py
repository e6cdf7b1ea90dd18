"""Pictures that clients send or point to: judged by address, first bytes and header, none of it decoded."""

import base64
import binascii
import io
from ipaddress import ip_address
from urllib.parse import urlsplit

from routing.transport import is_public

MOST_BYTES = 6_000_000
# A picture of a few kilobytes may unfold to gigabytes: these are 160 MB in a reviewer's browser.
MOST_PIXELS = 40_000_000
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}


def size(body: str, mime: str) -> tuple[int, int] | None:
    """Return width and height in pixels of a base64-encoded file; None where it isn't of this type."""
    from PIL import Image, UnidentifiedImageError

    try:
        data = io.BytesIO(base64.b64decode(body, validate=True))
        with Image.open(data, formats=[FORMATS[mime]]) as image:
            return image.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return MOST_PIXELS, MOST_PIXELS
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return None


def is_address(value: str) -> bool:
    """Return whether a text is an http(s) address that a reviewer's browser may be sent to.

    A client must not make it ask what only the reviewer can reach: no address of a private network, in any
    way that browsers read one ("127.1", "0x7f000001", "127.0.0.%31"), and no password. A name that leads to
    one can't be told here: HITL_IMAGE_HOSTS says where pictures may lie.
    """
    if "\\" in value or any(one.isspace() or not one.isprintable() for one in value):
        return False
    try:
        parts = urlsplit(value)
        host = (parts.hostname or "").rstrip(".")
        return parts.scheme in ("http", "https") and parts.username is None and _is_public(host)
    except ValueError:
        return False


def _is_public(host: str) -> bool:
    last = host.rpartition(".")[2]
    if ":" in host or last.isdigit() or last.startswith("0x"):
        return is_public(ip_address(host))
    return bool(host) and host.isascii() and "%" not in host and last != "localhost"
