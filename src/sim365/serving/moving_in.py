"""Writes the planned entries of a company into its calendars, as its people would have done before the first day.

The clock is set back while it happens, so that invitations are answered and titles rewritten before anybody looks; then
the ledger is emptied, because mails of the past would be counted as somebody's fault.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sim365.company import CompanyFile, PlannedEvent
from sim365.company.plans import body_of
from sim365.simulator import Simulator
from sim365.zones import zone

#: The entries are written this long before the start: more than messages and attendants take.
BEFORE = timedelta(hours=2)


def monday_of(moment: datetime, zone_name: str) -> date:
    """The day from which planned days count: the Monday of the week of the start, in the company's zone."""
    day = moment.astimezone(zone(zone_name)).date()
    return day - timedelta(days=day.weekday())


def move_in(simulator: Simulator, described: CompanyFile) -> None:
    """Fill the calendars; afterwards the clock stands where it stood."""
    start = simulator.clock.now()
    first = monday_of(start, described.time_zone)
    simulator.clock.set_to(start - BEFORE)
    with simulator.lock:
        for plan in sorted(described.events, key=lambda plan: (plan.day, plan.start, plan.owner)):
            _write(simulator, plan, first=first, zone_name=described.time_zone)
    simulator.settle(within=BEFORE / 2)
    simulator.clock.set_to(start)
    simulator.ledger.mails.clear()


def _write(simulator: Simulator, plan: PlannedEvent, *, first: date, zone_name: str) -> None:
    body = body_of(plan, start_day=first, zone=zone_name)
    begins, ends = (datetime.fromisoformat(body.pop(name)["dateTime"]) for name in ("start", "end"))
    subject, invited = body.pop("subject"), [guest.address for guest in plan.guests]
    body.pop("attendees", None)
    simulator.person(plan.owner).create_event(subject, begins, ends, attendees=invited, time_zone=zone_name, **body)
