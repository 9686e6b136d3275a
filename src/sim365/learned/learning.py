"""`sim365 learn`: a run's results become the switches' defaults, with their evidence beside them.

Only what was seen at Microsoft counts: a result of sim365 itself would teach the model what it already says. Nothing is
written unless the whole file can be read, every name in it is known, and no value has another type than its switch.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, cast

from sim365.contract.checks import every_check
from sim365.contract.findings import Outcome
from sim365.contract.report import FORMAT
from sim365.learned import DOCUMENTED, FILE, Evidence, Learned, Value, read_learned, write_learned

LINE = re.compile(r"Last checked against Microsoft: [^.]*\.")
PAGES = ("README.md", "docs/sim365.md")
HOSTS = frozenset(
    {"graph.microsoft.com", "graph.microsoft.us", "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn"}
)
"""Microsoft's own addresses: the worldwide service and the national clouds."""
RESULT_BYTES_MAX = 2_000_000
TEXT_MAX = 2_000


class UnusableResultError(Exception):
    """The file cannot be learned from; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A result file, read and found good."""

    run: str
    date: date
    checks: dict[str, tuple[Outcome, str, Value | None]]
    """What was tried, by the check's name: outcome, what was seen, the switch's value."""
    untried: int


def read_lesson(text: str) -> Lesson:
    """A run's result file, or `UnusableResultError`."""
    held = _object(_parsed(text), "the file")
    if held.get("format") != FORMAT:
        raise UnusableResultError(f"It is not a result of this contract suite: its format is not {FORMAT!r}.")
    if held.get("service") != "Microsoft" or held.get("host") not in HOSTS:
        host = held.get("host")
        raise UnusableResultError(
            f"It was not seen at Microsoft but at {host}: only what Microsoft does can be learned."
        )
    run, day = _text(held, "run"), _day(held)
    entries = held.get("results")
    if not isinstance(entries, list) or not entries:
        raise UnusableResultError("It holds no results.")
    checks: dict[str, tuple[Outcome, str, Value | None]] = {}
    for raw in cast("list[Any]", entries):
        name, told = _entry(_object(raw, "a result"))
        if name in checks:
            raise UnusableResultError(f"The check {name} has two results.")
        checks[name] = told
    tried = {name: told for name, told in checks.items() if told[0] is not Outcome.NOT_TRIED}
    if not tried:
        raise UnusableResultError("Nothing was tried in that run, so there is nothing to learn.")
    return Lesson(run, day, tried, len(checks) - len(tried))


def merged(known: Learned, lesson: Lesson) -> Learned:
    """What is known afterwards: of each check the later answer."""
    day = lesson.date.isoformat()
    checks, switches = dict(known.checks), dict(known.switches)
    for name, (outcome, saw, value) in lesson.checks.items():
        evidence = Evidence(day, lesson.run, name, outcome.value, saw)
        if name in checks and checks[name].date > day:
            continue
        checks[name] = evidence
        switch = _CHECKS[name].switch
        if switch and value is not None:
            switches[switch] = (value, evidence)
    latest = max(filter(None, (known.date, day)))
    return replace(known, date=latest, checks=checks, switches=switches, behaviours=_behaviours(checks))


def teach(lesson: Lesson, checkout: Path) -> list[str]:
    """Write the data file and the pages of a checkout; answers which files changed."""
    target = checkout / "src" / "sim365" / "learned" / FILE
    if not target.is_file():
        message = f"{checkout} holds no src/sim365/learned/{FILE}, so it is no checkout. Name one by --checkout."
        raise UnusableResultError(message)
    known = merged(read_learned(target.read_text(encoding="utf-8")), lesson)
    pages = {name: (checkout / name).read_text(encoding="utf-8") for name in PAGES}
    for name, text in pages.items():
        if len(LINE.findall(text)) != 1:
            raise UnusableResultError(f"{name} should hold the line 'Last checked against Microsoft: …' once.")
    target.write_text(write_learned(known), encoding="utf-8")
    for name, text in pages.items():
        (checkout / name).write_text(LINE.sub(lambda _: known.sentence(), text), encoding="utf-8")
    return [str(target.relative_to(checkout)), *PAGES]


def _behaviours(checks: dict[str, Evidence]) -> dict[str, Evidence]:
    """By key, the least favourable of the checks that are about it."""
    found: dict[str, Evidence] = {}
    for name, evidence in sorted(checks.items()):
        for key in _CHECKS[name].keys if name in _CHECKS else ():
            if key not in found or evidence.outcome == Outcome.DIFFERS:
                found[key] = evidence
    return found


def _parsed(text: str) -> object:
    if len(text) > RESULT_BYTES_MAX:
        raise UnusableResultError("It is too large to be a result file.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnusableResultError(f"It is not JSON: {error}.") from error


def _entry(held: dict[str, Any]) -> tuple[str, tuple[Outcome, str, Value | None]]:
    name = _text(held, "check")
    check = _CHECKS.get(name)
    if check is None:
        raise UnusableResultError(f"This version has no check called {name}.")
    if held.get("outcome") not in list(Outcome):
        raise UnusableResultError(f"{name}: the outcome is {held.get('outcome')!r}, not holds, differs or not tried.")
    outcome, saw, value = Outcome(held["outcome"]), _text(held, "saw"), held.get("value")
    if held.get("switch", "") != check.switch:
        raise UnusableResultError(f"{name} is not about the switch {held.get('switch')!r}.")
    if check.switch and outcome is not Outcome.NOT_TRIED:
        _check_value(name, check.switch, outcome, value)
    elif value is not None:
        raise UnusableResultError(f"{name} gives no value to a switch, but the file does.")
    return name, (outcome, saw, value)


def _check_value(name: str, switch: str, outcome: Outcome, value: object) -> None:
    usual = DOCUMENTED[switch]
    if type(value) is not type(usual):
        raise UnusableResultError(f"{name}: {value!r} is not a value of the switch {switch}.")
    if (value == usual) != (outcome is Outcome.HOLDS):
        raise UnusableResultError(f"{name}: the value {value!r} of {switch} and the outcome {outcome} do not fit.")


def _object(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnusableResultError(f"{what[0].upper()}{what[1:]} is not a JSON object.")
    return cast("dict[str, Any]", value)


def _text(held: dict[str, Any], name: str) -> str:
    value = held.get(name)
    if not isinstance(value, str) or not value or len(value) > TEXT_MAX:
        raise UnusableResultError(f"{name} must be a text of 1 to {TEXT_MAX} characters.")
    return value


def _day(held: dict[str, Any]) -> date:
    try:
        return date.fromisoformat(_text(held, "date"))
    except ValueError as error:
        raise UnusableResultError(f"The date {held.get('date')!r} is not a date.") from error


_CHECKS = {check.name: check for check in every_check()}
