"""The only hands that checks have: they make marked things, write to nothing else, and invite nobody else.

Every create is an intent in the run's file first. Changing, answering and deleting is possible only for what the run
made, or for a copy that one of its meetings left in a listed mailbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sim365.contract.errors import RefusedError, UntriedError
from sim365.contract.marks import PROPERTY, query, quoted, title, user
from sim365.contract.runbook import Item, RunBook
from sim365.contract.wire import Json, Reply, Wire

DAYS_AHEAD = 14
DAYS_FOR_ROOMS = 30
"""The first days of a run: a room takes bookings at most 180 days ahead unless told otherwise (FACTS 9)."""
DAYS_MAX = 330
LOOKS_S = (5.0, 10.0, 15.0, 30.0, 60.0)
"""Waits before the looks for something that comes by message: two minutes, the longest that is known (FACTS 9.1)."""
SILENT = frozenset({429, 501, 502, 503, 504})
"""Statuses that say nothing about behaviour: too busy, out of order, or no such part of the service."""
NOT_THERE = 501


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays."""

    host: str
    guest: str | None = None
    room: str | None = None
    webhook: str | None = None
    """A public address for notices."""
    absent: str = ""
    """An address of the same domain that nobody has."""

    def mailboxes(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(name for name in (self.host, self.guest, self.room) if name is not None)


@dataclass(frozen=True, slots=True)
class Made:
    """An event of this run, with the answer that told of it; or an occurrence of one."""

    mailbox: str
    id: str
    json: Json
    root: str
    """The id under which the run's book knows it: the master's, for an occurrence."""

    @property
    def path(self) -> str:
        """Where it lies."""
        return f"{user(self.mailbox)}/events/{quoted(self.id)}"

    @property
    def etag(self) -> str:
        """Its version, as If-Match takes it."""
        return str(self.json.get("@odata.etag", ""))


class Ground:
    """One run's hands."""

    def __init__(self, wire: Wire, book: RunBook, cast: Cast) -> None:
        self.wire = wire
        self.book = book
        self.cast = cast
        self.run = book.header.run
        self._days = DAYS_FOR_ROOMS
        self._room_days = 0

    @property
    def host(self) -> str:
        """The person who organises."""
        return self.cast.host

    @property
    def guest(self) -> str:
        """Another person."""
        return _there(self.cast.guest)

    @property
    def room(self) -> str:
        """A room with an attendant."""
        return _there(self.cast.room)

    def day(self) -> date:
        """A day on which this run has nothing yet."""
        if self._days >= DAYS_MAX:
            message = "the days of one run are used up"
            raise UntriedError(message)
        self._days += 1
        return self.book.header.first_day + timedelta(days=self._days - 1)

    def room_day(self) -> date:
        """Such a day that is near enough for a room to take bookings on it."""
        if self._room_days >= DAYS_FOR_ROOMS:
            message = "the days for rooms of one run are used up"
            raise UntriedError(message)
        self._room_days += 1
        return self.book.header.first_day + timedelta(days=self._room_days - 1)

    def days(self, count: int) -> date:
        """The first of several such days in a row."""
        first = self.day()
        for _ in range(count - 1):
            self.day()
        return first

    def monday(self, count: int = 7) -> date:
        """A Monday, with `count` days of this run's own from it."""
        first = self.day()
        while first.weekday():
            first = self.day()
        for _ in range(count - 1):
            self.day()
        return first

    def get(self, path: str, *, prefer: str | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Read."""
        sent = {**(headers or {}), **({} if prefer is None else {"Prefer": prefer})}
        return self._send("GET", path, headers=sent)

    def read(self, made: Made, *, prefer: str | None = None, **options: str | int) -> Reply:
        """Read an event."""
        return self.get(made.path + (query(**options) if options else ""), prefer=prefer)

    def find(self, mailbox: str, wanted: str, *, prefer: str | None = None) -> Reply:
        """The events of a mailbox's first calendar that satisfy a filter."""
        return self.get(f"{user(mailbox)}/events{query(_filter=wanted)}", prefer=prefer)

    def view(self, mailbox: str, first: date, last: date, *, prefer: str | None = None, **options: str | int) -> Reply:
        """What a calendar shows from midnight to midnight, UTC, the last day included."""
        span = span_of(first, last)
        return self.get(f"{user(mailbox)}/calendarView{query(**span, **({'_top': 200} | options))}", prefer=prefer)

    def ask(self, path: str, body: Json, *, headers: Mapping[str, str] | None = None) -> Reply:
        """A POST that only asks: getSchedule, translateExchangeIds."""
        if not path.endswith(_QUESTIONS):
            message = f"POST {path} is not a question."
            raise RefusedError(message)
        return self._send("POST", path, body=body, headers=headers)

    def batch(self, requests: list[Json]) -> Reply:
        """A batch of reads."""
        if any(each.get("method") != "GET" for each in requests):
            message = "A batch of the contract suite only reads."
            raise RefusedError(message)
        return self._send("POST", "/$batch", body={"requests": requests}, weight=len(requests))

    def make(self, mailbox: str, words: str, fields: Json, **how: Any) -> Made:
        """An event that is a condition of the check, not what it asks about."""
        reply = self.try_make(mailbox, words, fields, **how)
        if reply.status != 201 or not isinstance(reply.body.get("id"), str):
            message = f"creating its event was answered {reply}"
            raise UntriedError(message)
        return made_of(mailbox, reply)

    def try_make(
        self, mailbox: str, words: str, fields: Json, *, calendar: str | None = None, prefer: str | None = None
    ) -> Reply:
        """Create an event, whatever the service says to it."""
        guests = tuple(each["emailAddress"]["address"] for each in fields.get("attendees", ()))
        self._check_listed(mailbox, *guests)
        name = title(self.run, words)
        properties = [{"id": PROPERTY, "value": self.run}, *fields.get("singleValueExtendedProperties", ())]
        body = {"subject": name, **fields, "singleValueExtendedProperties": properties}
        folder = "" if calendar is None else f"/calendars/{quoted(calendar)}"
        return self._create(
            "event", mailbox, name, f"{user(mailbox)}{folder}/events", body, guests=guests, prefer=prefer
        )

    def try_make_calendar(self, mailbox: str, words: str) -> Reply:
        """Create a calendar beside the first one."""
        self._check_listed(mailbox)
        name = title(self.run, words)
        return self._create("calendar", mailbox, name, f"{user(mailbox)}/calendars", {"name": name})

    def try_make_category(self, mailbox: str, words: str, color: str) -> Reply:
        """Create a category in the mailbox's list."""
        self._check_listed(mailbox)
        name = title(self.run, words)
        path = f"{user(mailbox)}/outlook/masterCategories"
        return self._create("category", mailbox, name, path, {"displayName": name, "color": color})

    def try_subscribe(self, mailbox: str, url: str, until: datetime, *, changes: str) -> Reply:
        """Subscribe to kinds of changes of a mailbox's events; the address carries the run's number."""
        self._check_listed(mailbox)
        marked = f"{url}{'&' if '?' in url else '?'}sim365run={self.run}"
        body = {
            "changeType": changes,
            "notificationUrl": marked,
            "resource": f"{user(mailbox)}/events",
            "expirationDateTime": until.strftime("%Y-%m-%dT%H:%M:%S.0000000Z"),
            "clientState": self.run,
        }
        return self._create("subscription", mailbox, marked, "/subscriptions", body)

    def change(self, made: Made, body: Json, *, headers: Mapping[str, str] | None = None) -> Reply:
        """PATCH something of this run."""
        self._check_own(made)
        guests = tuple(each["emailAddress"]["address"] for each in body.get("attendees", ()))
        self._check_listed(*guests)
        return self._send("PATCH", made.path, body=body, headers=headers)

    def act(self, made: Made, action: str, body: Json | None = None) -> Reply:
        """POST an action on something of this run."""
        self._check_own(made)
        return self._send("POST", f"{made.path}/{action}", body=body or {})

    def drop(self, made: Made, *, headers: Mapping[str, str] | None = None) -> Reply:
        """DELETE something of this run."""
        self._check_own(made)
        reply = self.wire.send("DELETE", made.path, headers=headers)
        if reply.status == 204 and made.id == made.root:
            self.book.gone(made.id)
        return reply

    def extend(self, made: Made, name: str, values: Json) -> Reply:
        """Attach an open extension to an event of this run; it goes with the event."""
        self._check_own(made)
        body = {"@odata.type": "microsoft.graph.openTypeExtension", "extensionName": name, **values}
        return self._send("POST", f"{made.path}/extensions", body=body)

    def occurrences(self, series: Made, first: date, last: date) -> list[Made]:
        """The occurrences of a series of this run, in their order."""
        reply = self.get(f"{series.path}/instances{query(**span_of(first, last), _top=100)}")
        if reply.status != 200:
            message = f"the occurrences of a series were answered {reply}"
            raise UntriedError(message)
        return [Made(series.mailbox, str(each.get("id")), each, series.root) for each in reply.items]

    def copy_in(self, mailbox: str, meeting: Made) -> Made:
        """The guest's copy of a meeting, once it has arrived."""
        self._check_listed(mailbox)
        for wait_s in LOOKS_S:
            self.wait(wait_s)
            found = self.find(mailbox, f"iCalUId eq '{meeting.json.get('iCalUId')}'")
            for each in found.items:
                item = Item("copy", mailbox, str(each["id"]), str(each.get("iCalUId") or ""))
                self.book.found(item)
                return Made(mailbox, item.id, each, item.id)
        message = f"no copy of the meeting came to the guest within {sum(LOOKS_S):.0f} s"
        raise UntriedError(message)

    def answered(self, meeting: Made) -> Json:
        """The organiser's event, once its first guest has answered."""
        for wait_s in LOOKS_S:
            self.wait(wait_s)
            event = self.read(meeting).body
            if response_of(event) in {"accepted", "declined", "tentativelyAccepted"}:
                return event
        message = f"nobody answered the meeting within {sum(LOOKS_S):.0f} s"
        raise UntriedError(message)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.wire.pace.watch.wait(seconds)

    def _create(
        self,
        kind: str,
        mailbox: str,
        name: str,
        path: str,
        body: Json,
        *,
        guests: tuple[str, ...] = (),
        prefer: str | None = None,
    ) -> Reply:
        self.wire.pace.keep_for(len(self.book.live) + 1)
        if self.wire.pace.left() < 1:
            self.wire.pace.admit(1)
        intent = self.book.intend(kind, mailbox, name, guests)
        reply = self.wire.send("POST", path, body=body, headers=None if prefer is None else {"Prefer": prefer})
        made = reply.body.get("id")
        if reply.status in {200, 201} and isinstance(made, str):
            self.book.made(intent, Item(kind, mailbox, made, str(reply.body.get("iCalUId") or "")))
        elif 400 <= reply.status < 500 or reply.status == NOT_THERE:
            self.book.refused(intent)
        return _known(reply)

    def _send(self, method: str, path: str, **how: Any) -> Reply:
        return _known(self.wire.send(method, path, **how))

    def _check_listed(self, *mailboxes: str) -> None:
        for mailbox in mailboxes:
            if mailbox not in self.book.header.mailboxes:
                message = f"{mailbox} is not in the list of test mailboxes."
                raise RefusedError(message)

    def _check_own(self, made: Made) -> None:
        if made.root not in self.book.live:
            message = "Only what this run made may be changed."
            raise RefusedError(message)


_QUESTIONS = ("/getSchedule", "/translateExchangeIds", "/findMeetingTimes")


def made_of(mailbox: str, reply: Reply) -> Made:
    """An event by the answer to its create."""
    made = str(reply.body["id"])
    return Made(mailbox, made, reply.body, made)


def span_of(first: date, last: date) -> dict[str, str]:
    """A window from midnight to midnight, UTC."""
    return {
        "startDateTime": f"{first.isoformat()}T00:00:00Z",
        "endDateTime": f"{(last + timedelta(days=1)).isoformat()}T00:00:00Z",
    }


def times(day: date, start: str = "09:00", end: str = "10:00", *, zone: str = "UTC", to: date | None = None) -> Json:
    """Start and end of an event."""
    return {
        "start": {"dateTime": f"{day.isoformat()}T{start}:00", "timeZone": zone},
        "end": {"dateTime": f"{(to or day).isoformat()}T{end}:00", "timeZone": zone},
    }


def invited(*people: str, kind: str = "required") -> Json:
    """Attendees of one kind."""
    return {"attendees": [{"type": kind, "emailAddress": {"address": address, "name": address}} for address in people]}


def response_of(event: Json, index: int = 0) -> str:
    """How an attendee answered, as the organiser's event says."""
    attendees = event.get("attendees")
    try:
        return str(attendees[index]["status"]["response"])  # pyright: ignore[reportOptionalSubscript, reportUnknownArgumentType]
    except (TypeError, KeyError, IndexError):
        return ""


def _known(reply: Reply) -> Reply:
    """An answer that says something about how the service behaves."""
    if reply.status in SILENT:
        message = f"the service answered {reply}, which says nothing"
        raise UntriedError(message)
    return reply


def _there(name: str | None) -> str:
    if name is None:
        message = "a mailbox that this check needs is not in the list"
        raise UntriedError(message)
    return name
