"""The end of a served site: whatever ends it, the database is asked to stop, and it is said in few words."""

import io
import subprocess
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError, OutputWrapper
from django.db import OperationalError, connection

from hitl_project import processes, site

ROOT = Path(site.__file__).resolve().parent.parent


@pytest.fixture
def stopped(monkeypatch):
    """Return the list that grows by one whenever the database is to be stopped."""
    calls = []
    monkeypatch.setattr(site, "stop_database", calls.append)
    return calls


@pytest.fixture
def out():
    return OutputWrapper(io.StringIO())


@pytest.mark.django_db
@pytest.mark.parametrize("problem", [None, "The worker process ended by itself (status -9)."])
def test_the_database_stops_however_serving_ends(stopped, out, monkeypatch, problem):
    monkeypatch.setattr(processes, "serve", lambda port, **others: problem)
    if problem:
        with pytest.raises(CommandError, match="ended by itself"):
            site.serve(1, out, lambda: None)
    else:
        site.serve(1, out, lambda: None)
    assert stopped == [out]


def test_a_taken_port_stops_the_database_too(stopped, out, monkeypatch):
    def refuse(port):
        raise processes.ServerProblem("Port 1 can't be used.")

    monkeypatch.setattr(processes, "check_port", refuse)
    with pytest.raises(CommandError, match="Port 1 can't be used"):
        site.check(1, out)
    assert stopped == [out]


def test_a_database_that_is_not_there_is_told_in_words(monkeypatch):
    def refuse():
        raise OperationalError("Connection refused\n")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    with pytest.raises(CommandError, match="can't be reached: Connection refused\nLook at DATABASE_URL"):
        site.prepare(static=False)


@pytest.mark.django_db
def test_a_site_without_administrator_says_how_to_make_one(monkeypatch, capsys):
    monkeypatch.setattr(site, "check", lambda *given: None)
    monkeypatch.setattr(site, "prepare", lambda **given: None)
    monkeypatch.setattr(site, "serve", lambda port, out, ready: ready())
    call_command("up")
    assert "manage.py createsuperuser" in capsys.readouterr().out
    User.objects.create_superuser("ada")
    call_command("up")
    assert "createsuperuser" not in capsys.readouterr().out


def test_an_interruption_ends_with_one_sentence_and_status_130(stopped, out):
    with pytest.raises(SystemExit) as end, site.interruptible(out, "make demo goes on from here."):
        raise KeyboardInterrupt
    assert (end.value.code, stopped) == (130, [out])
    assert out._out.getvalue() == "\nInterrupted. make demo goes on from here.\n"


@pytest.mark.parametrize(("given", "port"), [([], 8000), (["PORT=8031"], 8031)])
def test_make_demo_takes_a_port(given, port, monkeypatch):
    for name in ("PORT", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        monkeypatch.delenv(name, raising=False)  # the tests themselves may have been started by make
    said = subprocess.run(
        ["make", "-n", "demo", *given], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines()[-1] == f"exec .venv/bin/python manage.py demo --port {port}"
