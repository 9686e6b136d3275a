"""`holdfast preview`: the dry run of the first sync. Decides how it is told; what is counted is the mirror's."""

from dataclasses import asdict, fields
from typing import TYPE_CHECKING

import click

from holdfast.cli import mapped, microsoft, telling
from holdfast.cli.exits import Exit
from holdfast.cli.frame import WithDatabase
from holdfast.cli.workspace import actor, chosen, workspace_option

if TYPE_CHECKING:
    from holdfast.mirror.preview import Preview

_COLUMNS = {
    "events": "events",
    "link": "link",
    "create_here": "create here",
    "create_there": "create in Outlook",
    "block": "block",
    "overlap": "overlap",
    "refuse": "refuse",
    "unreadable": "unreadable",
    "mails": "mails",
}


@click.command(cls=WithDatabase)
@click.option("--resource", "names", multiple=True, help="Only this one, by name; may be given several times.")
@telling.json_option
@workspace_option
def preview(*, names: tuple[str, ...], as_json: bool, slug: str) -> int:
    """Say what the first sync would do on each side. Nothing is written, here or in Outlook.

    \b
    link               an event and a booking are the same and are tied together
    create here        an event becomes a booking
    create in Outlook  a booking becomes an event
    block              the event only takes time: series, other people's meetings
    overlap            the event lies on time that is taken here; it is kept and shown
    refuse             our rules refuse the event; it is shown, and nothing is done to it

    Without --resource: what was mapped and not started yet, or everything where all is started.

    \b
    holdfast preview
    holdfast preview --resource Aquarium --json

    Exit code 1 where a calendar could not be read; its line says why.
    """
    from holdfast.graph.errors import GraphError  # noqa: PLC0415  needs Django to be ready
    from holdfast.mirror import connections  # noqa: PLC0415  the same
    from holdfast.mirror.preview import preview as look  # noqa: PLC0415  the same

    workspace = chosen(slug)
    by, engine = actor(workspace), microsoft.engine()
    found: list[tuple[str, Preview]] = []
    unread: list[tuple[str, str]] = []
    for item in telling.progress(_concerned(mapped.named(workspace, names)), label="Looking"):
        try:
            found.append((item.resource, look(by, item.mapping.id, engine=engine)))
        except GraphError as error:
            unread.append((item.resource, connections.in_words(error, address=item.address)))
    if as_json:
        rows = [{"resource": name, **asdict(counted), "unread": None} for name, counted in found]
        rows += [{"resource": name, "unread": words} for name, words in unread]
        telling.rows(rows, as_json=True, empty="")
    else:
        tell(found, unread)
    return Exit.NOT_IN_ORDER if unread else Exit.DONE


def tell(found: "list[tuple[str, Preview]]", unread: list[tuple[str, str]]) -> None:
    """A table with its sum, and the sentence that matters."""
    rows = [_row(name, counted) for name, counted in found]
    if len(rows) > 1:
        total = {column: sum(int(str(row[column])) for row in rows) for column in _COLUMNS.values()}
        rows.append({"resource": "together", **total})
    telling.rows(rows, as_json=False, empty="Nothing is mapped yet: holdfast map auto")
    for name, words in unread:
        telling.warn(f"{name} could not be read: {words}")
    if found:
        mails = sum(counted.mails for _, counted in found)
        telling.say(f"Nothing was written. The first sync sends {mails} mails.")
        telling.say("Next: holdfast map start --all")


def _concerned(found: list[mapped.Mapped]) -> list[mapped.Mapped]:
    from holdfast.mirror.models import MappingState  # noqa: PLC0415  needs Django to be ready

    planned = [item for item in found if item.mapping.state == MappingState.PLANNED]
    return planned or found


def _row(name: str, counted: "Preview") -> dict[str, object]:
    known = {item.name for item in fields(counted)}
    return {"resource": name, **{_COLUMNS[key]: getattr(counted, key) for key in _COLUMNS if key in known}}
