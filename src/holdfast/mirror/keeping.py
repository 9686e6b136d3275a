"""What must not be lost: values that one side overwrote or a rule refused, kept with their full content (I3).

This module decides how a conflict of a link is written into the one queue people look at, which belongs to `bookings`.
It must not decide whether there is a conflict: `reconcile` says so.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from holdfast.bookings.models import Conflict as Entry
from holdfast.bookings.outcomes import Done
from holdfast.bookings.states import ConflictKind
from holdfast.mirror.desk import Desk
from holdfast.mirror.links import Row
from holdfast.ports import clock
from holdfast.reconcile.resting import fingerprints
from holdfast.reconcile.steps import Conflict


def keep(desk: Desk, row: Row, conflicts: Sequence[Conflict]) -> None:
    """Write them down, closed where a value already stands and open where a person is asked."""
    if not conflicts or row.booking_id is None:
        return
    now = clock.now()
    Entry.objects.bulk_create(
        Entry(
            workspace_id=desk.workspace_id,
            kind=_kind(conflict).value,
            booking_id=row.booking_id,
            link_id=row.id,
            content=_content(row, conflict),
            opened_at=now,
            closed_at=None if conflict.kept == "asked" else now,
            resolution="" if conflict.kept == "asked" else f"{conflict.kept} stands",
            closed_by="" if conflict.kept == "asked" else "rule",
        )
        for conflict in conflicts
    )


def note_outcome(desk: Desk, row: Row, outcome: Done) -> None:
    """A text from Outlook was longer than we keep: say which."""
    if not outcome.cut:
        return
    now = clock.now()
    Entry.objects.create(
        workspace_id=desk.workspace_id,
        kind=ConflictKind.CUT.value,
        booking_id=outcome.booking.id,
        link_id=row.id,
        content={"fields": list(outcome.cut)},
        opened_at=now,
        closed_at=now,
        resolution="cut",
        closed_by="rule",
    )


def _kind(conflict: Conflict) -> ConflictKind:
    if conflict.kept == "asked":
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
