"""What a booking says to Outlook, and how a change from Outlook becomes an order.

This module decides which of our records become events, and in which words. It must not know Graph, nor what the event
says: `translate` and `reconcile` do.
"""

from holdfast.bookings.record import Record
from holdfast.bookings.states import Origin, State
from holdfast.reconcile.link import Ours
from holdfast.reconcile.says import Standing, says
from holdfast.reconcile.snapshot import Field, Snapshot

CATEGORY = "Holdfast"
"""The category on events we create; a calendar shows it dark blue once it stands in the mailbox's own list."""

_STANDING = {
    State.PENDING: Standing.PENDING,
    State.HOLDING: Standing.HOLDING,
    State.OFFERED: Standing.OFFERED,
    State.WAITLISTED: Standing.WAITLISTED,
    State.CONFIRMED: Standing.CONFIRMED,
    State.CHECKED_IN: Standing.CHECKED_IN,
    State.CANCELLED: Standing.CANCELLED,
    State.DECLINED: Standing.DECLINED,
    State.EXPIRED: Standing.EXPIRED,
    State.RELEASED: Standing.NO_SHOW,
}
_BY_FIELD = {
    Field.WHEN: "when",
    Field.TITLE: "title",
    Field.NOTE: "note",
    Field.SHOW_AS: "show_as",
    Field.SENSITIVITY: "sensitivity",
    Field.PLACE: "place",
    Field.PEOPLE: "people",
}
_BY_NAME = {name: field for field, name in _BY_FIELD.items()}


def said_by(record: Record, *, no_show_stays: bool = False, adopted: bool = False) -> Ours:
    """Our side of a link. None: nothing should be in the calendar.

    `adopted`: the event was there before us, so it does not get our category.
    """
    return says(_snapshot(record, adopted=adopted), _STANDING[record.state], no_show_stays=no_show_stays)


def _snapshot(record: Record, *, adopted: bool) -> Snapshot:
    here = record.origin is Origin.HERE
    return Snapshot(
        when=record.when,
        title=record.title,
        note=record.note,
        show_as=record.show_as,
        sensitivity=record.sensitivity,
        place=record.place,
        # People of a booking made here are told by our own letters: an event written into a room's calendar with
        # attendees would mail them in the room's name.
        people=() if here else record.people,
        categories=(CATEGORY,) if here and not adopted else (),
    )


def changes_of(after: Snapshot, fields: tuple[Field, ...]) -> dict[str, object]:
    """These fields' values as an `Edit` names them; what has no place in a booking is left out."""
    return {_BY_FIELD[field]: getattr(after, field.value) for field in fields if field in _BY_FIELD}


def fields_of(names: tuple[str, ...]) -> tuple[Field, ...]:
    """The fields of a link that a refusal of these fields of a record means."""
    return tuple(_BY_NAME[name] for name in names if name in _BY_NAME)
