"""Calendars of one mailbox, and the mark that says which instance of Holdfast tends one.

Ids of calendars may change some time after creation, immutable ids do not cover them: whoever gets ItemNotFound for
one looks it up again by name and default flag before declaring it lost.
"""

import msgspec

from holdfast.graph import limits, paths
from holdfast.graph.answers import decoded
from holdfast.graph.client import Ask, MailboxLine
from holdfast.graph.marks import CALENDAR_MARK
from holdfast.graph.paging import Page, PageReader, pages, whole
from holdfast.graph.wire import Calendar, CalendarId

_calendar = msgspec.json.Decoder(Calendar)
_reader = PageReader(Page[Calendar], Calendar)
_EXPAND_MARK = f"singleValueExtendedProperties($filter=id eq '{CALENDAR_MARK}')"


def listed(line: MailboxLine) -> list[Calendar]:
    """Every calendar of the mailbox."""
    options = paths.query(top=limits.PLACES_PAGE_SIZE)
    ask = Ask(method="GET", path=f"{paths.user(line.mailbox)}/calendars{options}")
    return whole(pages(line, ask, _reader, version=lambda calendar: calendar.id))


def default(line: MailboxLine) -> Calendar:
    return get(line, None)


def get(line: MailboxLine, calendar: CalendarId | None) -> Calendar:
    """One calendar, without its mark; None is the default one."""
    return _read(line, paths.calendar(line.mailbox, calendar))


def create(line: MailboxLine, *, name: str) -> Calendar:
    """A new calendar; Conflict where one of that name exists."""
    body = msgspec.json.encode({"name": name})
    ask = Ask(method="POST", path=f"{paths.user(line.mailbox)}/calendars", body=body)
    return decoded(line.send(ask), _calendar, at=ask.at)


def mark(line: MailboxLine, calendar: CalendarId) -> str | None:
    """Who tends this calendar, in the words that were written by `set_mark`; None where nobody ever did."""
    path = paths.calendar(line.mailbox, calendar) + paths.query(expand=_EXPAND_MARK)
    found = _read(line, path).extended_properties
    if isinstance(found, tuple):
        return next((each.value for each in found if each.id.casefold() == CALENDAR_MARK.casefold()), None)
    return None


def set_mark(line: MailboxLine, calendar: CalendarId, value: str) -> None:
    body = msgspec.json.encode({"singleValueExtendedProperties": [{"id": CALENDAR_MARK, "value": value}]})
    line.send(Ask(method="PATCH", path=paths.calendar(line.mailbox, calendar), body=body))


def _read(line: MailboxLine, path: str) -> Calendar:
    return line.read(Ask(method="GET", path=path), _calendar)
