"""A booking's story in plain words: saved, sent, confirmed by Outlook, with times.

Decides the sentence of each line. The journal tells what happened here, the mirror's exchanges tell what was written to
Microsoft and answered; both are put in order of time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from holdfast.journal.reading import Told, story
from holdfast.mirror.models import Exchange
from holdfast.web.shown import Shown

LINES_MAX = 100
_FIELDS = {
    "when": "the time", "title": "the title", "note": "the note", "resource_id": "the resource", "people": "the people",
    "sensitivity": "who may see it", "show_as": "how it counts", "place": "the place", "quantity": "the number",
    "owner_id": "whose it is", "state": "its state", "basis": "its certainty", "organiser_name": "the organiser",
}  # fmt: skip
_VERBS = {
    "made": "Saved", "edited": "Changed", "cancelled": "Cancelled", "restored": "Taken back", "advanced": "Moved on",
    "promoted": "Got its time: what stood in its way is gone", "overlapped": "Found to overlap another booking",
    "cleared": "Overlaps no longer", "confirmed": "Confirmed", "checked_in": "Checked in",
}  # fmt: skip
_BY_ITSELF = frozenset({"promoted", "overlapped", "cleared"})
_SENT = {
    "create": "a new event",
    "repeat": "the new event once more",
    "patch": "a change",
    "delete": "the deletion",
    "decline": "a decline",
}


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    sentence: str
    side: str  # ours, outlook, asks: which dot it gets
    code: str = ""


def read(workspace_id: UUID, shown: Shown) -> list[Line]:
    """The story of one booking, oldest first. Inside the caller's transaction."""
    lines = [_happened(told, is_hidden=shown.is_hidden) for told in story(workspace_id, shown.id)]
    for exchange in Exchange.objects.filter(booking_id=shown.id).order_by("-id")[:LINES_MAX]:
        lines.extend(_written(exchange))
    return sorted(lines, key=lambda line: line.at)


def _happened(told: Told, *, is_hidden: bool) -> Line:
    is_outlook = told.actor_kind == "outlook"
    verb = _VERBS.get(told.verb, told.verb.replace("_", " ").capitalize())
    if told.verb in _BY_ITSELF:
        return Line(told.at, f"{verb}.", "asks" if told.verb == "overlapped" else "ours")
    who = "in Outlook" if is_outlook else f"by {_name(told, is_hidden=is_hidden)}"
    what = _what(told.before, told.after) if told.before is not None else ""
    return Line(told.at, f"{verb} {who}{': ' + what if what else ''}.", "outlook" if is_outlook else "ours")


def _name(told: Told, *, is_hidden: bool) -> str:
    if told.actor_kind == "person" and is_hidden:
        return "its owner"
    return told.by or {"token": "a program", "system": "Holdfast"}.get(told.actor_kind, "somebody")


def _what(before: Any, after: Any) -> str:
    """Which fields a change touched; their contents stay in the record."""
    fields: Mapping[str, Any] = {**(before or {}), **(after or {})}
    return ", ".join(words for name, words in _FIELDS.items() if name in fields)


def _written(exchange: Exchange) -> list[Line]:
    what = _SENT.get(exchange.kind, exchange.kind.replace("_", " "))
    lines = [Line(exchange.sent_at, f"Sent {what} to Outlook.", "ours")]
    if exchange.answered_at is None:
        return lines
    seconds = (exchange.answered_at - exchange.sent_at).total_seconds()
    if exchange.outcome in {"landed", "ok", "done", "agreed"}:
        lines.append(Line(exchange.answered_at, f"Confirmed by Outlook after {seconds:.1f} s.", "outlook"))
    else:
        lines.append(Line(exchange.answered_at, "Outlook did not take it.", "asks", exchange.detail[:120]))
    return lines
