"""What the pages name is there: each other, files, commands, settings and addresses."""

import re
from pathlib import Path

from django.core.management import get_commands
from django.urls import Resolver404, resolve
from drf_spectacular.generators import EndpointEnumerator

from routing.admin import pages

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md"), *DOCS.glob("adr/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
TREES = r"docs|tests|bench|deploy|static|templates|audit|routing|labeling|learning|hitl_project|\.ci"
FILE = rf"`((?:{TREES})/[\w./-]*\w/?)`"
ADDRESS = r"[ `\"](/api/[\w{}/\-]+/)(?=[?`\"\s.])"
PLACE = re.compile(r"\{(\w+)\}")
TO_MAKE = {"docs/how-to-kind.md"}  # its files are the reader's to make; test_how_tos.py follows it
# What may stand for a part of an address: an item's id, a number, a name.
VALUES = ("0192f0c8-6f0e-7cc1-a5a0-3a5f2d1e9b10", "1", "training-1")


def named(pattern):
    """Return pairs of a page and what the pattern finds in it."""
    found = ((page, re.findall(pattern, page.read_text())) for page in PAGES)
    return {(str(page.relative_to(ROOT)), name) for page, names in found for name in names}


def anchors(page):
    """Return what the headings of a page are linked by."""
    lines = FENCED.sub("", page.read_text()).splitlines()
    words = [re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()) for line in lines if line.startswith("#")]
    return {one.replace(" ", "-") for one in words}


def found(address):
    """Whether the server has such an address, whatever stands in its places."""
    for value in VALUES:
        try:
            view = resolve(PLACE.sub(value, address)).func
        except Resolver404:
            continue
        if view.__name__ != "unknown":
            return True
    return False


def test_every_page_is_linked_from_the_index():
    linked = {target.partition("#")[0] for target in LINK.findall((DOCS / "index.md").read_text())}
    there = {str(page.relative_to(DOCS)) for page in PAGES if page.is_relative_to(DOCS)}
    assert there - linked == {"index.md"}


def test_every_link_leads_somewhere():
    dead = []
    for page in PAGES:
        for target in LINK.findall(FENCED.sub("", page.read_text())):
            name, _, anchor = target.partition("#")
            other = (page.parent / name).resolve() if name else page
            if "://" not in target and not (other.exists() and (not anchor or anchor in anchors(other))):
                dead.append((page.name, target))
    assert dead == []


def test_every_file_that_is_named_is_there():
    files = {(page, name) for page, name in named(FILE) if page not in TO_MAKE and "NAME" not in name}
    gone = [(page, name) for page, name in files if not ((ROOT / name).exists() or found(f"/api/v1/{name}"))]
    assert [one for one in gone if not (ROOT / "templates" / one[1]).exists()] == []


def test_every_command_that_is_named_is_there():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    commands = [one for one in named(r"manage\.py ([a-z]\w+)") if one[1] not in get_commands()]
    assert commands + [one for one in named(r"`make ([a-z]+)") if one[1] not in targets] == []


def test_every_address_of_the_api_is_in_the_list_of_the_api_page():
    there = {PLACE.sub("{}", path) for path, *_ in EndpointEnumerator().get_api_endpoints()}
    listed = re.findall(r"`([\w/{}-]+/)`", (DOCS / "api.md").read_text().partition("## Every address")[2])
    own = {path for path in there if path.startswith("/api/v1/")}
    assert {f"/api/v1/{PLACE.sub('{}', one)}" for one in listed} ^ own == set()


def test_every_page_of_an_item_type_is_told_of():
    rows = re.findall(r"^\| ([\w ]+) \|.*\[\w", (DOCS / "administering.md").read_text(), re.MULTILINE)
    assert {page.title for page in pages.PAGES} - set(rows) == set()


def test_every_setting_that_is_named_is_there():
    settings = re.findall(r"^([A-Z]\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    of_tests = re.findall(r"HITL_\w+", "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py")))
    known = {*settings, *of_tests}
    assert [one for one in named(r"\bHITL_[A-Z0-9_]*[A-Z0-9]\b(?!_)") if one[1] not in known] == []


def test_every_address_of_the_api_that_is_named_is_there():
    assert [one for one in named(ADDRESS) if one[1] != "/api/v1/" and not found(one[1])] == []
