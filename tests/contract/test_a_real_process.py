"""The command as a person runs it: a process of its own against a served sim365, stopped by Ctrl-C and by SIGKILL."""

from __future__ import annotations

import fcntl
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

PROGRAM = [sys.executable, "-c", "from sim365.cli import main; main()"]
STOP_WITHIN_S = 180
COMPANY = """
company: {name: Harbour, domain: harbour.example, time_zone: Europe/Sofia}
people: [{name: Ada Lind, address: ada}, {name: Ben Okafor, address: ben}]
rooms: [{name: Aquarium}]
apps:
  - name: Contract
    permissions: [Calendars.ReadWrite, MailboxSettings.ReadWrite, Place.Read.All, User.Read.All]
    secrets: [{value: not-so-secret, expires: 2040-01-01}]
"""
MAILBOXES = "person ada@harbour.example\nperson ben@harbour.example\nroom aquarium@harbour.example\n"
ASKED = [
    "etag-is-the-change-key",
    "masters-in-lists-occurrences-in-views",
    "rooms-accept-free-times",
    "acceptance-is-shown",
]


@pytest.fixture(scope="module")
def harbour(tmp_path_factory) -> Iterator[Path]:
    """A folder with a served company's address in it, and the list of mailboxes."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "company.yaml").write_text(COMPANY)
    (folder / "mailboxes").write_text(MAILBOXES)
    command = [
        *PROGRAM,
        "serve",
        "--port",
        "0",
        "--clock",
        "virtual",
        "--json",
        "--check-types",
        "--company",
        str(folder / "company.yaml"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            (folder / "board.json").write_text(line)
            yield folder
            conduct = f"{json.loads(line)['control']}/conduct"
            assert httpx.get(conduct, trust_env=False).json()["bugs"] == []
        finally:
            process.terminate()
            process.wait(STOP_WITHIN_S)


def command(harbour: Path, verb: str, *options: str) -> list[str]:
    return [
        *PROGRAM, verb, "--sim365", str(harbour / "board.json"), "--mailboxes", str(harbour / "mailboxes"),
        "--folder", str(harbour / "runs"), *options,
    ]  # fmt: skip


@contextmanager
def asking(harbour: Path, *checks: str) -> Iterator[subprocess.Popen[str]]:
    """A run of these checks, or of all: those take seconds, so a signal after the first answers comes in the middle."""
    only = [part for name in checks for part in ("--only", name)]
    with subprocess.Popen(
        command(harbour, "contract", "--yes", *only),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
            process.wait(STOP_WITHIN_S)


def events(harbour: Path) -> dict[str, int]:
    """How many events lie in each mailbox."""
    board = json.loads((harbour / "board.json").read_text())
    state = httpx.get(f"{board['control']}/state", trust_env=False).json()
    (tenant,) = state["tenants"]
    return {box["address"]: sum(one["events"] for one in box["calendars"]) for box in tenant["mailboxes"]}


def test_the_whole_command(harbour):
    with asking(harbour, *ASKED) as process:
        told, _ = process.communicate(timeout=STOP_WITHIN_S)

    assert process.returncode == 0, told
    assert told.splitlines()[-1].startswith("created ")
    assert told.splitlines()[-1].endswith("left 0")
    for name in ASKED:
        assert f"holds      {name}" in told
    assert set(events(harbour).values()) == {0}


@pytest.mark.parametrize("line", [30])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_stopped_process_removes_what_it_made(harbour, number, line):
    with asking(harbour) as process:
        _until_answered(process, line)
        process.send_signal(number)
        told, errors = process.communicate(timeout=STOP_WITHIN_S)

    assert told.splitlines()[-1].endswith("left 0"), told + errors
    assert process.returncode == 0
    assert set(events(harbour).values()) == {0}


@pytest.mark.parametrize("line", [30, 60])
def test_what_a_killed_process_left_is_removed_by_contract_clean(harbour, line):
    with asking(harbour) as process:
        _until_answered(process, line)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=STOP_WITHIN_S)
    assert set(events(harbour).values()) != {0}

    cleaned = subprocess.run(
        command(harbour, "contract-clean"), check=False, capture_output=True, text=True, timeout=STOP_WITHIN_S
    )

    assert cleaned.returncode == 0, cleaned.stderr
    assert cleaned.stdout.splitlines()[-1].endswith("left 0")
    assert set(events(harbour).values()) == {0}


def test_a_second_run_at_the_same_time_is_refused(harbour):
    """One run's removal would take the other's things away."""
    (harbour / "runs").mkdir(exist_ok=True)
    with (harbour / "runs" / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = subprocess.run(
            command(harbour, "contract", "--yes"), check=False, capture_output=True, text=True, timeout=STOP_WITHIN_S
        )

    assert second.returncode == 2
    assert "Another run is using" in second.stderr


def test_a_simulator_on_another_machine_is_refused(harbour, tmp_path):
    board = json.loads((harbour / "board.json").read_text())
    (tmp_path / "board.json").write_text(json.dumps(board | {"graph_root": "https://graph.microsoft.com/v1.0"}))
    told = subprocess.run(
        [*PROGRAM, "contract", "--sim365", str(tmp_path / "board.json"), "--mailboxes", str(harbour / "mailboxes"), "--yes"],
        check=False, capture_output=True, text=True, timeout=STOP_WITHIN_S, cwd=tmp_path,
    )  # fmt: skip

    assert told.returncode == 2
    assert "Only a sim365 on this machine" in told.stderr


def _until_answered(process: subprocess.Popen[str], answers: int) -> None:
    """Read on until so many checks have told their result: by then at least as many events are there."""
    for line in process.stdout:
        answers -= line.startswith(("holds ", "differs ", "not tried"))
        if not answers:
            return
    raise AssertionError(process.stderr.read())
