"""Link rows: found, added and changed, many in one statement.

This module decides how a link is stored: reconcile's state as one text, and beside it the columns by which links are
found. Every change names the version it was read in; where somebody was faster nothing is stored (`Overtaken`), so a
worker's answer can never undo what a booking said meanwhile. No model objects: a page has hundreds of links.
"""

# ruff: noqa: S608  the statements are put together from constants of this module only

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from holdfast.mirror.errors import Overtaken
from holdfast.ports import ids
from holdfast.reconcile.link import LinkState, decode_link
from holdfast.reconcile.snapshot import Snapshot, encode
from holdfast.timetable import zones

_COLUMNS = (
    "id, mapping_id, calendar_id, mailbox_id, booking_id, event_id, series_id, state, is_shadow, is_unsettled, due_at, "
    "round, version, failures, changed_at, confirmed_at, gone_at"
)
_BY_EVENTS = f"SELECT {_COLUMNS} FROM mirror_link WHERE calendar_id = %s AND event_id = ANY(%s)"
_BY_SERIES = f"SELECT {_COLUMNS} FROM mirror_link WHERE calendar_id = %s AND series_id = ANY(%s) AND closed_at IS NULL"
_BY_IDS = f"SELECT {_COLUMNS} FROM mirror_link WHERE id = ANY(%s)"
_BY_BOOKINGS = f"SELECT {_COLUMNS} FROM mirror_link WHERE booking_id = ANY(%s) AND closed_at IS NULL"
_UNSETTLED = (
    f"SELECT {_COLUMNS} FROM mirror_link WHERE mailbox_id = %s AND calendar_id = %s AND is_unsettled "
    "AND (due_at IS NULL OR due_at <= %s) ORDER BY due_at NULLS FIRST, id LIMIT %s"
)
_MISSED = (
    f"SELECT {_COLUMNS} FROM mirror_link WHERE calendar_id = %s AND event_id <> '' AND round < %s "
    "AND closed_at IS NULL AND ends_at > %s AND NOT is_unsettled LIMIT %s"
)
_TYPES = (
    "r(id uuid, workspace_id uuid, mapping_id uuid, calendar_id uuid, mailbox_id bigint, booking_id uuid, "
    "event_id text, series_id text, state text, is_shadow boolean, is_unsettled boolean, due_at timestamptz, "
    "parked text, closed_at timestamptz, ends_at timestamptz, round int, version int, failures int, "
    "changed_at timestamptz, confirmed_at timestamptz, gone_at timestamptz)"
)
_NAMES = (
    "id, workspace_id, mapping_id, calendar_id, mailbox_id, booking_id, event_id, series_id, state, is_shadow, "
    "is_unsettled, due_at, parked, closed_at, ends_at, round, version, failures, changed_at, confirmed_at, gone_at"
)
_ADD = f"INSERT INTO mirror_link ({_NAMES}) SELECT {_NAMES} FROM json_to_recordset(%s::json) AS {_TYPES}"
_CHANGE = (
    "UPDATE mirror_link l SET booking_id = r.booking_id, event_id = r.event_id, series_id = r.series_id, "
    "state = r.state, is_unsettled = r.is_unsettled, due_at = r.due_at, parked = r.parked, closed_at = r.closed_at, "
    "ends_at = r.ends_at, round = r.round, version = r.version + 1, failures = r.failures, "
    "changed_at = r.changed_at, confirmed_at = r.confirmed_at, gone_at = r.gone_at "
    # Whoever holds a row waits for the journal's head, which we may hold: so nobody waits for a row here.
    f"FROM (SELECT r.* FROM json_to_recordset(%s::json) AS {_TYPES} JOIN mirror_link k ON k.id = r.id "
    "AND k.version = r.version FOR UPDATE OF k SKIP LOCKED) AS r WHERE l.id = r.id"
)


class Row(msgspec.Struct, kw_only=True):
    """One link while it is worked on. `state` is replaced, never changed."""

    id: UUID
    mapping_id: UUID
    calendar_id: UUID
    mailbox_id: int
    booking_id: UUID | None = None
    event_id: str = ""
    series_id: str = ""
    state: LinkState
    is_shadow: bool = False
    is_unsettled: bool = False
    due_at: datetime | None = None
    round: int = 0
    version: int = 1
    failures: int = 0
    changed_at: datetime
    confirmed_at: datetime | None = None
    gone_at: datetime | None = None
    is_new: bool = False

    @property
    def is_adopted(self) -> bool:
        """The event was not made by us: it was there before, or came from Outlook."""
        return self.state.generation == 0 and self.state.theirs is not None

    @property
    def said_there(self) -> Snapshot | None:
        return None if self.state.theirs is None else self.state.theirs.said


def fresh(*, mapping_id: UUID, calendar_id: UUID, mailbox_id: int, round: int, now: datetime) -> Row:  # noqa: A002
    """A new link of nothing yet."""
    link_id = ids.new()
    return Row(
        id=link_id,
        mapping_id=mapping_id,
        calendar_id=calendar_id,
        mailbox_id=mailbox_id,
        state=LinkState(key=link_id.hex),
        round=round,
        changed_at=now,
        is_new=True,
    )


def of_events(calendar_id: UUID, event_ids: Sequence[str]) -> list[Row]:
    return _read(_BY_EVENTS, [calendar_id, list(event_ids)]) if event_ids else []


def of_series(calendar_id: UUID, master_ids: Sequence[str]) -> list[Row]:
    return _read(_BY_SERIES, [calendar_id, list(master_ids)]) if master_ids else []


def of_ids(link_ids: Sequence[UUID]) -> list[Row]:
    return _read(_BY_IDS, [list(link_ids)]) if link_ids else []


def of_bookings(booking_ids: Sequence[UUID]) -> list[Row]:
    """The open links of these bookings, over all mappings."""
    return _read(_BY_BOOKINGS, [list(booking_ids)]) if booking_ids else []


def unsettled(*, mailbox_id: int, calendar_id: UUID, now: datetime, most: int) -> list[Row]:
    """What is to be settled now, the longest waiting first."""
    return _read(_UNSETTLED, [mailbox_id, calendar_id, now, most])


def missed(*, calendar_id: UUID, round: int, since: datetime, most: int) -> list[Row]:  # noqa: A002
    """Links whose event a complete round did not deliver: each is a question."""
    return _read(_MISSED, [calendar_id, round, since, most])


def store(workspace_id: UUID, rows: Sequence[Row]) -> None:
    """Add the new and change the others. Raises Overtaken, and then the caller's transaction must not commit."""
    added = [_written(workspace_id, row) for row in rows if row.is_new]
    changed = [_written(workspace_id, row) for row in rows if not row.is_new]
    with connection.cursor() as cursor:
        if added:
            cursor.execute(_ADD, [msgspec.json.encode(added).decode()])
        if changed:
            cursor.execute(_CHANGE, [msgspec.json.encode(changed).decode()])
            if cursor.rowcount != len(changed):
                raise Overtaken


def _read(sql: str, parameters: list[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [_row(values) for values in cursor.fetchall()]


def _row(values: tuple[Any, ...]) -> Row:
    return Row(
        id=values[0],
        mapping_id=values[1],
        calendar_id=values[2],
        mailbox_id=values[3],
        booking_id=values[4],
        event_id=values[5],
        series_id=values[6],
        state=decode_link(values[7]),
        is_shadow=values[8],
        is_unsettled=values[9],
        due_at=values[10],
        round=values[11],
        version=values[12],
        failures=values[13],
        changed_at=values[14],
        confirmed_at=values[15],
        gone_at=values[16],
    )


class _Written(msgspec.Struct):
    id: UUID
    workspace_id: UUID
    mapping_id: UUID
    calendar_id: UUID
    mailbox_id: int
    booking_id: UUID | None
    event_id: str
    series_id: str
    state: str
    is_shadow: bool
    is_unsettled: bool
    due_at: datetime | None
    parked: str
    closed_at: datetime | None
    ends_at: datetime | None
    round: int
    version: int
    failures: int
    changed_at: datetime
    confirmed_at: datetime | None
    gone_at: datetime | None


def _written(workspace_id: UUID, row: Row) -> _Written:
    state = row.state
    sight = state.theirs
    return _Written(
        row.id,
        workspace_id,
        row.mapping_id,
        row.calendar_id,
        row.mailbox_id,
        row.booking_id,
        row.event_id if sight is None else sight.event_id,
        row.series_id,
        encode(state).decode(),
        row.is_shadow,
        row.is_unsettled,
        row.due_at,
        "" if state.parked is None else state.parked.reason.value,
        None if state.closed is None else state.closed.at,
        _ends_at(state),
        row.round,
        row.version,
        row.failures,
        row.changed_at,
        row.confirmed_at,
        row.gone_at,
    )


def _ends_at(state: LinkState) -> datetime | None:
    """The end by which the past edge of the window is judged."""
    said = None if state.theirs is None else state.theirs.said
    if said is None:
        said = state.agreed.theirs
    if said is None:
        said = state.ours if isinstance(state.ours, Snapshot) else None
    return None if said is None else zones.instant(said.when.end, said.when.zone)
