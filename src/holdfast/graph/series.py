"""A series on the wire: its master with exceptions and deleted dates in one request, and one of its dates alone.

Three things are documented apart: `$expand=exceptionOccurrences` on a master, `cancelledOccurrences` where it is
selected, and `$expand` of an extended property by its id (Graph, Get event; FACTS 3.7, 3.10). OData joins them in one
request, and `asking_for` does. No page shows the two expands side by side: a service that refuses them is asked by
`read_apart`, two requests, of which the second must still find the version that the first one saw.

Whatever happens to a date gives the master another change key, so one read of a master tells all of its dates. The
expand of our marker is the master's alone: where a date's marker matters, the date is read by its id (`events.get`).
Nothing here judges what a date means.
"""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from holdfast.graph import paths
from holdfast.graph.answers import Answer, decoded
from holdfast.graph.client import Ask, MailboxLine
from holdfast.graph.errors import Unreadable
from holdfast.graph.events import EXPAND_MARK, FIELDS, get, version_of
from holdfast.graph.limits import VIEW_PAGE_SIZE
from holdfast.graph.paging import Page, PageReader, pages, whole
from holdfast.graph.wire import SERIES_MASTER, CalendarId, Event, EventId

SERIES_FIELDS = f"{FIELDS},cancelledOccurrences,exceptionOccurrences"
EXPAND_EXCEPTIONS = "exceptionOccurrences"


class Series(Event, kw_only=True):
    """A master with its exceptions in full."""

    exception_occurrences: tuple[Event, ...] | UnsetType | None = UNSET
    exceptions_next: str | UnsetType = msgspec.field(default=UNSET, name="exceptionOccurrences@odata.nextLink")

    @property
    def exceptions(self) -> tuple[Event, ...]:
        return self.exception_occurrences if isinstance(self.exception_occurrences, tuple) else ()

    @property
    def cancelled(self) -> tuple[str, ...]:
        """`OID.<master>.<yyyy-mm-dd>` of each date that was deleted."""
        return self.cancelled_occurrences if isinstance(self.cancelled_occurrences, tuple) else ()


_series = msgspec.json.Decoder(Series)
_reader = PageReader(Page[Event], Event)


def read(line: MailboxLine, master_id: EventId, *, calendar: CalendarId | None) -> Series:
    """The whole series with our marker: one request. ItemNotFound is the only answer that means it is gone."""
    ask = asking_for(line, master_id, calendar=calendar)
    return series_of(line.send(ask), ask, line)


def read_apart(line: MailboxLine, master_id: EventId, *, calendar: CalendarId | None) -> Series:
    """The same in two requests, for a service that refuses both expands together."""
    ask = _asking(line, master_id, calendar=calendar, expand=EXPAND_EXCEPTIONS)
    found = series_of(line.send(ask), ask, line)
    marked = get(line, master_id, calendar=calendar)
    if marked.etag != found.etag:
        # A marker of one version beside the words of another would tell of a write that is not in them, or hide one.
        raise Unreadable("The series changed between the two requests that read it.", at=ask.at)
    return msgspec.structs.replace(found, extended_properties=marked.extended_properties)


def asking_for(line: MailboxLine, master_id: EventId, *, calendar: CalendarId | None) -> Ask:
    return _asking(line, master_id, calendar=calendar, expand=f"{EXPAND_EXCEPTIONS},{EXPAND_MARK}")


def series_of(answer: Answer, ask: Ask, line: MailboxLine) -> Series:
    """The series that an answer carries; further pages of exceptions are fetched. Raises GraphError.

    A single event answers as well: its master was made one. What was asked for by name and left out says nothing, and
    nothing is not "none".
    """
    found = decoded(answer, _series, at=ask.at)
    if found.type != SERIES_MASTER:
        return found
    if found.exception_occurrences is UNSET or found.cancelled_occurrences is UNSET:
        raise Unreadable("A series came without its exceptions or without its deleted dates.", at=ask.at)
    if found.exceptions_next is UNSET:
        return found
    further = Ask(method="GET", path=line.root.within(found.exceptions_next))
    rest = whole(pages(line, further, _reader, version=version_of))
    return msgspec.structs.replace(found, exception_occurrences=(*found.exceptions, *rest), exceptions_next=UNSET)


def instances(
    line: MailboxLine, master_id: EventId, *, calendar: CalendarId | None, since: datetime, until: datetime
) -> list[Event]:
    """Occurrences and exceptions of one series that touch a span, whole, each with its own id and etag: the way to a
    date whose id was never seen.

    Without `$select`, which leaves out lastModifiedDateTime in views (FACTS 3.2), by which observations are ordered;
    and without our marker, which a date has only after it was written, by the id that this gives.
    """
    options = paths.query(**paths.span(since, until), top=VIEW_PAGE_SIZE)
    ask = Ask(method="GET", path=f"{paths.event(line.mailbox, calendar, master_id)}/instances{options}")
    return whole(pages(line, ask, _reader, version=version_of))


def _asking(line: MailboxLine, master_id: EventId, *, calendar: CalendarId | None, expand: str) -> Ask:
    options = paths.query(select=SERIES_FIELDS, expand=expand)
    return Ask(method="GET", path=paths.event(line.mailbox, calendar, master_id) + options)
