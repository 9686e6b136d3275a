"""Whatever a client sends about events, it gets Graph's own answer: the simulator never fails."""

import json
import string
from datetime import datetime

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim365.calendars.fields import IMPORTANCE, PROVIDERS, SENSITIVITY, SHOW_AS
from sim365.calendars.patterns import DAYS, INDEXES, KINDS, RANGES
from sim365.simulator import Simulator
from sim365.state import Principal
from sim365.transport import SimTransport
from tests.sim365.core.harbour import APP, PERMISSIONS, START, TENANT, Graph, KnownTokens, a_company, an_event
from tests.sim365.events.words import ADA

ANSWERS = {200, 201, 202, 204, 400, 404, 405, 409, 413, 500, 501}
MODESTLY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

odd = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20),
    st.just([]), st.just({}), st.just("9" * 5000), st.just(2**70), st.just("2026-02-30"), st.just("Mars/Olympus"),
)  # fmt: skip
zones = st.sampled_from(["UTC", "Europe/Sofia", "Samoa Standard Time", "Etc/GMT+12", ""])
texts = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.isoformat()),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.sampled_from(["2026-03-29T03:30:00", "1601-01-01", "4500-12-31T23:59:59Z", "2026-03-02T09:00:00+14:00"]),
)
moments = st.fixed_dictionaries({"dateTime": texts}, optional={"timeZone": zones})
dates = st.one_of(st.just("2026-03-02"), st.just("2026-03-02"), st.dates().map(str))
patterns = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS), "interval": st.one_of(st.just(1), st.integers(0, 1000))},
    optional={
        "daysOfWeek": st.lists(st.sampled_from(DAYS), max_size=7),
        "dayOfMonth": st.integers(0, 32),
        "month": st.integers(0, 13),
        "firstDayOfWeek": st.sampled_from(DAYS),
        "index": st.sampled_from(list(INDEXES)),
    },
)
ranges = st.fixed_dictionaries(
    {"type": st.sampled_from(RANGES), "startDate": dates},
    optional={"endDate": dates, "numberOfOccurrences": st.integers(0, 1000), "recurrenceTimeZone": zones},
)
sensible = {
    "subject": st.text(max_size=99),
    "body": st.fixed_dictionaries({"contentType": st.sampled_from(["text", "html"]), "content": st.text(max_size=50)}),
    "start": moments,
    "end": moments,
    "isAllDay": st.booleans(),
    "importance": st.sampled_from(IMPORTANCE),
    "sensitivity": st.sampled_from(SENSITIVITY),
    "showAs": st.sampled_from(SHOW_AS),
    "categories": st.lists(st.text(max_size=5), max_size=3),
    "reminderMinutesBeforeStart": st.integers(-5, 10**6),
    "location": st.fixed_dictionaries({"displayName": st.text(max_size=9)}),
    "locations": st.lists(st.fixed_dictionaries({"displayName": st.text(max_size=9)}), max_size=3),
    "attendees": st.lists(
        st.sampled_from([{"emailAddress": {"address": f"{name}@harbour.test"}} for name in ("ben", "aquarium", "x")]),
        max_size=3,
    ),
    "isOnlineMeeting": st.booleans(),
    "onlineMeetingProvider": st.sampled_from(PROVIDERS),
    "recurrence": st.fixed_dictionaries({"pattern": patterns, "range": ranges}),
    "transactionId": st.sampled_from(["a", "b"]),
    "extensions": st.lists(st.dictionaries(st.sampled_from(["extensionName", "id", "k"]), odd, max_size=3), max_size=2),
    "attachments": st.lists(st.dictionaries(st.sampled_from(["@odata.type", "name", "item"]), odd), max_size=2),
    "singleValueExtendedProperties": st.lists(
        st.dictionaries(st.sampled_from(["id", "value"]), odd, max_size=2), max_size=2
    ),
}
pairs = st.sampled_from(list(sensible)).flatmap(
    lambda name: st.tuples(st.just(name), st.one_of(*[sensible[name]] * 6, odd))
)
bodies = st.lists(pairs, min_size=1, max_size=3).map(dict)


def a_graph():
    known = KnownTokens()
    known.issue("good", Principal(TENANT, APP, frozenset(PERMISSIONS), "sp-1"))
    sim = Simulator(a_company(), seed=5, start=START, identity=known)
    client = httpx.Client(transport=SimTransport(sim))
    return Graph(client, sim, {"Authorization": "Bearer good"})


def look_around(graph):
    """Every read of Ada's calendar works, whatever was stored."""
    for path in ("events?$top=1000", "calendarView?startDateTime=2026-01-01&endDateTime=2027-01-01&$top=1000"):
        assert graph("GET", f"{ADA}/{path}").status_code == 200
    graph.sim.settle()
    assert graph.sim.bugs == []


@MODESTLY
@given(bodies, bodies)
def test_no_body_of_an_event_breaks_anything(first, second):
    graph = a_graph()
    made = graph("POST", f"{ADA}/events", an_event() | first)
    assert made.status_code in ANSWERS
    if made.status_code == 201:
        assert graph("PATCH", f"{ADA}/events/{made.json()['id']}", second).status_code in ANSWERS
    look_around(graph)


@MODESTLY
@given(
    st.sampled_from(["accept", "decline", "cancel", "forward", "snoozeReminder", "extensions", "attachments"]),
    st.dictionaries(
        st.sampled_from(
            ["comment", "sendResponse", "proposedNewTime", "toRecipients", "newReminderTime", "@odata.type", "name",
             "extensionName", "contentBytes", "item"]
        ),
        st.one_of(odd, moments, st.fixed_dictionaries({"start": moments, "end": moments}), st.lists(odd, max_size=2)),
    ),
)  # fmt: skip
def test_no_parameter_of_an_action_breaks_anything(action, body):
    graph = a_graph()
    event = graph.post(f"{ADA}/events", an_event(attendees=[{"emailAddress": {"address": "ben@harbour.test"}}]))

    assert graph("POST", f"{ADA}/events/{event['id']}/{action}", body).status_code in ANSWERS
    look_around(graph)


@MODESTLY
@given(
    st.sampled_from(["events", "calendarView", "events/x", "events/{id}/instances", "events/{id}/attachments"]),
    st.dictionaries(
        st.sampled_from(["$filter", "$select", "$expand", "$orderby", "$top", "$skip", "startDateTime", "endDateTime"]),
        st.one_of(
            st.text(string.printable, max_size=30),
            st.sampled_from(
                ["id eq 'x'", "extensions($filter=id eq 'x')", "start/dateTime ge '2026-03-02'", "subject,body", "5"]
            ),
            texts,
        ),
    ),
    st.text(string.ascii_letters + string.digits + '"=;,.- ', max_size=30),
)
def test_no_question_breaks_anything(path, options, prefer):
    graph = a_graph()
    event = graph.post(f"{ADA}/events", an_event())
    url = f"https://graph.microsoft.com/v1.0{ADA}/{path.replace('{id}', event['id'])}"
    answer = graph.client.get(url, params=options, headers=graph.headers | {"Prefer": prefer})

    assert answer.status_code in ANSWERS
    assert json.loads(answer.content)
    assert graph.sim.bugs == []
