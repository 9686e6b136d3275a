"""The colours of calendars and categories, by the names that Outlook gives them.

Decides names only; which red "preset0" is stands in the style sheet.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim365.state import Mailbox
from sim365.state.calendars import CalendarColor

#: What a new mailbox has in Outlook, with the colours that go with the names (FACTS 3.11).
USUAL_CATEGORIES = {
    "Blue category": "preset7",
    "Green category": "preset4",
    "Orange category": "preset1",
    "Purple category": "preset8",
    "Red category": "preset0",
    "Yellow category": "preset3",
}

CALENDAR_COLOURS = {
    CalendarColor.AUTO: "Automatic",
    CalendarColor.LIGHT_BLUE: "Blue",
    CalendarColor.LIGHT_GREEN: "Green",
    CalendarColor.LIGHT_ORANGE: "Orange",
    CalendarColor.LIGHT_GRAY: "Grey",
    CalendarColor.LIGHT_YELLOW: "Yellow",
    CalendarColor.LIGHT_TEAL: "Teal",
    CalendarColor.LIGHT_PINK: "Pink",
    CalendarColor.LIGHT_BROWN: "Brown",
    CalendarColor.LIGHT_RED: "Red",
}


@dataclass(frozen=True, slots=True)
class Palette:
    """The categories of one mailbox; a name that is not among them is shown without colour."""

    colours: dict[str, str]

    def of(self, name: str) -> str:
        return self.colours.get(name, "none")


def palette_of(box: Mailbox) -> Palette:
    """The master list of a mailbox; the usual one until somebody changes it."""
    if box.categories is None:
        return Palette(USUAL_CATEGORIES)
    return Palette({category.name: category.color for category in box.categories.values()})
