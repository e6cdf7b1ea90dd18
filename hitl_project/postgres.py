"""Run one PostgreSQL server for a checkout: find programs, make a data directory, start, stop, recover."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hitl_project.postgres_programs import Programs, copied, find, major_of

PORT = "5432"
PATIENCE = 60  # seconds for a start with crash recovery, and for a clean stop
LONGEST_SOCKET = 103  # bytes: macOS; Linux allows 107
LOG_LIMIT = 20_000_000  # bytes after which a start begins the log anew
STANDARD = ("postgres", "pgserver", "nobody")


class DatabaseProblem(RuntimeError):
    """There is no usable PostgreSQL; the message says what to do."""


@dataclass(frozen=True)
class Server:
    """A server that answers: its data directory, the directory of its socket, its main process."""

    data: Path
    socket: Path
    pid: int


def running(data: Path) -> Server | None:
    """Return the server that answers on `data`, or None. Costs a file and a connect, well under 1 ms."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        if len(lines) < 8 or lines[7].strip() != "ready":
            return None
        server = Server(data, Path(lines[4]), int(lines[0]))
        # Whoever owns the socket's directory owns the server: nobody else can have put a false one there.
        if server.socket.stat().st_uid != data.stat().st_uid:
            return None
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            probe.connect(str(server.socket / f".s.PGSQL.{PORT}"))
    except (FileNotFoundError, ConnectionError, TimeoutError):
        return None
    return server


def existing(base_dir: Path) -> list[Path]:
    """Return the data directories of this checkout, the newest PostgreSQL first.

    Raises DatabaseProblem where one of them belongs to somebody else.
    """
    found = [path for home in homes(base_dir) for path in home.glob("pg[0-9]*") if path.name[2:].isdigit()]
    for data in found:
        if os.geteuid() not in (0, data.stat().st_uid):
            raise DatabaseProblem(
                f"{data} belongs to {data.owner()!r}, because root or another user started the project's "
                "database first. Run as that user or as root, set DATABASE_URL, or use a checkout of your own."
            )
    return sorted(found, key=lambda data: int(data.name[2:]), reverse=True)


def homes(base_dir: Path) -> list[Path]:
    """Return where data may lie: var/, and for root also a place that the server's user can always reach."""
    name = hashlib.sha256(os.fsencode(base_dir)).hexdigest()[:12]
    return [base_dir / "var"] + ([Path("/var/lib") / f"hitl-{name}"] if os.geteuid() == 0 else [])


@contextlib.contextmanager
def lock(base_dir: Path) -> Iterator[None]:
    """Hold the checkout's database lock: one process starts, stops or removes a server at a time."""
    home = base_dir / "var"
    try:
        if not home.is_dir():
            home.mkdir(mode=0o755)
            _hand_over(home, base_dir)
        path = home / "postgres.lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        _hand_over(path, home)
    except PermissionError as problem:
        raise DatabaseProblem(
            f"{home} can't be written by {_name(os.geteuid())!r}: {problem.strerror}. Run as the owner of this "
            "checkout, or set DATABASE_URL."
        ) from problem
    with os.fdopen(descriptor) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def start(base_dir: Path, environ: Mapping[str, str]) -> Server:
    """Start the checkout's server, made on the first time, and return it. The caller holds the lock.

    Raises DatabaseProblem with a sentence that says what to do.
    """
    programs = _choose(find(environ), existing(base_dir), chosen="HITL_PG_BIN" in environ)
    data, owner = _place(base_dir, programs)
    if _in_the_way(str(data) + str(programs.bin)):
        raise DatabaseProblem(
            f"PostgreSQL's programs can't work below {data}: rename the folder without \" $ ` or \\."
        )
    if owner and not _reachable(programs.bin, owner):
        programs = copied(programs, data.parent, owner.pw_uid, owner.pw_gid)
    if not data.exists():
        _create(programs, data, owner)
    _wait_for_others(data)
    _configure(data, owner)
    log = data / "server.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.unlink()
    _run([programs.bin / "pg_ctl", "start", "-D", data, "-l", log, "-w", "-t", str(PATIENCE)], owner, log=log)
    server = running(data)
    if server is None:
        raise DatabaseProblem(f"PostgreSQL started but does not answer on its socket; see {log}.")
    return server


def stop(data: Path) -> bool:
    """Stop the server on `data`, ending its connections, and say whether one ran. The caller holds the lock."""
    server = running(data)
    if server is None:
        return False
    os.kill(server.pid, signal.SIGINT)
    if not _until(lambda: not (data / "postmaster.pid").exists()):
        raise DatabaseProblem(
            f"PostgreSQL (process {server.pid}) did not stop in {PATIENCE} s; see {data}/server.log."
        )
    if server.socket != data:
        server.socket.rmdir()
    return True


def _choose(found: list[Programs], existing: list[Path], *, chosen: bool) -> Programs:
    """Pick the programs that fit the data that is there: a newer PostgreSQL must not hide yesterday's data."""
    if not found:
        raise DatabaseProblem(
            "There is no PostgreSQL here, and no wheel of it for this platform. Install PostgreSQL 15 or newer, or "
            "name a server: DATABASE_URL=postgres://USER:PASSWORD@HOST:5432/NAME"
        )
    if chosen or not existing:
        return found[0]
    for data in existing:
        for programs in found:
            if programs.major == major_of(data):
                return programs
    raise DatabaseProblem(
        f"{existing[0]} was made by PostgreSQL {major_of(existing[0])}, which is not here any more (found: "
        f"{', '.join(str(programs.major) for programs in found)}). Install it, or name its programs in HITL_PG_BIN, "
        "or move that folder away to begin with an empty database."
    )


def _place(base_dir: Path, programs: Programs) -> tuple[Path, pwd.struct_passwd | None]:
    """Return the data directory and, for root, the ordinary user that owns it: PostgreSQL refuses root."""
    places = [home / f"pg{programs.major}" for home in homes(base_dir)]
    data = next((place for place in places if place.exists()), None)
    if os.geteuid() != 0:
        _name(os.geteuid())
        return data or places[0], None
    if data:
        owner = pwd.getpwuid(data.stat().st_uid)
        if not _reachable(data, owner):
            raise DatabaseProblem(
                f"{owner.pw_name!r}, who owns {data}, can't reach it: run chmod o+x on the folders above."
            )
        return data, owner
    owner = _server_user(base_dir)
    if _reachable(places[0].parent, owner):
        return places[0], owner
    places[1].parent.mkdir(mode=0o755, exist_ok=True)
    return places[1], owner


def _server_user(base_dir: Path) -> pwd.struct_passwd:
    """Return who runs the server that root starts: the checkout's owner, else a system user."""
    users = {user.pw_uid: user for user in reversed(pwd.getpwall()) if user.pw_uid}
    named = {user.pw_name: user for user in users.values()}
    owner = users.get(base_dir.stat().st_uid)
    candidates = [owner, *(named.get(name) for name in STANDARD), *users.values()]
    for user in candidates:
        if user:
            return user
    raise DatabaseProblem(
        "PostgreSQL refuses to run as root and there is no other user: add one, or set DATABASE_URL."
    )


def _reachable(path: Path, user: pwd.struct_passwd) -> bool:
    """Say whether `user` may enter `path` and every folder above it, by their mode bits."""
    groups = os.getgrouplist(user.pw_name, user.pw_gid)
    for folder in (path, *path.parents):
        state = folder.stat()
        shift = 6 if state.st_uid == user.pw_uid else 3 if state.st_gid in groups else 0
        if not state.st_mode >> shift & 1:
            return False
    return True


def _create(programs: Programs, data: Path, owner: pwd.struct_passwd | None) -> None:
    """Make `data` with a role and a database; it gets its name last, so half a one is never taken for whole."""
    new = data.with_name(data.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    if owner:
        os.chown(new, owner.pw_uid, owner.pw_gid)
    if programs.major >= 17:
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        locale = ["--locale=C.UTF-8"]
    initdb = [programs.bin / "initdb", "-D", new, "-U", "postgres", "-A", "peer", "-E", "UTF8", *locale]
    _run(initdb, owner)
    with (new / "postgresql.conf").open("a") as settings:
        settings.write("include 'hitl.conf'  # written at each start\n")
    (new / "hitl.conf").touch()
    roles = "CREATE ROLE hitl LOGIN CREATEDB;\nCREATE DATABASE hitl OWNER hitl;\n"
    said = _run([programs.bin / "postgres", "--single", "-D", new, "postgres"], owner, text=roles)
    if "ERROR:" in said:
        raise DatabaseProblem(f"PostgreSQL could not make the database hitl: {said}")
    new.rename(data)


def _configure(data: Path, owner: pwd.struct_passwd | None) -> None:
    """Write the server's settings: no network, a socket in a private folder, entry by the kernel's word."""
    where = data
    if len(os.fsencode(data / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET:
        where = Path(tempfile.mkdtemp(prefix="hitl-pg-", dir=_short_folder()))
        if owner:
            os.chown(where, owner.pw_uid, owner.pw_gid)
    quoted = str(where).replace("'", "''")
    (data / "hitl.conf").write_text(
        f"listen_addresses = ''\nport = {PORT}\nunix_socket_directories = '\"{quoted}\"'\n"
        "unix_socket_permissions = 0700\nshared_buffers = '128MB'\nmax_connections = 100\n"
    )
    # "peer": the kernel says who connects, so there is no password to keep or to leak.
    (data / "pg_hba.conf").write_text("local all hitl peer map=hitl\n")
    users = {"root", owner.pw_name if owner else _name(os.geteuid())}
    (data / "pg_ident.conf").write_text("".join(f'hitl "{user}" hitl\n' for user in sorted(users)))


def _short_folder() -> str:
    """Return a folder for temporary files whose name leaves room for a socket's."""
    folder = tempfile.gettempdir()
    return folder if len(os.fsencode(folder)) < 60 else "/tmp"


def _wait_for_others(data: Path) -> None:
    """Clear what a kill -9 left: backends without their main process, and a pid that now is someone else's.

    Those backends hold the shared memory, and a start beside them is refused; SIGQUIT ends them at once and
    what they were doing is recovered from the log, as after any crash.
    """
    if not Path("/proc/self").exists():
        return  # without /proc PostgreSQL's own checks decide

    def left() -> list[int]:
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _works_in(pid, data)]

    for pid in left():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)
    if not _until(lambda: not left()):
        raise DatabaseProblem(
            f"Old PostgreSQL processes still use {data}: {left()}. End them, then start again."
        )
    (data / "postmaster.pid").unlink(missing_ok=True)


def _works_in(pid: int, data: Path) -> bool:
    """Say whether process `pid` is a PostgreSQL process of `data` (they all work in that folder)."""
    try:
        named = Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
        return named and os.path.samefile(f"/proc/{pid}/cwd", data)
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return False


def _run(command: list, owner: pwd.struct_passwd | None, *, text: str = "", log: Path | None = None) -> str:
    """Run one of PostgreSQL's programs as `owner` and return what it said; DatabaseProblem where it failed."""
    switch = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    # PG… variables of the caller would turn the programs elsewhere.
    clean = {"PATH": os.defpath, "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, cwd="/", env=clean, umask=0o077, **switch
        )
    except OSError as problem:
        raise DatabaseProblem(f"{command[0]} can't be run: {problem.strerror}. {_REMEDY}") from problem
    said = (done.stdout + done.stderr).strip()
    if done.returncode:
        ending = log.read_text(errors="replace")[-1500:] if log and log.exists() else ""
        raise DatabaseProblem(f"{Path(command[0]).name} failed: {said[-1500:]}\n{ending}\n{_REMEDY}")
    return said
