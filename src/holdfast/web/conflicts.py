"""The one inbox of what a person should look at: overlaps of the record, and questions of the mirror.

Decides how a question is told and which answers it offers. An answer names what it was about (the booking's version, or the
pair of fingerprints); if either has moved, it is refused and asked anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from holdfast.bookings.models import Booking, Conflict
from holdfast.bookings.states import ConflictKind
from holdfast.directory.roles import Actor
from holdfast.mirror.models import Link
from holdfast.reconcile.link import Reason
from holdfast.web import board
from holdfast.web.shown import Shown
from holdfast.web.signs import QUESTIONS

SHOWN_MAX = 200
TITLES = {
    ConflictKind.OVERLAP: "Two bookings want the same time",
    ConflictKind.OVERWRITTEN: "A change was overwritten",
    ConflictKind.REFUSED: "A change from Outlook was refused",
    ConflictKind.CAME_BACK: "A cancelled booking came back in Outlook",
    ConflictKind.CUT: "A text from Outlook was too long",
    ConflictKind.CHOICE: "Both sides changed it",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One entry of the inbox. `link_id` is set where the mirror asks; `other` where two bookings are concerned."""

    id: UUID
    title: str
    sentence: str
    opened_at: datetime
    booking: Shown
    other: Shown | None = None
    link_id: UUID | None = None
    ours: str = ""
    theirs: str = ""
    content: Mapping[str, Any] | None = None
    may_forget: bool = False

    @property
    def both(self) -> list[Shown]:
        return [one for one in (self.booking, self.other) if one is not None and one.may_change]


def questions(actor: Actor) -> list[Question]:
    """Everything that waits for a person, oldest first. Inside the caller's transaction."""
    rows = board.read_rows(is_active=None)
    open_ones = list(Conflict.objects.filter(closed_at__isnull=True).order_by("opened_at", "id")[:SHOWN_MAX])
    parked = list(
        Link.objects.filter(closed_at__isnull=True)
        .exclude(parked__in=["", "paused", "declined_by_us"])
        .order_by("changed_at")[:SHOWN_MAX]
    )
    ids = (
        {one.booking_id for one in open_ones}
        | {one.other_id for one in open_ones}
        | {link.booking_id for link in parked}
    )
    found = board.with_marks(Booking.objects.filter(id__in=[one for one in ids if one]))
    shown = {one.id: one for one in board.show_all(actor, found, rows=rows)}
    asked = [_overlap(one, shown) for one in open_ones if one.booking_id in shown]
    asked += [_parked(link, shown) for link in parked if link.booking_id in shown]
    return sorted(asked, key=lambda one: one.opened_at)


def question(actor: Actor, question_id: UUID) -> Question | None:
    return next((one for one in questions(actor) if one.id == question_id), None)


def count(found: Sequence[Question]) -> int:
    return len(found)


def _overlap(conflict: Conflict, shown: Mapping[UUID, Shown]) -> Question:
    kind = ConflictKind(conflict.kind)
    other = shown.get(conflict.other_id) if conflict.other_id else None
    return Question(
        id=conflict.id,
        title=TITLES[kind],
        sentence=_sentence(kind, other),
        opened_at=conflict.opened_at,
        booking=shown[conflict.booking_id],
        other=other,
        content=conflict.content,
        may_forget=kind is not ConflictKind.OVERLAP,
    )


def _sentence(kind: ConflictKind, other: Shown | None) -> str:
    if kind is ConflictKind.OVERLAP and other is not None:
        return "Both are kept. Move or cancel one of them, and this is settled by itself."
    return {
        ConflictKind.OVERWRITTEN: "One side’s value stands; what the other said is kept here.",
        ConflictKind.REFUSED: "The rules here did not allow it, so it was put back in Outlook. What was refused is kept here.",
        ConflictKind.CAME_BACK: "Choose whether it stands again or is removed in Outlook.",
        ConflictKind.CUT: "What did not fit is kept here in full.",
        ConflictKind.CHOICE: "Choose which side stands.",
    }.get(kind, "")


def _parked(link: Link, shown: Mapping[UUID, Shown]) -> Question:
    reason = Reason(link.parked)
    assert link.booking_id is not None
    return Question(
        id=link.id,
        title=QUESTIONS[reason],
        sentence="Nothing is changed on either side until somebody chooses.",
        opened_at=link.changed_at,
        booking=shown[link.booking_id],
        link_id=link.id,
    )
