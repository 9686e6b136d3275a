"""The whole product as processes: up, killed, backed up, restored, rotated, down. Real signals, real sockets."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest

from holdfast.host.archive import check
from holdfast.host.errors import ArchiveUnfit
from holdfast.host.postgres import EmbeddedPostgres
from holdfast.ports import clock

PATIENCE_S = 60
PASSWORD = "a quiet boathouse at dawn"


class Installation:
    """A state directory and the commands run on it."""

    def __init__(self, state: Path) -> None:
        self.state = state
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("HOLDFAST_", "DATABASE_", "PG"))
        }
        self.environment = {**kept, "HOLDFAST_STATE": str(state), "HOLDFAST_WEB_PORT": str(self.port)}
        self.running: subprocess.Popen[str] | None = None
        self.said: IO[str] | None = None

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-c", "from holdfast.cli import main; main()", *arguments]
        return subprocess.run(line, capture_output=True, text=True, check=False, env=self.environment)

    def up(self) -> None:
        line = [sys.executable, "-c", "from holdfast.cli import main; main()", "up"]
        self.close()
        self.said = (self.state.parent / f"{self.state.name} says").open("w+")
        self.running = subprocess.Popen(line, stdout=self.said, stderr=self.said, text=True, env=self.environment)
        self.await_ready()

    def await_ready(self) -> None:
        deadline = clock.monotonic_s() + PATIENCE_S
        while self.get("/readyz")[0] != 200:
            assert self.running is not None
            assert self.running.poll() is None, self.words()
            assert clock.monotonic_s() < deadline, self.words()
            clock.sleep(0.1)

    def get(self, path: str) -> tuple[int, str]:
        try:
            with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except URLError as error:
            return getattr(error, "code", 0), ""
        except OSError:
            return 0, ""

    def down(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.running is not None
        self.running.send_signal(number)
        code = self.running.wait(PATIENCE_S)
        self.running = None
        return code

    def words(self) -> str:
        assert self.said is not None
        self.said.flush()
        return Path(self.said.name).read_text()

    def children(self) -> dict[str, int]:
        """Our python children by their module."""
        assert self.running is not None
        found: dict[str, int] = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            if parent == self.running.pid and b"-m" in words:
                found[words[words.index(b"-m") + 1].decode().rpartition(".")[2]] = int(entry.name)
        return found

    def forget(self) -> None:
        if self.running is not None:
            self.running.kill()
            self.running.wait()
        server = EmbeddedPostgres(self.state / "postgres")
        server.stop()
        shutil.rmtree(server.socket_directory, ignore_errors=True)
        self.close()

    def close(self) -> None:
        if self.said is not None:
            self.said.close()
        self.said = None


@pytest.fixture
def place() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="holdfast up "))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def house(place: Path) -> Iterator[Installation]:
    installation = Installation(place / "state")
    yield installation
    installation.forget()


def test_it_comes_up_survives_kills_and_goes_down_in_order(house: Installation):
    """One life: started, a second one refused, web and worker and database killed, stopped, nothing left."""
    house.up()
    assert json.loads(house.get("/readyz")[1]) == {"database": "ok", "migrations": "ok", "worker": "ok"}
    assert 'holdfast_ready{part="worker"} 1.0' in house.get("/metrics")[1]

    second = house.command("up")
    assert second.returncode == 4
    assert "already running" in second.stderr

    for victim in ("web_process", "worker_process"):
        before = house.children()
        os.kill(before[victim], signal.SIGKILL)
        while house.children().get(victim) in {None, before[victim]}:
            clock.sleep(0.05)
        house.await_ready()

    postmaster = int((house.state / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    while house.get("/readyz")[0] == 200:
        clock.sleep(0.05)
    house.await_ready()

    assert house.down() == 0, house.words()
    assert house.get("/healthz")[0] == 0
    assert not EmbeddedPostgres(house.state / "postgres").is_running


def test_a_killed_supervisor_leaves_no_web_and_no_worker_and_is_followed_by_another(house: Installation):
    house.up()
    children = house.children()
    house.down(signal.SIGKILL)
    while any(_is_alive(process_id) for process_id in children.values()):
        clock.sleep(0.05)
    house.up()
    assert house.down(signal.SIGINT) == 0, house.words()


def test_what_was_backed_up_is_restored_elsewhere(house: Installation, place: Path):
    made = house.command("admin", "create", "--email", "ada@fjord.example", "--name", "Ada", "--password", PASSWORD)
    assert made.returncode == 0, made.stderr
    archive = place / "fjord.backup"
    assert house.command("backup", str(archive)).returncode == 0
    assert archive.stat().st_mode & 0o077 == 0
    assert house.command("backup", str(archive)).returncode == 2, "an older backup is never replaced"

    refuse_damaged(archive)
    elsewhere = Installation(place / "elsewhere")
    try:
        restored = elsewhere.command("restore", str(archive))
        assert restored.returncode == 0, restored.stderr
        assert "master.keys" in restored.stderr, (
            "the archive's secrets cannot be opened without the keys, and that is said"
        )
        people = elsewhere.command("person", "list", "--json")
        assert [row["email"] for row in json.loads(people.stdout)] == ["ada@fjord.example"]
        again = elsewhere.command("restore", str(archive))
        assert again.returncode == 4
        assert "empty" in again.stderr
    finally:
        elsewhere.forget()


def test_a_taken_port_is_named_before_anything_starts(house: Installation):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", house.port))
        taken.listen()
        refused = house.command("up")
    assert refused.returncode == 4
    assert "HOLDFAST_WEB_PORT" in refused.stderr
    assert not (house.state / "postgres").exists()


def test_settings_that_cannot_work_start_nothing(house: Installation):
    house.environment |= {"HOLDFAST_DEBUG": "1", "HOLDFAST_WEB_THREADS": "none"}
    refused = house.command("up")
    assert refused.returncode == 3
    assert "2 settings cannot work" in refused.stderr
    assert not (house.state / "postgres").exists()


def refuse_damaged(archive: Path) -> None:
    """Cut, changed or replaced by nonsense: found by reading, before any database is started."""
    whole = archive.read_bytes()
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 0xFF
    for content in (b"", b"not an archive", whole[: len(whole) // 3], whole[:600], bytes(changed)):
        damaged = archive.with_name("damaged.backup")
        damaged.write_bytes(content)
        with pytest.raises(ArchiveUnfit, match="damaged"):
            check(damaged)
    assert check(archive).app == "holdfast_app"


def _is_alive(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
