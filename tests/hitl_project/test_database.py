"""The project's own PostgreSQL server, started for real from a path with spaces."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from hitl_project import database, postgres, postgres_programs
from hitl_project.database import SOON, SOON_THERE, database_settings, ensure, running, stop
from hitl_project.postgres_programs import DatabaseProblem, Programs
from tests.waiting import PATIENCE, until

ROOT = Path(database.__file__).resolve().parent.parent
PRINT_ADDRESS = "import sys; from pathlib import Path; from hitl_project import database as d; \
s = d.ensure(Path(sys.argv[1])); sys.stdout.write(f'{s.pid} {s.socket}')"


@pytest.fixture(scope="module")
def project():
    # Not in pytest's own folders, which are closed: the server that root starts runs as somebody else.
    with tempfile.TemporaryDirectory(prefix="check out ") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        stop(folder)


def connect(base_dir: Path) -> psycopg.Connection:
    settings = database_settings({}, base_dir)
    return psycopg.connect(
        host=settings["HOST"], port=settings["PORT"], user=settings["USER"], dbname=settings["NAME"]
    )


def become(user: pwd.struct_passwd) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)


def killed(base_dir: Path, pid: int) -> None:
    """Kill the main process and wait until its socket is closed: its last fork may still hold it open."""
    os.kill(pid, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{pid}/cwd").exists() and running(base_dir) is None)


def test_the_server_starts_stays_and_is_neither_waited_for_nor_started_when_up(project, monkeypatch):
    first = ensure(project)
    for what in ("lock", "start", "run"):
        monkeypatch.delattr(postgres, what)
    assert ensure(project) == first


def test_the_role_owns_its_database_and_is_no_superuser(project):
    with connect(project) as connection:
        row = connection.execute(
            "SELECT current_user::text, rolsuper, rolcreatedb, lower('ÀB'), current_setting('fsync'),"
            " current_setting('listen_addresses') FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == ("hitl", False, True, "àb", "on", "")


def test_nobody_else_can_read_the_data(project):
    assert oct(ensure(project).data.stat().st_mode & 0o777) == "0o700"


def test_processes_that_start_at_once_share_one_server(project):
    stop(project)
    command = [sys.executable, "-c", PRINT_ADDRESS, project]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    server = {process.communicate(timeout=PATIENCE)[0] for process in both}
    assert server == {f"{running(project).pid} {running(project).socket}"}


def test_after_a_killed_server_the_data_is_still_there(project):
    with connect(project) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    killed(project, ensure(project).pid)
    with connect(project) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(7,)]


def test_a_backend_that_outlives_a_killed_server_does_not_block_the_next(project):
    busy = connect(project)
    busy.autocommit = True
    pid = ensure(project).pid
    busy.execute("SET statement_timeout = 0")
    busy.pgconn.send_query(b"DO $$ BEGIN LOOP END LOOP; END $$")
    with connect(project) as other:
        state = "SELECT state FROM pg_stat_activity WHERE pid = %s AND query LIKE 'DO %%'"
        until(lambda: other.execute(state, [busy.info.backend_pid]).fetchone() == ("active",))
    killed(project, pid)
    assert ensure(project).pid != pid
    busy.close()


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(project):
    data = ensure(project).data
    file = data / "postmaster.pid"
    lines = file.read_text().splitlines()
    stop(project)
    stranger = str(os.getppid())
    file.write_text("\n".join([stranger, *lines[1:]]) + "\n")
    shutil.chown(file, data.stat().st_uid, data.stat().st_gid)
    assert (running(project), ensure(project).data) == (None, data)


def test_a_copied_checkout_gets_a_server_of_its_own(project):
    first = ensure(project)
    copy = project / "a copy"
    data = copy / "var" / first.data.name
    data.mkdir(parents=True)
    (data / "postmaster.pid").write_text((first.data / "postmaster.pid").read_text())
    shutil.chown(data, first.data.stat().st_uid)
    assert running(copy) is None


def test_a_stopped_server_is_gone_and_starts_again(project):
    pid = ensure(project).pid
    assert (stop(project), stop(project), running(project)) == (True, False, None)
    assert ensure(project).pid != pid


def test_a_socket_path_that_is_too_long_moves_to_a_short_private_folder(project):
    long = project / ("x" * 60) / ("y" * 60)
    long.mkdir(parents=True)
    server = ensure(long)
    private = oct(server.socket.stat().st_mode & 0o777)
    assert (len(str(server.socket)) < 80, private, stop(long)) == (True, "0o700", True)
    assert server.socket.exists() is False


def test_the_url_of_the_own_server_is_a_database_url(project):
    settings = database_settings({"DATABASE_URL": database.address(ensure(project))}, project)
    with psycopg.connect(dbname=settings["NAME"], user=settings["USER"], **settings["OPTIONS"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_an_ordinary_user_has_a_server_too():
    me = pwd.getpwuid(os.geteuid())
    user = pwd.getpwnam("nobody") if me.pw_uid == 0 else me
    with tempfile.TemporaryDirectory(prefix="some one ") as name:
        shutil.chown(name, user.pw_uid, user.pw_gid)
        # There may be no way to this interpreter or its packages for another user: fork, don't start one.
        child = os.fork()
        if child == 0:
            try:
                seen = None
                become(user)
                with connect(Path(name)) as connection:
                    seen = connection.execute("SELECT current_user::text").fetchone()
            finally:
                os._exit(0 if seen == ("hitl",) and stop(Path(name)) else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert {path.stat().st_uid for path in Path(name).glob("var/pg*")} == {user.pw_uid}


def test_another_users_data_is_refused_with_a_sentence(project, monkeypatch):
    data = ensure(project).data
    monkeypatch.setattr(os, "geteuid", lambda: data.stat().st_uid + 1)
    with pytest.raises(DatabaseProblem, match="started this checkout's database first"):
        ensure(project)


def test_without_programs_the_message_says_how_to_name_a_server(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres_programs, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(postgres_programs, "SYSTEM_FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DatabaseProblem, match="DATABASE_URL=postgres://USER:PASSWORD@HOST:5432/NAME"):
        ensure(tmp_path, {})


def test_programs_named_by_hand_must_be_postgresql(tmp_path):
    with pytest.raises(DatabaseProblem, match="HITL_PG_BIN"):
        ensure(tmp_path, {"HITL_PG_BIN": str(tmp_path)})


def test_a_newer_postgresql_does_not_hide_the_data_of_an_older(tmp_path):
    (tmp_path / "pg15").mkdir()
    (tmp_path / "pg15" / "PG_VERSION").write_text("15\n")
    old, new = Programs(Path("/old"), 15), Programs(Path("/new"), 18)
    assert postgres._choose([new, old], [tmp_path / "pg15"], forced=False) == old
    with pytest.raises(DatabaseProblem, match="made by PostgreSQL 15, which is gone"):
        postgres._choose([new], [tmp_path / "pg15"], forced=False)


def test_programs_that_the_servers_user_cannot_reach_are_copied(tmp_path):
    wheel = postgres_programs.find({})[0]
    me = pwd.getpwuid(os.geteuid())
    copy = postgres_programs.copied(wheel, tmp_path, me)
    said = subprocess.run([copy.bin / "initdb", "--version"], capture_output=True, text=True).stdout
    assert (said.split()[-1].split(".")[0], tmp_path in copy.bin.parents) == (str(wheel.major), True)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://me@host/name", "begins with 'mysql'"),
        ("just words", "begins with ''"),
        ("postgres://me@host", "names no database"),
        ("postgres://me:secret@host:54x2/name", "can't be read"),
    ],
)
def test_a_wrong_database_url_is_explained(tmp_path, url, says):
    with pytest.raises(DatabaseProblem, match=says) as problem:
        database_settings({"DATABASE_URL": url}, tmp_path)
    assert ("DATABASE_URL=postgres://" in str(problem.value), "secret" in str(problem.value)) == (True, False)


def test_a_database_url_is_used_as_it_is(tmp_path):
    settings = database_settings({"DATABASE_URL": "postgres://me:p%40ss@db.example:5433/name"}, tmp_path)
    assert settings == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "name",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": 5433,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": SOON | {"options": f"-c jit=off {SOON_THERE}"},
    }


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", {"options": f"-c jit=off {SOON_THERE}"}),
        ("?connect_timeout=9", {"options": f"-c jit=off {SOON_THERE}", "connect_timeout": 9}),
        ("?options=-c%20jit%3Don", {"options": "-c jit=on"}),
        ("?options=", {}),  # behind a pooler that refuses start-up options
    ],
)
def test_each_connection_switches_jit_off_unless_the_url_says_otherwise(tmp_path, query, options):
    url = f"postgres://me@db.example/name{query}"
    assert database_settings({"DATABASE_URL": url}, tmp_path)["OPTIONS"] == SOON | options


def test_a_socket_has_no_network_that_could_be_cut(tmp_path):
    settings = database_settings({"DATABASE_URL": "postgres://me@/name?host=/run/postgresql"}, tmp_path)
    assert settings["OPTIONS"] == {"host": "/run/postgresql", "options": "-c jit=off"}


def test_the_command_tells_starts_stops_and_deletes_only_when_sure(project, capsys):
    acts = (["start"], ["status"], ["reset"], ["stop"], ["status"], ["reset", "--yes"])
    assert [database.main(act, project) for act in acts] == [0, 0, 1, 0, 3, 0]
    assert "Say so: reset --yes" in capsys.readouterr().err
    assert postgres.existing(project) == []
