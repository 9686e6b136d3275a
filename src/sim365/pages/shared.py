"""Other people's calendars as they hang in a mailbox: what they show to its owner, and what the owner may do there.

Each is seen as far as its share goes. Nothing is changed here: where the share lets one write, the page leads to the
calendar itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sim365 import ids
from sim365.calendars.render import PLAIN, Shelf, instance_json
from sim365.calendars.series import Instance, instance_of, instances
from sim365.errors import item_not_found
from sim365.pages.forms import Json
from sim365.pages.hands import for_page
from sim365.sharing.access import Access, access_to
from sim365.sharing.sight import is_hidden
from sim365.simulator import Simulator
from sim365.state import Calendar, Mailbox, SharedCalendar


@dataclass(frozen=True, slots=True)
class Shared:
    """One calendar that hangs here."""

    hung: SharedCalendar
    owner: Mailbox
    calendar: Calendar
    access: Access


def shared_with(simulator: Simulator, box: Mailbox) -> list[Shared]:
    """What hangs in a mailbox and can be opened, in the order in which it was shared."""
    found: list[Shared] = []
    with simulator.lock:
        for hung in box.shared.values():
            owner = simulator.world.find(hung.owner)
            calendar = None if owner is None or not owner.has_mailbox else owner.calendars.get(hung.calendar)
            if owner is None or calendar is None:
                continue
            access = access_to(calendar, owner, box.oid)
            if access.may_open:
                found.append(Shared(hung, owner, calendar, access))
    return found


def events_of(simulator: Simulator, shared: Shared, *, start: datetime, end: datetime, zone_name: str) -> list[Json]:
    """What the calendar shows its visitor between two instants, series unfolded."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    with simulator.lock:
        calendar = shared.calendar
        found = [Instance(event, event.start, event.end) for event in calendar.singles_between(start, end)]
        for serial in calendar.masters:
            found.extend(instances(calendar.events[serial], start, end))
        return [_shown(shared, each, zone_name) for each in found]


def event_of(
    simulator: Simulator, box: Mailbox, owner: str, event: str, *, zone_name: str
) -> tuple[Shared, Json, bool]:
    """One entry, the calendar that it lies in, and whether it can be changed there. GraphError where it is gone."""
    key = ids.read_id(event)
    with simulator.lock:
        for shared in shared_with(simulator, box):
            held = None if key is None else shared.calendar.events.get(shared.owner.named(key))
            if key is None or held is None or shared.owner.address != owner or key.mailbox != shared.owner.tag:
                continue
            day = date.fromordinal(key.day) if key.day else None
            instance = Instance(held, held.start, held.end) if day is None else instance_of(held, day)
            if instance is None:
                break
            may_change = shared.access.may_write and not is_hidden(instance.event, shared.access.sight)
            return shared, _shown(shared, instance, zone_name), may_change
    raise item_not_found()


def _shown(shared: Shared, instance: Instance, zone_name: str) -> Json:
    """An entry as it stands among the visitor's own: it is nobody's invitation to the visitor."""
    wishes = replace(PLAIN, sight=shared.access.sight)
    shown = for_page(instance_json(Shelf(shared.owner, shared.calendar.serial), instance, wishes), zone_name)
    return shown | {"isOrganizer": False, "responseStatus": {"response": "none"}}
