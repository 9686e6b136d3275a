"""`holdfast export`: bookings for other programs and for spreadsheets."""

import csv
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO
from uuid import UUID

import click

from holdfast.cli.frame import WithDatabase
from holdfast.cli.workspace import actor, chosen, workspace_option

if TYPE_CHECKING:
    from holdfast.directory.models import Workspace

CHUNK = 1000
COLUMNS: tuple[str, ...] = (
    "id",
    "resource",
    "title",
    "starts_at",
    "ends_at",
    "zone",
    "all_day",
    "state",
    "origin",
    "show_as",
    "sensitivity",
    "organiser_name",
    "organiser_address",
    "place",
    "note",
    "version",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@click.command(cls=WithDatabase)
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option(
    "--output", type=click.File("w", encoding="utf-8", atomic=True), help="A file; standard output where none."
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only what ends on this day or later.")
@workspace_option
def export(*, form: str, output: TextIO | None, since: datetime | None, slug: str) -> None:
    """Write every booking as JSON lines or CSV, private ones with their titles: treat the file accordingly."""
    from holdfast.directory.roles import Permission  # noqa: PLC0415  needs Django to be ready

    workspace = chosen(slug)
    actor(workspace).require(Permission.EXPORT)
    out = output or sys.stdout
    rows = _rows(workspace, since)
    if form == "csv":
        _as_csv(rows, out)
    else:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _rows(workspace: "Workspace", since: datetime | None) -> Iterator[dict[str, Any]]:
    """A chunk for each transaction, in the order of ids: a million bookings hold no lock and no memory."""
    from holdfast.bookings.models import Booking  # noqa: PLC0415  needs Django to be ready
    from holdfast.database.transactions import in_workspace  # noqa: PLC0415  the same
    from holdfast.directory.models import Resource  # noqa: PLC0415  the same

    with in_workspace(workspace.id):
        names = dict(Resource.objects.filter(workspace_id=workspace.id).values_list("id", "name"))
    wanted: dict[str, Any] = {} if since is None else {"ends_at__date__gte": since.date()}
    after = UUID(int=0)
    while True:
        with in_workspace(workspace.id):
            found = Booking.objects.filter(workspace_id=workspace.id, id__gt=after, **wanted).order_by("id")[:CHUNK]
            chunk = list(found)
        for booking in chunk:
            yield {column: _value(booking, column, names) for column in COLUMNS}
        if len(chunk) < CHUNK:
            return
        after = chunk[-1].id


def _value(booking: Any, column: str, names: dict[UUID, str]) -> Any:
    value = names.get(booking.resource_id, "") if column == "resource" else getattr(booking, column)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _as_csv(rows: Iterator[dict[str, Any]], out: TextIO) -> None:
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _harmless(value) for name, value in row.items()})


def _harmless(value: Any) -> Any:
    """A spreadsheet takes a cell that begins like a formula for one; an apostrophe makes it a text again."""
    if isinstance(value, str) and value.lstrip(" \"'").startswith(_FORMULA):
        return "'" + value
    return value
