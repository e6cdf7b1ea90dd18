"""The registry: files are checked, one champion at a time, every change in the trail."""

import sys
from hashlib import sha256
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django_q.models import OrmQ

from audit.models import AuditEvent
from learning import files, registry, retraining
from learning.models import ModelVersion
from tests.learning import trials, worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def item_type():
    item_type = worlds.shapes(plan={"auto_promote": False})
    worlds.label(worlds.items(item_type, 160))
    return item_type


def trained(item_type):
    """Return a new model of the type."""
    return retraining.retrain(item_type, trigger="test").model_version


def test_the_file_carries_its_hash_and_no_pickle(item_type):
    version = trained(item_type)
    with storages["models"].open(version.artifact, "rb") as stored:
        data = stored.read()
    assert version.artifact == f"shapes/{version.sha256}.safetensors"
    assert b"__metadata__" in data[:1000]


def test_a_promotion_watches_the_champion_before_and_queues_the_judging_of_what_waits(item_type):
    first, second = trained(item_type), trained(item_type)
    registry.promote(first, reason="the first", by="system:test")
    registry.promote(second, reason="better", by="system:test")
    statuses = ModelVersion.objects.order_by("number").values_list("status", flat=True)
    assert list(statuses) == ["shadow", "champion"]
    assert OrmQ.objects.count() == 2
    event = AuditEvent.objects.filter(verb="model.promoted").latest("id")
    assert (event.data["before"], event.data["after"], event.data["reason"]) == (
        "shapes@1",
        "shapes@2",
        "better",
    )


def test_a_promotion_that_is_rolled_back_leaves_no_task(item_type):
    version = trained(item_type)
    with transaction.atomic():
        registry.promote(version, reason="soon undone", by="system:test")
        transaction.set_rollback(True)
    assert (OrmQ.objects.count(), worlds.champion(item_type)) == (0, None)


def test_promoting_the_champion_again_changes_nothing(item_type):
    version = registry.promote(trained(item_type), reason="once", by="system:test")
    again = registry.promote(version, reason="twice", by="system:other")
    assert (again.promoted_by, OrmQ.objects.count()) == ("system:test", 1)


def test_a_file_that_was_tampered_with_is_never_promoted(item_type):
    version = trained(item_type)
    worlds.spoil(version)
    with pytest.raises(registry.ModelUnusable, match="its hash differs"):
        registry.promote(version, reason="looks fine", by="system:test")
    assert worlds.champion(item_type) is None


def test_a_storage_that_can_not_be_reached_is_told_like_a_file_that_is_gone(item_type, monkeypatch):
    class Unreachable(Exception):
        """What S3's client raises."""

    s3 = SimpleNamespace(BotoCoreError=Unreachable, ClientError=Unreachable)
    monkeypatch.setitem(sys.modules, "botocore.exceptions", s3)
    version = trained(item_type)
    monkeypatch.setattr(storages["models"], "open", Mock(side_effect=Unreachable("no such bucket")))
    with pytest.raises(registry.ModelUnusable, match=r"The file of shapes@1 can't be read: no such bucket\."):
        registry.load(version)


def test_a_page_reads_a_whole_file_once_in_ten_minutes_and_a_broken_one_each_time(monkeypatch):
    version, clock, load = trials.model(worlds.shapes(), 1), iter([0, 0, 599, 600, 600, 1300, 1301]), Mock()
    monkeypatch.setattr(registry, "monotonic", lambda: next(clock))
    monkeypatch.setattr(registry, "load", load)
    told = [(registry.usable_lately(version), load.call_count) for _ in range(3)]
    load.side_effect = registry.ModelUnusable("gone")
    told += [(registry.usable_lately(version), load.call_count) for _ in range(2)]
    assert told == [(True, 1), (True, 1), (True, 2), (False, 3), (False, 4)]


def test_a_retired_champion_leaves_none(item_type):
    version = registry.promote(trained(item_type), reason="once", by="system:test")
    registry.retire(version, reason="wrong on Mondays", by="system:test")
    assert registry.champion(item_type) is None


def test_what_of_a_file_fitted_on_a_full_disk_is_taken_away_again(item_type, monkeypatch):
    def chunks(file):
        yield b"half of it"
        raise OSError("No space left on device")

    monkeypatch.setattr(ContentFile, "chunks", chunks)
    with pytest.raises(OSError, match="No space left"):
        files.write(item_type.slug, b"all of it")
    assert not storages["models"].exists(f"{item_type.slug}/{sha256(b'all of it').hexdigest()}.safetensors")


def test_a_write_that_was_cut_off_is_written_anew(item_type):
    version = trained(item_type)
    with storages["models"].open(version.artifact, "rb") as stored:
        data = stored.read()
    worlds.spoil(version)
    with transaction.atomic():
        again = registry.add(item_type, data, learner="linear", encoder="features", labels_used=1)
    assert registry.load(again).classes == ("circle", "square", "star")
