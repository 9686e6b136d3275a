"""Paths and bodies in the words of these tests: Ada's calendar, the Aquarium's, series of both."""

from tests.sim365.core.harbour import an_event

ADA = "/users/ada@harbour.test"
BEN = "/users/ben@harbour.test"
ROOM = "/users/aquarium@harbour.test"
WEEK = "startDateTime=2026-03-02T00:00:00Z&endDateTime=2026-03-09T00:00:00Z"
FRIDAY = {"type": "weekly", "interval": 1, "daysOfWeek": ["friday"]}


def times(number):
    return {"type": "numbered", "numberOfOccurrences": number}


def recurring(pattern=None, range_=None, start="2026-03-02"):
    return {
        "pattern": pattern or {"type": "daily", "interval": 1},
        "range": {"startDate": start, **(range_ or times(3))},
    }


def a_series(graph, *, owner=ADA, **more):
    return graph.post(f"{owner}/events", an_event(recurrence=recurring()) | more)


def on(graph, day, *, owner=ADA, **headers):
    """What the calendar shows on one day: exactly one event."""
    path = f"{owner}/calendarView?startDateTime={day}T00:00:00&endDateTime={day}T23:59:00"
    [found] = graph.get(path, **headers)["value"]
    return found


def at(text, zone="UTC"):
    return {"dateTime": text, "timeZone": zone}


def invited(*addresses):
    return [{"emailAddress": {"address": address}, "type": "required"} for address in addresses]


def copy_in(graph, mailbox, event):
    """The copy of a meeting that lies in another mailbox."""
    [found] = graph.get(f"{mailbox}/events?$filter=iCalUId eq '{event['iCalUId']}'")["value"]
    return found
