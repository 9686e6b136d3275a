"""What the mirror does when bookings change: links say so and mailboxes are woken, in the same transaction (I13).

This module decides which links a changed booking has and what our side of them now says. It must not plan or send. It
is called by `bookings` for every batch of orders, whoever gave them; what a mapping itself pulled in is not told to
it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
from django.db import connection

from holdfast.bookings.followers import BookingChanged
from holdfast.bookings.record import Record
from holdfast.directory.roles import Actor
from holdfast.mirror import links, wakeups
from holdfast.mirror.links import Row
from holdfast.mirror.manners import settings_of
from holdfast.mirror.ours import said_by
from holdfast.ports import clock
from holdfast.reconcile.doing import edited
from holdfast.reconcile.link import Ours
from holdfast.reconcile.rules import Direction
from holdfast.reconcile.snapshot import Snapshot

_MAPPINGS = (
    "SELECT m.id, m.resource_id, m.calendar_id, c.mailbox_id, m.settings FROM mirror_mapping m "
    "JOIN mirror_calendar c ON c.id = m.calendar_id "
    "WHERE m.resource_id = ANY(%s) AND m.state IN ('working', 'paused')"
)
_STIR = "UPDATE mirror_mailbox SET stirred_count = stirred_count + 1 WHERE id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Target:
    """A mapping that a booking's resource has."""

    mapping_id: UUID
    resource_id: UUID
    calendar_id: UUID
    mailbox_id: int
    no_show_stays: bool
    takes_new: bool


def bookings_changed(actor: Actor, changed: Sequence[BookingChanged]) -> None:
    """Follow a batch of changes."""
    moved = [change for change in changed if not change.promoted]
    targets = _targets(actor, moved)
    if not targets:
        return
    rows = {(row.mapping_id, row.booking_id): row for row in links.of_bookings([change.id for change in moved])}
    touched: list[Row] = []
    for change in moved:
        for target in targets:
            row = _follow(change, target, rows.get((target.mapping_id, change.id)))
            if row is not None:
                touched.append(row)
    if touched:
        links.store(actor.workspace_id, touched)
        stir(sorted({row.mailbox_id for row in touched}))


def stir(mailbox_ids: Sequence[int]) -> None:
    """Say that something became unsettled here, and wake a worker; part of the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_STIR, [list(mailbox_ids)])
    for mailbox_id in mailbox_ids:
        wakeups.wake(mailbox_id)


def new_link(record: Record, target: Target, ours: Snapshot) -> Row:
    """The link of a booking that has no event yet."""
    row = links.fresh(
        mapping_id=target.mapping_id,
        calendar_id=target.calendar_id,
        mailbox_id=target.mailbox_id,
        round=0,
        now=clock.now(),
    )
    row.booking_id = record.id
    row.state = edited(row.state, ours)
    row.is_unsettled = True
    return row


def targets_of(resource_ids: Sequence[UUID]) -> list[Target]:
    """The mappings of these resources."""
    with connection.cursor() as cursor:
        cursor.execute(_MAPPINGS, [list(resource_ids)])
        return [_target(values) for values in cursor.fetchall()]


def _target(values: tuple[UUID, UUID, UUID, int, str | dict[str, object]]) -> Target:
    mapping_id, resource_id, calendar_id, mailbox_id, stored = values
    settings = settings_of(_decoded(stored))
    takes_new = settings.direction in (Direction.BOTH, Direction.UP)
    return Target(mapping_id, resource_id, calendar_id, mailbox_id, settings.no_show_stays, takes_new)


def _decoded(stored: str | dict[str, object]) -> dict[str, object]:
    return msgspec.json.decode(stored) if isinstance(stored, str) else stored


def _targets(actor: Actor, moved: Sequence[BookingChanged]) -> list[Target]:
    resources = {change.booking.resource_id for change in moved}
    resources |= {change.before.resource_id for change in moved if change.before is not None}
    if not resources:
        return []
    pulling = actor.identity if actor.is_outlook else None
    return [target for target in targets_of(sorted(resources)) if target.mapping_id != pulling]


def _follow(change: BookingChanged, target: Target, row: Row | None) -> Row | None:
    """The link after the change, or None where it says nothing new."""
    record = change.booking
    ours: Ours = None
    if record.resource_id == target.resource_id:
        adopted = row is not None and row.is_adopted
        ours = said_by(record, no_show_stays=target.no_show_stays, adopted=adopted)
    if row is None:
        # What is already over is never written: nobody wants mail about a meeting of last year (Z-M01).
        if not isinstance(ours, Snapshot) or not target.takes_new or record.ends_at <= clock.now():
            return None
        return new_link(record, target, ours)
    state = edited(row.state, ours)
    if state == row.state:
        return None
    row.state, row.is_unsettled, row.due_at, row.changed_at = state, True, None, clock.now()
    return row
