"""Each request that Microsoft documents for calendars is accepted, and answered as documented."""

from pathlib import Path

import pytest
import yaml

from tests.documented.scene import Scene
from tests.documented.shapes import lacking, read_shape

HERE = Path(__file__).parent
EXCHANGES = yaml.safe_load((HERE / "exchanges.yaml").read_text(encoding="utf-8"))
LEFT_OUT = yaml.safe_load((HERE / "left_out.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def scene():
    made = Scene()
    yield made
    made.close()
    assert made.sim.bugs == []


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda each: each["shows"])
def test_a_documented_request_is_answered_as_documented(scene, exchange):
    method, _, path = exchange["ask"].partition(" ")
    # What the path and the body name is made first, so that the documented request is the last one.
    scene.filled(exchange.get("first"))
    path, body = scene.filled(path), scene.filled(exchange.get("send"))
    headers = dict(exchange.get("headers", {}))
    if "prefer" in exchange:
        headers["Prefer"] = exchange["prefer"]

    answer = scene.ask(method, path, body, who=_who(path), **headers)

    assert answer.status_code == exchange["status"], answer.text
    assert answer.headers.get("Preference-Applied") == exchange["applied"] if "applied" in exchange else True
    if "answer" in exchange:
        assert lacking(read_shape(exchange["answer"]), answer.json()) == []


def _who(path):
    """An app by itself reads rooms' mailboxes; everything else in the documentation is asked by a person."""
    return "app" if "/aquarium@" in path and path.startswith("/users/") else "ada"


@pytest.mark.parametrize("left", [each for each in LEFT_OUT if "ask" in each], ids=lambda each: each["shows"])
def test_a_documented_request_outside_the_model_is_refused_by_name(scene, left):
    method, _, path = left["ask"].partition(" ")

    answer = scene.ask(method, scene.filled(path), left.get("send"))

    assert answer.status_code == left["status"], answer.text
    assert answer.json()["error"]["code"] == left["code"]


def test_every_request_left_out_says_why():
    assert [each["shows"] for each in LEFT_OUT if not each.get("because")] == []


def test_no_exchange_is_told_twice():
    names = [each["shows"] for each in EXCHANGES + LEFT_OUT]

    assert sorted(names) == sorted(set(names))


def test_the_comparison_sees_what_is_missing():
    shape = read_shape("id subject? start{dateTime timeZone} attendees[type]")
    answer = {"id": "A", "start": {"dateTime": "x", "timeZone": None}, "attendees": [{"type": "required"}, {}]}

    assert lacking(shape, answer) == ["attendees.type", "start.timeZone"]
    assert lacking(shape, {"attendees": []}) == ["attendees (empty)", "id", "start"]
