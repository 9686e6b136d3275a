"""Events of one mailbox: read, look up, create, change, delete, answer.

Each request is first an `Ask` (`asking_…`), so that it can go alone or as an item of a batch. A write takes the body
as bytes, because what was sent must be kept to be sent again byte for byte; `body_of` makes them from a draft. Nothing
here reads before it writes or writes twice: that is decided above.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec import UNSET

from holdfast.graph import batch, limits, paths
from holdfast.graph.answers import Answer, decoded
from holdfast.graph.client import Ask, MailboxLine
from holdfast.graph.errors import GraphError, Unreadable
from holdfast.graph.marks import EVENT_MARK
from holdfast.graph.paging import Page, PageReader, ReadPage, pages, whole
from holdfast.graph.wire import CalendarId, Etag, Event, EventDraft, EventId, ICalUid

FIELDS = (
    "id,subject,body,start,end,isAllDay,showAs,sensitivity,isCancelled,isOrganizer,isDraft,isOnlineMeeting,type,"
    "seriesMasterId,originalStart,originalStartTimeZone,originalEndTimeZone,recurrence,location,locations,attendees,"
    "organizer,responseStatus,categories,transactionId,iCalUId,createdDateTime,lastModifiedDateTime,webLink"
)
"""`$select` where it is documented: half of an event's bytes are fields nobody here uses."""

EXPAND_MARK = f"singleValueExtendedProperties($filter=id eq '{EVENT_MARK}')"

_encoder = msgspec.json.Encoder()
_event = msgspec.json.Decoder(Event)
_reader = PageReader(Page[Event], Event)


def body_of(draft: EventDraft) -> bytes:
    """The draft as it goes over the wire; equal drafts give equal bytes."""
    return _encoder.encode(draft)


def event_of(answer: Answer, ask: Ask) -> Event:
    """The event that the answer to a read, create or patch carries."""
    return decoded(answer, _event, at=ask.at)


def get(line: MailboxLine, event_id: EventId, *, calendar: CalendarId | None) -> Event:
    """One event with our marker. ItemNotFound is the only answer that means it is gone from this calendar."""
    ask = asking_for(line, event_id, calendar=calendar)
    return event_of(line.send(ask), ask)


def get_many(
    line: MailboxLine, event_ids: Sequence[EventId], *, calendar: CalendarId | None
) -> list[Event | GraphError]:
    """Many events by `$batch`, each found or with its own reason, in the order they were asked for."""
    asks = [asking_for(line, event_id, calendar=calendar) for event_id in event_ids]
    return [understood(outcome, ask) for outcome, ask in zip(batch.send(line, asks), asks, strict=True)]


def understood(outcome: batch.Outcome, ask: Ask) -> Event | GraphError:
    """What an item of a batch brought: the event its answer carries, or why there is none."""
    if not isinstance(outcome, Answer):
        return outcome
    try:
        return event_of(outcome, ask)
    except GraphError as error:
        return error


def create(line: MailboxLine, body: bytes, *, calendar: CalendarId | None) -> Event:
    ask = asking_to_create(line, body, calendar=calendar)
    return event_of(line.send(ask), ask)


def patch(line: MailboxLine, event_id: EventId, body: bytes, *, calendar: CalendarId | None, if_match: Etag) -> Event:
    ask = asking_to_patch(line, event_id, body, calendar=calendar, if_match=if_match)
    return event_of(line.send(ask), ask)


def delete(line: MailboxLine, event_id: EventId, *, calendar: CalendarId | None, if_match: Etag) -> None:
    line.send(asking_to_delete(line, event_id, calendar=calendar, if_match=if_match))


def accept(
    line: MailboxLine, event_id: EventId, *, calendar: CalendarId | None, comment: str = "", tell: bool = True
) -> None:
    line.send(_asking_to_answer(line, event_id, "accept", calendar=calendar, comment=comment, tell=tell))


def decline(
    line: MailboxLine, event_id: EventId, *, calendar: CalendarId | None, comment: str = "", tell: bool = True
) -> None:
    """Decline in the attendee's own copy, which then leaves the calendar. No etag fences it: GET and compare first."""
    line.send(_asking_to_answer(line, event_id, "decline", calendar=calendar, comment=comment, tell=tell))


def cancel(line: MailboxLine, event_id: EventId, *, calendar: CalendarId | None, comment: str = "") -> None:
    """Call a meeting off as its organiser, with a word to the guests. No etag fences it: GET and compare first."""
    path = f"{paths.event(line.mailbox, calendar, event_id)}/cancel"
    line.send(Ask(method="POST", path=path, body=_encoder.encode({"comment": comment})))


def cancelled_occurrences(line: MailboxLine, master_id: EventId, *, calendar: CalendarId | None) -> tuple[str, ...]:
    """`OID.<master>.<yyyy-mm-dd>` of each occurrence that was deleted from a series; only given when asked for."""
    path = paths.event(line.mailbox, calendar, master_id) + paths.query(select="id,cancelledOccurrences")
    ask = Ask(method="GET", path=path)
    found = event_of(line.send(ask), ask).cancelled_occurrences
    if found is UNSET:
        # It was asked for by name. Left out it says nothing, and nothing is not "none".
        raise Unreadable("A series came without its deleted occurrences.", at=ask.at)
    return found or ()


def with_transaction(line: MailboxLine, transaction_id: str, *, calendar: CalendarId | None) -> list[Event]:
    """Events that were created under a transactionId; at most one while the service keeps its word.

    Nowhere is it documented that the service filters by it, and it may answer Refused: then the items of a view or a
    round, which carry it, tell.
    """
    return _found(line, f"transactionId eq {paths.literal(transaction_id)}", calendar=calendar)


def with_mark(line: MailboxLine, value: str, *, calendar: CalendarId | None) -> list[Event]:
    """Events that carry our marker with this value (compared by the service without case)."""
    return _found(line, _mark_filter(f"ep/value eq {paths.literal(value)}"), calendar=calendar)


def marked_by(line: MailboxLine, prefix: str, *, calendar: CalendarId | None) -> Iterator[ReadPage[Event]]:
    """All singles and masters whose marker begins with `prefix` (our instance): for adoption after a lost database."""
    return _listing(line, _mark_filter(f"startswith(ep/value, {paths.literal(prefix)})"), calendar=calendar)


def with_ical_uid(line: MailboxLine, uid: ICalUid, *, calendar: CalendarId | None) -> list[Event]:
    """The copies of one meeting in this mailbox (singles and masters)."""
    return _found(line, f"iCalUId eq {paths.literal(uid)}", calendar=calendar)


def view(
    line: MailboxLine,
    *,
    calendar: CalendarId | None,
    since: datetime,
    until: datetime,
    page_size: int = limits.VIEW_PAGE_SIZE,
) -> Iterator[ReadPage[Event]]:
    """What overlaps a span: singles, occurrences and exceptions, never masters; paged, with our marker.

    Whole events: a calendarView leaves lastModifiedDateTime, by which observations are ordered, out of a `$select`
    (FACTS 3.2; Graph, List calendarView).
    """
    options = paths.query(**paths.span(since, until), expand=EXPAND_MARK, top=page_size)
    ask = Ask(method="GET", path=f"{paths.calendar(line.mailbox, calendar)}/calendarView{options}")
    return pages(line, ask, _reader, version=version_of)


def instances(
    line: MailboxLine, master_id: EventId, *, calendar: CalendarId | None, since: datetime, until: datetime
) -> Iterator[ReadPage[Event]]:
    """Occurrences and exceptions of one series in a span."""
    options = paths.query(**paths.span(since, until), select=FIELDS, top=limits.VIEW_PAGE_SIZE)
    path = f"{paths.event(line.mailbox, calendar, master_id)}/instances{options}"
    return pages(line, Ask(method="GET", path=path), _reader, version=version_of)


def asking_for(line: MailboxLine, event_id: EventId, *, calendar: CalendarId | None) -> Ask:
    options = paths.query(select=FIELDS, expand=EXPAND_MARK)
    return Ask(method="GET", path=paths.event(line.mailbox, calendar, event_id) + options)


def asking_to_create(line: MailboxLine, body: bytes, *, calendar: CalendarId | None) -> Ask:
    return Ask(method="POST", path=f"{paths.calendar(line.mailbox, calendar)}/events", body=body)


def asking_to_patch(
    line: MailboxLine, event_id: EventId, body: bytes, *, calendar: CalendarId | None, if_match: Etag
) -> Ask:
    return Ask(method="PATCH", path=paths.event(line.mailbox, calendar, event_id), body=body, if_match=if_match)


def asking_to_delete(line: MailboxLine, event_id: EventId, *, calendar: CalendarId | None, if_match: Etag) -> Ask:
    return Ask(method="DELETE", path=paths.event(line.mailbox, calendar, event_id), if_match=if_match)


def version_of(event: Event) -> str:
    """Names an event and its version, for telling repeated pages from changed ones."""
    return f"{event.id} {event.etag}"


def _asking_to_answer(
    line: MailboxLine, event_id: EventId, verb: str, *, calendar: CalendarId | None, comment: str, tell: bool
) -> Ask:
    body = _encoder.encode({"comment": comment, "sendResponse": tell})
    return Ask(method="POST", path=f"{paths.event(line.mailbox, calendar, event_id)}/{verb}", body=body)


def _mark_filter(condition: str) -> str:
    return f"singleValueExtendedProperties/Any(ep: ep/id eq {paths.literal(EVENT_MARK)} and {condition})"


def _found(line: MailboxLine, condition: str, *, calendar: CalendarId | None) -> list[Event]:
    return whole(_listing(line, condition, calendar=calendar))


def _listing(line: MailboxLine, condition: str, *, calendar: CalendarId | None) -> Iterator[ReadPage[Event]]:
    options = paths.query(filter=condition, select=FIELDS, expand=EXPAND_MARK, top=limits.VIEW_PAGE_SIZE)
    ask = Ask(method="GET", path=f"{paths.calendar(line.mailbox, calendar)}/events{options}")
    return pages(line, ask, _reader, version=version_of)
