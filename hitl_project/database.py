"""Which PostgreSQL the project uses: the one DATABASE_URL names, else a server of its own under var/."""

import argparse
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from hitl_project import postgres
from hitl_project.postgres import Server
from hitl_project.postgres_programs import DatabaseProblem

BASE_DIR = Path(__file__).resolve().parent.parent
CONNECTION = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
# PostgreSQL would compile each of our short analytic statements, which takes longer than running them.
NO_JIT = "-c jit=off"
# A network that swallows packets says nothing: without these a thread would wait hours for an answer, and the
# server as long for a client that is gone, its locks held. Each side gives up after about 25 seconds.
SOON = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",  # milliseconds without an acknowledgement of what was sent
}
SOON_THERE = (
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=25s"
)
SCHEMES = ("postgres", "postgresql")
EXAMPLE = (
    "Write it as DATABASE_URL=postgres://USER:PASSWORD@HOST:5432/NAME "
    "(in a password write @ as %40, : as %3A, / as %2F)"
)


def database_settings(environ: Mapping[str, str], base_dir: Path) -> dict:
    """Return Django's DATABASES["default"], having started the checkout's own server where no URL is set.

    With HITL_PG_SYNC=off, for tests, a commit on the own server doesn't wait for the disk.
    Raises DatabaseProblem with what to write or install.
    """
    url = environ.get("DATABASE_URL", "").strip()
    if url:
        return _from_url(url)
    server = ensure(base_dir, environ)
    relaxed = environ.get("HITL_PG_SYNC") == "off"
    return CONNECTION | {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "hitl",
        "USER": "hitl",
        "PASSWORD": "",
        "HOST": str(server.socket),
        "PORT": postgres.PORT,
        "OPTIONS": {"options": f"{NO_JIT} -c synchronous_commit=off" if relaxed else NO_JIT},
    }


def ensure(base_dir: Path, environ: Mapping[str, str] = os.environ) -> Server:
    """Return the checkout's own server, started where it was down; processes that ask at once share one.

    Raises DatabaseProblem with what to do where it can't be started.
    """
    base_dir = base_dir.resolve()
    server = None if "HITL_PG_BIN" in environ else running(base_dir)
    if server is None:
        with postgres.lock(base_dir):
            server = postgres.start(base_dir, environ)
    return server


def running(base_dir: Path) -> Server | None:
    """Return the checkout's own server if it is up, and start nothing."""
    servers = map(postgres.running, postgres.existing(base_dir.resolve()))
    return next(filter(None, servers), None)


def stop(base_dir: Path) -> bool:
    """Stop the checkout's own server cleanly, ending its connections, and say whether one ran."""
    base_dir = base_dir.resolve()
    existing = postgres.existing(base_dir)
    if not existing:
        return False
    with postgres.lock(base_dir):
        stopped = [data for data in existing if postgres.stop(data)]
    return bool(stopped)


def reset(base_dir: Path) -> list[Path]:
    """Stop the checkout's own server, delete its data for good, and return the deleted directories."""
    base_dir = base_dir.resolve()
    existing = postgres.existing(base_dir)
    if existing:
        with postgres.lock(base_dir):
            for data in existing:
                postgres.stop(data)
                shutil.rmtree(data)
    return existing


def address(server: Server) -> str:
    """Return the server's URL, for psql and for DATABASE_URL alike."""
    return f"postgresql://hitl@/hitl?host={quote(str(server.socket))}&port={postgres.PORT}"


def main(arguments: list[str], base_dir: Path = BASE_DIR) -> int:
    """Run `python -m hitl_project.database start|stop|status|url|reset` and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m hitl_project.database", description=__doc__)
    parser.add_argument("act", choices=("start", "stop", "status", "url", "reset"))
    parser.add_argument("--yes", action="store_true", help="delete without asking (reset)")
    options = parser.parse_args(arguments)
    try:
        said, status = _act(options.act, base_dir, sure=options.yes)
    except DatabaseProblem as problem:
        said, status = str(problem), 1
    (sys.stderr if status == 1 else sys.stdout).write(f"{said}\n")
    return status


def _act(act: str, base_dir: Path, *, sure: bool) -> tuple[str, int]:
    if act in ("start", "url"):
        server = ensure(base_dir)
        return (address(server) if act == "url" else f"PostgreSQL is up on {server.data}."), 0
    if act == "stop":
        return ("PostgreSQL stopped." if stop(base_dir) else "PostgreSQL was not running."), 0
    if act == "status":
        server = running(base_dir)
        return (
            (f"PostgreSQL is up on {server.data}, process {server.pid}.", 0)
            if server
            else ("PostgreSQL is down.", 3)
        )
    if not sure:
        return "This deletes the project's own database for good. Say so: reset --yes", 1
    return f"Deleted: {', '.join(map(str, reset(base_dir))) or 'there was nothing'}.", 0


def _from_url(url: str) -> dict:
    """Return the settings of a DATABASE_URL, checked first: a mistake in it is named, its password is not."""
    import environ

    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as problem:
        raise DatabaseProblem(f"DATABASE_URL can't be read ({problem}). {EXAMPLE}") from problem
    if parts.scheme not in SCHEMES:
        raise DatabaseProblem(
            f"DATABASE_URL begins with {parts.scheme!r}; this project needs PostgreSQL. {EXAMPLE}"
        )
    if not parts.path.strip("/"):
        raise DatabaseProblem(f"DATABASE_URL names no database after the host. {EXAMPLE}")
    if port == 0:
        raise DatabaseProblem(f"DATABASE_URL has port 0. {EXAMPLE}")
    found = environ.Env.db_url_config(url)
    options = found.get("OPTIONS", {})
    host = found.get("HOST") or ""
    remote = bool(host) and not host.startswith("/")
    if "options" not in parse_qs(parts.query, keep_blank_values=True):
        options = {"options": f"{NO_JIT} {SOON_THERE}" if remote else NO_JIT} | options
    if remote:
        options = SOON | options
    return CONNECTION | found | {"OPTIONS": options}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
