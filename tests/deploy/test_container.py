"""The container file and the compose file, against the code."""

import os
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands
from gunicorn.config import Config

from tests.deploy.files import COMPOSE, CONTAINERFILE, DEPLOY, ROOT, SETTINGS, VERSION, environment

OURS = [name for name, one in COMPOSE["services"].items() if one["image"].startswith("${HITL_IMAGE")]
STAGES = CONTAINERFILE.split("\nFROM ")
NGINX = (DEPLOY / "nginx.conf").read_text()


def test_hadolint_finds_nothing_in_the_container_file():
    program = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([program, DEPLOY / "Containerfile"], capture_output=True, text=True)
    assert (done.stdout + done.stderr, done.returncode) == ("", 0)


def test_the_image_runs_as_somebody_without_rights_and_is_asked_whether_it_lives():
    last = STAGES[-1]
    assert re.search(r"^USER 10001:10001$", last, re.M)
    assert re.search(r"^HEALTHCHECK .*\n    CMD .*127\.0\.0\.1:8000/health'", last, re.M)


def test_the_image_has_what_the_code_needs_and_no_secret():
    kept = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.M))
    ours = {config.name.partition(".")[0] for config in apps.get_app_configs()}
    folders = {name for name in ours if (ROOT / name).is_dir()}
    assert kept == folders | {"manage.py", "pyproject.toml", "templates", "static", "deploy/gunicorn.conf.py"}
    assert ".env" not in kept


def test_the_image_can_be_built_with_any_of_the_extras():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    code = re.search(r'RUN python -c "(.+?)" \\\n    "\$EXTRAS"', CONTAINERFILE, re.S)[1].replace("\\\n", "")
    for chosen in (*re.findall(r'EXTRAS="?([a-z ]+)', CONTAINERFILE), ""):
        done = subprocess.run([sys.executable, "-c", code, chosen], cwd=ROOT, capture_output=True, text=True)
        more = [line for one in chosen.split() for line in extras[one]]
        assert done.stdout.splitlines() == [*project["dependencies"], *more]


def test_static_files_are_collected_with_what_the_container_file_sets_and_no_database():
    [line] = re.findall(r"RUN (.*)\\\n    (python manage\.py collectstatic) --noinput", CONTAINERFILE)
    given = dict(pair.split("=", 1) for pair in line[0].split())
    clean = {name: value for name, value in os.environ.items() if name not in SETTINGS} | given
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--dry-run", "--verbosity=0"]
    done = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_settings_that_container_and_compose_name_exist():
    said = set(re.findall(r"\b((?:HITL|ML)_[A-Z_]+)=", CONTAINERFILE))
    for one in COMPOSE["services"].values():
        said |= {name for name in one.get("environment", {}) if not name.startswith(("POSTGRES_", "PG"))}
    said |= environment(DEPLOY / "compose.env.example") - {"POSTGRES_PASSWORD"}
    assert said - SETTINGS == set()


def test_a_command_of_compose_is_one_that_the_code_has():
    said = str([COMPOSE["services"][name]["command"] for name in OURS])
    named = set(re.findall(r"manage\.py(?:', '| )([a-z_]+)", said))
    assert named == {"migrate", "bootstrap", "qcluster"}
    assert named <= set(get_commands())
    assert COMPOSE["services"]["worker"]["command"] == ["python", "manage.py", "qcluster"]


def test_web_is_started_alike_by_the_image_and_by_compose():
    said = re.search(r"^CMD (\[.*\])$", STAGES[-1], re.M)[1]
    assert yaml.safe_load(said) == COMPOSE["services"]["web"]["command"]
    assert (ROOT / COMPOSE["services"]["web"]["command"][2]).exists()


def test_what_compose_cannot_do_without_is_asked_for():
    wanted = set(re.findall(r"\$\{([A-Z_]+):?\?", (DEPLOY / "compose.yml").read_text()))
    assert wanted == {"POSTGRES_PASSWORD", "TORCH_INDEX"}
    asked = re.findall(r"^(?:# )?([A-Z_]+)=$", (DEPLOY / "compose.env.example").read_text(), re.M)
    assert wanted - set(asked) == set()


def test_a_server_that_starts_is_not_being_stopped(tmp_path, monkeypatch):
    left = tmp_path / "draining"
    left.touch()
    monkeypatch.setenv("HITL_DRAIN_FILE", str(left))
    config = Config()
    config.set("on_starting", runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))["on_starting"])
    for _ in range(2):
        config.on_starting(None)
        assert not left.exists()


def test_all_of_it_listens_on_one_port():
    assert re.search(r"^EXPOSE 8000$", CONTAINERFILE, re.M)
    assert COMPOSE["services"]["web"]["command"][-1].endswith(":8000")
    assert COMPOSE["services"]["web"]["ports"] == ["127.0.0.1:8000:8000"]
    assert re.search(r"^ +server web:8000 ", NGINX, re.M)


def test_the_image_has_the_version_of_the_code():
    assert {COMPOSE["services"][name]["image"] for name in OURS} == {f"${{HITL_IMAGE:-hitl:{VERSION}}}"}
    assert f"-t hitl:{VERSION} " in CONTAINERFILE


def test_a_worker_has_the_time_to_end_its_task():
    assert int(COMPOSE["services"]["worker"]["stop_grace_period"].rstrip("s")) > settings.TASK_TIMEOUT


def test_the_proxy_takes_bodies_as_large_as_the_server_does():
    admin = re.search(r"^ +location /admin/ \{\n(.*?)^ +\}$", NGINX, re.M | re.S)[1]
    most = re.findall(r"client_max_body_size (\d+)m;", NGINX)
    assert most == [str(settings.MAX_BODY_MEGABYTES), str(settings.MAX_UPLOAD_MEGABYTES)]
    assert f"client_max_body_size {settings.MAX_UPLOAD_MEGABYTES}m;" in admin
    assert "proxy_pass http://hitl;" in admin


def test_the_proxy_finds_a_container_that_was_replaced():
    upstream = re.search(r"^ +upstream hitl \{\n(.*?)^ +\}$", NGINX, re.M | re.S)[1]
    assert re.search(r"^ +zone hitl \d+k;", upstream, re.M)
    assert re.search(r"^ +resolver 127\.0\.0\.11 valid=5s;", upstream, re.M)
    assert [line.split()[2] for line in re.findall(r"^ +(server .*);", upstream, re.M)] == ["resolve"]
    version = COMPOSE["services"]["proxy"]["image"].removeprefix("nginx:").split(".")
    assert [int(number) for number in version] >= [1, 28]  # `resolve` came with 1.27.3
