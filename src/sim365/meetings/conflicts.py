"""Which of a meeting's times are taken already in a resource's calendar (FACTS 9.1 step 4).

Times and busy spans are both in order and are walked through side by side once, so a long series costs no more than
its own length and that of the calendar's stretch it covers. What waits for a decision itself takes no time yet.
"""

import heapq
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sim365.calendars.series import instances, rule_of
from sim365.state import Calendar, Event, Mailbox
from sim365.zones import zone

TAKING = frozenset({"busy", "tentative", "oof"})


class Slot(NamedTuple):
    """One time that is asked for; `day` names the occurrence of a series."""

    start: datetime
    end: datetime
    day: date | None
    event: Event


@dataclass(frozen=True, slots=True)
class Conflict:
    """A slot and what stands there already."""

    slot: Slot
    other: Event


def slots_of(event: Event, *, until: datetime, since: datetime) -> list[Slot]:
    """The times that a meeting asks for, by start; of a series those that touch the span."""
    if event.recurrence is None:
        return [Slot(event.start, event.end, event.original, event)]
    first = max(since, event.start)
    return [Slot(one.start, one.end, one.day, one.event) for one in instances(event, first, max(until, event.end))]


def conflicts_of(mailbox: Mailbox, calendar: Calendar, slots: list[Slot], *, serial: int) -> list[Conflict]:
    """At most one conflict for each slot; the event `serial` does not conflict with itself."""
    return [Conflict(slot, others[0].event) for slot, others in _overlaps(mailbox, calendar, slots, serial)]


def over_capacity(
    mailbox: Mailbox, calendar: Calendar, slots: list[Slot], *, serial: int, seats: int, heads: int
) -> list[Conflict]:
    """The slots for which a workspace has too few seats left: people are counted, not meetings."""
    if heads > seats:
        return [Conflict(slot, slot.event) for slot in slots]
    return [
        Conflict(slot, others[0].event)
        for slot, others in _overlaps(mailbox, calendar, slots, serial)
        if heads + sum(headcount(other.event) for other in others) > seats
    ]


def headcount(event: Event) -> int:
    """The organiser and the invited people; resources are no people."""
    return 1 + sum(attendee.kind != "resource" for attendee in event.attendees)


def _overlaps(mailbox: Mailbox, calendar: Calendar, slots: list[Slot], serial: int) -> list[tuple[Slot, list[Slot]]]:
    """Each slot in which something stands, with what stands there."""
    if not slots:
        return []
    busy = _busy(mailbox, calendar, slots[0].start, max(slot.end for slot in slots), serial)
    waiting: list[tuple[datetime, int]] = []
    found: list[tuple[Slot, list[Slot]]] = []
    following = 0
    for slot in slots:
        while following < len(busy) and busy[following].start < slot.end:
            heapq.heappush(waiting, (busy[following].end, following))
            following += 1
        while waiting and waiting[0][0] <= slot.start:
            heapq.heappop(waiting)
        others = [busy[number] for _, number in sorted(waiting) if busy[number].start < slot.end]
        if others:
            found.append((slot, others))
    return found


def _busy(mailbox: Mailbox, calendar: Calendar, since: datetime, until: datetime, serial: int) -> list[Slot]:
    found = [
        Slot(other.start, other.end, None, other)
        for other in calendar.singles_between(since, until)
        if other.serial != serial and _takes_time(mailbox, other)
    ]
    for number in calendar.masters:
        master = calendar.events[number]
        if number != serial and _reaches(master, since, until):
            shown = instances(master, since, until)
            found.extend(
                Slot(one.start, one.end, one.day, one.event) for one in shown if _takes_time(mailbox, one.event)
            )
    found.sort(key=_by_start)
    return found


def _by_start(slot: Slot) -> datetime:
    return slot.start


def _reaches(master: Event, since: datetime, until: datetime) -> bool:
    """Cheaply: whether a series can have anything in the span."""
    rule = rule_of(master)
    if master.exceptions:
        return True
    where = zone(rule.zone)
    length = master.end - master.start
    ended = rule.end is not None and rule.end < (since - length).astimezone(where).date()
    return not ended and rule.start <= until.astimezone(where).date()


def _takes_time(mailbox: Mailbox, event: Event) -> bool:
    if event.is_cancelled or event.show_as not in TAKING:
        return False
    if event.response != "notResponded":
        return True
    return not any(item.awaits_attendant for item in mailbox.inbox.get(event.uid, ()))
