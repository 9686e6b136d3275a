"""How an event is shown: property by property, in the order and the forms of FACTS 3.2.

Pure: takes the stored event and the reader's wishes (zone, id format, body as text, selected properties), gives JSON.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import quote

from sim365 import ids
from sim365.calendars.attachments import attachment_json, counts
from sim365.calendars.bodies import plain, preview, without_scripts
from sim365.calendars.extensions import extension_json
from sim365.calendars.online import online_json
from sim365.calendars.patterns import recurrence_json
from sim365.calendars.people import attendee_json, place_json, stamp, status_json
from sim365.calendars.properties import lists_json, properties_json
from sim365.calendars.series import Instance
from sim365.sharing.sight import Sight, veiled
from sim365.state.events import NOWHERE, Attendee, Event
from sim365.state.mailboxes import Mailbox
from sim365.zones import zone

Json = dict[str, Any]

EVENT_PROPERTIES = frozenset(
    {
        "id", "createdDateTime", "lastModifiedDateTime", "changeKey", "categories", "transactionId",
        "originalStartTimeZone", "originalEndTimeZone", "iCalUId", "reminderMinutesBeforeStart", "isReminderOn",
        "hasAttachments", "subject", "bodyPreview", "importance", "sensitivity", "isAllDay", "isCancelled",
        "isOrganizer", "responseRequested", "seriesMasterId", "showAs", "type", "webLink", "onlineMeetingUrl",
        "isOnlineMeeting", "onlineMeetingProvider", "allowNewTimeProposals", "occurrenceId", "isDraft",
        "hideAttendees", "responseStatus", "body", "start", "end", "location", "locations", "recurrence", "attendees",
        "organizer", "onlineMeeting", "originalStart", "cancelledOccurrences", "exceptionOccurrences", "instances",
        "attachments", "extensions", "calendar", "singleValueExtendedProperties", "multiValueExtendedProperties", "*",
    }
)  # fmt: skip
"""What `$select` may name."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the reader asked for, and what it may see."""

    zone_name: str = "UTC"
    immutable: bool = False
    text_body: bool = False
    basic: bool = False
    """The token holds Calendars.ReadBasic only: no body, attachments or extensions (FACTS 1.9)."""
    select: frozenset[str] = frozenset()
    properties: frozenset[str] = frozenset()
    """Ids of the extended properties to expand."""
    lists: frozenset[str] = frozenset()
    """Ids of the multi-value extended properties to expand."""
    extensions: frozenset[str] | None = None
    """Names of the open extensions to expand; empty is all, None is none."""
    attachments: bool = False
    unsafe: bool = False
    """Bodies as they were written, scripts and all."""
    expand_exceptions: bool = False
    uid_per_occurrence: bool = False
    cancelled_always: bool = False
    original_with_offset: bool = False
    sight: Sight = Sight.FULL
    """What the reader may see of the calendar."""
    root: str = ""
    """What the context of an expanded collection begins with; empty for a reader who is not at the wire."""
    where: tzinfo = field(default=UTC)


PLAIN = Wishes()


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where an event lies: needed for its ids, its etag and its organiser."""

    mailbox: Mailbox
    folder: int

    def id_of(self, serial: int, wishes: Wishes, *, day: int = 0) -> str:
        """The id of an event or occurrence in the format asked for."""
        if wishes.immutable:
            serial = self.mailbox.origins.get(serial, serial)
        return ids.item_id(self.mailbox.tag, folder=self.folder, serial=serial, day=day, immutable=wishes.immutable)

    def attachment_id(self, serial: int, wishes: Wishes) -> str:
        """The id of an attachment in the format asked for."""
        return ids.attachment_id(self.mailbox.tag, folder=self.folder, serial=serial, immutable=wishes.immutable)


def event_json(shelf: Shelf, event: Event, wishes: Wishes) -> Json:
    """A single event or a series master."""
    kind = "singleInstance" if event.recurrence is None else "seriesMaster"
    shown = _whole(shelf, event, wishes, kind=kind, item=shelf.id_of(event.serial, wishes))
    if event.recurrence is not None:
        _add_series(shelf, event, wishes, shown)
    return _selected(shown, wishes)


def instance_json(shelf: Shelf, instance: Instance, wishes: Wishes) -> Json:
    """What a view shows: a single event, an occurrence or an exception."""
    if instance.master is None or instance.day is None:
        return event_json(shelf, instance.event, wishes)
    master, day = instance.master, instance.day
    kind = "occurrence" if instance.is_occurrence else "exception"
    item = shelf.id_of(master.serial, wishes, day=day.toordinal())
    shown = _whole(shelf, instance.event, wishes, kind=kind, item=item)
    master_id = shelf.id_of(master.serial, wishes)
    shown["seriesMasterId"] = master_id
    shown["occurrenceId"] = ids.occurrence_id(master_id, day)
    shown["start"] = moment_json(instance.start, instance.event, wishes, zone_name=instance.event.start_zone)
    shown["end"] = moment_json(instance.end, instance.event, wishes, zone_name=instance.event.end_zone)
    original = instance.event.original_start or instance.start
    shown["originalStart"] = _original(original, wishes)
    shown["recurrence"] = None
    if wishes.uid_per_occurrence and master.shown_uid is not None:
        shown["iCalUId"] = ids.uid_of_day(master.uid, day)
    return _selected(shown, wishes)


def thin_json(shelf: Shelf, instance: Instance, wishes: Wishes) -> Json:
    """An occurrence in a delta: ids, type and time, nothing else (FACTS 4)."""
    master, day = instance.master, instance.day
    if master is None or day is None:
        message = "only an occurrence is shown thin"
        raise AssertionError(message)
    return {
        "@odata.type": "#microsoft.graph.event",
        "@odata.etag": ids.etag(shelf.mailbox.tag, master.sequence),
        "id": shelf.id_of(master.serial, wishes, day=day.toordinal()),
        "seriesMasterId": shelf.id_of(master.serial, wishes),
        "type": "occurrence",
        "start": moment_json(instance.start, master, wishes, zone_name=master.start_zone),
        "end": moment_json(instance.end, master, wishes, zone_name=master.end_zone),
    }


def moment_json(moment: datetime, event: Event, wishes: Wishes, *, zone_name: str) -> Json:
    """A `dateTimeTimeZone` in the reader's zone; of an all-day event always midnight (FACTS 3.12)."""
    where = zone(zone_name) if event.is_all_day else wishes.where
    local = moment.astimezone(where)
    text = f"{local.isoformat(timespec='microseconds')[:26]}0"
    return {"dateTime": text, "timeZone": wishes.zone_name}


def _whole(shelf: Shelf, event: Event, wishes: Wishes, *, kind: str, item: str) -> Json:
    event = veiled(event, wishes.sight)
    tag = ids.change_key(shelf.mailbox.tag, event.sequence)
    shown: Json = {
        "@odata.etag": f'W/"{tag}"',
        "id": item,
        "createdDateTime": stamp(event.created),
        "lastModifiedDateTime": stamp(event.modified),
        "changeKey": tag,
        "categories": list(event.categories),
        "transactionId": event.transaction_id,
        "originalStartTimeZone": event.start_zone,
        "originalEndTimeZone": event.end_zone,
        "iCalUId": event.shown_uid,
        "reminderMinutesBeforeStart": event.reminder_minutes,
        "isReminderOn": event.is_reminder_on,
        "hasAttachments": bool(event.attachments) and counts(event.attachments),
        "subject": event.subject,
        "bodyPreview": preview(event.body),
        "importance": event.importance,
        "sensitivity": event.sensitivity,
        "isAllDay": event.is_all_day,
        "isCancelled": event.is_cancelled,
        "isOrganizer": event.is_organizer,
        "responseRequested": event.response_requested,
        "seriesMasterId": None,
        "showAs": event.show_as,
        "type": kind,
        "webLink": ids.web_link(item),
        "onlineMeetingUrl": None,
        "isOnlineMeeting": event.online_provider is not None,
        "onlineMeetingProvider": event.online_provider or "unknown",
        "allowNewTimeProposals": event.allow_new_time,
        "occurrenceId": None,
        "isDraft": event.is_draft,
        "hideAttendees": event.hide_attendees,
        "responseStatus": status_json(event.response, event.response_time),
        "body": _body_json(event, wishes),
    }
    _add_rest(shelf, event, wishes, shown)
    return shown


def _add_rest(shelf: Shelf, event: Event, wishes: Wishes, shown: Json) -> None:
    organizer = event.organizer
    name = shelf.mailbox.display_name if organizer is None else organizer.name
    address = shelf.mailbox.address if organizer is None else organizer.address
    shown["start"] = moment_json(event.start, event, wishes, zone_name=event.start_zone)
    shown["end"] = moment_json(event.end, event, wishes, zone_name=event.end_zone)
    shown["location"] = place_json(event.place, main=True)
    shown["locations"] = [place_json(place, main=False) for place in event.places if place != NOWHERE]
    shown["recurrence"] = None if event.recurrence is None else recurrence_json(event.recurrence)
    shown["attendees"] = [attendee_json(attendee, wishes) for attendee in _attendees(shelf, event)]
    shown["organizer"] = {"emailAddress": {"name": name, "address": address}}
    shown["onlineMeeting"] = None if event.join_url is None else online_json(event.join_url)
    if event.legacy is not None:
        _age(event, shown)
    if wishes.basic:
        del shown["body"], shown["bodyPreview"]
    else:
        _add_expanded(shelf, event, wishes, shown)


def _attendees(shelf: Shelf, event: Event) -> tuple[Attendee, ...]:
    """Whoever hides the attendees shows each of them to themselves only."""
    if event.is_organizer or not event.hide_attendees:
        return event.attendees
    own = shelf.mailbox.names()
    return tuple(attendee for attendee in event.attendees if attendee.party.address.lower() in own)


def _age(event: Event, shown: Json) -> None:
    """What old software left in place of zones that are known."""
    legacy = event.legacy
    if legacy is not None and legacy.zone is not None:
        shown["originalStartTimeZone"] = shown["originalEndTimeZone"] = legacy.zone
    if legacy is not None and legacy.recurrence_zone is not None and shown["recurrence"] is not None:
        shown["recurrence"]["range"]["recurrenceTimeZone"] = legacy.recurrence_zone


def _add_expanded(shelf: Shelf, event: Event, wishes: Wishes, shown: Json) -> None:
    if wishes.properties and (held := properties_json(event.properties, wishes.properties)):
        shown["singleValueExtendedProperties"] = held
    if wishes.lists and (several := lists_json(event.lists, wishes.lists)):
        shown["multiValueExtendedProperties"] = several
    if wishes.extensions is not None:
        shown["extensions"] = [
            extension_json(name, values)
            for name, values in (event.extensions or {}).items()
            if not wishes.extensions or name in wishes.extensions
        ]
    if wishes.attachments:
        shown["attachments"] = [
            attachment_json(each, shelf.attachment_id(each.serial, wishes)) for each in event.attachments
        ]
    if wishes.root:
        for name in sorted(_EXPANDED & shown.keys()):
            shown[f"{name}@odata.context"] = f"{wishes.root}('{quote(shown['id'], safe='')}')/{name}"


def _original(moment: datetime, wishes: Wishes) -> str:
    """Documented in UTC; seen with the offset of the reader's zone (FACTS 3.7)."""
    if not wishes.original_with_offset:
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.astimezone(wishes.where).isoformat(timespec="seconds").replace("+00:00", "Z")


def _add_series(shelf: Shelf, event: Event, wishes: Wishes, shown: Json) -> None:
    if wishes.cancelled_always or "cancelledOccurrences" in wishes.select:
        master_id = shelf.id_of(event.serial, wishes)
        shown["cancelledOccurrences"] = [ids.occurrence_id(master_id, day) for day in sorted(event.cancelled)]
    if wishes.expand_exceptions:
        held = sorted((event.exceptions or {}).items())
        shown["exceptionOccurrences"] = [
            instance_json(shelf, Instance(other, other.start, other.end, master=event, day=day), _plain(wishes))
            for day, other in held
        ]


def _plain(wishes: Wishes) -> Wishes:
    """An expanded item is whole: `$select` and further expands are of the entity that was asked for."""
    return replace(
        wishes,
        select=frozenset[str](),
        expand_exceptions=False,
        cancelled_always=False,
        properties=frozenset[str](),
        lists=frozenset[str](),
        extensions=None,
        attachments=False,
    )


def _body_json(event: Event, wishes: Wishes) -> Json:
    if wishes.text_body:
        return {"contentType": "text", "content": plain(event.body)}
    if wishes.unsafe and event.unsafe_body and without_scripts(event.unsafe_body) == event.body:
        return {"contentType": "html", "content": event.unsafe_body}
    return {"contentType": "html", "content": event.body}


_EXPANDED = frozenset({"singleValueExtendedProperties", "multiValueExtendedProperties", "extensions", "attachments"})
_ALWAYS = frozenset(
    {
        "@odata.etag", "id", "@odata.type", "exceptionOccurrences", *_EXPANDED,
        *(f"{name}@odata.context" for name in _EXPANDED),
    }
)  # fmt: skip


def _selected(shown: Json, wishes: Wishes) -> Json:
    if not wishes.select or "*" in wishes.select:
        return shown
    wanted = wishes.select
    return {name: value for name, value in shown.items() if name in wanted or name in _ALWAYS}
