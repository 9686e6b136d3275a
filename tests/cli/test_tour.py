"""The tour as its visitors see it: a program that shows the main job and leaves nothing behind."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.database

PATIENCE_S = 240
TITLES = [
    "Dry run of the first sync",
    "First sync",
    "A booking made, moved and cancelled here",
    "An event made, moved and deleted in Outlook",
    "Two people take one slot on both sides at once",
    "A notice is lost, and found",
    "A worker is killed in the middle of a write",
    "Mails",
    "Verify",
]


@pytest.fixture
def visit(tmp_path):
    """Run the program with a temporary directory of its own, so that what it leaves there is seen."""

    def go(*words: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        place = Path(tempfile.mkdtemp(prefix="t"))
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("HOLDFAST_", "DATABASE_", "DJANGO_"))
        }
        environment |= {"TMPDIR": str(place), "HOLDFAST_STATE": str(tmp_path / "state")}
        command = [sys.executable, "-c", "from holdfast.cli import main; main()", "demo-tour", *words]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=PATIENCE_S, check=False)
        left = sorted(entry.name for entry in place.iterdir())
        if not left:
            place.rmdir()
        return done, left

    return go


@pytest.mark.invariant("I4", "I12", "I24")
def test_the_main_job_holds_on_both_sides_and_nothing_is_left_behind(visit, tmp_path):
    """Real processes over real HTTP; verify ends with 0 differences and exit code 0.

    A worker that is killed in the middle of a write (I12) leaves one event, no duplicate (I4), and no lease (I24).
    """
    done, left = visit("--json")

    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["differs"] is None
    assert [act["title"] for act in told["acts"]] == TITLES
    costs = {act["title"]: act["requests"] for act in told["acts"]}
    assert costs["Dry run of the first sync"] == 21, "one page for each of 21 calendars"
    assert costs["Mails"] == 0
    writes = [line for act in told["acts"] if act["title"] == TITLES[2] for line in act["lines"]]
    assert [line["requests"] for line in writes] == [1, 1, 1], "one Graph request for each change of ours"
    assert left == []
    assert not (tmp_path / "state").exists(), "the person's own data is never touched"


def test_the_tour_explains_itself_before_it_starts(visit):
    done, left = visit("--help")

    assert done.returncode == 0
    assert "Exit code 0" in done.stdout
    assert left == []
