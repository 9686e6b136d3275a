"""What must hold, checked from outside: by SQL as a superuser and by looking into the simulator, never by the product's words.

`after_step` holds at every instant of a run; `at_rest` holds once people and weather have stopped and nobody has anything
left to do. Checkers know nothing of the workload. A broken promise is raised with the invariant's number.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from holdfast.reconcile.link import decode_link
from sim365.calendars.render import Shelf, Wishes, event_json
from sim365.conduct import Misconduct
from sim365.ids import item_id, read_id
from sim365.simulator import Simulator
from tests.world.history import Ending, History, unexplained

_TWO_HELD = """
SELECT a.unit_id, a.starts_at, a.booking_id, b.booking_id FROM bookings_slot a JOIN bookings_slot b
    ON a.unit_id = b.unit_id AND a.booking_id < b.booking_id AND a.held AND b.held
   AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
"""
_UNASKED_OVERLAP = """
SELECT s.booking_id FROM bookings_slot s WHERE NOT s.held AND NOT s.soft AND NOT EXISTS (
    SELECT FROM bookings_conflict c WHERE c.closed_at IS NULL AND s.booking_id IN (c.booking_id, c.other_id))
"""
_HALF_A_CHANGE = """
SELECT b.id, b.version, count(j.number) FROM bookings_booking b LEFT JOIN journal_change j
    ON j.workspace_id = b.workspace_id AND j.subject_id = b.id GROUP BY b.id, b.version HAVING count(j.number) < b.version
"""
_STRANGER = """
SELECT b.id FROM bookings_booking b JOIN directory_resource r ON r.id = b.resource_id WHERE r.workspace_id <> b.workspace_id
UNION ALL
SELECT l.id FROM mirror_link l JOIN bookings_booking b ON b.id = l.booking_id WHERE l.workspace_id <> b.workspace_id
UNION ALL
SELECT s.booking_id FROM bookings_slot s JOIN directory_unit u ON u.id = s.unit_id WHERE s.workspace_id <> u.workspace_id
"""
_TWO_LINKS = """
SELECT calendar_id, event_id, count(*) FROM mirror_link WHERE event_id <> '' AND NOT is_shadow
GROUP BY calendar_id, event_id HAVING count(*) > 1
"""
_CASCADE = """
SELECT b.resource_id, count(*) FROM journal_change j JOIN bookings_booking b ON b.id = j.subject_id
WHERE j.actor_kind = 'outlook' AND j.verb = 'cancelled' AND j.at > %s GROUP BY b.resource_id HAVING count(*) > %s
"""
_ALONE = """
SELECT b.id AS booking_id, b.state AS booking_state, b.title, b.wall_start, b.wall_end, b.zone, b.all_day, b.show_as
FROM bookings_booking b WHERE NOT EXISTS (SELECT FROM mirror_link l WHERE l.booking_id = b.id)
"""
_LEASE_HELD = "SELECT mailbox_id, holder FROM mirror_lease WHERE until > %s"
_LINKS = """
SELECT l.*, b.state AS booking_state, b.title, b.wall_start, b.wall_end, b.zone, b.all_day, b.show_as, m.address,
       coalesce((SELECT string_agg(c.content::text, ' ') FROM bookings_conflict c
                 WHERE c.booking_id = l.booking_id OR c.link_id = l.id), '') AS kept,
       EXISTS (SELECT FROM bookings_conflict c WHERE c.closed_at IS NULL AND c.link_id = l.id) AS is_asked
FROM mirror_link l LEFT JOIN bookings_booking b ON b.id = l.booking_id JOIN mirror_mailbox m ON m.id = l.mailbox_id
ORDER BY l.id
"""
BRAKE = 10
"""No calendar of the world is so full that five of a hundred are more."""
_OVER = {"cancelled", "declined", "expired", "released"}


class BrokenPromiseError(AssertionError):
    """An invariant does not hold."""

    def __init__(self, number: str, what: object) -> None:
        super().__init__(f"{number}: {what}")


@dataclass(slots=True)
class Referee:
    """Looks at the database as a superuser, and into the simulator."""

    connection: psycopg.Connection[Any]
    simulator: Simulator

    def after_step(self) -> None:
        """What holds at every instant."""
        self._none("I1 two held slots", _TWO_HELD)
        self._none("I1 overlap that nobody is asked about", _UNASKED_OVERLAP)
        self._none("I13 a booking's version without its journal row", _HALF_A_CHANGE)
        self._none("I20 a row of another workspace", _STRANGER)
        self._none("I4 two links of one event", _TWO_LINKS)
        hour_ago = self.simulator.clock.now() - timedelta(hours=1)
        self.expect("I8 more deletions in an hour than the brake lets pass", [], self.rows(_CASCADE, hour_ago, BRAKE))
        self.expect("I16 mails", [], self.simulator.ledger.mails)
        self.expect("simulator bug", [], self.simulator.bugs)
        offences = [each for each in self.simulator.conduct.offences if each.kind is not Misconduct.POLLING_TOO_FAST]
        self.expect("I25, I14 misconduct", [], offences)

    def at_rest(self, history: History, now: datetime) -> None:
        """What holds when all is quiet."""
        self.after_step()
        self.expect("I24 leases still held", [], self.rows(_LEASE_HELD, now))
        links = self.rows(_LINKS)
        self._one_event_each(links)
        self._both_sides_equal(links)
        lost = unexplained(history, list(self._endings(links)))
        self.expect("I3 lost deeds", [], lost[:5])

    def untouched(self, reminders: dict[str, int]) -> None:
        """I17: what people set in Outlook and we do not own stands as they set it."""
        for address in {link["address"] for link in self.rows(_LINKS)}:
            for event in self._events(address):
                if event["id"] in reminders:
                    self.expect("I17 a reminder", reminders[event["id"]], event["reminderMinutesBeforeStart"])

    def _one_event_each(self, links: list[dict[str, Any]]) -> None:
        """I4: no transaction id stands on two live events of a mailbox, and no booking on two."""
        for address in {link["address"] for link in links}:
            marks = Counter(event["transactionId"] for event in self._events(address) if event["transactionId"])
            self.expect("I4 events with one transaction id", [], [mark for mark, count in marks.items() if count > 1])
        booked = Counter(link["event_id"] for link in links if link["event_id"] and link["closed_at"] is None)
        self.expect("I4 bookings of one event", [], [event for event, count in booked.items() if count > 1])

    def _both_sides_equal(self, links: list[dict[str, Any]]) -> None:
        """I6, I7, I30: what is neither parked nor closed says the same here and in Outlook."""
        known: dict[str, set[str]] = {}
        for link in links:
            known.setdefault(link["address"], set()).add(link["event_id"])
            if link["parked"] or link["closed_at"]:
                continue
            here, there = _here(link), self._outlook(link)
            self.expect("I6 unsettled at rest", [], [link["id"]] if link["is_unsettled"] else [])
            self.expect(f"I6 sides of link {link['id']}", here, there)
        for address, events in known.items():
            strangers = [event["subject"] for event in self._events(address) if event["id"] not in events]
            self.expect(f"I6 events of {address} that no link knows", [], strangers)

    def _endings(self, links: list[dict[str, Any]]) -> Iterator[Ending]:
        for link in links:
            subjects = {str(link["booking_id"]), link["event_id"], *decode_link(link["state"]).known}
            yield Ending(
                subjects=frozenset(subjects - {"", "None"}),
                here=_here(link),
                outlook=self._outlook(link),
                is_asked=bool(link["parked"] or link["closed_at"] or link["is_asked"]),
                kept=link["kept"].encode().decode("unicode_escape") if "\\u" in link["kept"] else link["kept"],
            )

        for booking in self.rows(_ALONE):
            here = _here(booking)
            yield Ending(frozenset({str(booking["booking_id"])}), here, here, is_asked=False)

    def _outlook(self, link: dict[str, Any]) -> dict[str, Any] | None:
        event = next((one for one in self._events(link["address"]) if one["id"] == link["event_id"]), None)
        return None if event is None else _told(event)

    def _events(self, address: str) -> list[dict[str, Any]]:
        return immutable_events(self.simulator, address)

    def _none(self, number: str, statement: str) -> None:
        self.expect(number, [], self.rows(statement))

    def expect(self, number: str, expected: object, actual: object) -> None:
        if expected != actual:
            raise BrokenPromiseError(number, f"expected {expected}, found {actual}")

    def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement, values).fetchall()


def immutable(event_id: str) -> str:
    """The id of the same event in the format the product asks for."""
    key = read_id(event_id)
    assert key is not None
    return item_id(key.mailbox, folder=key.folder, serial=key.serial, day=key.day, immutable=True)


def immutable_events(simulator: Simulator, address: str) -> list[dict[str, Any]]:
    """Every event of a mailbox's default calendar, as Graph would show it."""
    mailbox = simulator.person(address).mailbox
    calendar = mailbox.calendars[mailbox.default_calendar]
    shelf = Shelf(mailbox, calendar.serial)
    return [event_json(shelf, event, Wishes(immutable=True)) for event in calendar.events.values()]


def _here(link: dict[str, Any]) -> dict[str, Any] | None:
    """Our side in the words of the history; None where nothing lives."""
    if link["booking_id"] is None or link["booking_state"] in _OVER:
        return None
    zone = ZoneInfo(link["zone"])
    times = [link["wall_start"], link["wall_end"]]
    if not link["all_day"]:
        times = [time.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None) for time in times]
    return {
        "title": link["title"].strip(),
        "show_as": link["show_as"],
        "all_day": link["all_day"],
        "when": _times(times),
    }


def _told(event: dict[str, Any]) -> dict[str, Any]:
    """The event in the same words. Graph tells UTC here; an all-day event tells its dates."""
    times = [datetime.fromisoformat(event[name]["dateTime"][:19]) for name in ("start", "end")]
    return {
        "title": event["subject"].strip(),
        "show_as": event["showAs"],
        "all_day": event["isAllDay"],
        "when": _times(times),
    }


def _times(times: list[datetime]) -> tuple[str, ...]:
    return tuple(time.isoformat() for time in times)
