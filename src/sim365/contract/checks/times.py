"""Time zones, all-day events and windows (FACTS 0.1, 3.7, 3.12)."""

from __future__ import annotations

from datetime import date, timedelta

from sim365.contract.findings import Finding, Shows, check
from sim365.contract.ground import Ground, times
from sim365.contract.marks import query, user
from sim365.contract.wire import Reply

WINDOWS, IANA = "Tokyo Standard Time", "Asia/Tokyo"
"""A zone without summer time: nine hours ahead of UTC all year."""


@check(
    "Times are given in UTC where Prefer names no zone.", section="0.1", keys=("times-in-utc",), requests=2, creates=1
)
def times_are_utc(ground: Ground) -> Finding:
    day = ground.day()
    event = ground.make(ground.host, "Tokyo", times(day, "10:00", "11:00", zone=WINDOWS))
    shown = ground.read(event).body["start"]
    return Finding(shown == {"dateTime": f"{day}T01:00:00.0000000", "timeZone": "UTC"}, f"10:00 in Tokyo reads {shown}")


@check(
    "Prefer: outlook.timezone gives times in that zone under the name it was called by.",
    section="0.1",
    keys=("times-in-utc",),
    requests=2,
    creates=1,
)
def times_as_preferred(ground: Ground) -> Finding:
    day = ground.day()
    event = ground.make(ground.host, "Preferred", times(day, "01:00", "02:00"))
    reply = ground.read(event, prefer=f'outlook.timezone="{WINDOWS}"')
    shown, applied = reply.body["start"], "outlook.timezone" in reply.headers.get("preference-applied", "")
    holds = shown == {"dateTime": f"{day}T10:00:00.0000000", "timeZone": WINDOWS} and applied
    return Finding(holds, f"01:00 UTC reads {shown}, Preference-Applied {applied}")


@check(
    "IANA names are taken for zones, in events and in Prefer.",
    section="3.12",
    keys=("zones-by-both-names",),
    requests=2,
    creates=1,
)
def zones_by_iana_names(ground: Ground) -> Finding:
    day = ground.day()
    event = ground.make(ground.host, "IANA", times(day, "10:00", "11:00", zone=IANA))
    shown = ground.read(event, prefer=f'outlook.timezone="{IANA}"').body["start"]
    return Finding(shown == {"dateTime": f"{day}T10:00:00.0000000", "timeZone": IANA}, f"10:00 reads {shown}")


@check("originalStartTimeZone is the zone that was sent.", section="3.2", keys=("zone-as-sent",), requests=1, creates=1)
def zones_are_remembered(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Remembered", times(ground.day(), zone=WINDOWS)).json
    return Finding(event["originalStartTimeZone"] == WINDOWS, f"sent {WINDOWS}, kept {event['originalStartTimeZone']}")


@check(
    "A zone that nobody knows is refused with 400 in an event.",
    section="0.2",
    keys=("wrong-bodies-by-code",),
    requests=1,
    creates=1,
)
def unknown_zones_are_refused(ground: Ground) -> Finding:
    reply = ground.try_make(ground.host, "Nowhere", times(ground.day(), zone="Nowhere Standard Time"))
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check(
    "A zone that nobody knows is passed over in Prefer.",
    section="0.1",
    keys=("unknown-preferred-zone",),
    requests=2,
    creates=1,
    switch="unknown_preferred_zone_refused",
)
def unknown_zones_in_prefer(ground: Ground) -> Shows:
    event = ground.make(ground.host, "Preferred from nowhere", times(ground.day()))
    reply = ground.read(event, prefer='outlook.timezone="Nowhere Standard Time"')
    if reply.status == 200:
        return Shows(value=False, saw=f"answered 200 with times in {reply.body['start']['timeZone']}")
    return Shows(bool(reply.code), f"answered {reply}")


@check(
    "A Z inside dateTime names the instant, whatever zone stands beside it.",
    section="3.12",
    keys=("offset-in-datetime",),
    requests=1,
    creates=1,
    switch="offset_in_datetime_counts",
)
def offsets_inside_times(ground: Ground) -> Shows:
    day = ground.day()
    span = {
        name: {"dateTime": f"{day}T{hour}:00:00Z", "timeZone": WINDOWS} for name, hour in (("start", 10), ("end", 11))
    }
    shown = str(ground.make(ground.host, "With a Z", span).json["start"]["dateTime"])
    counts, passed_over = shown.startswith(f"{day}T10:00"), shown.startswith(f"{day}T01:00")
    if counts == passed_over:
        raise ValueError(shown)
    return Shows(counts, f"10:00Z beside Tokyo reads {shown} UTC")


@check(
    "All-day events must begin and end at midnight, else 400.",
    section="3.12",
    keys=("all-day-midnight",),
    requests=1,
    creates=1,
)
def all_day_begins_at_midnight(ground: Ground) -> Finding:
    day = ground.days(2)
    fields = {**times(day, "09:00", "09:00", to=day + timedelta(days=1)), "isAllDay": True}
    reply = ground.try_make(ground.host, "Not at midnight", fields)
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check(
    "An all-day event reads from midnight to midnight in any preferred zone.",
    section="3.12",
    keys=("all-day-midnight",),
    requests=2,
    creates=1,
)
def all_day_in_any_zone(ground: Ground) -> Finding:
    day = ground.days(3)
    event = ground.make(ground.host, "All day", _all_day(day))
    shown = ground.read(event, prefer=f'outlook.timezone="{WINDOWS}"').body
    told = (shown["start"]["dateTime"][:16], shown["end"]["dateTime"][:16])
    return Finding(told == (f"{day}T00:00", f"{day + timedelta(days=1)}T00:00"), f"reads {told[0]} to {told[1]}")


@check(
    "A window shows what overlaps it, also what began before.",
    section="3.7",
    keys=("view-overlap",),
    requests=2,
    creates=1,
)
def views_show_what_overlaps(ground: Ground) -> Finding:
    day = ground.days(2)
    following = day + timedelta(days=1)
    event = ground.make(ground.host, "Over midnight", times(day, "23:00", "01:00", to=following))
    shown = [each.get("id") for each in ground.view(ground.host, following, following).items]
    return Finding(shown == [event.id], f"the following day shows {len(shown)} events")


@check("A window does not show what begins at its end.", section="3.7", keys=("view-overlap",), requests=3, creates=1)
def views_end_before_their_end(ground: Ground) -> Finding:
    day = ground.days(2)
    following = day + timedelta(days=1)
    event = ground.make(ground.host, "At midnight", times(following, "00:00", "01:00"))
    before, after = ground.view(ground.host, day, day), ground.view(ground.host, following, following)
    holds = before.status == 200 and not before.items and [each["id"] for each in after.items] == [event.id]
    return Finding(holds, f"the day before shows {len(before.items)}, its own day {len(after.items)}")


@check("Offsets in a window's bounds are honoured.", section="3.7", keys=("view-bounds",), requests=2, creates=1)
def view_bounds_with_offsets(ground: Ground) -> Finding:
    day = ground.day()
    event = ground.make(ground.host, "Offset", times(day, "09:00", "10:00"))
    reply = _window(ground, f"{day}T18:00:00+09:00", f"{day}T19:00:00+09:00")
    return Finding(
        [each.get("id") for each in reply.items] == [event.id], f"answered {reply} with {len(reply.items)} events"
    )


@check("A window of more than 1825 days is refused with 400.", section="3.7", keys=("view-span-limit",), requests=1)
def views_have_a_limit(ground: Ground) -> Finding:
    first = ground.book.header.first_day
    reply = _window(ground, f"{first}T00:00:00Z", f"{first + timedelta(days=1900)}T00:00:00Z")
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check("A window without bounds is refused with 400.", section="3.7", keys=("view-bounds",), requests=1)
def views_need_bounds(ground: Ground) -> Finding:
    reply = ground.get(f"{user(ground.host)}/calendarView")
    return Finding(reply.status == 400 and bool(reply.code), f"answered {reply}")


@check(
    "$select of createdDateTime on calendarView gives nothing.",
    section="3.2",
    keys=("view-without-stamps",),
    requests=2,
    creates=1,
    switch="view_selects_stamps",
)
def stamps_in_views(ground: Ground) -> Shows:
    day = ground.day()
    ground.make(ground.host, "Stamped", times(day))
    (shown,) = ground.view(ground.host, day, day, _select="subject,createdDateTime").items
    given = "createdDateTime" in shown and "subject" in shown
    return Shows(given, f"createdDateTime was {'given' if given else 'left out'}")


@check(
    "Stamps and times have seven digits after the second.", section="3.2", keys=("seven-digits",), requests=1, creates=1
)
def seven_digits(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Digits", times(ground.day())).json
    told = (event["createdDateTime"], event["start"]["dateTime"])
    digits = [len(each.rstrip("Z").partition(".")[2]) for each in told]
    return Finding(digits == [7, 7] and told[0].endswith("Z"), f"{digits[0]} and {digits[1]} digits")


def _all_day(day: date) -> dict[str, object]:
    return {**times(day, "00:00", "00:00", zone="FLE Standard Time", to=day + timedelta(days=1)), "isAllDay": True}


def _window(ground: Ground, start: str, end: str) -> Reply:
    return ground.get(f"{user(ground.host)}/calendarView{query(startDateTime=start, endDateTime=end)}")
