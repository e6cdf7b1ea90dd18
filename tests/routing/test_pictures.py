"""Pictures from outside are small, are what they say, and lead a reviewer's browser nowhere private."""

import base64
import struct
import time
import zlib
from io import BytesIO

import pytest
from PIL import Image

from routing import pictures
from routing.values import Findings
from tests.pictures import picture


def written(form, side=7):
    """Return a small picture as a file of this form."""
    out = BytesIO()
    Image.new("RGB", (side, 5)).save(out, form)
    return base64.b64encode(out.getvalue()).decode()


def bomb(width, height):
    """Return the first bytes of a PNG that says that it is so large."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    begun = picture(1, 1)[:12] + head + struct.pack(">I", zlib.crc32(head))
    return base64.b64encode(begun + b"\0\0\0\0IDAT").decode()


@pytest.mark.parametrize(("mime", "form"), pictures.FORMATS.items())
def test_the_size_is_read_of_the_type_that_is_said(mime, form):
    assert pictures.size(written(form), mime) == (7, 5)
    others = [other for other in pictures.FORMATS if other != mime]
    assert [pictures.size(written(form), other) for other in others] == [None] * 3


@pytest.mark.parametrize(
    "body", ["", "@@@", "AAAA", written("PNG")[:20], base64.b64encode(b"<svg/>").decode()]
)
def test_what_is_no_picture_has_no_size(body):
    assert [pictures.size(body, mime) for mime in pictures.FORMATS] == [None] * 4


@pytest.mark.parametrize("sides", [(100_000, 100_000), (8_000, 5_001), (12_000, 9_000)])
def test_a_picture_that_would_unfold_to_gigabytes_is_refused_by_its_header(sides):
    findings, begun = Findings(), time.process_time()
    assert not findings.image(f"data:image/png;base64,{bomb(*sides)}", "payload.image")
    said = "Send a picture of at most 40 million pixels."
    assert [(one.code, one.detail) for one in findings.errors] == [("max_length", said)]
    assert time.process_time() - begun < 0.5


PRIVATE = """http://127.0.0.1/a.png http://127.1/ http://2130706433/ http://0x7f000001/ http://0x7f.1/ http://[::1]/
http://10.1.2.3/ https://192.168.0.1/reboot http://169.254.169.254/latest/meta-data/ http://0.0.0.0/
http://[::ffff:10.0.0.1]/ http://localhost/ http://localhost./ http://a.localhost/ http://user:pass@example.org/
http://127.0.0.1\\@example.org/ javascript:alert(1) JavaScript:alert(1) //example.org/a ftp://example.org/a
file:///etc/passwd blob:https://example.org/1 vbscript:x data:text/html,x http:// http://[
http://１２７.0.0.1/ http://127。0。0。1/ https://127.0.0.%31/x.png https://localhos%74/x https://127.0.0.1%2e/
https://%31%32%37.0.0.1/ https://[fe80::1%25eth0]/ https://[64:ff9b::7f00:1]/ https://[2002:7f00:1::]/"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_an_address_that_only_the_reviewer_can_reach_is_refused(address):
    assert not pictures.is_address(address)


def test_an_address_that_all_can_reach_is_taken():
    for address in ("https://x.example/a.png?b=1#c", "http://8.8.8.8/a", "https://[2606:4700::1]:8443/a"):
        assert pictures.is_address(address)
