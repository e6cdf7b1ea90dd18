"""What CI says of the installed packages' known vulnerabilities."""

import runpy
from importlib.metadata import Distribution
from pathlib import Path

import pytest

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / ".ci/advisories.py"))


class Installed(Distribution):
    def __init__(self, name: str, version: str):
        self.text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"

    def read_text(self, filename: str) -> str | None:
        return self.text if filename == "METADATA" else None

    def locate_file(self, path: str) -> Path:
        return Path(path)


def test_a_build_is_asked_for_by_its_release_and_this_project_is_not_asked_for():
    installed = [Installed("torch", "2.13.0+cpu"), Installed("hitl", "0.1.0"), Installed("Django", "5.2.19")]
    assert SCRIPT["asked"](installed) == ["Django==5.2.19", "torch==2.13.0"]


def test_a_vulnerability_is_named_with_the_releases_that_mend_it_and_fails():
    packages = [
        {"name": "pip", "version": "23.2.1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["23.3", "24.0"]}]},
        {"name": "torch", "version": "2.13.0", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]},
        {"name": "idna", "version": "3.20", "vulns": []},
    ]
    assert SCRIPT["report"](packages) == (
        [
            "pip 23.2.1: PYSEC-1, mended in: 23.3, 24.0",
            "torch 2.13.0: PYSEC-2, mended in: none yet",
            "3 of 3 packages audited, 2 vulnerabilities.",
        ],
        True,
    )


def test_a_package_that_was_left_out_is_named():
    packages = [
        {"name": "idna", "version": "3.20", "vulns": []},
        {"name": "own", "skip_reason": "own 1: unknown"},
    ]
    assert SCRIPT["report"](packages) == (
        ["not audited: own 1: unknown", "1 of 2 packages audited, 0 vulnerabilities."],
        False,
    )


@pytest.mark.parametrize(
    ("said", "unreached"),
    [
        ("ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed", True),
        ("requests.exceptions.ConnectionError: Failed to resolve 'pypi.example'", True),
        ("requests.exceptions.ReadTimeout: Read timed out.", True),
        ("requests.exceptions.JSONDecodeError: Expecting value: line 1 column 1 (char 0)", False),
        ("error: unrecognized arguments: --no-such", False),
    ],
)
def test_where_nothing_answers_is_told_from_what_went_wrong(said, unreached):
    assert bool(SCRIPT["UNREACHED"].search(said)) is unreached


def test_an_index_without_advisories_is_said_and_is_no_failure():
    packages = [{"name": "idna", "skip_reason": "unknown"}, {"name": "pip", "skip_reason": "unknown"}]
    assert SCRIPT["report"](packages) == (
        ["NOT AUDITED: of 2 packages the index here knows no advisories."],
        False,
    )
