"""What must not be lost: values that one side overwrote or a rule refused, kept with their full content (I3).

This module decides how a conflict of a link is written into the one queue people look at, which belongs to `bookings`.
It must not decide whether there is a conflict: `reconcile` says so.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from holdfast.bookings.conflicts import Found, close_within, open_within
from holdfast.bookings.outcomes import Done
from holdfast.bookings.states import ConflictKind
from holdfast.directory.roles import outlook
from holdfast.mirror.desk import Desk
from holdfast.mirror.links import Row
from holdfast.reconcile.resting import fingerprints
from holdfast.reconcile.steps import Conflict

ASKED = "asked"


def keep(desk: Desk, row: Row, conflicts: Sequence[Conflict]) -> None:
    """Write them down, closed where a value already stands and open where a person is asked."""
    if row.booking_id is None:
        return
    for conflict in conflicts:
        _put(desk, row, _kind(conflict), _content(row, conflict), booking_id=row.booking_id, kept=conflict.kept)


def note_outcome(desk: Desk, row: Row, outcome: Done) -> None:
    """A text from Outlook was longer than we keep: say which."""
    if outcome.cut:
        content = {"fields": list(outcome.cut)}
        _put(desk, row, ConflictKind.CUT, content, booking_id=outcome.booking.id, kept="theirs")


def _put(desk: Desk, row: Row, kind: ConflictKind, content: dict[str, Any], *, booking_id: UUID, kept: str) -> None:
    actor = outlook(desk.workspace_id, mapping_id=row.mapping_id)
    opened = open_within(actor, Found(kind=kind, booking_id=booking_id, link_id=row.id, content=content))
    if kept != ASKED:
        close_within(actor, resolution=f"{kept} stands", conflict_id=opened)


def _kind(conflict: Conflict) -> ConflictKind:
    if conflict.kept == ASKED:
        return ConflictKind.CHOICE
    return ConflictKind.REFUSED if conflict.reason and conflict.kept == "ours" else ConflictKind.OVERWRITTEN


def _content(row: Row, conflict: Conflict) -> dict[str, Any]:
    pair = fingerprints(row.state)
    return {
        "field": None if conflict.field is None else conflict.field.value,
        "ours": msgspec.to_builtins(conflict.ours),
        "theirs": msgspec.to_builtins(conflict.theirs),
        "kept": conflict.kept,
        "reason": conflict.reason,
        "pair": [pair.ours, pair.theirs],
    }
