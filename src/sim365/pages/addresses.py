"""The addresses of the mailbox page: every state of it has one that can be sent to a colleague."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import quote, urlencode

from werkzeug.datastructures import MultiDict

from sim365.zones import is_zone

VIEWS = ("week", "day", "month", "messages", "deleted")
#: Days outside these years are not shown: a step further would leave the calendar of the machine.
YEARS = (1900, 2200)
FORMS = ("new", "event", "delete", "calendar")
SCOPES = ("one", "following", "all")
#: More calendars than this cannot be unticked at once.
HIDDEN_MAX = 100
SERIAL_DIGITS_MAX = 12


@dataclass(frozen=True, slots=True)
class Place:
    """What a mailbox page shows: whose calendars, which days, in which zone, and which entry in the drawer."""

    mailbox: str
    view: str = "week"
    day: date | None = None
    hidden: tuple[int, ...] = ()
    """Calendars that are not ticked, by serial."""
    zone: str = ""
    """The viewer's zone, where it is not the mailbox's."""
    form: str = ""
    event: str = ""
    scope: str = ""
    """Of a series: this one, this and following, or all."""
    start: str = ""
    end: str = ""
    owner: str = ""
    """Whose calendar the entry in the drawer lies in, where it is another person's that was shared."""

    @property
    def path(self) -> str:
        return f"/calendar/{quote(self.mailbox, safe='@')}"

    @property
    def address(self) -> str:
        asked = {"view": self.view, "day": "" if self.day is None else self.day.isoformat()}
        asked |= {"hide": ".".join(map(str, self.hidden)), "zone": self.zone}
        asked |= {
            "of": self.owner,
            "form": self.form,
            "event": self.event,
            "scope": self.scope,
            "start": self.start,
            "end": self.end,
        }
        return f"{self.path}?{urlencode({name: value for name, value in asked.items() if value})}"

    @property
    def action(self) -> str:
        """Where the drawer's form is posted; the rest of the place is where the person comes back to."""
        if self.form == "calendar":
            return f"{self.path}/calendars?{self._kept}"
        target = {"event": f"/{self.event}", "delete": f"/{self.event}/deletion"}.get(self.form, "")
        return f"{self.path}/events{target}?{self._kept}"

    @property
    def _kept(self) -> str:
        kept = replace(self, form="", event="" if self.form != "new" else self.event, start="", end="", owner="")
        return kept.address.partition("?")[2]

    def going(self, mailbox: str | None = None, **changes: object) -> Place:
        """The place with something changed; a drawer stays open only where it is asked for."""
        kept = replace(self, form="", event="", scope="", start="", end="", owner="")
        if mailbox is not None:
            kept = replace(kept, mailbox=mailbox, hidden=())
        return replace(kept, **changes)  # pyright: ignore[reportArgumentType]  the names are Place's own


def place_in(mailbox: str, asked: MultiDict[str, str]) -> Place:
    """The place that an address names; what it does not understand falls back to what is usual."""
    view, form, zone, scope = (asked.get(name, "") for name in ("view", "form", "zone", "scope"))
    return Place(
        mailbox=mailbox,
        view=view if view in VIEWS else VIEWS[0],
        day=_day(asked.get("day", "")),
        hidden=_serials(asked.get("hide", "")),
        zone=zone if zone and is_zone(zone) else "",
        form=form if form in FORMS else "",
        event=asked.get("event", ""),
        scope=scope if scope in SCOPES else "",
        start=asked.get("start", ""),
        end=asked.get("end", ""),
        owner=asked.get("of", ""),
    )


def moment_in(text: str) -> datetime | None:
    """A wall-clock time such as 2026-03-02T09:30, if it is one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is None and _is_shown(moment) else None


def _serials(text: str) -> tuple[int, ...]:
    parts = text.split(".")[:HIDDEN_MAX]
    return tuple(int(part) for part in parts if part.isascii() and part.isdigit() and len(part) <= SERIAL_DIGITS_MAX)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _is_shown(day) else None


def _is_shown(day: date) -> bool:
    return YEARS[0] <= day.year <= YEARS[1]
