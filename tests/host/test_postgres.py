"""The embedded server: odd paths, crashes, unclean stops, another version, a full disk, an ordinary user."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from holdfast.host.errors import DatabaseDisagrees, DatabaseUnavailable, RoleTooMighty
from holdfast.host.leftovers import clear_leftovers, processes_in
from holdfast.host.postgres import APP, DATABASE, OWNER, SOCKET_PATH_BYTES_MAX, SUPERUSER, EmbeddedPostgres
from holdfast.host.roles import Role, prepare, refuse_mighty_app

FAST = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "16MB", "max_connections": "20"}
BINARIES = Path(os.environ["HOLDFAST_TEST_POSTGRES"]) if "HOLDFAST_TEST_POSTGRES" in os.environ else None

pytestmark = pytest.mark.database


_made: list[EmbeddedPostgres] = []


def server_in(directory: Path, **settings: str) -> EmbeddedPostgres:
    server = EmbeddedPostgres(directory, binaries=BINARIES, settings={**FAST, **settings})
    _made.append(server)
    return server


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory whose name a shell would trip over."""
    directory = Path(tempfile.mkdtemp(prefix="hold fast 'é' "))
    yield directory
    for server in _made:
        server.stop()
        shutil.rmtree(server.socket_directory, ignore_errors=True)
    _made.clear()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="module")
def made_once() -> Iterator[Path]:
    """A stopped cluster to copy: making one takes a second, copying it a tenth."""
    directory = Path(tempfile.mkdtemp(prefix="holdfast-template-"))
    template = EmbeddedPostgres(directory / "postgres", binaries=BINARIES, settings=FAST)
    template.start()
    template.stop()
    shutil.rmtree(template.socket_directory, ignore_errors=True)
    yield template.directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def server(place: Path, made_once: Path) -> EmbeddedPostgres:
    shutil.copytree(made_once, place / "postgres")
    started = server_in(place / "postgres")
    started.start()
    return started


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def remember(server: EmbeddedPostgres, word: str) -> None:
    with psycopg.connect(server.url(OWNER)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [word])


def remembered(server: EmbeddedPostgres) -> list[str]:
    with psycopg.connect(server.url(OWNER)) as connection:
        return [str(row[0]) for row in connection.execute("SELECT word FROM kept ORDER BY word")]


def test_it_starts_below_a_path_with_blanks_quotes_and_accents(server: EmbeddedPostgres):
    with psycopg.connect(server.url()) as connection:
        row = connection.execute("SELECT current_user, current_database()").fetchone()
    assert row == (APP, DATABASE)


def test_a_long_path_has_a_short_socket(place: Path):
    long = place / ("a name of forty characters and some more" * 4) / "postgres"
    assert len(str(server_in(long).socket_directory)) <= SOCKET_PATH_BYTES_MAX
    server = server_in(long)
    server.start()
    remember(server, "Aquarium")
    assert remembered(server) == ["Aquarium"]


def test_nobody_else_on_the_machine_can_come_near_its_socket(server: EmbeddedPostgres):
    assert server.socket_directory.stat().st_mode & 0o077 == 0
    assert server.data.stat().st_mode & 0o077 == 0


def test_a_second_start_keeps_the_data(server: EmbeddedPostgres):
    remember(server, "Aquarium")
    server.stop()
    assert not server.is_running
    server.start()
    assert remembered(server) == ["Aquarium"]


def test_a_killed_server_is_seen_to_have_ended_and_starts_again(server: EmbeddedPostgres):
    """A kill -9 leaves a lock file with a number that a zombie may still hold."""
    remember(server, "Boathouse")
    os.kill(postmaster(server), signal.SIGKILL)
    assert server._server is not None
    server._server.wait()
    assert server.is_ended()
    again = server_in(server.directory)
    again.start()
    assert remembered(again) == ["Boathouse"]


def test_a_running_server_of_an_unclean_stop_is_adopted(server: EmbeddedPostgres):
    first = postmaster(server)
    adopting = server_in(server.directory)
    adopting.start()
    assert postmaster(adopting) == first
    assert not adopting.is_ended()
    adopting.stop()
    assert not server.is_running


def test_a_stale_lock_file_that_names_another_program_locks_nobody_out(server: EmbeddedPostgres):
    """In a container numbers begin at 1 again: the old postmaster's number may be anybody's."""
    server.stop()
    (server.data / "postmaster.pid").write_text(
        f"{os.getpid()}\n{server.data}\n0\n5432\n{server.socket_directory}\n\n  1 2\n"
    )
    (server.socket_directory / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    (server.socket_directory / ".s.PGSQL.5432").touch()
    server.start()
    assert server.is_running


def test_lock_files_stay_while_a_process_works_in_the_directory(place: Path):
    data = place / "data"
    data.mkdir()
    (data / "postmaster.pid").write_text("1\n")
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], cwd=data, stdin=subprocess.PIPE)
    try:
        assert processes_in(data) == {bystander.pid}
    finally:
        bystander.communicate(b"\n")
    assert processes_in(data) == set()
    clear_leftovers(data, place)
    assert not (data / "postmaster.pid").exists()


def test_an_interrupted_first_start_begins_anew(place: Path):
    unfinished = place / "postgres" / "data.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "half").touch()
    server = server_in(place / "postgres")
    server.start()
    assert server.is_running


def test_files_of_another_version_are_refused_with_the_way_out(server: EmbeddedPostgres):
    server.stop()
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(DatabaseDisagrees, match=r"written by PostgreSQL 12.*holdfast backup"):
        server_in(server.directory).start()


def test_a_server_that_cannot_start_says_why(server: EmbeddedPostgres):
    server.stop()
    broken = server_in(server.directory, shared_buffers="nonsense")
    with pytest.raises(DatabaseUnavailable, match="shared_buffers"):
        broken.start()


def test_a_socket_directory_of_somebody_else_is_not_used(place: Path):
    server = server_in(place / "postgres")
    server.socket_directory.mkdir(mode=0o777)
    server.socket_directory.chmod(0o777)
    with pytest.raises(DatabaseUnavailable, match="open to others"):
        server.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small file system")
def test_a_full_disk_is_named_and_loses_nothing(place: Path):
    small = place / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", small], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("this machine lets nobody mount a small file system")
    try:
        with pytest.raises(DatabaseUnavailable, match="the disk is full"):
            server_in(small / "postgres").start()
    finally:
        subprocess.run(["umount", small], check=True)


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root can become somebody else")
def test_an_ordinary_user_runs_it_without_any_help():
    directory = Path(tempfile.mkdtemp(prefix="holdfast-nobody-"))
    shutil.chown(directory, user="nobody")
    code = (
        "import sys; from pathlib import Path\n"
        "from holdfast.host.postgres import EmbeddedPostgres\n"
        "server = EmbeddedPostgres(Path(sys.argv[1]) / 'postgres', settings={'shared_buffers': '16MB'})\n"
        "server.start(); print(server.is_running); server.stop()\n"
    )
    as_nobody = ["setpriv", "--reuid=nobody", "--clear-groups", sys.executable, "-c", code, str(directory)]
    environment = {name: value for name, value in os.environ.items() if name not in {"HOME", "XDG_RUNTIME_DIR"}}
    try:
        done = subprocess.run(as_nobody, capture_output=True, text=True, check=False, cwd="/", env=environment)
        if "Permission denied" in done.stderr and "holdfast" not in done.stderr:
            pytest.skip("an ordinary user cannot read this Python")
        assert done.stdout.strip() == "True", done.stderr
    finally:
        shutil.rmtree(directory, ignore_errors=True)


class TestRoles:
    def test_the_app_is_bound_and_the_owner_is_not_the_app(self, server: EmbeddedPostgres):
        with psycopg.connect(server.url()) as connection:
            refuse_mighty_app(connection)

    @pytest.mark.parametrize("user", [SUPERUSER, OWNER])
    def test_a_mighty_role_is_refused_as_app(self, server: EmbeddedPostgres, user: str):
        remember(server, "so that there is a table to own")
        with psycopg.connect(server.url(user)) as connection, pytest.raises(RoleTooMighty, match="workspaces apart"):
            refuse_mighty_app(connection)

    def test_a_role_that_steps_over_row_security_is_refused(self, server: EmbeddedPostgres):
        with psycopg.connect(server.url(SUPERUSER), autocommit=True) as admin:
            admin.execute("CREATE ROLE careless LOGIN BYPASSRLS")
        with psycopg.connect(server.url("careless")) as connection, pytest.raises(RoleTooMighty, match="BYPASSRLS"):
            refuse_mighty_app(connection)

    def test_a_member_of_the_owner_is_refused(self, server: EmbeddedPostgres):
        remember(server, "so that there is a table to own")
        with psycopg.connect(server.url(SUPERUSER), autocommit=True) as admin:
            admin.execute(f"CREATE ROLE cousin LOGIN IN ROLE {OWNER}")
        with psycopg.connect(server.url("cousin")) as connection, pytest.raises(RoleTooMighty, match="owner"):
            refuse_mighty_app(connection)

    def test_roles_of_other_names_are_prepared_on_a_server_of_yours(self, server: EmbeddedPostgres):
        owner, app = Role("rooms owner", "pa'ss"), Role("rooms-app", "wörd")
        for _ in range(2):  # repeating it is harmless
            with psycopg.connect(server.url(SUPERUSER), autocommit=True) as admin:
                prepare(admin, owner=owner, app=app, database="rooms db")
        with psycopg.connect(dbname="rooms db", user=app.name, host=str(server.socket_directory)) as connection:
            refuse_mighty_app(connection)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("CREATE TABLE mine (id int)")


def test_a_machine_without_user_namespaces_is_named_with_the_two_ways_out(place: Path, made_once: Path):
    """A container may forbid them; the words are those of util-linux."""
    programs = place / "bin"
    programs.mkdir()
    for name, words in (
        ("postgres", "echo 'postgres (PostgreSQL) 18.4'"),
        ("initdb", "echo 'unshare: unshare failed: Operation not permitted' >&2; exit 1"),
    ):
        (programs / name).write_text(f"#!/bin/sh\n{words}\n")
        (programs / name).chmod(0o755)
    server = EmbeddedPostgres(place / "fresh", binaries=programs, settings=FAST)
    with pytest.raises(DatabaseUnavailable, match=r"ordinary user, or set DATABASE_URL"):
        server.start()
