"""What every bench starts from: Django on a scratch database of its own, people, and a backlog."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def scratch_database(name: str) -> Iterator[None]:
    """Set Django up on an empty database called `bench_<name>`, dropped at the end."""
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hitl_project.settings")
    os.environ["HTTPS"] = "0"
    os.environ["ALLOWED_HOSTS"] = "*"
    os.environ["LOG_LEVEL"] = "ERROR"
    import django

    django.setup()
    from django.db import connection

    original = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_{name}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(original, verbosity=0)


def say(text: str) -> None:
    """Print progress on standard error: standard output is for the result."""
    print(text, file=sys.stderr, flush=True)
