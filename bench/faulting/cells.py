"""The faults: how each begins and how it ends."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.faulting import disk
from bench.faulting.kept import Kept, until
from bench.faulting.site import Site
from bench.ports import free_port

HOUR = 3600


@dataclass(frozen=True)
class Cell:
    """A fault: its short name, what it is in words, and what makes it, given how long it may last.

    `make` returns once the fault is over: recovery is counted from then.
    """

    name: str
    words: str
    make: Callable[[Site, float], None]
    needs: str = ""  # "mount", "redis": what has to be possible here
    before: Callable[[Site], None] | None = None
    after: Callable[[Site], None] | None = None


def _kill_one_of(kept: Kept) -> None:
    os.kill(random.choice(kept.children()), signal.SIGKILL)


def _kill_training(site: Site, _: float) -> None:
    """Kill the child that is just training, in the middle of it."""
    until(lambda: site.at_it.exists() and site.at_it.stat().st_size, 30, "a training goes on", pause=0.002)
    os.kill(int(site.at_it.read_text()), signal.SIGKILL)


def _kill_backend(site: Site, _: float) -> None:
    import psycopg

    sql = "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() LIMIT 1"
    # In a transaction each look would see what the first one saw.
    with psycopg.connect(site.postgres.url(), autocommit=True) as connection:
        found: list[int] = []

        def at_work() -> list[int]:
            found.extend(connection.execute(sql).fetchone() or ())
            return found

        until(at_work, 30, "a connection is at work", pause=0)
        os.kill(found[0], signal.SIGKILL)


def _cut(site: Site, seconds: float, *, lost: bool = False) -> None:
    site.relay.cut()
    time.sleep(seconds)
    site.relay.mend(lost=lost)


def _fill(place: Path, seconds: float) -> None:
    disk.fill(place)
    time.sleep(seconds)
    disk.empty(place)


def _with_redis(site: Site) -> None:
    """Run web and worker with Redis for the worker's bell."""
    port = free_port()
    command = [shutil.which("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    site.redis = Kept("redis", command, log=site.home / "redis.log", environ=os.environ, cwd=site.home)
    _again(site, lambda own: own | {"HITL_REDIS_URL": f"redis://127.0.0.1:{port}/0"})


def _without_redis(site: Site) -> None:
    _again(site, lambda own: {name: value for name, value in own.items() if name != "HITL_REDIS_URL"})
    site.redis.stop()


def _again(site: Site, changed: Callable[[dict[str, str]], dict[str, str]]) -> None:
    """Run web and worker again in another environment."""
    for kept in (site.web, site.worker):
        kept.again(changed(kept.environ))
    site.wait_until_ready()


def _with_clock(site: Site) -> None:
    """Run web and worker with a clock of their own, which a file sets."""
    _set(site, 0)
    own = {"DJANGO_SETTINGS_MODULE": "bench.faulting.clocked", "HITL_FAULTS_CLOCK": str(site.home / "clock")}
    _again(site, lambda environ: environ | own)


def _without_clock(site: Site) -> None:
    _again(site, lambda environ: environ | {"DJANGO_SETTINGS_MODULE": "hitl_project.settings"})


def _ahead(site: Site) -> None:
    """Let everybody work for a while with a clock that is an hour ahead, and schedules be planned by it."""
    _with_clock(site)
    _set(site, HOUR)
    time.sleep(35)  # the worker looks at its schedules each half minute


def _set(site: Site, ahead: int) -> None:
    """Set the clock so many seconds ahead; replaced in one act, since it is read all the time."""
    new = site.home / "clock.new"
    new.write_text(str(ahead))
    new.rename(site.home / "clock")


CELLS = [
    Cell("web-process", "kill -9 of one web process", lambda site, _: _kill_one_of(site.web)),
    Cell("web", "kill -9 of the whole web server", lambda site, _: site.web.kill()),
    Cell("training", "kill -9 of the worker's process that trains", _kill_training),
    Cell("worker-process", "kill -9 of a process of the worker", lambda site, _: _kill_one_of(site.worker)),
    Cell("worker", "kill -9 of the whole worker", lambda site, _: site.worker.kill()),
    Cell("connection", "kill -9 of one PostgreSQL connection's process", _kill_backend),
    Cell(
        "postgres",
        "kill -9 of PostgreSQL, which is the broker too",
        lambda site, _: site.postgres.kept.kill(),
    ),
    Cell(
        "redis",
        "kill -9 of Redis, where it is the broker",
        lambda site, _: site.redis.kill(),
        "redis",
        _with_redis,
        _without_redis,
    ),
    Cell("cut", "network to the database cut, then on as before", _cut),
    Cell("lost", "network cut, its connections lost for good", lambda site, s: _cut(site, s, lost=True)),
    Cell(
        "disk-database",
        "disk of the database full",
        lambda site, s: _fill(site.home / "disk" / "database", s),
        "mount",
    ),
    Cell(
        "disk-models",
        "disk of the models full",
        lambda site, s: _fill(site.home / "disk" / "models", s),
        "mount",
    ),
    Cell(
        "clock-forward",
        "clock of web and worker jumps an hour ahead",
        lambda site, _: _set(site, HOUR),
        "",
        _with_clock,
        _without_clock,
    ),
    Cell(
        "clock-back",
        "clock of web and worker, an hour ahead, jumps back",
        lambda site, _: _set(site, 0),
        "",
        _ahead,
        _without_clock,
    ),
]
QUICK = ("worker", "postgres")
