"""Buildings of a company file, with their floors, sections and desks (FACTS 2.1).

Decides where rooms stand, too: a room or desk that names the section or floor it is `in` stands there in the tree of
places, besides the building and floor that it shows by itself.
"""

from __future__ import annotations

from sim365.company.fields import Field, Section
from sim365.company.mailboxes import DeriveId, House
from sim365.state import Address, DeskMode, Mode, Space, SpaceKind

BUILDING_SETTINGS = ("name", "label", "wheelchair", "street", "city", "country", "postal_code", "wifi", "floors")
FLOOR_SETTINGS = ("name", "label", "wheelchair", "sections")
SECTION_SETTINGS = ("name", "label", "wheelchair", "desks")
DESK_SETTINGS = ("name", "label", "wheelchair", "display", "use", "whose")
USES = tuple(mode.value for mode in DeskMode)


def read_building(item: Field, house: House, derive: DeriveId) -> None:
    """A building and all that is written inside it."""
    section = item.section(BUILDING_SETTINGS)
    building = _space(section, house, derive, SpaceKind.BUILDING, None)
    parts = {name: section.optional_text(name) for name in ("street", "city", "country", "postal_code")}
    building.address = Address(**parts) if any(parts.values()) else None
    building.wifi_state = "enabled" if section.flag("wifi", otherwise=False) else "unknown"
    for number, floor_item in enumerate(section.items("floors")):
        floor_section = floor_item.section(FLOOR_SETTINGS)
        floor = _space(floor_section, house, derive, SpaceKind.FLOOR, building)
        floor.sort_order = number
        for inner in floor_section.items("sections"):
            _read_section(inner, house, derive, floor)


def stand(place: Field, house: House) -> str | None:
    """The id of the floor or section that a room or desk is in, by name; a problem where there is none."""
    name = place.text().lower()
    kinds = (SpaceKind.SECTION, SpaceKind.FLOOR)
    found = [each for each in house.tenant.spaces.values() if each.kind in kinds and each.display_name.lower() == name]
    if not found and name:
        place.wrong(f"no floor or section of a building above is called '{place.text()}'.")
    if len(found) > 1:
        place.wrong(f"{len(found)} floors or sections are called '{place.text()}'; give them names of their own.")
    return found[0].id if found else None


def _read_section(item: Field, house: House, derive: DeriveId, floor: Space) -> None:
    section = item.section(SECTION_SETTINGS)
    space = _space(section, house, derive, SpaceKind.SECTION, floor)
    for desk_item in section.items("desks"):
        inner = desk_item.section(DESK_SETTINGS)
        desk = _space(inner, house, derive, SpaceKind.DESK, space)
        desk.display_device = inner.optional_text("display")
        desk.mode = _mode(inner, house)


def _mode(section: Section, house: House) -> Mode:
    mode = Mode(DeskMode(section.choice("use", USES, otherwise=DeskMode.RESERVABLE.value)))
    whose = section.get("whose")
    if mode.kind is DeskMode.ASSIGNED:
        person = house.find(whose) if whose is not None else None
        if whose is None:
            section.place.wrong("an assigned desk needs 'whose' it is.")
        mode.user_id, mode.user_address = (person.oid, person.address) if person else (None, None)
    elif whose is not None:
        whose.wrong("only a desk whose use is 'assigned' is somebody's.")
    return mode


def _space(section: Section, house: House, derive: DeriveId, kind: SpaceKind, parent: Space | None) -> Space:
    name = section.text("name", needed=True)
    accessible = section.get("wheelchair")
    space = Space(
        id=derive("place", house.domain, "" if parent is None else parent.id, kind.value, name),
        kind=kind,
        display_name=name,
        parent_id=None if parent is None else parent.id,
        label=section.optional_text("label"),
        is_wheelchair_accessible=None if accessible is None else accessible.flag(),
    )
    if space.id in house.tenant.spaces:
        section.place.wrong(f"two places of one kind in the same place are called '{name}'.")
    house.tenant.spaces[space.id] = space
    return space
