"""Exports into files: the manifest, going on after a break, and what is no longer there at the end."""

import hashlib
import json

import pytest
from django.core.management.base import CommandError
from django.utils import timezone

from audit.models import AuditEvent
from labeling.exporting import reading, saving
from tests import factories
from tests.labeling.exporting.worlds import export, populate

pytestmark = pytest.mark.django_db


def test_a_file_has_a_manifest_and_leaves_nothing_else(tmp_path):
    populate("classification")
    data = export(tmp_path / "a.csv", "csv")
    manifest = json.loads((tmp_path / "a.csv.manifest.json").read_text())
    assert (manifest["rows"], manifest["bytes"]) == (5, len(data))
    assert manifest["sha256"] == hashlib.sha256(data).hexdigest()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.csv", "a.csv.manifest.json"]
    ended = AuditEvent.objects.get(verb="export.ended")
    assert (ended.actor, ended.data["rows"], ended.data["sha256"]) == ("system:export", 5, manifest["sha256"])


@pytest.mark.parametrize("name", ["jsonl", "csv", "label-studio", "coco", "yolo"])
def test_an_export_that_broke_off_ends_as_if_it_had_not(tmp_path, monkeypatch, name):
    populate("detection")
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    whole = export(tmp_path / "whole", name, split="all")
    monkeypatch.setattr(reading, "PAGE", 2)
    pages, read = reading.pages, []

    def breaking(wanted):
        for number, page in enumerate(pages(wanted)):
            if number == 2 and len(read) < 3:
                raise KeyboardInterrupt
            read.append(page.at)
            yield page

    monkeypatch.setattr(reading, "pages", breaking)
    with pytest.raises(KeyboardInterrupt):
        export(tmp_path / "parts", name, split="all")
    assert not (tmp_path / "parts").exists()
    assert export(tmp_path / "parts", name, split="all") == whole


def test_only_the_same_export_is_gone_on_with(tmp_path):
    populate("classification")
    whole = export(tmp_path / "a", "jsonl")
    state = {"asked": {"format": "jsonl"}, "at": "", "bytes": 3, "records": 1, "rows": 1}
    (tmp_path / "b.part").write_bytes(b"old")
    (tmp_path / "b.state").write_text(json.dumps(state))
    assert export(tmp_path / "b", "jsonl") == whole


@pytest.mark.parametrize("state", ["", "{"])
def test_a_state_that_was_cut_off_is_no_state(tmp_path, state):
    (tmp_path / "part").touch()
    (tmp_path / "state").write_text(state)
    assert saving._state(tmp_path / "state", tmp_path / "part", {}) is None


@pytest.mark.parametrize(
    ("name", "options", "why"),
    [
        ("dpo", {}, "dpo is for items of kind generation, preference; this type is of kind classification."),
        ("jsonl", {"slug": "nope"}, "There is no item type 'nope'."),
    ],
)
def test_what_cannot_be_exported_is_told(tmp_path, name, options, why):
    factories.item_type("thing")
    with pytest.raises(CommandError) as caught:
        export(tmp_path / "a", name, **options)
    assert why in str(caught.value)


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    factories.item_type("thing")
    with pytest.raises(CommandError, match="can't be written: No such file or directory"):
        export(tmp_path / "nowhere" / "a", "jsonl")
