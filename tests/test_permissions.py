"""The document that tells admins who may do what says what the code does."""

import re
from pathlib import Path

from audit.scopes import SCOPES
from routing.roles import ROLES

DOCUMENT = (Path(__file__).parents[1] / "docs" / "permissions.md").read_text()
ROW = re.compile(r"^\| `([a-z:]+)` \| .+ \| ([a-z, ]+) \|$", re.MULTILINE)


def test_the_documented_scopes_are_those_that_there_are_and_say_who_may_use_them():
    table = DOCUMENT.partition("<!-- scopes -->")[2].partition("<!-- /scopes -->")[0]
    assert {scope: frozenset(roles.split(", ")) for scope, roles in ROW.findall(table)} == SCOPES


def test_the_document_has_a_column_for_each_role():
    head = next(line for line in DOCUMENT.splitlines() if line.startswith("| |"))
    assert {cell.strip() for cell in head.split("|")} - {""} == set(ROLES)
