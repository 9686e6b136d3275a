"""How the command line speaks: tables for people, JSON for programs, errors as sentences.

Decides the form only. What is listed goes to standard output, what is said about it to standard error, so that a pipe
gets nothing but the list.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from holdfast.cli.exits import Exit
from holdfast.host import logs, redaction
from holdfast.host.errors import ConfigurationInvalid, HostError
from holdfast.ports import ids

_PIPE_WIDTH = 400
_Item = TypeVar("_Item")
Row = Mapping[str, object]
json_option = click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")


def rows(found: Sequence[Row], *, as_json: bool, empty: str) -> None:
    """A list: a table, or one JSON array. `empty` is the sentence for people where there is nothing."""
    if as_json:
        click.echo(json.dumps(found, default=_plain, ensure_ascii=False, indent=2))
    elif not found:
        click.echo(empty)
    else:
        _console().print(_table(found))


def facts(found: Row, *, as_json: bool) -> None:
    """One thing with its properties."""
    if as_json:
        click.echo(json.dumps(found, default=_plain, ensure_ascii=False, indent=2))
        return
    width = max(len(name) for name in found)
    for name, value in found.items():
        click.echo(f"{name.replace('_', ' '):<{width}}  {_shown(value)}")


def progress(found: Sequence[_Item], *, label: str) -> Iterator[_Item]:
    """The items one by one, with a bar and their number where somebody is watching."""
    if not sys.stderr.isatty():
        yield from found
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield from bar.track(found, description=label)


def say(sentence: str) -> None:
    """Something about what is being done, for people."""
    click.echo(sentence, err=True)


def warn(sentence: str) -> None:
    click.secho(sentence, err=True, fg="yellow")


def explain(error: Exception) -> int:
    """An error as a sentence and a code. What nobody foresaw goes to the log in full, and here as a number."""
    if isinstance(error, ConfigurationInvalid):
        return _refuse(str(error), Exit.SETTINGS)
    if isinstance(error, HostError):
        return _refuse(str(error), Exit.SURROUNDINGS)
    code = refusal_code(error)
    if code is not None:
        return _refuse(str(error), code)
    number = str(ids.new())
    logs.get("holdfast.cli").error("a command failed", number=number, exc_info=error)
    return _refuse(f"This is a fault of Holdfast, not of yours. The log has the details under {number}.", Exit.BROKEN)


def refusal_code(error: Exception) -> Exit | None:
    """Refusals of the layers below are told by their place, not imported: their modules need Django to be ready."""
    names = {f"{kind.__module__}.{kind.__name__}" for kind in type(error).__mro__}
    if "holdfast.graph.errors.GraphError" in names or "holdfast.mirror.errors.NotReachable" in names:
        return Exit.MICROSOFT
    if any(name.startswith("holdfast.") and ".errors." in name for name in names):
        return Exit.REFUSED
    if "django.db.utils.OperationalError" in names:
        return Exit.SURROUNDINGS
    return None


def _refuse(sentence: str, code: Exit) -> int:
    click.secho(redaction.without_secrets(sentence), err=True, fg="red")
    return code


def _table(found: Sequence[Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in found[0]:
        is_number = all(isinstance(row.get(name), int) and not isinstance(row.get(name), bool) for row in found)
        table.add_column(name.replace("_", " "), overflow="fold", justify="right" if is_number else "left")
    for row in found:
        table.add_row(*(Text(_shown(value)) for value in row.values()))
    return table


def _console() -> Console:
    """A pipe has no width: what goes into one is not folded."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH)


def _shown(value: object) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat(timespec="seconds")
        case list() | tuple():
            return ", ".join(_shown(item) for item in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        case Enum():
            return str(value.value)
        case _:
            return redaction.one_line(str(value))


def _plain(value: object) -> object:
    match value:
        case datetime() | date():
            return value.isoformat()
        case UUID() | Path():
            return str(value)
        case Enum():
            return value.value
        case set() | frozenset():
            return sorted(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        case _:
            raise TypeError(f"{type(value).__name__} has no JSON form")
