"""A booking's story in plain words: saved, sent, confirmed by Outlook, with times.

This module decides the order and the words of what the journal, the exchanges and the link say of one booking. It must
not say what its reader may not know: it names fields, never contents.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from holdfast.bookings.reading import story as journal_story
from holdfast.database.transactions import in_workspace
from holdfast.directory.roles import Actor
from holdfast.mirror import exchanges, links
from holdfast.mirror.links import Row
from holdfast.mirror.models import Exchange
from holdfast.reconcile.link import Kind

CHAPTERS_MAX = 500


class Chapter(StrEnum):
    HERE = "here"
    SENT = "sent"
    CONFIRMED = "confirmed"
    UNANSWERED = "unanswered"
    REFUSED = "refused"
    WAITS = "waits"
    IN_STEP = "in_step"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. `detail` is for support: Microsoft's request id or error code."""

    at: datetime
    chapter: Chapter
    words: str
    by: str = ""
    detail: str = ""


_VERBS = {
    "made": "Saved",
    "edited": "Changed",
    "cancelled": "Cancelled",
    "restored": "Restored",
    "advanced": "Moved on",
    "promoted": "Got the time, which became free",
    "overlapped": "Found to overlap another booking",
    "cleared": "No longer overlaps",
}
_WRITES = {
    Kind.CREATE.value: "Sent to Outlook",
    Kind.PATCH.value: "Change sent to Outlook",
    Kind.DELETE.value: "Deletion sent to Outlook",
    Kind.DECLINE.value: "Declined in Outlook",
}


def story(actor: Actor, booking_id: UUID) -> list[Line]:
    """Oldest first. Raises NotFound where the actor may not see the booking."""
    with in_workspace(actor.workspace_id):
        told = journal_story(actor, booking_id)
        written = list(Exchange.objects.filter(booking_id=booking_id).order_by("id")[:CHAPTERS_MAX])
        rows = links.of_bookings([booking_id])
    lines = [
        Line(
            each.at, Chapter.HERE, f"{_VERBS.get(each.verb, each.verb.replace('_', ' ').capitalize())}.", each.by or ""
        )
        for each in told
    ]
    for each in written:
        lines.extend(_exchange(each))
    lines.sort(key=lambda line: line.at)
    return [*lines, *filter(None, map(_now, rows))]


def _exchange(each: Exchange) -> list[Line]:
    fields = f" ({each.fields.replace(',', ', ')})" if each.fields else ""
    sent = Line(each.sent_at, Chapter.SENT, f"{_WRITES.get(each.kind, 'Sent to Outlook')}{fields}.")
    at = each.answered_at or each.sent_at
    match each.outcome:
        case exchanges.CONFIRMED:
            return [sent, Line(at, Chapter.CONFIRMED, "Confirmed by Outlook.", detail=each.detail)]
        case exchanges.UNANSWERED:
            words = "No answer came; Outlook is asked what became of it."
            return [sent, Line(at, Chapter.UNANSWERED, words, detail=each.detail)]
        case _:
            return [sent, Line(at, Chapter.REFUSED, "Outlook did not take it.", detail=each.detail)]


def _now(row: Row) -> Line | None:
    """Where the link is now."""
    parked = row.state.parked
    if row.state.closed is not None:
        return None
    if parked is not None:
        return Line(
            parked.since, Chapter.WAITS, f"Waits: {parked.reason.value.replace('_', ' ')}.", detail=parked.detail
        )
    if row.is_unsettled:
        return Line(row.changed_at, Chapter.WAITS, "On its way.")
    if row.confirmed_at is None:
        return None
    return Line(row.confirmed_at, Chapter.IN_STEP, "Both sides say the same.")
