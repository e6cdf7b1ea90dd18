"""The units for systemd, against the commands of the README and the times of the compose file."""

from configparser import ConfigParser

import pytest

from tests.deploy.files import COMPOSE, DEPLOY, ROOT


def unit(name):
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(DEPLOY / "systemd" / f"hitl-{name}.service")
    return parser


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_unit_runs_what_the_readme_runs_and_waits_as_long_as_compose(name):
    service = unit(name)["Service"]
    folder = f"{service['WorkingDirectory']}/"
    assert f"\n{service['ExecStart'].removeprefix(folder)} " in (ROOT / "README.md").read_text()
    assert f"{service['TimeoutStopSec']}s" == COMPOSE["services"][name]["stop_grace_period"]
    assert (service["Restart"], service["KillMode"]) == ("always", "mixed")
