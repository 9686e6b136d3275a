"""The reference page of sim365: what is modelled on what evidence, each switch, each operation, each gap.

Everything is read from the code that runs: the packages' lists, the docstrings under the switches, the routing tree.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from itertools import groupby

from sim365 import switches
from sim365.learned import learned
from sim365.modelled import EVIDENCE, Behaviour, behaviours, gaps
from sim365.routes import all_routes

_ALIASES = re.compile(
    r"^/me(/|$)|/calendars?(/\{calendar\})?/(events|calendarview)\b|/calendargroups?/.*/calendars/|/microsoft\.graph\.delta$"
)
SECTIONS = {
    "0": "Everywhere",
    "1": "Signing in",
    "2": "Places, rooms, users",
    "3": "Calendars and events",
    "4": "Finding changes",
    "5": "Change notices",
    "6": "Free and busy",
    "7": "Batches",
    "8": "Throttling",
    "9": "The room attendant",
    "10": "Bookings and Teams Rooms",
    "11": "Oddities that break naive clients",
}
"""The chapters of the collected facts, by the number before the dot."""


def sim365_page() -> str:
    """The whole page."""
    lines = [
        "# What sim365 models",
        "",
        "Written by `make docs` from the code; do not edit. Every line below is shown by a test.",
        "",
        "*Checked on* a date: the contract suite asked a real tenant. *Modelled after*: after the evidence named.",
        "*Assumed*: nobody knows.",
        "",
        "| mark | evidence |",
        "|---|---|",
        *(f"| {mark} | {meaning} |" for mark, meaning in EVIDENCE.items()),
        "",
        "## Behaviours",
        "",
    ]
    for chapter, found in groupby(behaviours(), key=lambda each: each.section.split(".")[0]):
        lines += [f"### {SECTIONS[chapter]}", "", "| § | behaviour | evidence | key |", "|---|---|---|---|"]
        lines += [_row(each) for each in found]
        lines.append("")
    return "\n".join([*lines, *_switches(), *_operations(), *_gaps()])


def _row(each: Behaviour) -> str:
    switched = f" Switch: `{each.switch}`." if each.switch else ""
    return f"| {each.section} | {_cell(each.says)}{switched} | {_standing(each)} | `{each.key}` |"


def _standing(each: Behaviour) -> str:
    """The evidence, and what a real tenant showed where one was asked."""
    seen = learned().behaviours.get(each.key)
    return each.evidence if seen is None else f"{each.evidence}; *{seen}*: {seen.outcome}"


def _switches() -> Iterator[str]:
    yield "## Switches"
    yield ""
    yield "Where a fact is unverified or sources disagree, both behaviours exist. `GET /_sim/switches` shows how they"
    yield "stand; `POST /_sim/switches` turns them."
    yield ""
    yield "| switch | default | § | meaning |"
    yield "|---|---|---|---|"
    for name, words in _documented():
        section, _, meaning = words.partition(": ")
        default = getattr(switches.Switches(), name)
        seen = learned().switches.get(name)
        when = "" if seen is None else f", *{seen[1]}*"
        yield f"| `{name}` | `{str(default).lower()}`{when} | {section} | {_cell(meaning)} |"
    yield ""


def _documented() -> Iterator[tuple[str, str]]:
    """Each switch with the text that stands under it."""
    (described,) = (
        node
        for node in ast.parse(inspect.getsource(switches)).body
        if isinstance(node, ast.ClassDef) and node.name == "Switches"
    )
    for field, text in zip(described.body, described.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            words = text.value.value if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) else ""
            yield field.target.id, " ".join(str(words).split())


def _operations() -> Iterator[str]:
    """Each operation at its shortest path; the aliases of FACTS 0 lead to the same."""
    yield "## Operations"
    yield ""
    yield "Paths below `/v1.0`, in lower case. `/me` stands for `/users/{user}` where a person has signed in; what is"
    yield "listed below a mailbox can also be asked below `calendar`, `calendars/{calendar}` and a calendar group."
    yield ""
    yield "| path | methods |"
    yield "|---|---|"
    by_path: dict[str, set[str]] = {}
    for method, path in all_routes().operations():
        if not _ALIASES.search(path):
            by_path.setdefault(path, set()).add(method)
    for path in sorted(by_path):
        yield f"| `{path}` | {', '.join(sorted(by_path[path]))} |"
    yield ""


def _gaps() -> Iterator[str]:
    yield "## Gaps"
    yield ""
    yield "These answer 501 and name themselves; nothing is made up."
    yield ""
    named: dict[str, list[str]] = {}
    for path, gap in all_routes().gaps():
        named.setdefault(gap, []).append(path)
    for gap in sorted(named):
        shortest = min(named[gap], key=len)
        yield f"- {_cell(gap)} (`{shortest}`)"
    for gap in gaps():
        yield f"- {_cell(gap.name)}{f': {_cell(gap.why)}' if gap.why else ''}"
    yield ""


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")
