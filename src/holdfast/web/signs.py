"""The one small sign on each booking: in step, on its way, waiting for Outlook, asks you, or only here.

Decides which of the five it is, from what the mirror has stored about the booking's link, and the sentence that
explains it. Must not ask Microsoft and must not decide whether something is in step: the mirror's settled mark says
so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from holdfast.mirror.models import Link
from holdfast.reconcile.link import Reason

LAG_SHOWN_MAX = timedelta(hours=1)  # beyond that "after you saved" explains nothing


class Shape(StrEnum):
    IN_STEP = "in-step"
    ON_ITS_WAY = "on-its-way"
    WAITING = "waiting"
    ASKS_YOU = "asks-you"
    ONLY_HERE = "only-here"


WORDS = {
    Shape.IN_STEP: "in step",
    Shape.ON_ITS_WAY: "on its way",
    Shape.WAITING: "waiting for Outlook",
    Shape.ASKS_YOU: "asks you",
    Shape.ONLY_HERE: "only here",
}

QUESTIONS = {
    Reason.DELETED_THERE: "It was deleted in Outlook after it had been changed here.",
    Reason.CANCELLED_HERE: "It was cancelled here after it had been changed in Outlook.",
    Reason.CONTESTED: "Both sides changed the same thing.",
    Reason.LOCKED: "It was changed here, but the event in Outlook belongs to somebody else and cannot be written.",
    Reason.REFUSED: "What Outlook says cannot be taken over here.",
    Reason.CAME_BACK: "It was cancelled here and has come back in Outlook.",
    Reason.DECLINED_BY_US: "It was declined in Outlook for this room; the organiser has not answered yet.",
    Reason.PAUSED: "Sync is paused for this resource.",
    Reason.BRAKE: "Many bookings were deleted in Outlook at once. Nothing is cancelled here until somebody says so.",
    Reason.QUARANTINE: "The event in Outlook cannot be understood.",
    Reason.ROOM_REFUSED: "The room itself refused the meeting in Outlook.",
    Reason.PUT_BACK: "Something in Outlook changes it again each time it is put right.",
    Reason.CLASH: "The time was already taken when it arrived from Outlook.",
    Reason.EXTRA: "There is a second event in Outlook for it, which a person has edited.",
    Reason.FAILED: "Microsoft refuses to write it.",
}
_SILENT = frozenset({Reason.PAUSED, Reason.DECLINED_BY_US})  # nobody has to do anything about these


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign and its sentence: `lead`, then the time, then `tail`."""

    shape: Shape
    lead: str
    at: datetime | None = None
    tail: str = ""

    @property
    def word(self) -> str:
        return WORDS[self.shape]


@dataclass(frozen=True, slots=True)
class Tie:
    """What the mirror knows about the link of one booking."""

    booking_id: UUID
    is_unsettled: bool
    parked: str
    closed_at: datetime | None
    confirmed_at: datetime | None
    changed_at: datetime
    due_at: datetime | None
    failures: int


def ties(booking_ids: Iterable[UUID]) -> dict[UUID, Tie]:
    """The open ties of these bookings, in one statement; a closed one only where there is no other."""
    names = ("booking_id", "is_unsettled", "parked", "closed_at", "confirmed_at", "changed_at", "due_at", "failures")
    rows = Link.objects.filter(booking_id__in=list(booking_ids), is_shadow=False).values_list(*names)
    found = [Tie(*row) for row in rows]
    return {tie.booking_id: tie for tie in sorted(found, key=lambda one: one.closed_at is None)}


def sign(tie: Tie | None, *, is_mapped: bool, saved_at: datetime, is_ours: bool) -> Sign:
    """The sign of one booking. `saved_at` is when it was last changed here."""
    if tie is None or tie.closed_at is not None:
        return _without_tie(is_mapped=is_mapped and tie is None, saved_at=saved_at)
    if tie.parked:
        reason = Reason(tie.parked)
        shape = Shape.WAITING if reason in _SILENT else Shape.ASKS_YOU
        return Sign(shape, QUESTIONS[reason])
    if not tie.is_unsettled and tie.confirmed_at is not None:
        return Sign(
            Shape.IN_STEP, "In Outlook since", tie.confirmed_at, _lag(tie.confirmed_at, saved_at, is_ours=is_ours)
        )
    if tie.failures or tie.due_at is not None:
        return Sign(
            Shape.WAITING, "Outlook could not be written yet; it is tried again by itself. Saved here", saved_at
        )
    return Sign(Shape.ON_ITS_WAY, "Saved here", saved_at, "and being written to Outlook.")


def _without_tie(*, is_mapped: bool, saved_at: datetime) -> Sign:
    if is_mapped:
        return Sign(Shape.ON_ITS_WAY, "Saved here", saved_at, "and being written to Outlook.")
    return Sign(Shape.ONLY_HERE, "Kept here only; no calendar in Outlook is tied to it. Saved", saved_at)


def _lag(confirmed_at: datetime, saved_at: datetime, *, is_ours: bool) -> str:
    lag = confirmed_at - saved_at
    if not is_ours or not timedelta(0) <= lag <= LAG_SHOWN_MAX:
        return ""
    seconds = lag.total_seconds()
    return f"{seconds:.1f} s after you saved" if seconds < 60 else f"{seconds / 60:.0f} min after you saved"
