"""A booking's story as a page shows it: the mirror's lines, each with the side that its dot tells."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from holdfast.mirror.story import Chapter, story
from holdfast.web.door import Visit

_SIDES = {
    Chapter.HERE: "ours",
    Chapter.SENT: "ours",
    Chapter.CONFIRMED: "outlook",
    Chapter.UNANSWERED: "asks",
    Chapter.REFUSED: "asks",
    Chapter.WAITS: "asks",
    Chapter.IN_STEP: "outlook",
}


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    sentence: str
    side: str  # ours, outlook, asks: which dot it gets
    code: str


def read(visit: Visit, booking_id: UUID) -> list[Line]:
    """Oldest first. Opens a transaction of its own."""
    return [
        Line(
            line.at,
            f"{line.words.rstrip('.')} by {line.by}." if line.by else line.words,
            _SIDES[line.chapter],
            line.detail,
        )
        for line in story(visit.actor, booking_id)
    ]
