"""Whether an order's contents can be kept at all, before any rule about time. Decides by field; reads no database.

People here are refused and told what to change. What Outlook says is a fact that cannot be refused for its length: long
texts are cut, and the full text is handed back for the journal. What PostgreSQL cannot store (NUL, lone surrogates) is
refused from both, by field. Right-to-left and control characters are kept as they are: pages isolate them when shown.

Zero length: a person's booking must last some time. An entry of Outlook may last none; it is kept and takes no slot.
"""

from collections.abc import Mapping
from typing import Any, cast

from holdfast.bookings.outcomes import Code, Refused
from holdfast.bookings.states import BookingKind
from holdfast.reconcile.snapshot import Person, Sensitivity, ShowAs
from holdfast.timetable import zones
from holdfast.timetable.spans import Span
from holdfast.timetable.when import LENGTH_MAX, YEAR_MAX, YEAR_MIN, Fault, When, fault

TITLE_LENGTH_MAX = 255  # what Outlook's own form takes
NOTE_LENGTH_MAX = 32_768
ADDRESS_LENGTH_MAX = 320
PEOPLE_MAX = 500  # Exchange Online's own limit of attendees
QUANTITY_MAX = 1_000
TEXT_LENGTHS = {
    "title": TITLE_LENGTH_MAX,
    "note": NOTE_LENGTH_MAX,
    "place": TITLE_LENGTH_MAX,
    "organiser_name": TITLE_LENGTH_MAX,
    "organiser_address": ADDRESS_LENGTH_MAX,
}

_WHEN_SENTENCES = {
    Fault.INVERTED: ("The end lies before the start.", "Choose an end after the start."),
    Fault.EMPTY: ("The booking lasts no time at all.", "Choose an end after the start."),
    Fault.TOO_LONG: (
        f"The booking is longer than {LENGTH_MAX.days} days, the longest Outlook can show.",
        "Make it shorter, or make several bookings.",
    ),
    Fault.OUT_OF_YEARS: ("The year is outside what Outlook can keep.", "Choose a date between 1602 and 4500."),
    Fault.NO_MIDNIGHT: ("An all-day booking must run from midnight to midnight.", "Give dates without a time of day."),
    Fault.UNKNOWN_ZONE: ("The time zone is unknown.", "Give an IANA name such as Europe/Berlin."),
}


def accept_when(when: When, *, from_outlook: bool) -> tuple[When, Span] | Refused:
    """The time with its zone's proper name and its instants, or why it cannot be kept."""
    if when.start.tzinfo is not None or when.end.tzinfo is not None:
        return invalid("when", "The start and end carry an offset.", "Give wall times and the zone they are meant in.")
    if when.zone == zones.known(when.zone) and is_in_years(when) and not when.all_day:
        span = when.instants()
        if _is_ordinary(when, span):
            return when, span
    found = fault(when)
    if found is not None and not (found is Fault.EMPTY and from_outlook):
        sentence, remedy = _WHEN_SENTENCES[found]
        return invalid("when", sentence, remedy)
    proper = zones.iana(when.zone)
    if proper != when.zone:
        when = When(when.start, when.end, proper, when.all_day)
    return when, when.instants()


def accept_texts(texts: Mapping[str, str], *, from_outlook: bool) -> dict[str, str] | Refused:
    """The texts that had to be cut, in full; or why one cannot be kept."""
    cut: dict[str, str] = {}
    for field, text in texts.items():
        if not text:
            continue
        if not _can_be_stored(text):
            return unstorable(field)
        if len(text) <= TEXT_LENGTHS[field]:
            continue
        if not from_outlook:
            limit = TEXT_LENGTHS[field]
            return invalid(
                field, f"It has {len(text)} characters, and {limit} fit.", f"Shorten it to {limit} characters."
            )
        cut[field] = text
    return cut


def accept_people(people: tuple[Person, ...]) -> Refused | None:
    if len(people) > PEOPLE_MAX:
        return invalid("people", f"{len(people)} people are too many.", f"Invite at most {PEOPLE_MAX}.")
    for person in people:
        if not (_can_be_stored(person.address) and _can_be_stored(person.name)):
            return unstorable("people")
        if len(person.address) > ADDRESS_LENGTH_MAX:
            return invalid("people", "An address is too long to be one.", "Check the addresses.")
    return None


def accept_quantity(quantity: int) -> Refused | None:
    if 1 <= quantity <= QUANTITY_MAX:
        return None
    return invalid("quantity", f"{quantity} cannot be booked.", f"Ask for 1 to {QUANTITY_MAX}.")


def typed(field: str, value: Any) -> Any:
    """A changed field's value as the record keeps it. Raises ValueError or TypeError for what is none."""
    if field == "when" and not isinstance(value, When):
        raise TypeError(field)
    if field in TEXT_LENGTHS and not isinstance(value, str):
        raise TypeError(field)
    match field:
        case "show_as":
            return ShowAs(value)
        case "sensitivity":
            return Sensitivity(value)
        case "kind":
            return BookingKind(value)
        case "people":
            return tuple(cast("list[Person]", value))
        case _:
            return value


def is_in_years(when: When) -> bool:
    """Whether its instants can be computed at all: the ends of Python's calendar have no room for an offset."""
    return YEAR_MIN <= when.start.year <= YEAR_MAX and YEAR_MIN <= when.end.year <= YEAR_MAX


def _is_ordinary(when: When, span: Span) -> bool:
    """What nearly every time is; only the rest is asked what is wrong with it, which costs as much as all else."""
    return when.start < when.end and span.start < span.end and span.length <= LENGTH_MAX


def invalid(field: str, sentence: str, remedy: str) -> Refused:
    return Refused(Code.INVALID, (field,), sentence, remedy)


def unstorable(field: str) -> Refused:
    return invalid(field, "It contains a character that is none (NUL or half of a pair).", "Type the text again.")


def _can_be_stored(text: str) -> bool:
    if "\x00" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
