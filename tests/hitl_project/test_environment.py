"""The environment: where model files lie, and what refuses to start."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage.handler import StorageHandler

from hitl_project.environment import Environment

MEMORY = "django.core.files.storage.InMemoryStorage"


@pytest.fixture
def storage(monkeypatch, tmp_path):
    """Return what the setting STORE comes to with these values."""

    def read(path="", options=""):
        monkeypatch.setenv("STORE", path)
        monkeypatch.setenv("STORE_OPTIONS", options)
        return Environment(tmp_path / "none").storage("STORE", Path("/models"))

    return read


def test_without_a_setting_files_lie_in_the_folder(storage):
    assert storage() == {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": Path("/models")},
    }


def test_another_storage_gets_its_own_options_and_django_makes_it(storage):
    said = storage(MEMORY, '{"base_url": "/there/"}')
    assert said == {"BACKEND": MEMORY, "OPTIONS": {"base_url": "/there/"}}
    assert StorageHandler({"models": said})["models"].base_url == "/there/"


@pytest.mark.parametrize("path", ["nowhere.at.all.Storage", "Storage", "not a path"])
def test_a_storage_that_is_not_installed_refuses_to_start(storage, path):
    with pytest.raises(ImproperlyConfigured, match=r"STORE is .*; write a storage class"):
        storage(path)


@pytest.mark.parametrize("options", ["{", "[]", "7"])
def test_options_that_are_no_object_refuse_to_start(storage, options):
    with pytest.raises(ImproperlyConfigured, match="STORE_OPTIONS is not a JSON object"):
        storage(MEMORY, options)


@pytest.mark.parametrize(
    ("said", "found"),
    [("", {}), ("mine=a.b.C", {"mine": "a.b.C"}), (" x = a.B , y-2=c.d ", {"x": "a.B", "y-2": "c.d"})],
)
def test_learners_of_ones_own_are_read_by_name(monkeypatch, tmp_path, said, found):
    monkeypatch.setenv("LEARN", said)
    assert Environment(tmp_path / "none").paths("LEARN") == found


@pytest.mark.parametrize("said", ["mine", "mine=", "mine=Class", "=a.B", "a=b.C,a=d.E", "a=os.system()"])
def test_learners_that_are_no_names_and_paths_refuse_to_start(monkeypatch, tmp_path, said):
    monkeypatch.setenv("LEARN", said)
    with pytest.raises(ImproperlyConfigured, match="each name once"):
        Environment(tmp_path / "none").paths("LEARN")
