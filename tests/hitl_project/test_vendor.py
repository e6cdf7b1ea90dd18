"""What others wrote and we serve is the very file that we looked at, with its licence beside it."""

import hashlib
import json

from django.conf import settings

VENDOR = settings.BASE_DIR / "static" / "vendor"
LISTED = json.loads((VENDOR / "VENDOR.json").read_text())


def test_every_file_is_listed_with_its_hash():
    kept = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "VENDOR.json"
    }
    assert kept == {name: digest for one in LISTED for name, digest in one["files"].items()}


def test_every_library_says_version_licence_and_use():
    for one in LISTED:
        assert [one[field] for field in ("name", "version", "licence", "use") if not one[field].strip()] == []
        assert [name for name in one["files"] if name.endswith("LICENSE")] == [f"{one['name']}/LICENSE"]
