"""`holdfast map`: resources are tied to calendars, previewed, started, paused and untied.

Decides how a person names resources, calendars and settings at a terminal, and that nothing begins to flow before it
was asked for: `add` and `auto` only plan, unless --start is given.
"""

from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from holdfast.cli import mapped, microsoft, telling
from holdfast.cli.frame import WithDatabase
from holdfast.cli.workspace import actor, chosen, workspace_option

if TYPE_CHECKING:
    from holdfast.directory.roles import Actor
    from holdfast.mirror.discovery import Candidate
    from holdfast.mirror.engine import Engine
    from holdfast.mirror.mappings import Planned

_NAMED_MAX = 5
_FOR_PROGRAMS = frozenset({"id", "calendar", "stand"})
_TRUE, _FALSE = "true", "false"
_KINDS = {"room": "room", "workspace": "desk", "equipment": "equipment"}
_RESOURCES = click.argument("names", nargs=-1, metavar="[RESOURCE]...")
_EVERY = click.option("--all", "every", is_flag=True, help="Every mapping there is.")
_START = click.option("--start", is_flag=True, help="Begin to sync at once, without a look at `holdfast preview`.")
_SETTINGS = click.option(
    "--set",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of the mapping, such as clash_winner=ask or days_ahead=180; may be given several times.",
)


@click.group(name="map")
def map_() -> None:
    """Tie rooms and other resources to their calendars in Outlook.

    \b
    holdfast map discover              what Microsoft 365 has, and what it would be tied to
    holdfast map auto --create         plan a mapping for each of them
    holdfast preview                   what the first sync would do; nothing is written
    holdfast map start --all           begin

    \b
    Settings for --set:
      direction          both, up, down, none: which way changes flow
      clash_winner       first_here, outlook, ask: two people took one time on both sides
      both_edited        table, ours, outlook, ask: both sides changed one field
      inbound_edit       propagate, local_only, locked: edits here of what came from Outlook
      on_remote_delete   keep_cancelled, remove: what a deletion in Outlook leaves here
      when_unread        ask, refuse, accept: booking while the calendar cannot be read
      days_back, days_ahead   the window that is kept in step (30 and 400)
    """


@map_.command(name="list", cls=WithDatabase)
@telling.json_option
@workspace_option
def list_mappings(*, as_json: bool, slug: str) -> None:
    """List what is tied to which calendar, and how it stands.

    \b
    holdfast map list
    holdfast map list --json | jq '.[] | select(.stand != "in_step")'
    """
    from holdfast.mirror.status import statuses  # noqa: PLC0415  needs Django to be ready

    workspace = chosen(slug)
    names = {item.mapping.id: item.resource for item in mapped.every(workspace)}
    found = sorted(statuses(actor(workspace)), key=lambda item: names.get(item.mapping_id, "").casefold())
    rows = [
        {
            "resource": names.get(item.mapping_id, ""),
            "address": item.address,
            "calendar": item.calendar,
            "stand": item.stand,
            "in_words": item.words,
            "links": item.links,
            "on_the_way": item.unsettled,
            "asks": item.parked,
            "read_at": item.observed_at,
            "id": item.mapping_id,
        }
        for item in found
    ]
    shown = rows if as_json else [{key: row[key] for key in row if key not in _FOR_PROGRAMS} for row in rows]
    telling.rows(shown, as_json=as_json, empty="Nothing is mapped yet: holdfast map discover")


@map_.command(cls=WithDatabase)
@microsoft.connection_option
@telling.json_option
@workspace_option
def discover(*, connection_id: UUID | None, as_json: bool, slug: str) -> None:
    """Ask Microsoft 365 for rooms, desks and equipment, and say what each would be tied to. Changes nothing.

    New rooms take up to two days to appear at Microsoft; `holdfast map add --address` works at once.
    """
    by, found = _found(slug, connection_id, quiet=as_json)
    names = _names_of(by.workspace_id)
    rows = [
        {
            "name": item.name,
            "address": item.address,
            "is": item.purpose,
            "seats": item.capacity,
            "building": item.building or None,
            "resource_here": names.get(item.resource_id) if item.resource_id else None,
            "matched_by": item.matched_by or None,
        }
        for item in found
    ]
    telling.rows(rows, as_json=as_json, empty="Microsoft 365 lists no rooms. `holdfast map add` takes an address.")
    if rows and not as_json:
        telling.say("Next: holdfast map auto (with --create, what is not here yet is made)")


@map_.command(cls=WithDatabase)
@click.option("--resource", "name", required=True, help="The resource's name, address or id.")
@click.option("--address", default="", help="The mailbox; the resource's own address where it is not given.")
@click.option("--calendar", default=None, help="A calendar of the mailbox by name; its default one otherwise.")
@microsoft.connection_option
@_SETTINGS
@_START
@workspace_option
def add(
    *,
    name: str,
    address: str,
    calendar: str | None,
    connection_id: UUID | None,
    given: tuple[str, ...],
    start: bool,
    slug: str,
) -> None:
    """Tie one resource to one calendar.

    \b
    holdfast map add --resource Aquarium --address aquarium@contoso.example
    holdfast map add --resource "Projector" --address shared@contoso.example --calendar Projector
    """
    from holdfast.mirror.mappings import NewMapping, plan_mapping  # noqa: PLC0415  needs Django to be ready

    workspace = chosen(slug)
    by = actor(workspace)
    resource = mapped.resource(workspace, name)
    if not (address or resource.address):
        raise click.UsageError(f"{resource.name} has no address; give the mailbox with --address")
    new = NewMapping(
        resource_id=resource.id,
        connection_id=microsoft.connection(by.workspace_id, connection_id).id,
        address=address or resource.address,
        calendar=calendar,
        settings=_settings({}, given),
    )
    planned = plan_mapping(by, new, engine=microsoft.engine())
    _tell_planned(by, resource.name, planned, start=start)


@map_.command(cls=WithDatabase)
@click.option("--create", is_flag=True, help="Make a resource for what has none here yet.")
@microsoft.connection_option
@_SETTINGS
@_START
@workspace_option
def auto(*, create: bool, connection_id: UUID | None, given: tuple[str, ...], start: bool, slug: str) -> None:
    """Tie everything that Microsoft 365 lists to the resource of the same address or name.

    What is mapped already is left as it is; a name that several resources have is never guessed.

    \b
    holdfast map auto --create
    holdfast preview
    """
    by, found = _found(slug, connection_id, quiet=False)
    engine = microsoft.engine()
    connection = microsoft.connection(by.workspace_id, connection_id)
    known = {item.address.casefold() for item in mapped.every(chosen(slug))}
    left: list[str] = []
    made = 0
    for item in telling.progress(found, label="Mapping"):
        if item.address.casefold() in known:
            continue
        resource_id = item.resource_id or (_make(by, item) if create else None)
        if resource_id is None:
            left.append(item.name)
            continue
        _plan(by, item, resource_id, connection.id, engine=engine, given=given, start=start)
        made += 1
    already = len(found) - made - len(left)
    telling.say(
        f"{made} {'started' if start else 'planned'}, {already} were mapped already, {len(left)} have no resource here"
    )
    if left:
        telling.say(f"Without a resource: {', '.join(left)}. `--create` makes them.")
    if made and not start:
        telling.say("Next: holdfast preview, then holdfast map start --all")


@map_.command(cls=WithDatabase)
@_RESOURCES
@_EVERY
@workspace_option
def start(*, names: tuple[str, ...], every: bool, slug: str) -> None:
    """Begin to sync what was planned. Look at `holdfast preview` first."""
    from holdfast.mirror.mappings import start as begin  # noqa: PLC0415  needs Django to be ready
    from holdfast.mirror.models import MappingState  # noqa: PLC0415  the same

    workspace = chosen(slug)
    found = _asked(slug, names, every=every)
    todo = [item for item in found if names or item.mapping.state == MappingState.PLANNED]
    for item in todo:
        begin(actor(workspace), item.mapping.id)
    telling.say(f"Started {_listed(todo)}. Watch it with: holdfast sync")


@map_.command(cls=WithDatabase)
@_RESOURCES
@_EVERY
@workspace_option
def pause(*, names: tuple[str, ...], every: bool, slug: str) -> None:
    """Let nothing flow until `resume`; what changes meanwhile is kept and settled then."""
    from holdfast.mirror.mappings import pause as hold  # noqa: PLC0415  needs Django to be ready

    found = _asked(slug, names, every=every)
    for item in found:
        hold(actor(chosen(slug)), item.mapping.id)
    telling.say(f"Paused {_listed(found)}. Nothing is lost meanwhile.")


@map_.command(cls=WithDatabase)
@_RESOURCES
@_EVERY
@workspace_option
def resume(*, names: tuple[str, ...], every: bool, slug: str) -> None:
    """Let it flow again, beginning with what changed meanwhile."""
    from holdfast.mirror.mappings import resume as go_on  # noqa: PLC0415  needs Django to be ready
    from holdfast.mirror.models import MappingState  # noqa: PLC0415  the same

    found = [item for item in _asked(slug, names, every=every) if item.mapping.state == MappingState.PAUSED]
    for item in found:
        go_on(actor(chosen(slug)), item.mapping.id)
    telling.say(f"Resumed {_listed(found)}.")


@map_.command(cls=WithDatabase)
@_RESOURCES
@_EVERY
@_SETTINGS
@workspace_option
def change(*, names: tuple[str, ...], every: bool, given: tuple[str, ...], slug: str) -> None:
    """Change settings of mappings; what they had parked is planned anew.

    \b
    holdfast map change Aquarium --set clash_winner=ask
    """
    from holdfast.mirror.mappings import change_settings  # noqa: PLC0415  needs Django to be ready

    if not given:
        raise click.UsageError("name what to change, such as --set clash_winner=ask")
    found = _asked(slug, names, every=every)
    for item in found:
        change_settings(actor(chosen(slug)), item.mapping.id, _settings(item.settings, given))
    telling.say(f"Changed {_listed(found)}: {', '.join(given)}")


@map_.command(cls=WithDatabase)
@_RESOURCES
@_EVERY
@click.option("--yes", is_flag=True, help="Do not ask.")
@workspace_option
def end(*, names: tuple[str, ...], every: bool, yes: bool, slug: str) -> None:
    """Untie: bookings here and events in Outlook stay as they are and are not kept in step any more."""
    from holdfast.mirror.mappings import end as untie  # noqa: PLC0415  needs Django to be ready

    found = _asked(slug, names, every=every)
    if not yes:
        click.confirm(f"Untie {_listed(found)}? Nothing is deleted on either side.", abort=True, err=True)
    closed = sum(untie(actor(chosen(slug)), item.mapping.id) for item in found)
    telling.say(f"Untied {_listed(found)}: {closed} pairs stay as they are on both sides.")


def _asked(slug: str, names: tuple[str, ...], *, every: bool) -> list[mapped.Mapped]:
    if bool(names) == every:
        raise click.UsageError("name the resources, or say --all")
    return mapped.named(chosen(slug), names)


def _found(slug: str, connection_id: UUID | None, *, quiet: bool) -> "tuple[Actor, list[Candidate]]":
    """What Microsoft lists; what it did not want to list is said."""
    from holdfast.mirror.discovery import discover as look  # noqa: PLC0415  needs Django to be ready

    by = actor(chosen(slug))
    connection = microsoft.connection(by.workspace_id, connection_id)
    if not quiet:
        telling.say(f"Asking “{connection.name}” for rooms, desks and equipment …")
    found = look(by, connection.id, engine=microsoft.engine())
    for problem in found.problems:
        telling.warn(problem)
    return by, found.candidates


def _names_of(workspace_id: UUID) -> dict[UUID, str]:
    from holdfast.database.transactions import in_workspace  # noqa: PLC0415  needs Django to be ready
    from holdfast.directory.resources import resources  # noqa: PLC0415  the same

    with in_workspace(workspace_id):
        return {item.id: item.name for item in resources(workspace_id)}


def _make(by: "Actor", found: "Candidate") -> UUID:
    from holdfast.directory.kinds import Kind  # noqa: PLC0415  needs Django to be ready
    from holdfast.directory.resources import NewResource, add_resource  # noqa: PLC0415  the same

    kind = Kind(_KINDS.get(found.purpose, "other"))
    return add_resource(by, NewResource(name=found.name, kind=kind, address=found.address, seats=found.capacity)).id


def _plan(
    by: "Actor",
    found: "Candidate",
    resource_id: UUID,
    connection_id: UUID,
    *,
    engine: "Engine",
    given: tuple[str, ...],
    start: bool,
) -> None:
    from holdfast.mirror import mappings  # noqa: PLC0415  needs Django to be ready

    new = mappings.NewMapping(
        resource_id=resource_id, connection_id=connection_id, address=found.address, settings=_settings({}, given)
    )
    planned = mappings.plan_mapping(by, new, engine=engine)
    for sentence in planned.advice:
        telling.warn(f"{found.name}: {sentence}")
    if start:
        mappings.start(by, planned.mapping.id)


def _tell_planned(by: "Actor", name: str, planned: "Planned", *, start: bool) -> None:
    from holdfast.mirror import mappings  # noqa: PLC0415  needs Django to be ready

    calendar = planned.mapping.calendar
    telling.say(f"{name} is tied to “{calendar.name}” of {calendar.mailbox.address}.")
    for sentence in planned.advice:
        telling.warn(sentence)
    if start:
        mappings.start(by, planned.mapping.id)
        telling.say("The first sync begins. Watch it with: holdfast sync")
    else:
        telling.say(f"Nothing flows yet. Next: holdfast preview --resource '{name}', then holdfast map start '{name}'")


def _settings(before: dict[str, Any], given: tuple[str, ...]) -> Any:
    """The mapping's settings with what was said on the command line. Raises Refused where it cannot be understood."""
    from holdfast.mirror.manners import settings_of  # noqa: PLC0415  needs Django to be ready

    wanted = dict(before)
    for pair in given:
        name, separator, value = pair.partition("=")
        if not separator:
            raise click.UsageError(f"{pair!r} is no NAME=VALUE")
        wanted[name.strip()] = _value(value.strip())
    return settings_of(wanted)


def _value(text: str) -> str | int | bool:
    if text.lower() in {_TRUE, _FALSE}:
        return text.lower() == _TRUE
    return int(text) if text.isdecimal() else text


def _listed(found: list[mapped.Mapped]) -> str:
    if not found:
        return "nothing"
    names = [item.resource for item in found]
    return ", ".join(names) if len(names) <= _NAMED_MAX else f"{len(names)} mappings"


map = map_  # noqa: A001  the frame finds a command under its own name
