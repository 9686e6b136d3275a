"""How people, rooms, desks and equipment are written in a company file.

Decides addresses (a name becomes its local part) and which settings each kind takes. The attendant's settings bear the
names of Set-CalendarProcessing, which is what an administrator has at hand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from difflib import get_close_matches

from sim365.company.fields import Field, Section
from sim365.state import CalendarProcessing, CalendarRole, Card, Mailbox, Place, PlaceKind, Tenant, UserPurpose
from sim365.state.processing import CHOICES, NUMBERS, TEXT_MAX, teams_processing

PERSON_SETTINGS = (
    "name",
    "address",
    "job",
    "department",
    "office",
    "admin",
    "time_zone",
    "language",
    "aliases",
    "mailbox",
    "password",
    "password_state",
    "second_factor",
    "city",
    "country",
    "employer",
    "phone",
    "mobile",
    "on_premises",
    "shows",
)
ROOM_SETTINGS = (
    "name", "address", "building", "floor", "floor_label", "capacity", "label", "phone", "tags", "wheelchair", "audio",
    "video", "display", "street", "city", "country", "postal_code", "teams", "processing",
    "in", "shows",
)  # fmt: skip
DESK_SETTINGS = (
    "name",
    "address",
    "building",
    "floor",
    "floor_label",
    "capacity",
    "label",
    "tags",
    "wheelchair",
    "processing",
    "in",
    "shows",
)
EQUIPMENT_SETTINGS = ("name", "address", "processing", "shows")

CAPACITY_MAX = 100_000
FLOORS = (-20, 200)
MINUTES_MAX = 2_147_483_647
#: What everybody in the organisation may see of a calendar: the roles of its "My Organization" permission.
SHOWS = ("none", "freeBusyRead", "limitedRead", "read", "write")

#: "DeleteSubject" to "delete_subject": the names of Set-CalendarProcessing.
PROCESSING = {"".join(part.title() for part in one.name.split("_")): one.name for one in fields(CalendarProcessing)}

DeriveId = Callable[..., str]


@dataclass(slots=True)
class House:
    """The tenant while it is being read, and the names under which the file may speak of its mailboxes."""

    tenant: Tenant
    domain: str
    time_zone: str
    language: str
    by_name: dict[str, Mailbox] = field(default_factory=dict[str, Mailbox])

    def address(self, name: str) -> str:
        """An address as it stands, or made from a name: "Crow's Nest" becomes crows-nest at the company's domain."""
        if "@" in name:
            return name.lower()
        letters = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
        return re.sub(r"[^a-z0-9]+", "-", letters.replace("'", "")).strip("-") + "@" + self.domain

    def remember(self, mailbox: Mailbox) -> None:
        """From here on the file may call it by name, address, or the part before the @."""
        for name in (mailbox.display_name, mailbox.address, mailbox.address.partition("@")[0]):
            self.by_name.setdefault(name.lower(), mailbox)

    def find(self, place: Field) -> Mailbox | None:
        """The mailbox that this value names; a problem where there is none."""
        name = place.text()
        found = self.by_name.get(name.lower())
        if found is None and name:
            close = get_close_matches(name.lower(), self.by_name, n=1)
            meant = f" Did you mean '{self.by_name[close[0]].display_name}'?" if close else ""
            place.wrong(f"nobody and nothing here is called '{name}'.{meant}")
        return found


#: Letters that do not fall apart into a base letter and a mark.
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ł": "l", "ı": "i", "ß": "ss", "đ": "d", "þ": "th", "’": "'"})


def read_person(section: Section, house: House, derive: DeriveId) -> Mailbox:
    name, address = _name_and_address(section, house)
    on_premises = section.flag("on_premises", otherwise=False)
    return Mailbox(
        oid=derive("mailbox", address),
        address=address,
        display_name=name,
        purpose=UserPurpose.USER,
        aliases=tuple(house.address(alias) for alias in section.texts("aliases")),
        time_zone=section.text("time_zone") or house.time_zone,
        locale=section.text("language") or house.language,
        has_mailbox=section.flag("mailbox", otherwise=True) and not on_premises,
        is_on_premises=on_premises,
        card=_card(section),
        job_title=section.optional_text("job"),
        department=section.optional_text("department"),
        office_location=section.optional_text("office"),
        is_admin=section.flag("admin", otherwise=False),
    )


def read_room(section: Section, house: House, derive: DeriveId) -> Mailbox:
    place = _place(section, PlaceKind.ROOM)
    has_teams = section.flag("teams", otherwise=False)
    if has_teams:
        place.teams_enabled_state = "enabled"
    usual = teams_processing() if has_teams else CalendarProcessing()
    return _resource(section, house, derive, purpose=UserPurpose.ROOM, place=place, usual=usual)


def read_desk(section: Section, house: House, derive: DeriveId) -> Mailbox:
    place = _place(section, PlaceKind.WORKSPACE)
    place.capacity = place.capacity or 1
    return _resource(section, house, derive, purpose=UserPurpose.ROOM, place=place)


def read_equipment(section: Section, house: House, derive: DeriveId) -> Mailbox:
    return _resource(section, house, derive, purpose=UserPurpose.EQUIPMENT, place=None)


def read_sharing(section: Section, mailbox: Mailbox) -> None:
    """What everybody may see of the calendar."""
    mailbox.shows = CalendarRole(section.choice("shows", SHOWS, otherwise=mailbox.shows.value))


def _card(section: Section) -> Card | None:
    phone = section.optional_text("phone")
    card = Card(
        city=section.optional_text("city"),
        country=section.optional_text("country"),
        company_name=section.optional_text("employer"),
        business_phones=(phone,) if phone else (),
        mobile_phone=section.optional_text("mobile"),
    )
    return None if card == Card() else card


def _resource(
    section: Section,
    house: House,
    derive: DeriveId,
    *,
    purpose: UserPurpose,
    place: Place | None,
    usual: CalendarProcessing | None = None,
) -> Mailbox:
    name, address = _name_and_address(section, house)
    return Mailbox(
        oid=derive("mailbox", address),
        address=address,
        display_name=name,
        purpose=purpose,
        time_zone=house.time_zone,
        locale=house.language,
        place=place,
        processing=_processing(section, house, usual or CalendarProcessing()),
    )


def _name_and_address(section: Section, house: House) -> tuple[str, str]:
    name = section.text("name", needed=True)
    return name, house.address(section.text("address") or name)


def _place(section: Section, kind: PlaceKind) -> Place:
    low, high = FLOORS
    floor = section.number("floor", least=low, most=high)
    return Place(
        kind=kind,
        capacity=section.number("capacity", least=0, most=CAPACITY_MAX),
        building=section.optional_text("building"),
        floor_number=floor,
        floor_label=section.optional_text("floor_label") or (None if floor is None else str(floor)),
        label=section.optional_text("label"),
        phone=section.text("phone"),
        nickname=section.optional_text("name"),
        tags=section.texts("tags"),
        street=section.optional_text("street"),
        city=section.optional_text("city"),
        country=section.optional_text("country"),
        postal_code=section.optional_text("postal_code"),
        is_wheelchair_accessible=None
        if section.get("wheelchair") is None
        else section.flag("wheelchair", otherwise=False),
        audio_device=section.optional_text("audio"),
        video_device=section.optional_text("video"),
        display_device=section.optional_text("display"),
    )


def _processing(section: Section, house: House, settings: CalendarProcessing) -> CalendarProcessing:
    given = section.get("processing")
    if given is None:
        return settings
    for name, value in given.section(PROCESSING).fields.items():
        attribute = PROCESSING[name]
        setattr(settings, attribute, _processing_value(value, attribute, getattr(settings, attribute), house))
    return settings


def _processing_value(
    value: Field,
    attribute: str,
    default: bool | int | str | tuple[str, ...],  # noqa: FBT001  its type decides
    house: House,
) -> bool | int | str | tuple[str, ...]:
    match default:
        case bool():
            return value.flag()
        case int():
            low, high = NUMBERS.get(attribute, (0, MINUTES_MAX))
            return value.number(least=low, most=high)
        case tuple():
            # People may stand further down in the file: a name becomes its address as it will become theirs.
            return tuple(house.address(name) for name in value.texts())
        case _ if attribute in CHOICES:
            return value.choice(CHOICES[attribute])
        case _:
            return value.text(longest=TEXT_MAX)
