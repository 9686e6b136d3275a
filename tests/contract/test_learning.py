"""`sim365 learn`: results of a tenant become defaults with their date, and nothing else does."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim365.cli import main
from sim365.learned import DOCUMENTED, Evidence, Learned, learned, read_learned, write_learned
from sim365.learned.learning import LINE, PAGES
from sim365.switches import Switches

ROOT = Path(__file__).parents[2]
DATA = Path("src/sim365/learned/checked.json")


@pytest.fixture
def checkout(tmp_path) -> Path:
    """The parts of the source tree that learning changes."""
    for name in (*PAGES, str(DATA)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / DATA).write_text(write_learned(Learned()))
    for name in PAGES:
        page = tmp_path / name
        page.write_text(LINE.sub(Learned().sentence(), page.read_text()))
    return tmp_path


@pytest.fixture
def held(whole_run) -> dict:
    """A result file as a run on a tenant writes it: sim365's own, with Microsoft's name in it."""
    (path,) = whole_run.folder.glob("*.result.json")
    found = json.loads(path.read_text())
    return found | {"service": "Microsoft", "host": "graph.microsoft.com", "date": "2026-03-02"}


def differing(held: dict, check: str, *, value: object) -> dict:
    """The same, where one check saw the other behaviour."""
    results = [
        each | {"outcome": "differs", "value": value, "saw": "the other thing"} if each["check"] == check else each
        for each in held["results"]
    ]
    return held | {"results": results}


def learn(checkout: Path, held: object):
    path = checkout / "result.json"
    path.write_text(held if isinstance(held, str) else json.dumps(held))
    return CliRunner().invoke(main, ["learn", str(path), "--checkout", str(checkout)])


def test_what_a_tenant_showed_becomes_the_default_with_its_evidence(checkout, held):
    answer = learn(checkout, differing(held, "cancelled-occurrences-unasked", value=True))

    assert answer.exit_code == 0, answer.output
    known = read_learned((checkout / DATA).read_text())
    value, evidence = known.switches["cancelled_occurrences_returned"]
    assert value is True
    assert str(evidence) == "checked on 2026-03-02"
    assert (evidence.check, evidence.outcome, evidence.saw) == (
        "cancelled-occurrences-unasked",
        "differs",
        "the other thing",
    )
    assert known.switches["uid_per_occurrence"][0] is False


def test_a_simulator_begins_with_what_was_learned(checkout, held):
    """In another process, which reads the checkout's data from its start."""
    learn(checkout, differing(held, "cancelled-occurrences-unasked", value=True))
    shutil.copytree(ROOT / "src", checkout / "src", dirs_exist_ok=True, ignore=_but_not_the_data)
    line = "from sim365.switches import Switches as S; s = S(); print(s.cancelled_occurrences_returned, S().uid_per_occurrence)"

    told = subprocess.run(
        [sys.executable, "-c", line], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(checkout / "src")}, cwd=checkout,
    )  # fmt: skip

    assert told.stdout.split() == ["True", "False"]


def _but_not_the_data(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name == "checked.json" or name == "holdfast" or name == "static"}


def test_the_pages_say_when_it_was_last_checked(checkout, held):
    learn(checkout, held)

    known = read_learned((checkout / DATA).read_text())
    assert known.sentence().startswith("Last checked against Microsoft: 2026-03-02, ")
    assert known.sentence().endswith("checks hold and 0 differ.")
    for name in PAGES:
        assert known.sentence() in (checkout / name).read_text()


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_of_this_source_tree_say_what_its_data_say(name):
    assert LINE.findall((ROOT / name).read_text()) == [learned().sentence()]


def test_as_long_as_nobody_has_looked_the_defaults_are_the_documented_ones():
    known = learned()

    expected = DOCUMENTED | {name: value for name, (value, _) in known.switches.items()}
    assert dataclasses.asdict(Switches()) == expected
    assert (known.date is None) == (known.checks == {})


def test_a_later_run_replaces_an_earlier_ones_answer_and_an_earlier_one_does_not(checkout, held):
    learn(checkout, differing(held, "cancelled-occurrences-unasked", value=True))
    learn(checkout, held | {"date": "2026-05-01", "run": "22222222"})
    assert read_learned((checkout / DATA).read_text()).switches["cancelled_occurrences_returned"][0] is False

    learn(checkout, differing(held, "cancelled-occurrences-unasked", value=True))

    known = read_learned((checkout / DATA).read_text())
    assert known.switches["cancelled_occurrences_returned"][0] is False
    assert known.date == "2026-05-01"


def test_a_check_that_was_not_tried_keeps_what_was_known(checkout, held):
    learn(checkout, held)
    untried = {"outcome": "not tried", "value": None, "saw": "no webhook"}
    results = [each | untried if each["check"] == "uids-of-occurrences" else each for each in held["results"]]

    learn(checkout, held | {"date": "2026-05-01", "results": results})

    assert read_learned((checkout / DATA).read_text()).switches["uid_per_occurrence"][1].date == "2026-03-02"


def test_the_least_favourable_check_speaks_for_a_behaviour():
    from sim365.contract.checks import every_check
    from sim365.learned.learning import _behaviours

    key, checks = next(
        (key, [one for one in every_check() if key in one.keys])
        for check in every_check()
        for key in check.keys
        if sum(key in one.keys for one in every_check()) > 1
    )
    told = {check.name: Evidence("2026-03-02", "1", check.name, "holds", "…") for check in checks}
    told[checks[0].name] = dataclasses.replace(told[checks[0].name], outcome="differs")

    assert _behaviours(told)[key].outcome == "differs"


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda held: held | {"service": "sim365"}, "not seen at Microsoft"),
        (lambda held: held | {"host": "127.0.0.1"}, "not seen at Microsoft"),
        (lambda held: held | {"format": "another"}, "not a result"),
        (lambda held: held | {"date": "yesterday"}, "not a date"),
        (lambda held: held | {"results": []}, "no results"),
        (lambda held: held | {"results": held["results"] * 2}, "two results"),
        (lambda held: held | {"results": [held["results"][0] | {"check": "made-up"}]}, "no check called made-up"),
        (lambda held: held | {"results": [held["results"][0] | {"outcome": "works"}]}, "the outcome is 'works'"),
        (lambda held: held | {"results": [held["results"][0] | {"switch": "uid_per_occurrence"}]}, "not about the switch"),
        (lambda held: held | {"results": [held["results"][0] | {"value": True}]}, "gives no value"),
        (lambda held: differing(held, "uids-of-occurrences", value="yes"), "not a value"),
        (lambda held: differing(held, "uids-of-occurrences", value=1), "not a value"),
        (lambda held: differing(held, "uids-of-occurrences", value=False), "do not fit"),
        (lambda held: held | {"results": [each | {"outcome": "not tried", "value": None} for each in held["results"]]}, "Nothing was tried"),
        (lambda held: [held], "not a JSON object"),
        (lambda held: json.dumps(held)[:-40], "not JSON"),
    ],
)  # fmt: skip
def test_a_result_that_cannot_be_believed_changes_nothing(checkout, held, spoil, why):
    before = {name: (checkout / name).read_text() for name in (*PAGES, str(DATA))}

    answer = learn(checkout, spoil(held))

    assert answer.exit_code == 2
    assert why in answer.output
    assert "Nothing was changed" in answer.output
    assert {name: (checkout / name).read_text() for name in before} == before


def test_a_folder_that_is_no_source_tree_is_refused(tmp_path, held):
    answer = learn(tmp_path, held)

    assert answer.exit_code == 2
    assert "is no checkout" in answer.output
