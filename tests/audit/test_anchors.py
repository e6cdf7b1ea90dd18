"""The anchor file: lines that survive crashes, and what in it can't be read is told of."""

from pathlib import Path

import pytest

from audit import anchors, checkpoints
from tests.audit.test_checkpoints import ONE


@pytest.fixture
def path(tmp_path):
    return tmp_path / "anchors.jsonl"


def test_what_is_appended_is_read_with_its_line(path):
    anchors.append(path, ONE)
    anchors.append(path, ONE)
    assert anchors.read(path) == anchors.Anchored(((1, ONE), (2, ONE)))


def test_a_line_that_broke_off_does_not_spoil_the_next(path):
    path.write_text(checkpoints.line(ONE)[:50])
    anchors.append(path, ONE)
    assert anchors.read(path) == anchors.Anchored(
        ((2, ONE),), ("Lines of the anchor file that are no checkpoints: 1.",)
    )


def test_no_file_is_no_statement(path):
    assert anchors.read(None) == anchors.read(path) == anchors.Anchored(())


def test_a_line_that_nests_without_end_is_told_of(path):
    path.write_text("[" * 100_000 + "\n" + checkpoints.line(ONE) + "\n")
    assert anchors.read(path).remarks == ("Lines of the anchor file that are no checkpoints: 1.",)


def test_a_folder_that_may_not_be_entered_is_told_of(path, monkeypatch):
    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refused)
    monkeypatch.setattr(Path, "open", refused)
    assert anchors.read(path).remarks == ("The anchor file can't be read: Permission denied.",)


def test_a_file_that_can_not_be_opened_is_told_of(tmp_path):
    assert anchors.read(tmp_path).remarks == ("The anchor file can't be read: Is a directory.",)
