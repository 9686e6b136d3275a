"""Mappings: a resource is tied to a calendar, planned first, then started, paused, changed, and ended.

This module decides what may be tied (S031-S036) and what ends with a mapping: its links are closed, and nothing is
deleted on either side. It must not sync anything itself: it rings, and a worker does.
"""

from collections.abc import Mapping as Facts
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.db import connection as database

from holdfast.database.transactions import in_workspace
from holdfast.directory.kinds import Kind
from holdfast.directory.models import Resource
from holdfast.directory.roles import Actor, Permission
from holdfast.graph import calendars, users
from holdfast.graph.errors import GraphError
from holdfast.graph.wire import Calendar as WireCalendar
from holdfast.graph.wire import CalendarId
from holdfast.journal.writing import Entry, write
from holdfast.mirror import connections, follow, links
from holdfast.mirror.engine import Engine
from holdfast.mirror.errors import NotReachable, Refused
from holdfast.mirror.lease import ConnectionFacts
from holdfast.mirror.manners import Settings, settings_of, stored
from holdfast.mirror.models import Calendar, Lease, Link, Mailbox, Mapping, MappingState
from holdfast.ports import clock
from holdfast.reconcile.doing import done, unparked
from holdfast.reconcile.steps import Close

UNMAPPED = "unmapped"
CLOSE_AT_ONCE = 500
_RING = "UPDATE mirror_mailbox SET rung_count = rung_count + 1, rung_at = %s WHERE id = %s"
_JOIN = (
    "UPDATE mirror_mailbox SET workspaces = array_append(workspaces, %s::uuid) "
    "WHERE id = %s AND NOT (%s::uuid = ANY(workspaces))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMapping:
    """Tie this resource to the default calendar of this address, or to the named one."""

    resource_id: UUID
    connection_id: UUID
    address: str
    calendar: str | None = None
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True)
class Planned:
    """The mapping, and what a person should know before it starts."""

    mapping: Mapping
    advice: tuple[str, ...]


def plan_mapping(actor: Actor, new: NewMapping, *, engine: Engine) -> Planned:
    """Look the calendar up and store the mapping as planned. Nothing syncs before `start`. Raises Refused."""
    actor.require(Permission.MANAGE_SYNC)
    facts = connections.facts_of(actor.workspace_id, new.connection_id)
    user_id, found = _looked_up(engine, facts, new)
    wanted = stored(new.settings)
    with in_workspace(actor.workspace_id):
        resource = Resource.objects.filter(id=new.resource_id).first()
        if resource is None:
            raise Refused("There is no such resource.")
        mailbox = _mailbox(facts, user_id, new.address, actor.workspace_id)
        calendar = _calendar(actor.workspace_id, facts, mailbox, found)
        others = list(Mapping.objects.filter(calendar=calendar).exclude(state=MappingState.ENDED))
        _refuse(resource, others, found)
        row = next((each for each in others if each.resource_id == resource.id), None)
        if row is None:
            row = Mapping(
                workspace_id=actor.workspace_id, resource_id=resource.id, calendar=calendar, created_at=clock.now()
            )
        elif row.state != MappingState.PLANNED and wanted not in ({}, _in_force(row)):
            raise Refused(
                "This resource is tied to this calendar already: change the settings of that mapping instead."
            )
        row.calendar = calendar
        if row.state == MappingState.PLANNED:  # what is in force is never put back to defaults by planning it again
            row.settings = wanted
        row.save()
        after = {"resource": resource.name, "address": new.address, "calendar": found.name}
        _write(actor, "planned", row.id, after)
    return Planned(row, _advice(resource, others))


def start(actor: Actor, mapping_id: UUID) -> Mapping:
    """The person confirmed what the preview showed: the first sync begins."""
    return _change(actor, mapping_id, MappingState.WORKING, "started")


def pause(actor: Actor, mapping_id: UUID) -> Mapping:
    """Nothing flows until it is resumed; what changes meanwhile is kept and settled then (Z-M05)."""
    return _change(actor, mapping_id, MappingState.PAUSED, "paused")


def resume(actor: Actor, mapping_id: UUID) -> Mapping:
    return _change(actor, mapping_id, MappingState.WORKING, "resumed")


def change_settings(actor: Actor, mapping_id: UUID, settings: Settings) -> Mapping:
    """Other rules from now on; links that were parked under the old ones are planned anew."""
    actor.require(Permission.MANAGE_SYNC)
    settings = settings_of(stored(settings))
    with in_workspace(actor.workspace_id):
        row = _row(mapping_id)
        before, after = _in_force(row), stored(settings)
        row.settings = after
        row.save(update_fields=["settings"])
        _plan_parked_anew(row)
        _write(actor, "settings changed", row.id, {"before": before, "after": after})
    return row


def end(actor: Actor, mapping_id: UUID) -> int:
    """Untie: every link is closed, bookings and events stay as they are. Answers how many links were closed."""
    actor.require(Permission.MANAGE_SYNC)
    with in_workspace(actor.workspace_id):
        row = _row(mapping_id)
        row.state = MappingState.ENDED
        row.save(update_fields=["state"])
        _write(actor, "ended", row.id, {})
    closed = 0
    while True:
        count = _close_some(actor, mapping_id)
        closed += count
        if count < CLOSE_AT_ONCE:
            return closed


def release_brake(actor: Actor, mapping_id: UUID, *, for_hours: int = 1) -> int:
    """A person says that the many deletions are meant: they are asked about and followed. Answers how many."""
    actor.require(Permission.RESOLVE_CONFLICTS)
    with in_workspace(actor.workspace_id):
        row = _row(mapping_id)
        row.brake_since, row.brake_waiting = None, 0
        row.brake_released_until = clock.now() + timedelta(hours=for_hours)
        row.save(update_fields=["brake_since", "brake_waiting", "brake_released_until"])
        count = _plan_parked_anew(row, only="brake")
        _write(actor, "brake released", row.id, {"links": count})
    return count


def ring(workspace_id: UUID, mapping_id: UUID) -> int:
    """Sync now: the calendar is read and settled at once (S124). Answers the mailbox."""
    with in_workspace(workspace_id):
        row = _row(mapping_id)
        mailbox_id = row.calendar.mailbox.id
        _ring(mailbox_id)
    return mailbox_id


def mappings(workspace_id: UUID) -> list[Mapping]:
    with in_workspace(workspace_id):
        rows = Mapping.objects.exclude(state=MappingState.ENDED).select_related("calendar", "calendar__mailbox")
        return list(rows.order_by("created_at"))


def _looked_up(engine: Engine, facts: ConnectionFacts, new: NewMapping) -> tuple[str, WireCalendar]:
    """The user behind an address, and the calendar: by id, by name, or the default one."""
    graph = engine.graph(facts)
    try:
        user = users.with_address(graph.directory(), new.address)
        if user is None:
            raise NotReachable(f"Microsoft knows nobody with the address {new.address}.")
        line = graph.mailbox(user.id)
        if new.calendar is None:
            return user.id, calendars.default(line)
        for each in calendars.listed(line):
            if new.calendar in (each.id, each.name):
                return user.id, each
    except GraphError as error:
        raise NotReachable(connections.in_words(error, address=new.address)) from error
    raise NotReachable(f"{new.address} has no calendar called {new.calendar}.")


def _mailbox(facts: ConnectionFacts, user_id: str, address: str, workspace_id: UUID) -> Mailbox:
    row, _ = Mailbox.objects.get_or_create(
        app_id=facts.app_id, tenant=facts.tenant, key=user_id, defaults={"address": address}
    )
    Lease.objects.get_or_create(mailbox=row)
    with database.cursor() as cursor:
        cursor.execute(_JOIN, [workspace_id, row.id, workspace_id])
    return row


def _calendar(workspace_id: UUID, facts: ConnectionFacts, mailbox: Mailbox, found: WireCalendar) -> Calendar:
    row, _ = Calendar.objects.get_or_create(
        workspace_id=workspace_id,
        mailbox=mailbox,
        graph_id=CalendarId(found.id),
        defaults={
            "connection_id": facts.id,
            "name": found.name or "",
            "is_default": found.is_default_calendar is True,
        },
    )
    return row


def _refuse(resource: Resource, others: list[Mapping], found: WireCalendar) -> None:
    if found.can_edit is False:
        raise Refused("This calendar can be read but not written.")
    persons = [each for each in others if each.resource_id != resource.id and resource.kind == Kind.PERSON]
    if persons:
        raise Refused("A person's own calendar can serve one resource only; use a calendar of its own for this one.")


def _advice(resource: Resource, others: list[Mapping]) -> tuple[str, ...]:
    shared = [each for each in others if each.resource_id != resource.id]
    if not shared:
        return ()
    advice = (
        f"{len(shared)} other resource(s) are tied to this calendar. A booking of one makes that time unavailable on "
        "all of them; give each resource a calendar of its own unless that is what you want."
    )
    return (advice,)


def _change(actor: Actor, mapping_id: UUID, state: MappingState, verb: str) -> Mapping:
    actor.require(Permission.MANAGE_SYNC)
    with in_workspace(actor.workspace_id):
        row = _row(mapping_id)
        if row.state == MappingState.ENDED:
            raise Refused("This mapping has ended; map the resource anew.")
        row.state = state
        row.save(update_fields=["state"])
        if state == MappingState.WORKING:
            _plan_parked_anew(row)
            _ring(row.calendar.mailbox.id)
        _write(actor, verb, row.id, {})
    return row


def _row(mapping_id: UUID) -> Mapping:
    row = Mapping.objects.select_related("calendar__mailbox").filter(id=mapping_id).first()
    if row is None:
        raise Refused("There is no such mapping.")
    return row


def _in_force(row: Mapping) -> dict[str, object]:
    return cast("dict[str, object]", row.settings)  # pyright: ignore[reportUnknownMemberType]  Django knows no shape


def _ring(mailbox_id: int) -> None:
    with database.cursor() as cursor:
        cursor.execute(_RING, [clock.now(), mailbox_id])
    follow.stir([mailbox_id])


_ANEW = (
    "UPDATE mirror_link SET is_unsettled = true, due_at = NULL "
    "WHERE mapping_id = %s AND parked <> '' AND closed_at IS NULL"
)


def _plan_parked_anew(row: Mapping, *, only: str = "") -> int:
    """Parkings that the mapping's own rules made end when the rules change; the plan says which."""
    if only:
        parked = Link.objects.filter(mapping=row, parked=only, closed_at=None).values_list("id", flat=True)
        found = links.of_ids(list(parked))
        for each in found:
            each.state, each.is_unsettled, each.due_at = unparked(each.state), True, None
        links.store(row.workspace_id, found)
        count = len(found)
    else:
        with database.cursor() as cursor:
            cursor.execute(_ANEW, [row.id])
            count = cursor.rowcount
    if count:
        follow.stir([row.calendar.mailbox.id])
    return count


def _close_some(actor: Actor, mapping_id: UUID) -> int:
    with in_workspace(actor.workspace_id):
        ids_ = Link.objects.filter(mapping_id=mapping_id, closed_at=None).values_list("id", flat=True)[:CLOSE_AT_ONCE]
        rows = links.of_ids(list(ids_))
        for row in rows:
            row.state = done(row.state, Close(UNMAPPED), now=clock.now(), who=actor.name)
            row.is_unsettled, row.due_at = False, None
        links.store(actor.workspace_id, rows)
        return len(rows)


def _write(actor: Actor, verb: str, mapping_id: UUID, after: Facts[str, object]) -> None:
    write(actor.workspace_id, actor.by, [Entry(verb, "mapping", mapping_id, after=after)], at=clock.now())
