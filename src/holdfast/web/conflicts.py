"""The one inbox of what a person should look at: the record's queue, and the mirror's questions.

Decides how a question is told and which answers it offers. An answer to the mirror names the pair of sides it was
about; if either has moved, it is refused and asked anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from holdfast.bookings import conflicts as queue
from holdfast.bookings.models import Booking, Conflict
from holdfast.bookings.states import ConflictKind
from holdfast.database.transactions import in_workspace
from holdfast.directory.roles import Actor
from holdfast.mirror import conflicts as mirror
from holdfast.reconcile.link import Reason
from holdfast.reconcile.snapshot import Snapshot
from holdfast.web import board
from holdfast.web.shown import Shown
from holdfast.web.signs import QUESTIONS

TITLES = {
    ConflictKind.OVERLAP: "Two bookings want the same time",
    ConflictKind.OVERWRITTEN: "A change was overwritten",
    ConflictKind.REFUSED: "A change from Outlook was refused",
    ConflictKind.CAME_BACK: "A cancelled booking came back in Outlook",
    ConflictKind.CUT: "A text from Outlook was too long",
    ConflictKind.CHOICE: "Both sides changed it",
}
SENTENCES = {
    ConflictKind.OVERLAP: "Both are kept. Move one, or say which stays: the other is cancelled on both sides.",
    ConflictKind.OVERWRITTEN: "One side’s value stands; what the other said is kept here.",
    ConflictKind.REFUSED: "The rules here did not allow it, so it was put back in Outlook; it is kept here.",
    ConflictKind.CAME_BACK: "Choose whether it stands again or is removed in Outlook.",
    ConflictKind.CUT: "What did not fit is kept here in full.",
    ConflictKind.CHOICE: "Choose which side stands.",
}
FIELDS = {"when": "Time", "title": "Title", "note": "Note", "place": "Place", "people": "People", "show_as": "Shown as"}
_GONE_THERE = frozenset({Reason.DELETED_THERE})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the inbox. `pair` is there where the mirror asks; `other` where two bookings are concerned."""

    id: UUID
    title: str
    sentence: str
    opened_at: datetime
    booking: Shown | None = None
    other: Shown | None = None
    pair: tuple[str, str] | None = None
    theirs: tuple[tuple[str, str], ...] = ()
    content: tuple[tuple[str, str], ...] = ()
    is_gone_there: bool = False

    @property
    def both(self) -> list[Shown]:
        return [one for one in (self.booking, self.other) if one is not None and one.may_change]


def entries(actor: Actor) -> list[Entry]:
    """Everything that waits for a person, oldest first. Opens transactions of its own."""
    asked = mirror.questions(actor)
    with in_workspace(actor.workspace_id):
        queued, _ = queue.queue(actor)
        rows = board.read_rows(is_active=None)
        ids = {one.booking_id for one in queued} | {one.other_id for one in queued} | {one.booking_id for one in asked}
        found = board.with_marks(Booking.objects.filter(id__in=[one for one in ids if one]))
        shown = {one.id: one for one in board.show_all(actor, found, rows=rows)}
    known = [_queued(one, shown) for one in queued] + [_asked(one, shown) for one in asked]
    return sorted(known, key=lambda one: one.opened_at)


def _queued(conflict: Conflict, shown: Mapping[UUID, Shown]) -> Entry:
    kind = ConflictKind(conflict.kind)
    booking = shown.get(conflict.booking_id)
    is_hidden = booking is None or booking.is_hidden
    return Entry(
        id=conflict.id,
        title=TITLES[kind],
        sentence=SENTENCES[kind],
        opened_at=conflict.opened_at,
        booking=booking,
        other=shown.get(conflict.other_id) if conflict.other_id else None,
        content=() if is_hidden else tuple(_content(conflict.content)),
    )


def _content(content: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """What was overwritten or refused, field by field, as text."""
    return [
        (FIELDS.get(name, name.replace("_", " ").capitalize()), _text(value))
        for name, value in content.items()
        if value not in (None, "", [], {})
    ]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        parts = cast("Mapping[str, Any]", value)
        return "; ".join(f"{name.replace('_', ' ')}: {_text(each)}" for name, each in parts.items())
    if isinstance(value, list):
        return ", ".join(_text(each) for each in cast("list[Any]", value))
    return str(value)


def _asked(question: mirror.Question, shown: Mapping[UUID, Shown]) -> Entry:
    booking = shown.get(question.booking_id) if question.booking_id else None
    is_hidden = booking is not None and booking.is_hidden
    return Entry(
        id=question.link_id,
        title=QUESTIONS[question.reason],
        sentence="Nothing is changed on either side until somebody chooses.",
        opened_at=question.since,
        booking=booking,
        pair=question.pair,
        theirs=() if is_hidden or question.theirs is None else tuple(_side(question.theirs)),
        is_gone_there=question.theirs is None or question.reason in _GONE_THERE,
    )


def _side(said: Snapshot) -> list[tuple[str, str]]:
    """What Outlook says, in a few lines."""
    when = said.when
    span = f"{when.start:%a %d %b %Y, %H:%M} – {when.end:%H:%M} ({when.zone})"
    if when.all_day:
        span = f"{when.start:%a %d %b %Y}, all day"
    found = [
        ("Title", said.title or "Without a title"),
        ("Time", span),
        ("Place", said.place),
        ("Note", said.note[:500]),
    ]
    return [(name, text) for name, text in found if text]
