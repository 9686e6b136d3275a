"""The addresses of the mailbox page: every state of it has one that can be sent to a colleague."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import quote, urlencode

from werkzeug.datastructures import MultiDict

VIEWS = ("week", "day")
#: Days outside these years are not shown: a step further would leave the calendar of the machine.
YEARS = (1900, 2200)
FORMS = ("new", "event", "delete")


@dataclass(frozen=True, slots=True)
class Place:
    """What a mailbox page shows: whose calendar, which days, and which entry in the drawer."""

    mailbox: str
    view: str = "week"
    day: date | None = None
    form: str = ""
    event: str = ""
    start: str = ""
    end: str = ""

    @property
    def path(self) -> str:
        return f"/calendar/{quote(self.mailbox, safe='@')}"

    @property
    def address(self) -> str:
        asked = {"view": self.view, "day": "" if self.day is None else self.day.isoformat()}
        asked |= {"form": self.form, "event": self.event, "start": self.start, "end": self.end}
        return f"{self.path}?{urlencode({name: value for name, value in asked.items() if value})}"

    @property
    def action(self) -> str:
        """Where the drawer's form is posted; the rest of the place is where the person comes back to."""
        target = {"new": "", "event": f"/{self.event}", "delete": f"/{self.event}/deletion"}[self.form or "new"]
        kept = replace(self, form="", event="", start="", end="")
        return f"{self.path}/events{target}?{kept.address.partition('?')[2]}"

    def going(self, mailbox: str | None = None, **changes: object) -> Place:
        """The place with something changed; a drawer stays open only where it is asked for."""
        kept = replace(self, form="", event="", start="", end="")
        if mailbox is not None:
            kept = replace(kept, mailbox=mailbox)
        return replace(kept, **changes)  # pyright: ignore[reportArgumentType]  the names are Place's own


def place_in(mailbox: str, asked: MultiDict[str, str]) -> Place:
    """The place that an address names; what it does not understand falls back to what is usual."""
    view, form = asked.get("view", ""), asked.get("form", "")
    return Place(
        mailbox=mailbox,
        view=view if view in VIEWS else VIEWS[0],
        day=_day(asked.get("day", "")),
        form=form if form in FORMS else "",
        event=asked.get("event", ""),
        start=asked.get("start", ""),
        end=asked.get("end", ""),
    )


def moment_in(text: str) -> datetime | None:
    """A wall-clock time such as 2026-03-02T09:30, if it is one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is None and _is_shown(moment) else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _is_shown(day) else None


def _is_shown(day: date) -> bool:
    return YEARS[0] <= day.year <= YEARS[1]
