"""The sample company: the file beside this module, and a busy fortnight made from a seed.

Decides what a customer sees on the first day: rooms that are mostly but not wholly booked, meetings that invite rooms,
days away, a few series, some private entries. The same seed gives the same fortnight; no two entries that are written
straight into a room overlap, because the receptionist who writes them looks first.
"""

from __future__ import annotations

import random
from datetime import time
from importlib.resources import files

from sim365.company.plans import Guest, PlannedEvent, Repeat
from sim365.company.reading import CompanyFile, read_company
from sim365.state import Mailbox, PlaceKind, Tenant, UserPurpose

SAMPLE_NAME = "the sample company"

#: Days from the Monday that the start falls into: the end of the week before, that week and the next.
FIRST_DAY, LAST_DAY = -4, 11

#: Room bookings begin on the half hour and last one of these, in minutes; the day ends at half past five.
OPENING, CLOSING = 8 * 60, 17 * 60 + 30
LENGTHS = (30, 30, 45, 60, 60, 60, 90, 120)

#: How likely it is that a free half hour in a room begins a booking.
BUSYNESS = 0.22

DIRECT_TITLES = (
    "Interview", "Supplier visit", "Budget review", "Design critique", "Customer call", "Planning", "Workshop",
    "One to one", "Retrospective", "Contract talk", "Tide tables", "Hull inspection", "Book club", "Language course",
    "Site walk", "Press photographs", "Safety briefing", "Grant proposal", "Onboarding", "Translation check",
)  # fmt: skip
MEETING_TITLES = (
    "Roadmap", "Launch preparation", "Research seminar", "Quarterly numbers", "Hiring round", "Incident review",
    "Harbour festival", "New boat: first sketch", "Pricing", "Customer stories", "Accessibility walk",
    "Winter schedule",
)  # fmt: skip
VAN_TITLES = ("Timber", "Sails", "Post", "Airport")
AWAY_TITLES = (("Holiday", "oof"), ("Trade fair in Gdańsk", "oof"), ("Working from home", "workingElsewhere"))
CATEGORIES = ("Blue category", "Green category", "Orange category", "Purple category")


def sample_company(seed: int) -> CompanyFile:
    """Fjord with its fortnight."""
    text = files("sim365.company").joinpath("sample.yaml").read_text(encoding="utf-8")
    described = read_company(text, name=SAMPLE_NAME)
    chance = random.Random(f"sim365 sample company {seed}")  # noqa: S311  the same seed, the same fortnight
    events = _fortnight(described.company.tenants[0], chance)
    return CompanyFile(described.company, (*described.events, *events), described.time_zone)


def _fortnight(tenant: Tenant, chance: random.Random) -> list[PlannedEvent]:
    people = [one for one in tenant.mailboxes.values() if one.purpose is UserPurpose.USER]
    rooms = [one for one in tenant.mailboxes.values() if _kind(one) is PlaceKind.ROOM]
    desks = [one for one in tenant.mailboxes.values() if _kind(one) is PlaceKind.WORKSPACE]
    vans = [one for one in tenant.mailboxes.values() if one.purpose is UserPurpose.EQUIPMENT]
    # Rooms that meetings invite stay free of direct entries, so that their attendants have something to accept.
    invited, direct = rooms[::3], [room for room in rooms if room not in rooms[::3]]
    return [
        *_room_bookings(direct, people, chance),
        *_meetings(invited, people, chance),
        *_series(invited, people),
        *_desk_days(desks, people, chance),
        *_van_trips(vans, people, chance),
        *_own_time(people, chance),
        *_long_ones(direct, people),
    ]


def _kind(mailbox: Mailbox) -> PlaceKind | None:
    return None if mailbox.place is None else mailbox.place.kind


def working_days(first: int = FIRST_DAY, last: int = LAST_DAY) -> list[int]:
    """Days counted from the start that are no Saturday or Sunday when the start day is a Monday."""
    return [day for day in range(first, last + 1) if day % 7 < 5]


def _room_bookings(rooms: list[Mailbox], people: list[Mailbox], chance: random.Random) -> list[PlannedEvent]:
    made: list[PlannedEvent] = []
    for room in rooms:
        for day in working_days():
            minute = OPENING
            while minute < CLOSING - 30:
                length = chance.choice(LENGTHS)
                if chance.random() < BUSYNESS and minute + length <= CLOSING:
                    made.append(_booking(room, day, minute, length, who=chance.choice(people), chance=chance))
                    minute += length
                minute += 30 - minute % 30
    return made


def _booking(room: Mailbox, day: int, minute: int, length: int, *, who: Mailbox, chance: random.Random) -> PlannedEvent:
    private = chance.random() < 0.06
    return PlannedEvent(
        owner=room.address,
        title=f"{chance.choice(DIRECT_TITLES)} ({_first_name(who)})",
        day=day,
        start=_clock(minute),
        end=_clock(minute + length),
        show_as="tentative" if chance.random() < 0.08 else "busy",
        sensitivity="private" if private else "normal",
        categories=(chance.choice(CATEGORIES),) if chance.random() < 0.2 else (),
    )


def _meetings(rooms: list[Mailbox], people: list[Mailbox], chance: random.Random) -> list[PlannedEvent]:
    made: list[PlannedEvent] = []
    for day in working_days():
        for room in rooms:
            for minute in chance.sample((9 * 60, 11 * 60, 14 * 60, 15 * 60 + 30), k=chance.choice((0, 1, 1, 2))):
                organiser, *guests = chance.sample(people, k=chance.randint(3, 5))
                made.append(
                    PlannedEvent(
                        owner=organiser.address,
                        title=chance.choice(MEETING_TITLES),
                        day=day,
                        start=_clock(minute),
                        end=_clock(minute + chance.choice((30, 60, 60, 90))),
                        categories=(chance.choice(CATEGORIES),) if chance.random() < 0.3 else (),
                        guests=(*map(_guest, guests), _guest(room)),
                        note=f"{_first_name(organiser)} brings the papers.",
                    )
                )
    return made


def _series(rooms: list[Mailbox], people: list[Mailbox]) -> list[PlannedEvent]:
    """Three series at hours that single meetings leave free: daily, weekly and monthly."""
    daily, weekly, monthly = rooms[0], rooms[1 % len(rooms)], rooms[2 % len(rooms)]
    week = ("monday", "tuesday", "wednesday", "thursday", "friday")
    hosts = people[:3]
    return [
        PlannedEvent(hosts[0].address, "Morning round", day=-7, start=time(8, 30), end=time(8, 45),
                     guests=(*map(_guest, people[3:7]), _guest(daily)), repeat=Repeat("week", days=week, times=60)),
        PlannedEvent(hosts[1].address, "House meeting", day=-7, start=time(13), end=time(13, 45),
                     guests=(*map(_guest, people[7:12]), _guest(weekly)), repeat=Repeat("week", times=26)),
        PlannedEvent(hosts[2].address, "Monthly review", day=2, start=time(10, 30), end=time(11),
                     guests=(*map(_guest, people[12:16]), _guest(monthly)), repeat=Repeat("month", times=6)),
    ]  # fmt: skip


def _desk_days(desks: list[Mailbox], people: list[Mailbox], chance: random.Random) -> list[PlannedEvent]:
    return [
        PlannedEvent(desk.address, _first_name(chance.choice(people)), day=day, start=time(8), end=time(17))
        for desk in desks
        for day in working_days(0)
        if chance.random() < 0.35
    ]


def _van_trips(vans: list[Mailbox], people: list[Mailbox], chance: random.Random) -> list[PlannedEvent]:
    return [
        PlannedEvent(
            van.address,
            f"{chance.choice(VAN_TITLES)} ({_first_name(chance.choice(people))})",
            day=day,
            start=_clock(60 * chance.randint(8, 11)),
            end=_clock(60 * chance.randint(13, 16)),
        )
        for van in vans
        for day in working_days()
        if chance.random() < 0.4
    ]


def _own_time(people: list[Mailbox], chance: random.Random) -> list[PlannedEvent]:
    """What people write into their own calendars: days away and private hours."""
    made: list[PlannedEvent] = []
    for person in chance.sample(people, k=8):
        title, show_as = chance.choice(AWAY_TITLES)
        day = chance.choice(working_days(0))
        made.append(
            PlannedEvent(
                person.address, title, day=day, all_day=True, days=chance.choice((1, 1, 2, 3)), show_as=show_as
            )
        )
    for person in chance.sample(people, k=6):
        day, minute = chance.choice(working_days(0)), chance.choice((8 * 60, 12 * 60, 16 * 60))
        made.append(
            PlannedEvent(
                person.address, "Dentist", day=day, start=_clock(minute), end=_clock(minute + 60), sensitivity="private"
            )
        )
    return made


def _long_ones(rooms: list[Mailbox], people: list[Mailbox]) -> list[PlannedEvent]:
    """A weekend of painting, and a camp over several days: on days that the other entries leave free."""
    camp = f"Regatta camp ({_first_name(people[0])})"
    return [
        PlannedEvent(rooms[0].address, "Closed: painting", day=5, all_day=True, days=2, show_as="busy"),
        PlannedEvent(rooms[1].address, camp, day=12, start=time(14), end=time(12), days=2),
    ]


def _guest(mailbox: Mailbox) -> Guest:
    return Guest(
        mailbox.display_name, mailbox.address, "required" if mailbox.purpose is UserPurpose.USER else "resource"
    )


def _first_name(person: Mailbox) -> str:
    return person.display_name.split()[0]


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)
