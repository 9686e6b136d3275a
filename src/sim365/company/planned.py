"""How the first entries of the calendars are written in a company file.

Decides which combinations make sense; dates are not known here, only days counted from the start.
"""

from __future__ import annotations

from datetime import time

from sim365.company.fields import Field, Section
from sim365.company.mailboxes import House
from sim365.company.plans import RHYTHMS, SENSITIVITIES, SHOW_AS, WEEKDAYS, Guest, PlannedEvent, Repeat
from sim365.state import Mailbox, UserPurpose

EVENT_SETTINGS = (
    "in", "title", "day", "days", "from", "to", "all_day", "show_as", "sensitivity", "categories", "invite", "rooms",
    "note", "repeats",
)  # fmt: skip
REPEAT_SETTINGS = ("every", "interval", "on", "times")

DAYS_FROM_START = (-1825, 1825)
SPAN_DAYS_MAX = 366
GUESTS_MAX = 500
OCCURRENCES_MAX = 999
NOTE_MAX = 10_000


def read_event(item: Field, house: House) -> PlannedEvent | None:
    """One planned entry; None where it has no owner, which then is noted as a problem."""
    section = item.section(EVENT_SETTINGS)
    place = section.need("in")
    owner = None if place is None else house.find(place)
    start, end = _clock(section, "from", time(9)), _clock(section, "to", time(10))
    all_day = section.flag("all_day", otherwise=False)
    days = section.number("days", least=1, most=SPAN_DAYS_MAX) or 1
    if all_day and (section.get("from") or section.get("to")):
        item.wrong("an all-day event has no 'from' and 'to'.")
    if not all_day and days == 1 and end < start:
        item.wrong(f"it ends at {end:%H:%M}, before it starts at {start:%H:%M}. For more than one day say 'days'.")
    low, high = DAYS_FROM_START
    guests = _guests(section, house)
    note = section.get("note")
    plan = PlannedEvent(
        owner="" if owner is None else owner.address,
        title=section.text("title", needed=True),
        day=section.number("day", least=low, most=high) or 0,
        start=start,
        end=end,
        days=days,
        all_day=all_day,
        show_as=section.choice("show_as", SHOW_AS, otherwise="free" if all_day else "busy"),
        sensitivity=section.choice("sensitivity", SENSITIVITIES, otherwise="normal"),
        categories=section.texts("categories"),
        guests=guests,
        note="" if note is None else note.text(longest=NOTE_MAX),
        repeat=_repeat(section),
    )
    return None if owner is None else plan


def _clock(section: Section, name: str, otherwise: time) -> time:
    found = section.get(name)
    return otherwise if found is None else found.clock()


def _guests(section: Section, house: House) -> tuple[Guest, ...]:
    found = [_guest(one, house, room=False) for one in section.items("invite")]
    found += [_guest(one, house, room=True) for one in section.items("rooms")]
    if len(found) > GUESTS_MAX:
        section.place.wrong(f"has {len(found)} guests; {GUESTS_MAX} are allowed.")
    return tuple(guest for guest in found if guest is not None)


def _guest(place: Field, house: House, *, room: bool) -> Guest | None:
    """Somebody of the company, or an outsider by address; rooms must be of the company."""
    if not room and "@" in place.text() and place.text().lower() not in house.by_name:
        return Guest(name=place.text(), address=place.text())
    mailbox = house.find(place)
    if mailbox is None:
        return None
    if room and not _is_resource(mailbox):
        place.wrong(f"'{mailbox.display_name}' is a person; people go under 'invite'.")
    kind = "resource" if _is_resource(mailbox) else "required"
    return Guest(name=mailbox.display_name, address=mailbox.address, kind=kind)


def _is_resource(mailbox: Mailbox) -> bool:
    return mailbox.purpose in {UserPurpose.ROOM, UserPurpose.EQUIPMENT}


def _repeat(section: Section) -> Repeat | None:
    given = section.get("repeats")
    if given is None:
        return None
    inner = given.section(REPEAT_SETTINGS)
    every = inner.choice("every", RHYTHMS, otherwise="week")
    days = tuple(one.choice(WEEKDAYS) for one in inner.items("on"))
    if days and every != "week":
        given.wrong("'on' names days of the week, so 'every' must be week.")
    return Repeat(
        every=every,
        interval=inner.number("interval", least=1, most=99) or 1,
        days=days,
        times=inner.number("times", least=1, most=OCCURRENCES_MAX),
    )
