"""A booking's story as a page shows it: the mirror's lines, each with the side that its dot tells."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from holdfast.mirror import story as mirror
from holdfast.mirror.story import Chapter, story
from holdfast.web.door import Visit

OUTLOOK = "Outlook"
_DONE_BY_SOMEBODY = ("Saved", "Changed", "Cancelled", "Restored", "Moved on", "Answered")
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
    return [Line(line.at, _sentence(line), _side(line), line.detail) for line in story(visit.actor, booking_id)]


def _sentence(line: mirror.Line) -> str:
    words = line.words.rstrip(".")
    if not line.by or not words.startswith(_DONE_BY_SOMEBODY):
        return line.words
    return f"{words} in Outlook." if line.by == OUTLOOK else f"{words} by {line.by}."


def _side(line: mirror.Line) -> str:
    return "outlook" if line.chapter is Chapter.HERE and line.by == OUTLOOK else _SIDES[line.chapter]
