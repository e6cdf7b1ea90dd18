"""The environment: where model files lie, and what refuses to start."""

import os
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage.handler import StorageHandler

from hitl_project.environment import Environment, first_env
from learning import files

MEMORY = "django.core.files.storage.InMemoryStorage"


@pytest.fixture
def storage(monkeypatch, tmp_path):
    """Return what the setting STORE comes to with these values."""

    def read(path="", options=""):
        monkeypatch.setenv("STORE", path)
        monkeypatch.setenv("STORE_OPTIONS", options)
        return Environment(tmp_path / "none").storage("STORE", Path("/models"))

    return read


def test_models_are_kept_in_the_folder_that_is_set():
    """All tests run with it set: see tests/environment.py."""
    name, _ = files.write("anywhere", b"a model")
    assert Path(os.environ["ML_MODEL_PATH"], name).read_bytes() == b"a model"


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


@pytest.fixture
def set_to(monkeypatch, tmp_path):
    """Return an environment whose variable X has this value."""

    def make(value):
        monkeypatch.setenv("X", value)
        return Environment(tmp_path / "none")

    return make


def test_a_signing_key_is_32_bytes_in_base64_or_none(set_to):
    assert set_to("").signing_key("X") is None
    assert set_to("YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=").signing_key("X") == b"a" * 32


@pytest.mark.parametrize("value", ["short", "YWFh", "not base64!"])
def test_a_signing_key_of_another_form_refuses_to_start(set_to, value):
    with pytest.raises(ImproperlyConfigured, match="make_signing_key"):
        set_to(value).signing_key("X")


def test_public_keys_are_read_in_small_letters(set_to):
    assert set_to(f"{'A' * 64}, {'b' * 64}").public_keys("X") == ["a" * 64, "b" * 64]
    with pytest.raises(ImproperlyConfigured, match="64 hexadecimal digits"):
        set_to("abc").public_keys("X")


@pytest.mark.parametrize("value", ["ftp://a/", "anchor.example.com", "https://me:secret@a/"])
def test_an_address_of_another_form_refuses_to_start(set_to, value):
    assert set_to("https://a.example/x").url("X") == "https://a.example/x"
    with pytest.raises(ImproperlyConfigured, match="https://"):
        set_to(value).url("X")


def test_hosts_are_names_without_anything_around_them(set_to):
    said = "*, hitl.example.com, .example.com, localhost, 127.0.0.1, [::1]"
    assert set_to(said).hosts("X") == said.split(", ")


@pytest.mark.parametrize("value", ["https://a.example", "a.example/", "localhost:8000", "*.example.com"])
def test_a_host_that_no_request_would_match_refuses_to_start(set_to, value):
    with pytest.raises(ImproperlyConfigured, match="write names alone"):
        set_to(value).hosts("X")


def test_a_time_zone_is_one_that_there_is(set_to):
    assert (set_to("").zone("X"), set_to("Europe/Berlin").zone("X")) == ("UTC", "Europe/Berlin")


@pytest.mark.parametrize("value", ["Berlin", "Europe", "../UTC", "UTC+1"])
def test_a_time_zone_that_there_is_not_refuses_to_start(set_to, value):
    with pytest.raises(ImproperlyConfigured, match="write a name such as Europe/Berlin"):
        set_to(value).zone("X")


def test_a_file_needs_a_folder_that_exists(set_to, tmp_path):
    assert set_to(str(tmp_path / "a.jsonl")).file("X") == tmp_path / "a.jsonl"
    with pytest.raises(ImproperlyConfigured, match="folder does not exist"):
        set_to(str(tmp_path / "none" / "a.jsonl")).file("X")


def test_the_first_environment_has_a_key_that_signs(monkeypatch, tmp_path):
    monkeypatch.delenv("HITL_SIGNING_KEY", raising=False)
    (tmp_path / ".env").write_text(first_env())
    assert len(Environment(tmp_path / ".env").signing_key("HITL_SIGNING_KEY")) == 32


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("", {}),
        ("a=leads, b=experts,a=experts", {"a": ["leads", "experts"], "b": ["experts"]}),
        (
            '{"cn=a,dc=x": "leads", "b": ["leads", "experts"]}',
            {"cn=a,dc=x": ["leads"], "b": ["leads", "experts"]},
        ),
    ],
)
def test_groups_of_a_provider_are_read_as_pairs_or_json(monkeypatch, tmp_path, said, found):
    monkeypatch.setenv("ROLES", said)
    assert Environment(tmp_path / "none").roles("ROLES") == found


@pytest.mark.parametrize("said", ["a", "a=", "=b", '{"a": 1}', '{"a": []}', "{", '{"": "b"}'])
def test_groups_that_can_not_be_read_refuse_to_start(monkeypatch, tmp_path, said):
    monkeypatch.setenv("ROLES", said)
    with pytest.raises(ImproperlyConfigured, match="ROLES"):
        Environment(tmp_path / "none").roles("ROLES")


@pytest.mark.parametrize(
    ("said", "fits"),
    [("https://id.example/realms/x/", True), ("http://localhost:9000", True), ("http://127.0.0.1", True),
     ("http://id.example", False), ("http://localhost.evil.example", False), ("id.example", False)],
)  # fmt: skip
def test_a_provider_is_spoken_to_over_tls_or_on_this_machine(monkeypatch, tmp_path, said, fits):
    monkeypatch.setenv("ISSUER", said)
    if fits:
        assert Environment(tmp_path / "none").issuer("ISSUER") == said.rstrip("/")
    else:
        with pytest.raises(ImproperlyConfigured, match="ISSUER"):
            Environment(tmp_path / "none").issuer("ISSUER")
