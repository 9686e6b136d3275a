"""The lease of a mailbox: one worker at a time tends it, and an older epoch commits nothing.

This module decides who may act for a mailbox. Every transaction of a worker begins with `tending`, which renews the
lease under its epoch or raises `LeaseLost`; `check` is asked right before every request. Taking and giving back are one
statement each, so that a tending which finds nothing costs two. It must not decide what is done under a lease.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from holdfast.database.transactions import in_workspace, outside_workspaces
from holdfast.graph.limits import DEADLINE_S
from holdfast.mirror.errors import LeaseLost
from holdfast.mirror.models import MailboxState
from holdfast.ports import clock, points

LEASE = timedelta(seconds=90)
"""Three times a request's total deadline, so that no request can outlive the lease it was sent under."""

MARGIN = timedelta(seconds=DEADLINE_S + 5)
"""Less than this left, and the lease is renewed before anything is sent."""

_TAKE = "SELECT mirror_take_lease(%s, %s, %s, %s)::text"
_REST = "SELECT mirror_rest(%s, %s, %s, %s::jsonb)::text"
_FENCE = "UPDATE mirror_lease SET until = %s WHERE mailbox_id = %s AND epoch = %s AND until IS NOT NULL"


class ConnectionFacts(msgspec.Struct, frozen=True):
    id: UUID
    workspace_id: UUID
    tenant: str
    app_id: str
    root_url: str
    authority_url: str
    state: str


class MappingFacts(msgspec.Struct, frozen=True):
    id: UUID
    resource_id: UUID
    state: str
    settings: dict[str, Any]
    created_at: datetime
    first_round: int | None
    synced_at: datetime | None
    pushes_from: datetime | None
    brake_since: datetime | None
    brake_released_until: datetime | None
    zone: str  # the resource's own


class CalendarFacts(msgspec.Struct, frozen=True):
    id: UUID
    workspace_id: UUID
    graph_id: str
    is_default: bool
    name: str
    round: int
    is_round_open: bool
    asked_round: int
    cursor: str
    window_from: datetime | None
    window_to: datetime | None
    observed_at: datetime | None
    rounds_failed: int
    marker_checked_at: datetime | None
    marker_instance: str
    marker_epoch: int
    connection: ConnectionFacts
    mappings: tuple[MappingFacts, ...]
    has_unsettled: bool


class MailboxFacts(msgspec.Struct, frozen=True):
    id: int
    app_id: str
    tenant: str
    key: str
    address: str
    state: str
    words: str
    failures: int
    not_before: datetime | None
    due_at: datetime | None
    rung_count: int
    rung_at: datetime | None
    heard_count: int
    stirred_count: int
    settled_count: int
    subscription_id: str
    subscription_expires_at: datetime | None
    subscription_due_at: datetime | None
    notice_at: datetime | None
    wrote_at: datetime | None
    unproven_since: datetime | None
    is_push_measured: bool


class _Taken(msgspec.Struct, frozen=True):
    epoch: int
    mailbox: MailboxFacts
    calendars: tuple[CalendarFacts, ...]


class Look(msgspec.Struct, frozen=True):
    """A calendar in which nothing had changed: its new delta link, stored when the lease is given back."""

    workspace: UUID
    calendar: UUID
    cursor: str
    observed_at: datetime


class Report(msgspec.Struct, kw_only=True):
    """What a tending leaves on the mailbox's row."""

    heard: int = 0
    settled: int = 0
    state: MailboxState = MailboxState.WORKING
    words: str = ""
    failures: int = 0
    not_before: datetime | None = None
    due_at: datetime | None = None
    wrote: bool = False  # something was written, which a notice should follow
    subscribes: bool = False  # the subscription's own due time counts too
    looks: list[Look] = []


class Rest(msgspec.Struct, frozen=True):
    """Whether somebody rang or stirred while the mailbox was tended, and when it is due by itself."""

    again: bool
    due_at: datetime | None


class Held:
    """A lease that this worker holds. Not shared between threads."""

    def __init__(self, taken: _Taken, until: datetime) -> None:
        self.epoch = taken.epoch
        self.mailbox = taken.mailbox
        self.calendars = taken.calendars
        self.until = until
        # Two workspaces may keep one calendar; its marker is one, so they count its epochs together.
        self.marker_epochs: dict[str, int] = {}
        for calendar in taken.calendars:
            seen = self.marker_epochs.get(calendar.graph_id, 0)
            self.marker_epochs[calendar.graph_id] = max(seen, calendar.marker_epoch)

    @contextmanager
    def tending(self, workspace_id: UUID) -> Iterator[None]:
        """One durable transaction in the workspace that starts with the fence."""
        with in_workspace(workspace_id):
            self._fence()
            yield

    def check(self) -> None:
        """Called right before a request leaves, with no transaction open: the lease outlives its deadline, or ends."""
        if self.until - clock.now() < MARGIN:
            with outside_workspaces():
                self._fence()

    def rest(self, report: Report) -> Rest:
        """Give the lease back within the caller's transaction, so that a wake-up commits with it."""
        with connection.cursor() as cursor:
            body = msgspec.json.encode(report).decode()
            cursor.execute(_REST, [self.mailbox.id, self.epoch, clock.now(), body])
            found: Any = cursor.fetchone()
        answer: str | None = found[0]
        if answer is None:
            raise LeaseLost
        return _rest.decode(answer)

    def _fence(self) -> None:
        until = clock.now() + LEASE
        with connection.cursor() as cursor:
            cursor.execute(_FENCE, [until, self.mailbox.id, self.epoch])
            if cursor.rowcount != 1:
                raise LeaseLost
        self.until = until


def take(mailbox_id: int, *, holder: str) -> Held | None:
    """The lease, or None where somebody else has it. One statement, and a transaction of its own."""
    assert not connection.in_atomic_block, "a lease is taken before anything else"
    now = clock.now()
    until = now + LEASE
    points.passed(points.BEFORE_COMMIT)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [mailbox_id, holder, now, until])
        found: Any = cursor.fetchone()
    answer: str | None = found[0]
    points.passed(points.AFTER_COMMIT)
    return None if answer is None else Held(_taken.decode(answer), until)


_taken = msgspec.json.Decoder(_Taken)
_rest = msgspec.json.Decoder(Rest)
