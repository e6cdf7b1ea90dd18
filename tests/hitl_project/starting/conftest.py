"""What the guide's tests stand on: a folder for files, and an item type."""

import pytest

from tests import factories


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.HITL_IMPORT_PATH = tmp_path / "imports"
    return settings.HITL_IMPORT_PATH


@pytest.fixture
def posts(db):
    return factories.item_type("posts", labels=["allow", "spam"])
