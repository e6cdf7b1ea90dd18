"""One PostgreSQL server for a checkout: its data directory, its start, its stop, and what a crash leaves."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hitl_project.postgres_crash import PATIENCE, PORT, clear, lives, until
from hitl_project.postgres_programs import (
    REMEDY,
    DatabaseProblem,
    Programs,
    copied,
    find,
    reachable,
    run,
    server_user,
    user,
)

LONGEST_SOCKET = 103  # bytes on macOS; Linux allows 107
LOG_LIMIT = 20_000_000  # bytes after which a start begins the log anew


@dataclass(frozen=True)
class Server:
    """A server that answers: its data directory, its socket's directory, the number of its main process."""

    data: Path
    socket: Path
    pid: int


def running(data: Path) -> Server | None:
    """Return the server that answers on `data`, or None; costs one small file and one connect."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        # A copied checkout brings along the file of the server that it was copied from.
        if len(lines) < 8 or lines[7].strip() != "ready" or lines[1] != str(data):
            return None
        server = Server(data, Path(lines[4]), int(lines[0]))
        # After a reboot somebody else could have put a false server where ours had its socket.
        if server.socket.stat().st_uid != data.stat().st_uid:
            return None
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            probe.connect(str(server.socket / f".s.PGSQL.{PORT}"))
    except (FileNotFoundError, ConnectionError, TimeoutError):
        return None
    return server


def homes(base_dir: Path) -> list[Path]:
    """Return where data may lie: var/ and, for root, a place that the server's user can always reach."""
    name = hashlib.sha256(os.fsencode(base_dir)).hexdigest()[:12]
    return [base_dir / "var"] + ([Path("/var/lib") / f"hitl-{name}"] if os.geteuid() == 0 else [])


def existing(base_dir: Path) -> list[Path]:
    """Return the data directories of this checkout, the newest PostgreSQL first.

    Raises DatabaseProblem where one of them belongs to somebody else.
    """
    found = [data for home in homes(base_dir) for data in home.glob("pg*") if data.name[2:].isdigit()]
    for data in found:
        if os.geteuid() not in (0, data.stat().st_uid):
            raise DatabaseProblem(
                f"{data} belongs to {data.owner()!r}: root or another user started this checkout's database "
                f"first. Run as that user or as root, or use a checkout of your own. {REMEDY}"
            )
    return sorted(found, key=lambda data: int(data.name[2:]), reverse=True)


@contextlib.contextmanager
def lock(base_dir: Path) -> Iterator[None]:
    """Hold the checkout's database lock: one process at a time starts, stops or removes its server."""
    home = base_dir / "var"
    try:
        if not home.is_dir():
            home.mkdir(mode=0o755, exist_ok=True)
            _give(home, base_dir.stat())
        descriptor = os.open(home / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        _give(home / "postgres.lock", home.stat())
    except PermissionError as problem:
        raise DatabaseProblem(
            f"{user(os.geteuid()).pw_name!r} can't write in {home}. Run as this checkout's owner. {REMEDY}"
        ) from problem
    with os.fdopen(descriptor) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def start(base_dir: Path, environ: Mapping[str, str]) -> Server:
    """Start the checkout's server, made on the first time, and return it; the caller holds the lock.

    Raises DatabaseProblem with what to do where it can't be done.
    """
    programs = _choose(find(environ), existing(base_dir), forced="HITL_PG_BIN" in environ)
    data, owner = _place(base_dir, programs)
    if set(f"{data}{programs.bin}") & set('"$`\\\n'):
        raise DatabaseProblem(
            f"PostgreSQL can't work in {data}: its path must be free of \" $ ` and \\. {REMEDY}"
        )
    if os.geteuid() == 0 and not reachable(programs.bin, owner):
        programs = copied(programs, data.parent, owner)
    if not data.exists():
        _create(programs, data, owner)
    if server := _already_coming(data):
        return server
    clear(data)
    _configure(data, owner)
    log = data / "server.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.unlink()
    try:
        run([programs.bin / "pg_ctl", "start", "-D", data, "-l", log, "-w", "-t", str(PATIENCE)], owner)
    except DatabaseProblem as problem:
        ending = log.read_text(errors="replace")[-1500:] if log.exists() else ""
        raise DatabaseProblem(f"{problem}\nThe end of {log}:\n{ending}") from problem
    server = running(data)
    if server is None:
        raise DatabaseProblem(f"PostgreSQL started but does not answer; see {log}. {REMEDY}")
    return server


def stop(data: Path) -> bool:
    """Stop the server on `data`, ending its connections, and say whether one ran; the caller holds the lock.

    Raises DatabaseProblem where it doesn't stop in time.
    """
    server = _already_coming(data)
    if server is None:
        return False
    os.kill(server.pid, signal.SIGINT)  # PostgreSQL's "fast" shutdown
    # Its file goes last of all, unless somebody killed it meanwhile.
    if not until(lambda: not (data / "postmaster.pid").exists() or not lives(server.pid, data)):
        raise DatabaseProblem(
            f"PostgreSQL, process {server.pid}, did not stop in {PATIENCE} s; see {data}/server.log."
        )
    if server.socket != data:
        shutil.rmtree(server.socket, ignore_errors=True)
    return True


def _choose(found: list[Programs], existing: list[Path], *, forced: bool) -> Programs:
    """Pick the programs that fit the data that is there: a newer version must not hide yesterday's data."""
    if forced or not existing:
        return found[0]
    by_major = {programs.major: programs for programs in reversed(found)}
    majors = [int((data / "PG_VERSION").read_text()) for data in existing]
    for major in majors:
        if major in by_major:
            return by_major[major]
    raise DatabaseProblem(
        f"{existing[0]} was made by PostgreSQL {majors[0]}, which is gone (here: {sorted(by_major)}). "
        "Install it, name its programs in HITL_PG_BIN, or move that folder away to begin with an empty one. "
        f"{REMEDY}"
    )


def _place(base_dir: Path, programs: Programs) -> tuple[Path, pwd.struct_passwd]:
    """Return the data directory and its user, who for root is another one: PostgreSQL refuses root."""
    places = [home / f"pg{programs.major}" for home in homes(base_dir)]
    data = next((place for place in places if place.exists()), None)
    if os.geteuid() != 0:
        return data or places[0], user(os.geteuid())
    owner = user(data.stat().st_uid) if data else server_user(base_dir)
    if data and not reachable(data, owner):
        raise DatabaseProblem(
            f"{owner.pw_name!r} can't reach {data}: run `chmod o+x` on the folders above it. {REMEDY}"
        )
    if data or reachable(places[0].parent, owner):
        return data or places[0], owner
    places[1].parent.mkdir(mode=0o755, exist_ok=True)
    return places[1], owner


def _create(programs: Programs, data: Path, owner: pwd.struct_passwd) -> None:
    """Make `data` with a role and a database; it gets its name last, so half a one never counts."""
    for broken_off in data.parent.glob(f"{data.name}.new-*"):
        shutil.rmtree(broken_off, ignore_errors=True)
    new = data.with_name(f"{data.name}.new-{os.getpid()}")
    new.mkdir(mode=0o700)
    _give(new, owner)
    if programs.major >= 17:
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        locale = ["--locale=C.UTF-8"]
    run([programs.bin / "initdb", "-D", new, "-U", "postgres", "-A", "peer", "-E", "UTF8", *locale], owner)
    with (new / "postgresql.conf").open("a") as settings:
        settings.write("include_if_exists 'hitl.conf'  # written at each start\n")
    roles = "CREATE ROLE hitl LOGIN CREATEDB CREATEROLE;\nCREATE DATABASE hitl OWNER hitl;\n"
    said = run([programs.bin / "postgres", "--single", "-D", new, "postgres"], owner, text=roles)
    if "ERROR:" in said:
        raise DatabaseProblem(f"PostgreSQL could not make the database hitl: {said}")
    new.rename(data)


def _configure(data: Path, owner: pwd.struct_passwd) -> None:
    """Write the server's settings: no network, a socket in a private folder, entry on the kernel's word."""
    place = data
    if len(os.fsencode(data / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET:
        folder = tempfile.gettempdir()
        short = len(os.fsencode(folder)) < LONGEST_SOCKET - 40
        place = Path(tempfile.mkdtemp(prefix="hitl-pg-", dir=folder if short else "/tmp"))
        _give(place, owner)
    quoted = str(place).replace("'", "''")
    settings = {
        "hitl.conf": f"listen_addresses = ''\nport = {PORT}\nunix_socket_directories = '\"{quoted}\"'\n"
        "unix_socket_permissions = 0700\nshared_buffers = '128MB'\nmax_connections = 100\n",
        # "peer" asks the kernel who connects: there is no password to keep, or to leak.
        "pg_hba.conf": "local all hitl peer map=hitl\n",
        "pg_ident.conf": "".join(f'hitl "{user}" hitl\n' for user in sorted({"root", owner.pw_name})),
    }
    for name, text in settings.items():
        (data / name).write_text(text)
        _give(data / name, owner)
        (data / name).chmod(0o600)


def _already_coming(data: Path) -> Server | None:
    """Wait for a main process that is still starting, recovering or stopping; None where there is none."""
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
        if lines[1] == str(data) and not until(lambda: running(data) or not lives(pid, data)):
            raise DatabaseProblem(
                f"PostgreSQL, process {pid}, is still busy starting; see {data}/server.log. Try again."
            )
    return running(data)


def _give(path: Path, owner: os.stat_result | pwd.struct_passwd) -> None:
    """Let root pass what it made to the user whose it shall be."""
    if os.geteuid() == 0:
        uid, gid = (
            (owner.pw_uid, owner.pw_gid)
            if isinstance(owner, pwd.struct_passwd)
            else (owner.st_uid, owner.st_gid)
        )
        os.chown(path, uid, gid)
