"""The drill: the lines of docs/operations.md make a backup of a working site and bring it back elsewhere."""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from audit import trail
from hitl_project import postgres_programs
from labeling.models import Label
from learning import retraining, serving
from learning.models import ModelVersion
from routing.models import Item
from tests.learning import worlds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PAGE = (Path(settings.BASE_DIR) / "docs" / "operations.md").read_text()
NAME = "restored"


def lines(word):
    """Return the commands of the page's block of this name."""
    [block] = re.findall(rf"^```sh {word}\n(.*?)^```$", PAGE, re.M | re.S)
    return block


def address(name):
    """Return the address of a database of the test's server, as PostgreSQL's programs and Django read it."""
    known = connection.settings_dict
    person = f"{known['USER']}:{quote(known['PASSWORD'], safe='')}" if known["PASSWORD"] else known["USER"]
    host = quote(known["HOST"] or "127.0.0.1", safe="")
    return f"postgresql://{person}@/{name}?host={host}&port={known['PORT'] or 5432}"


def programs():
    """Return the folder of the programs of the server's own version: older and newer ones refuse."""
    wanted = connection.pg_version // 10_000
    found = postgres_programs.find(os.environ)
    return next(str(one.bin) for one in found if one.major == wanted)


def run(word, database, folder, files):
    """Run a block of the page as an operator would; it must succeed."""
    ours = {
        "PATH": os.pathsep.join([programs(), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "DATABASE_URL": address(database),
        "FOLDER": str(folder),
        "FILES": str(files),
    }
    done = subprocess.run(
        ["bash", "-euc", lines(word)],
        env=os.environ | ours,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def empty_database(name):
    """Make a database of this name, and drop it at the end."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield
    finally:
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


def state():
    """Return what must come back: rows, the head of the book, and what the champion answers."""
    payloads = list(Item.objects.order_by("pk").values_list("payload", flat=True)[:5])
    serving._loaded.clear()
    champion = ModelVersion.objects.get(status="champion")
    answers = serving.answers(champion, payloads)
    return (
        list(Item.objects.order_by("pk").values_list("pk", "item_ref", "status", "payload")),
        list(Label.objects.order_by("pk").values_list("item_ref", "label", "user_id", "ts")),
        trail.verify().head,
        [(one.label, round(one.confidence, 6)) for one in answers],
    )


def test_the_lines_of_the_page_bring_everything_back(tmp_path, settings):
    item_type = worlds.shapes()
    worlds.label(worlds.items(item_type, 160))
    retraining.retrain(item_type, trigger="test")
    trail.seal()
    before = state()
    here = settings.DATABASES["default"]["NAME"]
    run("backup", here, tmp_path / "backup", settings.ML_MODEL_PATH)
    name = f"{here}_{NAME}"
    with empty_database(name):
        run("restore", name, tmp_path / "backup", tmp_path / "files")
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            models = settings.STORAGES["models"] | {"OPTIONS": {"location": tmp_path / "files"}}
            settings.STORAGES = settings.STORAGES | {"models": models}
            assert state() == before
        finally:
            connection.close()
            connection.settings_dict["NAME"] = here


def test_every_secret_that_the_page_names_is_a_setting():
    known = (Path(settings.BASE_DIR) / ".env.example").read_text()
    named = set(re.findall(r"`((?:HITL_|SECRET)[A-Z_]+)`", PAGE))
    assert sorted(name for name in named if f"\n{name}=" not in known) == []
