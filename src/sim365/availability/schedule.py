"""`getSchedule`: for each address asked about, one digit per interval, the entries, and the working hours (FACTS 6).

How much is told of an entry follows the permissions of its calendar: those of the caller where the token is a person's,
those of the whole organisation where it is an application's. What goes wrong with one address is told in its entry.
"""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sim365.availability.occupied import merged, occupied, view
from sim365.calendars.series import Instance
from sim365.directory.settings import working_hours_json
from sim365.sharing.access import access_to
from sim365.sharing.sight import Sight, is_hidden
from sim365.state import Mailbox, Tenant
from sim365.zones import zone

Json = dict[str, Any]

ITEMS_MAX = 1000
GROUP_MEMBERS_MAX = 100

NOT_RESOLVED = "5009"
TOO_MANY_ITEMS = "5006"
GROUP_TOO_LARGE = "5007"
NO_ACCESS = "5016"
"""Response codes inside an entry. 5009 and 5006 were seen; the numbers of the other two are unverified: behaviours
`schedule-group-too-large` and `schedule-no-access`."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, checked."""

    addresses: tuple[str, ...]
    start: datetime
    end: datetime
    interval: timedelta
    zone_name: str
    """In which times are told."""
    visitor: str | None
    """Object id of the person who asks; None is an application by itself."""
    tells_group_entries: bool = False
    """Of a group the times of its members' entries, too."""

    @property
    def slots(self) -> int:
        """How many digits a view has; a last, shorter interval counts."""
        return -((self.start - self.end) // self.interval)


def schedule_of(tenant: Tenant, address: str, question: Question) -> Json:
    """The entry of one address."""
    members = _members(tenant, address)
    if members is not None:
        return _group_entry(members, address, question)
    mailbox = tenant.find(address)
    if mailbox is None or not mailbox.has_mailbox:
        text = f"Unable to resolve e-mail address {address} to an Active Directory object."
        return _error(address, NOT_RESOLVED, text)
    sight = _sight(mailbox, question)
    if sight is Sight.NOTHING:
        return _error(address, NO_ACCESS, f"No permission to view the availability of {address}.")
    entries = occupied(mailbox, question.start, question.end)
    if len(entries) > ITEMS_MAX:
        text = f"The result set contains too many calendar entries. The allowed size = {ITEMS_MAX}; "
        return _error(address, TOO_MANY_ITEMS, f"{text}the actual size = {len(entries)}.")
    return {
        "scheduleId": address,
        "availabilityView": view(entries, question.start, slots=question.slots, interval=question.interval),
        "scheduleItems": [_item(entry, sight, question.zone_name) for entry in entries],
        "workingHours": working_hours_json(mailbox),
    }


def _sight(mailbox: Mailbox, question: Question) -> Sight:
    calendar = mailbox.calendars.get(mailbox.default_calendar)
    return access_to(calendar, mailbox, question.visitor).sight


def _members(tenant: Tenant, address: str) -> list[Mailbox] | None:
    """The mailboxes of a room list or mail group, groups inside it followed; None where the address is no group."""
    waiting, seen = [address.lower()], set[str]()
    found: dict[str, Mailbox] = {}
    is_group = False
    while waiting:
        name = waiting.pop()
        group = tenant.room_lists.get(name) or tenant.groups.get(name)
        mailbox = None if group is not None or not is_group else tenant.find(name)
        if mailbox is not None and mailbox.has_mailbox:
            found[mailbox.oid] = mailbox
        if group is not None and name not in seen:
            is_group = True
            seen.add(name)
            waiting += [member.lower() for member in group.members]
    return list(found.values()) if is_group else None


def _group_entry(members: list[Mailbox], address: str, question: Question) -> Json:
    """One merged view, as the older free/busy service answers; whether with entries, too, a switch says."""
    if len(members) > GROUP_MEMBERS_MAX:
        text = f"The group {address} has more members than the {GROUP_MEMBERS_MAX} that can be expanded."
        return _error(address, GROUP_TOO_LARGE, text)
    seen = [member for member in members if _sight(member, question) is not Sight.NOTHING]
    held = [occupied(member, question.start, question.end) for member in seen]
    views = [view(each, question.start, slots=question.slots, interval=question.interval) for each in held]
    told = sorted(itertools.chain(*held), key=lambda entry: entry.start) if question.tells_group_entries else []
    return {
        "scheduleId": address,
        "availabilityView": merged(views) if views else "0" * question.slots,
        "scheduleItems": [_item(entry, Sight.FREE_BUSY, question.zone_name) for entry in told[:ITEMS_MAX]],
    }


def _item(entry: Instance, sight: Sight, zone_name: str) -> Json:
    shown: Json = {}
    if sight is not Sight.FREE_BUSY:
        hidden = is_hidden(entry.event, sight)
        shown["isPrivate"] = entry.event.sensitivity == "private"
        if not hidden:
            shown["subject"] = entry.event.subject
            shown["location"] = entry.event.place.display_name
    return {
        **shown,
        "status": entry.event.show_as,
        "start": moment_json(entry.start, zone_name),
        "end": moment_json(entry.end, zone_name),
    }


def moment_json(moment: datetime, zone_name: str) -> Json:
    """A `dateTimeTimeZone` in the reader's zone."""
    local = moment.astimezone(zone(zone_name))
    return {"dateTime": f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond:06d}0", "timeZone": zone_name}


def _error(address: str, code: str, message: str) -> Json:
    return {
        "scheduleId": address,
        "error": {"message": message, "responseCode": code},
    }
