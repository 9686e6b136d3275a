"""Graph's events into sights, and snapshots into what is written: the only place that knows both languages.

This module decides how a field of an event is read and written. It must not decide what follows from it. What cannot be
read is said (`NotUnderstood`) and never guessed: an event of which one field is unknown is quarantined alone.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from holdfast.graph import wire
from holdfast.graph.events import body_of
from holdfast.graph.marks import EVENT_MARK
from holdfast.mirror.bodies import text_of
from holdfast.mirror.errors import NotUnderstood
from holdfast.mirror.recurrences import recurrence_of
from holdfast.reconcile import fields
from holdfast.reconcile.link import Sight
from holdfast.reconcile.snapshot import Field, Pattern, Person, Reply, Role, Sensitivity, ShowAs, Snapshot
from holdfast.timetable import when as times
from holdfast.timetable import zones
from holdfast.timetable.when import When

_SECONDS = 19  # "2026-03-02T09:00:00": seven digits of a fraction follow, and people mean none of them
_SHOW_AS = {each.value: each for each in ShowAs}
_SENSITIVITY = {each.value: each for each in Sensitivity}
_REPLY = {each.value: each for each in Reply}
_ROLE = {each.value: each for each in Role}
_SINGLE_ITEMS = frozenset({wire.SINGLE, wire.OCCURRENCE, wire.EXCEPTION})


class Mark(msgspec.Struct, frozen=True):
    """What our marker on an event says."""

    instance: UUID
    workspace: UUID
    booking: UUID
    link: UUID
    number: int
    day: date | None = None
    """Of one date of a series: its original date. Dates inherit what stands on their master (FACTS 3.10), so a mark
    that names no date, or another, was not written to this one."""


def mark_text(mark: Mark) -> str:
    parts = (mark.instance.hex, mark.workspace.hex, mark.booking.hex, mark.link.hex, str(mark.number))
    return "/".join(parts if mark.day is None else (*parts, mark.day.isoformat()))


def mark_of(event: wire.Event) -> Mark | None:
    """Our marker, None where the read did not bring it, or where it is not one of ours."""
    text = event.extended(EVENT_MARK)
    if text is None:
        return None
    parts = text.split("/")
    try:
        instance, workspace, booking, link = (UUID(hex=part) for part in parts[:4])
        day = date.fromisoformat(parts[5]) if parts[5:] else None
        return Mark(instance, workspace, booking, link, int(parts[4]), day)
    except (ValueError, IndexError):
        return None


def sight_of(event: wire.Event, *, link: UUID | None = None, master: wire.Event | None = None) -> Sight:
    """The event as seen. `link` is whose marker counts; `master` lends a thin occurrence what it lacks.

    Raises NotUnderstood.
    """
    if event.type not in _SINGLE_ITEMS:
        raise NotUnderstood(f"an item of type {event.type!r} is no event in time")
    whole = _hydrated(event, master)
    sight = seen(whole, said_of(whole), link=link)
    if event.type == wire.SINGLE:
        return sight
    # What writes single events does not write dates of a series: here an occurrence only takes its time.
    return msgspec.structs.replace(sight, may_write=False, transaction_id="")


def seen(event: wire.Event, said: Snapshot | None, *, link: UUID | None, day: date | None = None) -> Sight:
    """The sight of an event that says this; `day` is the original date where it is one of a series."""
    mark = None if link is None else mark_of(event)
    is_ours = event.is_organizer is True
    return Sight(
        event_id=event.id,
        said=said,
        etag=event.etag if isinstance(event.etag, str) else "",
        modified=_instant(event.last_modified_date_time),
        may_write=is_ours,
        marker=mark.number if mark is not None and mark.link == link and mark.day == day else None,
        transaction_id=event.transaction_id or "" if day is None else "",
        online=event.is_online_meeting is True,
        copied=not is_ours,
    )


def shadow(sight: Sight) -> Sight:
    """The sight as another mapping of the same calendar has it: never ours to write, and no create of ours."""
    return msgspec.structs.replace(sight, may_write=False, transaction_id="", marker=None)


def organiser_of(event: wire.Event) -> tuple[str, str]:
    """Name and address of who organises it."""
    recipient = event.organizer
    if not isinstance(recipient, wire.Recipient):
        return "", ""
    return recipient.email_address.name or "", recipient.email_address.address or ""


def create_body(said: Snapshot, *, transaction_id: str, mark: Mark) -> bytes:
    """A POST of the whole event."""
    draft = _draft(said, _WRITTEN, skip_empty=True)
    return body_of(wire.EventDraft(**draft, transaction_id=transaction_id, extended_properties=_marked(mark)))


def patch_body(after: Snapshot, changed: tuple[Field, ...], *, mark: Mark) -> bytes:
    """A PATCH of these fields and no other; the marker names the offer, so that a lost answer can be found out."""
    draft = _draft(after, changed, skip_empty=False)
    return body_of(wire.EventDraft(**draft, extended_properties=_marked(mark)))


_WRITTEN = tuple(row.field for row in fields.TABLE if row.out)


def _marked(mark: Mark) -> tuple[wire.ExtendedProperty, ...]:
    return (wire.ExtendedProperty(EVENT_MARK, mark_text(mark)),)


def _draft(said: Snapshot, names: tuple[Field, ...], *, skip_empty: bool) -> dict[str, Any]:
    draft: dict[str, Any] = {}
    for name in names:
        if skip_empty and not getattr(said, name):
            continue
        draft.update(_written(name, said))
    return draft


def _written(name: Field, said: Snapshot) -> dict[str, Any]:  # noqa: C901, PLR0911  one line for each field of the table
    match name:
        case Field.WHEN:
            zone = zones.windows(said.when.zone) or said.when.zone
            start, end = (wire.WallTime(each.isoformat(), zone) for each in (said.when.start, said.when.end))
            return {"start": start, "end": end, "is_all_day": said.when.all_day}
        case Field.TITLE:
            return {"subject": said.title}
        case Field.NOTE:
            return {"body": wire.Body(said.note, "text")}
        case Field.SHOW_AS:
            return {"show_as": said.show_as.value}
        case Field.SENSITIVITY:
            return {"sensitivity": said.sensitivity.value}
        case Field.PLACE:
            return {"location": wire.Location(display_name=said.place)}
        case Field.PEOPLE:
            return {"attendees": tuple(_attendee(person) for person in said.people if person.address)}
        case Field.CATEGORIES:
            return {"categories": said.categories}
        case Field.REPLY:
            return {}
        case Field.PATTERN:
            return {"recurrence": None if said.pattern is None else recurrence_of(said.pattern, said.when)}


def _attendee(person: Person) -> wire.Attendee:
    address = wire.EmailAddress(person.address, person.name or person.address)
    return wire.Attendee(address, person.role.value)


def _hydrated(event: wire.Event, master: wire.Event | None) -> wire.Event:
    """A thin occurrence with what only its master says (FACTS 4: thin occurrence)."""
    if not event.is_thin:
        return event
    if master is None:
        raise NotUnderstood("a thin occurrence came without its master")
    return msgspec.structs.replace(
        master,
        id=event.id,
        etag=event.etag,
        type=event.type,
        start=event.start,
        end=event.end,
        series_master_id=event.series_master_id,
        transaction_id=None,
    )


def said_of(event: wire.Event, *, zone: str = "", pattern: Pattern | None = None) -> Snapshot | None:
    """The event in canonical form; None where it is cancelled or its owner declined it: then it means nothing more.

    `zone` is the one it is meant in where the event alone does not say (a series and its dates). Raises NotUnderstood.
    """
    if event.is_cancelled is True:
        return None
    reply = _reply(event)
    if reply is Reply.DECLINED:
        return None
    return fields.normal(
        when_of(event, zone=zone),
        title=event.subject or "",
        note=_note(event),
        show_as=_one_of(_SHOW_AS, event.show_as, "showAs"),
        sensitivity=_sensitivity(event),
        place=_place(event.location),
        people=_people(event.attendees),
        categories=event.categories if isinstance(event.categories, tuple) else (),
        reply=reply,
        pattern=pattern,
    )


def when_of(event: wire.Event, *, zone: str = "") -> When:
    """When it is; `zone` as in `said_of`. Raises NotUnderstood."""
    if not isinstance(event.start, wire.WallTime) or not isinstance(event.end, wire.WallTime):
        raise NotUnderstood("it has no start or no end")
    named = event.original_start_time_zone
    start, end, said_in = event.start.date_time, event.end.date_time, event.start.time_zone
    try:
        first, last = datetime.fromisoformat(start[:_SECONDS]), datetime.fromisoformat(end[:_SECONDS])
    except ValueError as error:
        raise NotUnderstood(f"its time cannot be read: {error}") from None
    zone = zone or _zone(named if isinstance(named, str) else "", said_in)
    if event.is_all_day is True:
        # All-day times are midnights of the zone they are meant in, whatever zone they came in (FACTS 3.12).
        when = When(first, last, zone, all_day=True)
    elif zones.known(said_in) is None:
        raise NotUnderstood(f"its times stand in a zone that is not known: {said_in!r}")
    else:
        when = _told(first, last, said_in, zone)
    if last <= first or last - first > _ORDINARY or not 1990 < first.year < 2200 or event.is_all_day is True:
        _refuse_impossible(when)
    return when


_ORDINARY = timedelta(days=30)
"""Spans up to this length, in ordinary years and not of whole days, can have no fault but their order."""


def _refuse_impossible(when: When) -> None:
    fault = times.fault(when)
    if fault is not None and fault is not times.Fault.EMPTY:
        raise NotUnderstood(f"its time cannot be: {fault.value}")


def _told(first: datetime, last: datetime, said_in: str, zone: str) -> When:
    """The span in the zone it is meant in."""
    start, end = zones.instant(first, said_in), zones.instant(last, said_in)
    if zone == "UTC":
        return When(start.replace(tzinfo=None), end.replace(tzinfo=None), zone)
    rules = zones.zone(zone)
    begins, ends = start.astimezone(rules), end.astimezone(rules)
    if begins.fold or ends.fold:
        return times.between(start, end, zone=zone)
    return When(begins.replace(tzinfo=None), ends.replace(tzinfo=None), zone)


@lru_cache(maxsize=1024)
def _zone(named: str, fallback: str) -> str:
    """The zone that is meant; custom zones (FACTS 11, 38) fall back to the one the times came in."""
    return zones.known(named) or zones.known(fallback) or "UTC"


def _note(event: wire.Event) -> str:
    body = event.body
    if not isinstance(body, wire.Body):
        return ""
    return text_of(body.content, is_html=body.content_type.casefold() == "html")


def _one_of(known: dict[str, Any], value: str | msgspec.UnsetType, name: str) -> Any:
    found = known.get(value) if isinstance(value, str) else None
    if found is None:
        raise NotUnderstood(f"its {name} is {value!r}, which is not known")
    return found


def _sensitivity(event: wire.Event) -> Sensitivity:
    """Old items were stored without one, which means normal (Z-P10); a word that is not known is never guessed."""
    if event.sensitivity is msgspec.UNSET:
        return Sensitivity.NORMAL
    return _one_of(_SENSITIVITY, event.sensitivity, "sensitivity")


def _reply(event: wire.Event) -> Reply:
    status = event.response_status
    if not isinstance(status, wire.ReplyStatus) or not status.response:
        return Reply.NONE
    return _one_of(_REPLY, status.response, "responseStatus")


def _place(location: wire.Location | msgspec.UnsetType | None) -> str:
    return location.display_name or "" if isinstance(location, wire.Location) else ""


def _people(attendees: tuple[wire.Attendee, ...] | msgspec.UnsetType) -> tuple[Person, ...]:
    if not isinstance(attendees, tuple) or not attendees:
        return ()
    return tuple(
        Person(each.email_address.address or "", each.email_address.name or "", _ROLE.get(each.type, Role.REQUIRED))
        for each in attendees
    )


def _instant(moment: datetime | msgspec.UnsetType | None) -> datetime | None:
    return moment if isinstance(moment, datetime) else None
