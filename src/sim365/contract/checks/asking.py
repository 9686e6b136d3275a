"""Questions that need at most an event or two: errors, batches, free and busy, places, people (FACTS 0 to 2, 6, 7)."""

from __future__ import annotations

from datetime import date, timedelta

from sim365.contract.findings import Finding, Need, Shows, check
from sim365.contract.ground import Ground, times
from sim365.contract.marks import query, user
from sim365.contract.wire import Json, Reply, inside

ROOM = (Need.ROOM,)


@check(
    "An error is an envelope with code, message and innerError, which holds date and request-id.",
    section="0",
    keys=("error-envelope",),
    requests=1,
)
def errors_have_an_envelope(ground: Ground) -> Finding:
    reply = ground.get(f"{user(ground.host)}/events/sim365")
    parts = (("code",), ("message",), ("innerError", "date"), ("innerError", "request-id"))
    missing = ["/".join(path) for path in parts if not inside(reply.body, "error", *path)]
    return Finding(reply.status >= 400 and not missing, f"missing: {missing}")


@check("Answers carry request-id and echo client-request-id.", section="0", keys=("request-ids",), requests=1)
def requests_have_ids(ground: Ground) -> Finding:
    mark = "5ca1ab1e-0365-4a11-8d0c-c0ffee000365"
    headers = ground.get(f"{user(ground.host)}/calendar", headers={"client-request-id": mark}).headers
    told = (bool(headers.get("request-id")), headers.get("client-request-id"))
    return Finding(
        told == (True, mark), f"request-id {told[0]}, client-request-id {'echoed' if told[1] == mark else told[1]}"
    )


@check(
    "A token that is none is answered 401 InvalidAuthenticationToken.",
    section="0.2",
    keys=("token-refused",),
    requests=1,
)
def tokens_are_checked(ground: Ground) -> Finding:
    reply = ground.get(f"{user(ground.host)}/calendar", headers={"Authorization": "Bearer sim365"})
    return Finding((reply.status, reply.code) == (401, "InvalidAuthenticationToken"), f"answered {reply}")


@check("An address that nobody has is answered 404.", section="0.2", keys=("nobody-not-found",), requests=1)
def nobody_is_not_found(ground: Ground) -> Finding:
    reply = ground.get(f"{user(ground.cast.absent)}/calendar")
    return Finding(reply.status == 404 and bool(reply.code), f"answered {reply}")


@check("/me means nothing to an application's token.", section="0", keys=("no-me-for-applications",), requests=1)
def applications_have_no_me(ground: Ground) -> Finding:
    reply = ground.get("/me/calendar")
    return Finding(400 <= reply.status < 500 and bool(reply.code), f"answered {reply}")


@check(
    "$select of a property that events do not have is refused with 400.",
    section="0.2",
    keys=("query-refused",),
    requests=1,
)
def unknown_properties_are_not_selected(ground: Ground) -> Finding:
    reply = ground.get(f"{user(ground.host)}/events{query(_select='sim365')}")
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check("A filter that cannot be read is refused with 400.", section="0.2", keys=("query-refused",), requests=1)
def filters_are_read(ground: Ground) -> Finding:
    reply = ground.find(ground.host, "subject eq eq")
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check("$count=true adds @odata.count.", section="0", keys=("lists-counted",), requests=1)
def lists_are_counted(ground: Ground) -> Finding:
    reply = ground.get(f"{user(ground.host)}/events{query(_count='true')}")
    return Finding(isinstance(reply.body.get("@odata.count"), int), f"answered {reply}")


@check("A batch is answered 200 although one of its items failed.", section="7", keys=("batch-items",), requests=2)
def batches_succeed_around_failures(ground: Ground) -> Finding:
    good, bad = _item("1", ground, "calendar"), _item("2", ground, "events/sim365")
    reply = ground.batch([good, bad])
    told = {str(each["id"]): each["status"] for each in reply.body["responses"]}
    return Finding(reply.status == 200 and told == {"1": 200, "2": 400}, f"answered {reply} with {told}")


@check("An item whose dependency failed is answered 424.", section="7", keys=("batch-depends",), requests=2)
def dependencies_fail_together(ground: Ground) -> Finding:
    bad, good = _item("1", ground, "events/sim365"), {**_item("2", ground, "calendar"), "dependsOn": ["1"]}
    told = {str(each["id"]): each["status"] for each in ground.batch([bad, good]).body["responses"]}
    return Finding(told == {"1": 400, "2": 424}, f"answered {told}")


@check("A batch of more than twenty is refused with 400.", section="7", keys=("batch-items",), requests=21)
def batches_have_a_limit(ground: Ground) -> Finding:
    reply = ground.batch([_item(str(number), ground, "calendar") for number in range(21)])
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check(
    "Eight independent reads of one mailbox in a batch are all answered.",
    section="7",
    keys=("batch-surplus",),
    requests=8,
    switch="batch_surplus_throttled",
)
def batches_beyond_four(ground: Ground) -> Shows:
    reply = ground.batch([_item(str(number), ground, "calendar") for number in range(8)])
    statuses = [each["status"] for each in reply.body["responses"]]
    if set(statuses) - {200, 429} or 200 not in statuses:
        raise ValueError(statuses)
    return Shows(429 in statuses, f"{statuses.count(200)} answered, {statuses.count(429)} throttled")


@check(
    "getSchedule shows a busy half hour as 2 and a free one as 0.",
    section="6",
    keys=("schedule-view-digits",),
    requests=2,
    creates=1,
)
def schedules_have_digits(ground: Ground) -> Finding:
    day = ground.day()
    ground.make(ground.host, "Busy", times(day, "09:00", "09:30"))
    ground.wait(20)
    (told,) = _schedule(ground, day, ground.host).items
    return Finding(told["availabilityView"] == "20", f"from 9 to 10 the view is {told['availabilityView']!r}")


@check(
    "getSchedule shows tentative as 1 and out of office as 3.",
    section="6",
    keys=("schedule-view-digits",),
    requests=3,
    creates=2,
)
def schedules_have_more_digits(ground: Ground) -> Finding:
    day = ground.day()
    ground.make(ground.host, "Maybe", {**times(day, "09:00", "09:30"), "showAs": "tentative"})
    ground.make(ground.host, "Away", {**times(day, "09:30", "10:00"), "showAs": "oof"})
    ground.wait(20)
    (told,) = _schedule(ground, day, ground.host).items
    return Finding(told["availabilityView"] == "13", f"from 9 to 10 the view is {told['availabilityView']!r}")


@check(
    "getSchedule answers 200 for an address that nobody has, with error 5009 in its entry.",
    section="6",
    keys=("schedule-error-per-entry",),
    requests=1,
)
def schedules_of_nobody(ground: Ground) -> Finding:
    reply = _schedule(ground, ground.day(), ground.cast.absent)
    code = inside(reply.items[0], "error", "responseCode")
    return Finding(reply.status == 200 and code == "5009", f"answered {reply}, {code}")


@check(
    "getSchedule refuses an interval of less than five minutes.",
    section="6",
    keys=("schedule-interval-limits",),
    requests=1,
)
def schedules_have_a_least_interval(ground: Ground) -> Finding:
    reply = _schedule(ground, ground.day(), ground.host, interval=4)
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check(
    "getSchedule refuses more than a hundred addresses: ErrorMailboxDataArrayTooBig.",
    section="6",
    keys=("schedule-hundred-addresses",),
    requests=1,
)
def schedules_have_a_limit(ground: Ground) -> Finding:
    name, _, domain = ground.cast.absent.partition("@")
    many = [f"{name}{number}@{domain}" for number in range(101)]
    reply = _schedule(ground, ground.day(), *many)
    return Finding(reply.status == 400 and reply.code == "ErrorMailboxDataArrayTooBig", f"answered {reply}")


@check(
    "getSchedule refuses a window of fifty days.",
    section="6",
    keys=("schedule-window-limit",),
    requests=1,
    switch="schedule_window_classic",
)
def schedules_of_fifty_days(ground: Ground) -> Shows:
    reply = _schedule(ground, ground.day(), ground.host, days=50)
    if reply.status != 200 and not reply.code:
        raise ValueError(reply.status)
    if reply.status == 200:
        _view = reply.items[0]["availabilityView"]
    return Shows(reply.status == 200, f"answered {reply}")


@check("findMeetingTimes is not for applications.", section="1.9", keys=("meeting-times-for-people",), requests=1)
def meeting_times_are_for_people(ground: Ground) -> Finding:
    reply = ground.ask(f"{user(ground.host)}/findMeetingTimes", {})
    return Finding(reply.status in {401, 403} and bool(reply.code), f"answered {reply}")


@check(
    "Rooms are listed with placeId, capacity and address.",
    section="2.1",
    keys=("room-as-place",),
    requests=1,
    needs=ROOM,
)
def rooms_are_places(ground: Ground) -> Finding:
    reply = ground.get(f"/places/microsoft.graph.room{query(_top=100)}")
    missing = sorted(
        {"id", "placeId", "displayName", "emailAddress", "capacity", "bookingType"} - reply.items[0].keys()
    )
    return Finding(reply.status == 200 and not missing, f"{len(reply.items)} rooms, missing {missing}")


@check("/places without a type is refused.", section="2.1", keys=("places-by-type",), requests=1)
def places_have_a_type(ground: Ground) -> Finding:
    reply = ground.get("/places")
    return Finding(400 <= reply.status < 500 and bool(reply.code), f"answered {reply}")


@check(
    "mailboxSettings tells a room from a person by userPurpose.",
    section="2.2",
    keys=("purpose-tells-equipment",),
    requests=2,
    needs=ROOM,
)
def purposes_are_told(ground: Ground) -> Finding:
    told = [ground.get(f"{user(name)}/mailboxSettings").body["userPurpose"] for name in (ground.host, ground.room)]
    return Finding(told == ["user", "room"], f"the person is {told[0]}, the room is {told[1]}")


@check(
    "calendarPermissions lists everybody in the organisation.",
    section="3.1",
    keys=("organization-permission",),
    requests=1,
)
def organisations_have_permissions(ground: Ground) -> Finding:
    listed = ground.get(f"{user(ground.host)}/calendar/calendarPermissions")
    names = [inside(each, "emailAddress", "name") for each in listed.items]
    return Finding("My Organization" in names, f"answered {listed} with {len(names)} entries")


@check(
    "A person's first calendar tallies answers and cannot be removed.",
    section="3.1",
    keys=("default-calendar-stays",),
    requests=1,
)
def first_calendars_tally(ground: Ground) -> Finding:
    shown = ground.get(f"{user(ground.host)}/calendar").body
    told = (shown["isTallyingResponses"], shown["isRemovable"], shown["isDefaultCalendar"])
    return Finding(told == (True, False, True), f"tallying {told[0]}, removable {told[1]}, default {told[2]}")


def _item(name: str, ground: Ground, path: str) -> Json:
    return {"id": name, "method": "GET", "url": f"{user(ground.host)}/{path}"}


def _schedule(ground: Ground, day: date, *addresses: str, interval: int = 30, days: int = 0) -> Reply:
    span = times(day, "09:00", "10:00", to=day + timedelta(days=days))
    body = {
        "schedules": list(addresses),
        "startTime": span["start"],
        "endTime": span["end"],
        "availabilityViewInterval": interval,
    }
    return ground.ask(f"{user(ground.host)}/calendar/getSchedule", body)
