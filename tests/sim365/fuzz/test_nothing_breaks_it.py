"""Whatever is thrown at sim365, Graph's own errors come back: no failure of its own, and no answer beside the types."""

import json
import urllib.parse

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim365.conformity.schema import Use, schema
from sim365.http.requests import BODY_BYTES_MAX, Request
from sim365.identity import Identity
from sim365.routes import all_routes
from tests.sim365.fuzz.wild import (
    METHODS,
    Sea,
    bodies_of,
    fuzzed,
    headers,
    json_values,
    known_ids,
    odd_texts,
    queries,
    values_of,
)

ADA = "/v1.0/users/ada@harbour.test"
OPERATIONS = sorted({(method, path) for method, path in all_routes().operations()})
PATHS = sorted({path for _, path in OPERATIONS} | {path for path, _ in all_routes().gaps()})


def filled(draw, sea, path):
    """A route's pattern with real ids, now and then with odd ones."""
    names = known_ids(sea)
    parts = []
    for part in path.split("/"):
        if part.startswith("{"):
            odd = draw(st.integers(0, 3)) == 0
            parts.append(draw(odd_texts) if odd or part[1:-1] not in names else names[part[1:-1]])
        else:
            parts.append(part)
    return "/v1.0" + "/".join(parts)


def encoded(pairs):
    return urllib.parse.urlencode(pairs, errors="surrogatepass")


@pytest.mark.parametrize("path", PATHS)
def test_every_method_on_every_path_has_an_answer(path):
    sea = Sea()
    names = known_ids(sea)
    whole = "/v1.0" + "/".join(names.get(part[1:-1], "x") if part.startswith("{") else part for part in path.split("/"))

    for method in METHODS:
        for body in (b"", b"{}"):
            answer = sea.answered(sea.throw(method, whole, body=body))
            assert answer.status != 500, (method, path, answer.body)


@fuzzed
@given(data=st.data())
def test_odd_options_headers_and_bodies_on_any_operation(data):
    sea = Sea()
    method, path = data.draw(st.sampled_from(OPERATIONS))
    body = data.draw(st.one_of(json_values.map(lambda value: json.dumps(value).encode()), st.binary(max_size=60)))

    for _ in range(3):
        sea.answered(
            sea.throw(
                method,
                filled(data.draw, sea, path),
                query=encoded(data.draw(queries)),
                headers=data.draw(headers),
                body=body,
                token=data.draw(st.sampled_from(["Bearer good", "Bearer ada"])),
            )
        )


@fuzzed
@given(
    pairs=queries, sent=headers, where=st.sampled_from(["events", "calendarView", "calendarView/delta", "calendars"])
)
def test_odd_options_on_lists(pairs, sent, where):
    sea = Sea()
    window = {"startDateTime": "2026-03-01T00:00:00Z", "endDateTime": "2026-04-01T00:00:00Z"}

    sea.answered(sea.throw("GET", f"{ADA}/{where}", query=encoded([*window.items(), *pairs]), headers=sent))


@fuzzed
@given(body=bodies_of("event"))
def test_an_event_of_any_shape(body):
    sea = Sea()
    start = {"dateTime": "2026-03-05T09:00:00", "timeZone": "UTC"}
    end = {"dateTime": "2026-03-05T10:00:00", "timeZone": "UTC"}

    for whole in (body, {"start": start, "end": end, **body}):
        made = sea.answered(sea.throw("POST", f"{ADA}/events", body=json.dumps(whole).encode()))
        if made.status == 201:
            sea.answered(sea.throw("GET", f"{ADA}/events/{made.body['id']}"))
    for item in (sea.event, sea.series):
        sea.answered(sea.throw("PATCH", f"{ADA}/events/{item}", body=json.dumps(body).encode()))
        sea.answered(sea.throw("GET", f"{ADA}/events/{item}"))
    sea.sim.settle()
    window = "startDateTime=2026-03-01T00:00:00Z&endDateTime=2027-01-01T00:00:00Z"
    for who in ("ada", "aquarium"):
        sea.answered(sea.throw("GET", f"/v1.0/users/{who}@harbour.test/calendarView", query=window))
        sea.answered(sea.throw("GET", f"/v1.0/users/{who}@harbour.test/calendarView/delta", query=window))


@pytest.mark.parametrize("name", ["attendees", "body", "location", "recurrence", "start"])
def test_one_property_of_an_event_at_a_time(name):
    use = schema().properties("event")[name]

    @fuzzed
    @given(value=values_of(Use(use.type, is_many=use.is_many)))
    def holds(value):
        sea = Sea()
        for item in (sea.event, sea.series):
            sea.answered(sea.throw("PATCH", f"{ADA}/events/{item}", body=json.dumps({name: value}).encode()))
            sea.answered(sea.throw("GET", f"{ADA}/events/{item}"))

    holds()


WRITES = [
    ("POST", "calendars", "calendar"),
    ("PATCH", "calendar", "calendar"),
    ("PATCH", "mailboxSettings", "mailboxSettings"),
    ("POST", "calendarGroups", "calendarGroup"),
    ("POST", "calendar/calendarPermissions", "calendarPermission"),
    ("POST", "outlook/masterCategories", "outlookCategory"),
    ("PATCH", "", "user"),
    ("POST", "events/{event}/attachments", "fileAttachment"),
    ("POST", "events/{event}/attachments", "itemAttachment"),
    ("POST", "events/{event}/extensions", "openTypeExtension"),
]


@pytest.mark.parametrize(("method", "path", "name"), WRITES)
def test_other_resources_of_any_shape(method, path, name):
    @fuzzed
    @given(body=bodies_of(name))
    def holds(body):
        sea = Sea()
        whole = f"{ADA}/{path}".replace("{event}", sea.event).rstrip("/")
        typed = {"@odata.type": f"#microsoft.graph.{name}"} if name.endswith(("Attachment", "Extension")) else {}
        for sent in (body, {**body, **typed}):
            sea.answered(sea.throw(method, whole, body=json.dumps(sent).encode()))
        sea.answered(sea.throw("GET", whole))

    holds()


@fuzzed
@given(body=bodies_of("subscription"), place=bodies_of("room"))
def test_subscriptions_and_places_of_any_shape(body, place):
    sea = Sea()

    sea.answered(sea.throw("POST", "/v1.0/subscriptions", body=json.dumps(body).encode()))
    sea.answered(sea.throw("PATCH", "/v1.0/places/aquarium@harbour.test", body=json.dumps(place).encode()))
    sea.answered(sea.throw("GET", "/v1.0/places/aquarium@harbour.test"))


ACTIONS = [
    "accept", "decline", "tentativelyAccept", "cancel", "forward", "snoozeReminder", "dismissReminder", "permanentDelete",
]  # fmt: skip


@fuzzed
@given(
    action=st.sampled_from(ACTIONS),
    body=st.fixed_dictionaries(
        {},
        optional={
            "comment": json_values,
            "sendResponse": json_values,
            "proposedNewTime": values_of(Use("timeSlot")),
            "toRecipients": values_of(Use("recipient", is_many=True)),
            "newReminderTime": values_of(Use("dateTimeTimeZone")),
        },
    ),
)
def test_actions_with_any_parameters(action, body):
    sea = Sea()

    for item in (sea.event, sea.series):
        sea.answered(sea.throw("POST", f"{ADA}/events/{item}/{action}", body=json.dumps(body).encode()))


@fuzzed
@given(
    body=st.fixed_dictionaries(
        {},
        optional={
            "schedules": values_of(Use("String", is_many=True)),
            "startTime": values_of(Use("dateTimeTimeZone")),
            "endTime": values_of(Use("dateTimeTimeZone")),
            "availabilityViewInterval": json_values,
            "attendees": values_of(Use("attendeeBase", is_many=True)),
            "locationConstraint": values_of(Use("locationConstraint")),
            "timeConstraint": values_of(Use("timeConstraint")),
            "meetingDuration": values_of(Use("Duration")),
            "maxCandidates": json_values,
            "inputIds": json_values,
            "sourceIdType": json_values,
            "targetIdType": json_values,
        },
    )
)
def test_questions_with_any_parameters(body):
    sea = Sea()

    for path in ("calendar/getSchedule", "findMeetingTimes", "translateExchangeIds", "getMailTips"):
        sea.answered(sea.throw("POST", f"{ADA}/{path}", body=json.dumps(body).encode(), token="Bearer ada"))


@fuzzed
@given(items=st.lists(bodies_of("batchResponseItem") | json_values, max_size=4), data=st.data())
def test_batches_of_anything(items, data):
    sea = Sea()
    good = {"id": "1", "method": "GET", "url": "/users/ada@harbour.test/events"}
    odd = {"id": data.draw(odd_texts), "method": data.draw(odd_texts), "url": data.draw(odd_texts)}

    for requests in (items, [good, odd], [good, {**good, "id": "2", "dependsOn": data.draw(json_values)}]):
        sea.answered(sea.throw("POST", "/v1.0/$batch", body=json.dumps({"requests": requests}).encode()))


DEEP = 100_000
BODIES = {
    "nothing": b"",
    "a list": b"[]",
    "cut short": b'{"subject": "Ti',
    "not UTF-8": b'{"subject": "\xff\xfe"}',
    "half a surrogate": b'{"subject": "\\ud800"}',
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep in a property": b'{"body":' + b'{"content":' * DEEP + b"1" + b"}" * DEEP + b"}",
    "a huge number": b'{"reminderMinutesBeforeStart": 1' + b"0" * 5000 + b"}",
    "an endless fraction": b'{"reminderMinutesBeforeStart": 1e999999}',
    "the same name twice": b'{"subject": "a", "subject": {"b": 1}}',
    "too large": b'{"subject": "' + b"a" * BODY_BYTES_MAX + b'"}',
    "a NUL": b"\x00",
    "not a number": b'{"reminderMinutesBeforeStart": NaN}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{ADA}/events"),
        ("PATCH", f"{ADA}/calendar"),
        ("POST", f"{ADA}/calendar/getSchedule"),
        ("POST", "/v1.0/subscriptions"),
        ("POST", "/v1.0/$batch"),
    ],
)
def test_a_malformed_body_is_refused_as_such(method, path, body):
    sea = Sea()

    answer = sea.answered(sea.throw(method, path, body=body))

    assert answer.status in {200, 400, 413}, answer.body
    assert answer.status != 413 or len(body) > BODY_BYTES_MAX


@fuzzed
@example(path="/v1.0/users('ada@harbour.test')/events('x')")
@example(path="/v1.0//users///ada@harbour.test//events")
@example(path="/v1.0/users/" + "a/" * 2000)
@given(path=st.one_of(odd_texts, st.lists(odd_texts, max_size=6).map(lambda parts: "/v1.0/" + "/".join(parts))))
def test_odd_paths(path):
    sea = Sea()

    for method in ("GET", "POST", "DELETE"):
        answer = sea.answered(sea.throw(method, path, body=b"{}"))
        assert answer.status >= 400 or method == "GET"


@fuzzed
@given(token=st.one_of(st.none(), odd_texts, odd_texts.map(lambda text: f"Bearer {text}")), data=st.data())
def test_bad_tokens_are_refused_with_401(token, data):
    sea = Sea()
    identity = Identity(sea.sim)
    sea.sim.attach_identity(identity)
    given_up = {} if token is None else {"authorization": token}

    outcome = sea.sim.exchange(_request(given_up, data))

    answer = sea.answered(outcome)
    assert answer.status == 401
    assert answer.body["error"]["code"] == "InvalidAuthenticationToken"
    assert "WWW-Authenticate" in answer.headers


def _request(given_up, data):
    path = data.draw(st.sampled_from([f"{ADA}/events", "/v1.0/users", "/v1.0/$batch"]))
    return Request("GET", path, headers=given_up)
