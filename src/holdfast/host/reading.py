"""Reads settings from their three sources: defaults, then TOML, then the environment; the later one wins.

Decides which value each declared setting has and collects every problem on the way; it judges no value against another
(`holdfast.host.config` does). An unknown name is a problem: a typing error must not pass for "not set".
"""

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from holdfast.host.declared import BY_NAME, BY_VARIABLE, SETTINGS, Setting, Unfit, Value
from holdfast.host.errors import Problem

FILE_NAME = "holdfast.toml"
FILE_BYTES_MAX = 1 << 20
MASK = "••••"
_TOOLS = ("HOLDFAST_TEST_", "HOLDFAST_WORLD_", "HOLDFAST_CONTRACT_", "HOLDFAST_BENCH_")
"""Variables of the test tools: they are not the product's, and may stand beside its own."""


@dataclass(slots=True)
class Values:
    """What the sources said: a value for each setting, where it came from, and what was wrong."""

    values: dict[str, Value] = field(default_factory=dict[str, Value])
    sources: dict[str, str] = field(default_factory=dict[str, str])
    problems: list[Problem] = field(default_factory=list[Problem])

    def take(self, setting: Setting, raw: object, source: str) -> None:
        try:
            self.values[setting.name] = setting.read(raw)
            self.sources[setting.name] = source
        except Unfit as unfit:
            self.problems.append(problem(setting, raw, f"the value {unfit}"))


def read(environment: Mapping[str, str]) -> Values:
    """Every declared setting's value, with all problems found on the way."""
    found = Values()
    for setting in SETTINGS:
        found.values[setting.name] = setting.default
        found.sources[setting.name] = "default"
    for name in ("state", "config"):
        _take_variable(found, BY_NAME[name], environment)
    _take_file(found)
    for setting in SETTINGS:
        if not setting.environment_only:
            _take_variable(found, setting, environment)
    _refuse_unknown_variables(found, environment)
    return found


def problem(setting: Setting, raw: object, wrong: str) -> Problem:
    shown = MASK if setting.secret and raw else str(raw)[:80]
    return Problem(setting.name, shown, wrong, setting.remedy)


def _take_variable(found: Values, setting: Setting, environment: Mapping[str, str]) -> None:
    raw = environment.get(setting.variable)
    if raw:  # an empty variable is how most tools say "not set"
        found.take(setting, raw, setting.variable)


def _take_file(found: Values) -> None:
    named = found.values["config"]
    file = named if isinstance(named, Path) else cast("Path", found.values["state"]) / FILE_NAME
    if named is None and not file.exists():
        return
    for name, raw in _entries(_parsed(file, found)):
        setting = BY_NAME.get(name)
        if setting is None:
            found.problems.append(Problem(name, "", f"there is no such setting in {file.name}.", _hint(name, BY_NAME)))
        elif setting.environment_only:
            found.problems.append(problem(setting, raw, f"it can only be set as {setting.variable}, not in a file."))
        else:
            found.take(setting, raw, str(file))


def _parsed(file: Path, found: Values) -> dict[str, object]:
    try:
        with file.open("rb") as opened:
            return tomllib.loads(opened.read(FILE_BYTES_MAX).decode())
    except OSError as error:
        found.problems.append(
            Problem("config", str(file), f"it cannot be read ({error.strerror}).", "Name a readable file.")
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        found.problems.append(Problem("config", str(file), f"it is not TOML: {error}.", "Mend that place of the file."))
    return {}


def _entries(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _entries(cast("dict[str, object]", value), f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _refuse_unknown_variables(found: Values, environment: Mapping[str, str]) -> None:
    for name in sorted(environment):
        if name.startswith("HOLDFAST_") and name not in BY_VARIABLE and not name.startswith(_TOOLS):
            found.problems.append(Problem(name, "", "there is no such variable.", _hint(name, BY_VARIABLE)))


def _hint(name: str, known: Mapping[str, Setting]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"Did you mean {near[0]}?" if near else "`holdfast config show` lists all of them."
