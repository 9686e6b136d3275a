"""Looking at a series: its master, and what single dates say otherwise. Decides what an actor sees of it.

Two statements whatever the number of dates. Its dates are bookings: pages and timelines read them as such. Needs
`in_workspace`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from holdfast.bookings.errors import NotFound
from holdfast.bookings.privacy import PRIVATE_TITLE, masked, may_read
from holdfast.bookings.record import Record
from holdfast.bookings.series import master, store
from holdfast.bookings.series.master import Master
from holdfast.bookings.states import OVER
from holdfast.directory.roles import Actor, Permission
from holdfast.journal import reading as journal


@dataclass(frozen=True, slots=True)
class Own:
    """What one date says otherwise than its master: its own values by field, and the booking that it is."""

    booking_id: UUID
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A series. A date that is in `exceptions` with None is cancelled; one that is not there follows its master.

    `master.horizon` is the day up to which its dates are bookings; an endless series goes on behind it.
    """

    master: Master
    exceptions: Mapping[date, Own | None]
    is_masked: bool = False


def series(actor: Actor, series_id: UUID) -> Told:
    """The master with its pattern, and its exceptions by original day. Raises NotFound, NotAllowed."""
    actor.require(Permission.VIEW)
    found = store.masters(actor.workspace_id, [series_id]).get(series_id)
    if found is None:
        raise NotFound
    exceptions = store.exceptions(actor.workspace_id, series_id)
    hidden = not may_read(actor, master.as_record(found))
    return Told(
        _masked(actor, found) if hidden else found,
        {day: _own(actor, record) for day, record in exceptions.items()},
        is_masked=hidden,
    )


def story(actor: Actor, series_id: UUID) -> list[journal.Told]:
    """What happened to a series itself, oldest first; each date has a story of its own. Raises NotFound, NotAllowed."""
    actor.require(Permission.VIEW)
    found = store.masters(actor.workspace_id, [series_id]).get(series_id)
    if found is None:
        raise NotFound
    told = journal.story(actor.workspace_id, series_id)
    if may_read(actor, master.as_record(found)):
        return told
    return [replace(each, by=None, before=None, after=None, actor_id=None) for each in told]


def _own(actor: Actor, record: Record) -> Own | None:
    if record.state in OVER:
        return None
    seen = masked(actor, record)
    return Own(record.id, {name: getattr(seen, name) for name in record.own})


def _masked(actor: Actor, found: Master) -> Master:
    seen = masked(actor, master.as_record(found))
    assert seen.title == PRIVATE_TITLE, "only what may not be read is masked"
    return master.with_record(found, seen)
