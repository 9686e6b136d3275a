"""The parts of the pages that need no browser: bars across days, repeat fields, colours, free/busy, the operator."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from sim365.pages.addresses import place_in
from sim365.pages.bars import bars_of, month_days, weeks_of
from sim365.pages.colours import Palette
from sim365.pages.entries import Entry, entry_of
from sim365.pages.repeats import is_same, recurrence_in, repeat_in, repeat_of, usual_for
from sim365.pages.switch_words import words_of_switch
from sim365.state import Category
from sim365.switches import Switches
from tests.sim365_outer.test_pages import ADA, AQUARIUM, START, Visitor, booked, form

BEN = "ben@quay.example"
MARCH = date(2026, 3, 4)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def entry(title: str, first: int, last: int, *, hour: int | None = None) -> Entry:
    """An all-day entry of March, or one of an hour."""
    start = datetime(2026, 3, first, hour or 0, tzinfo=UTC)
    end = start + timedelta(hours=1) if hour is not None else datetime(2026, 3, last, tzinfo=UTC) + timedelta(days=1)
    event = {
        "id": title, "subject": title, "isAllDay": hour is None, "showAs": "busy", "sensitivity": "normal",
        "start": {"dateTime": start.isoformat()}, "end": {"dateTime": end.isoformat()}, "categories": [],
        "isOrganizer": True, "isCancelled": False, "type": "singleInstance", "isOnlineMeeting": False,
        "hasAttachments": False, "organizer": {"emailAddress": {"name": "Ada"}}, "responseStatus": {"response": "none"},
    }  # fmt: skip
    return entry_of(event, UTC, palette=Palette({}), calendar="", colour="auto")


def week(first: int = 2) -> list[date]:
    return [date(2026, 3, first) + timedelta(days=offset) for offset in range(7)]


def test_bars_share_lines_where_they_do_not_meet():
    bars = bars_of([entry("Trade fair", 2, 3), entry("Holiday", 4, 5), entry("Painting", 3, 4)], week())

    assert {bar.entry.title: (bar.first, bar.last, bar.line) for bar in bars} == {
        "Trade fair": (0, 1, 0),
        "Painting": (1, 2, 1),
        "Holiday": (2, 3, 0),
    }


def test_a_bar_says_that_it_goes_on_beyond_the_week():
    (bar,) = bars_of([entry("Regatta", 1, 20)], week())

    assert (bar.first, bar.last, bar.begins_before, bar.ends_after) == (0, 6, True, True)


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 9)), max_size=12))
@settings(max_examples=60, deadline=None)
def test_no_two_bars_lie_on_each_other(spans: list[tuple[int, int]]) -> None:
    bars = bars_of([entry(f"Entry {at}", first, first + more) for at, (first, more) in enumerate(spans)], week())

    taken = [(bar.line, column) for bar in bars for column in range(bar.first, bar.last + 1)]
    assert len(taken) == len(set(taken))


def test_a_month_is_whole_weeks_and_counts_what_has_no_room():
    days = month_days(MARCH)
    assert (days[0], days[-1], len(days)) == (date(2026, 2, 23), date(2026, 4, 5), 42)

    weeks = weeks_of([entry(f"Slot {hour}", 4, 4, hour=hour) for hour in range(8, 14)], days, month=MARCH, today=MARCH)

    wednesday = weeks[1].cells[2]
    assert (wednesday.date, wednesday.is_today, wednesday.entries, wednesday.more) == (MARCH, True, 6, 3)
    assert [bar.entry.title for bar in weeks[1].bars] == ["Slot 8", "Slot 9", "Slot 10"]


def test_a_day_that_is_just_full_shows_everything():
    weeks = weeks_of([entry(f"Slot {hour}", 4, 4, hour=hour) for hour in range(4)], week(), month=MARCH, today=MARCH)

    assert (weeks[0].cells[2].more, len(weeks[0].bars)) == (0, 4)


PATTERNS: list[dict[str, Any]] = [
    {"type": "daily", "interval": 3},
    {"type": "weekly", "interval": 2, "daysOfWeek": ["monday", "wednesday"], "firstDayOfWeek": "monday"},
    {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31},
    {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["friday"], "index": "last"},
    {"type": "relativeMonthly", "interval": 1, "index": "first",
     "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"]},
    {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 4, "month": 3},
    {"type": "relativeYearly", "interval": 1, "daysOfWeek": ["sunday"], "index": "second", "month": 5},
]  # fmt: skip
RANGES: list[dict[str, Any]] = [
    {"type": "noEnd", "startDate": "2026-03-04"},
    {"type": "endDate", "startDate": "2026-03-04", "endDate": "2026-12-31"},
    {"type": "numbered", "startDate": "2026-03-04", "numberOfOccurrences": 7},
]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern["type"])
@pytest.mark.parametrize("span", RANGES, ids=lambda span: span["type"])
def test_every_pattern_of_the_form_reads_back_as_it_was(pattern, span):
    """A series that is opened and saved must not change: that would drop its exceptions and mail everybody."""
    fields = repeat_of({"pattern": pattern, "range": span}, MARCH)

    assert recurrence_in(fields, MARCH) == {"pattern": pattern, "range": span}
    assert fields.words().endswith(".")


def test_the_fields_of_a_new_series_follow_its_day():
    usual = usual_for(date(2026, 3, 31))

    assert (usual.days, usual.month_day, usual.month, usual.index, usual.weekday) == (
        ("tuesday",), 31, 3, "last", "tuesday",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"repeat": "weekly"}, "on"),
        ({"repeat": "daily", "every": "0"}, "every"),
        ({"repeat": "daily", "every": "²"}, "every"),
        ({"repeat": "monthly", "month_day": "32"}, "month_day"),
        ({"repeat": "daily", "ends": "date", "until": "soon"}, "until"),
        ({"repeat": "daily", "ends": "date", "until": "2026-03-03"}, "until"),
        ({"repeat": "daily", "ends": "count", "times": "1000"}, "times"),
        ({"repeat": "hourly"}, "repeat"),
    ],
)
def test_a_repeat_that_makes_no_sense_is_refused_beside_its_field(fields, problem):
    problems: dict[str, str] = {}
    repeat_in(MultiDict(fields), MARCH, problems)

    assert list(problems) == [problem]


def test_fields_that_a_pattern_does_not_use_do_not_count():
    one = repeat_in(MultiDict({"repeat": "daily", "month_day": "4"}), MARCH, {})
    other = repeat_in(MultiDict({"repeat": "daily", "month_day": "5", "index": "third"}), MARCH, {})

    assert is_same(one, other)


def test_a_series_that_is_saved_without_a_change_stays_as_it_was(visitor):
    visitor.post(f"/calendar/{ADA}/events", form(repeat="weekly", on=["wednesday"], ends="count", times="4"))
    person = visitor.sim.person(ADA)
    (master,) = person.events()
    second = person.events(START + timedelta(days=7), START + timedelta(days=8))[0]
    person.edit_event(second, subject="Special")
    before = person.events()

    answer = visitor.post(
        f"/calendar/{ADA}/events/{second['id']}?scope=all",
        form(repeat="weekly", on=["wednesday"], ends="count", times="4"),
    )

    assert answer.status_code == 303
    assert (person.events(), master["id"]) == (before, before[0]["id"])


def test_the_whole_series_is_retitled_from_one_of_its_days(visitor):
    visitor.post(f"/calendar/{ADA}/events", form(repeat="daily", ends="count", times="3"))
    second = visitor.events(ADA)[1]

    visitor.post(
        f"/calendar/{ADA}/events/{second['id']}?scope=all", form(title="Round", repeat="daily", ends="count", times="3")
    )

    assert [event["subject"] for event in visitor.events(ADA)] == ["Round"] * 3


def test_exceptions_before_the_cut_survive_it(visitor):
    """Only the end of the series moves; what was changed or cancelled earlier stays."""
    visitor.post(f"/calendar/{ADA}/events", form(repeat="daily", ends="count", times="6"))
    person = visitor.sim.person(ADA)
    days = visitor.events(ADA)
    person.delete_event(days[1])
    person.edit_event(days[2], subject="Special")

    visitor.post(f"/calendar/{ADA}/events/{days[4]['id']}/deletion?scope=following")

    assert [(event["subject"], event["start"]["dateTime"][8:10]) for event in visitor.events(ADA)] == [
        ("Planning", "04"), ("Special", "06"), ("Planning", "07"),
    ]  # fmt: skip


def test_a_series_keeps_its_own_zone_while_somebody_looks_from_elsewhere(visitor):
    visitor.post(f"/calendar/{ADA}/events", form(repeat="daily", ends="count", times="3"))
    first = visitor.events(ADA)[0]

    page = visitor.get(f"/calendar/{ADA}?zone=Asia/Tokyo&form=event&event={first['id']}&scope=all", X_Part="drawer")

    assert "Times of the series in Europe/Sofia." in page.text
    assert 'name="start_time" value="14:00"' in page.text


def test_master_categories_give_the_colours(visitor):
    box = visitor.sim.person(ADA).mailbox
    box.categories = {"1": Category("1", "Regatta", "preset14")}
    booked(visitor, ADA, categories=["Regatta", "Red category"])

    page = visitor.get(f"/calendar/{ADA}")

    assert 'class="entry busy hue-preset14' in page.text
    assert '<span class="category hue-none">Red category</span>' in page.text


def test_free_busy_leaves_out_the_meeting_itself(visitor):
    event = booked(visitor, ADA, attendees=[AQUARIUM])
    visitor.sim.settle()

    drawer = visitor.get(f"/calendar/{ADA}?form=event&event={event}", X_Part="drawer").text

    assert 'aria-label="Aquarium, for 8, free, accepted"' in drawer
    assert 'aria-label="Boathouse, free"' in drawer


def test_an_attendees_reminder_is_theirs_to_set(visitor):
    visitor.post(f"/calendar/{ADA}/events", form(invite=[BEN]))
    visitor.sim.settle()
    (event,) = visitor.events(BEN)
    mails = len(visitor.sim.ledger)

    visitor.post(
        f"/calendar/{BEN}/events/{event['id']}", form(title="Hijacked", reminder="60", show_as=event["showAs"])
    )

    (event,) = visitor.events(BEN)
    assert (event["subject"], event["reminderMinutesBeforeStart"], len(visitor.sim.ledger)) == ("Planning", 60, mails)


def test_a_reminder_rings_is_put_off_and_dismissed(visitor):
    event = booked(visitor, ADA)  # at noon in UTC; it is nine
    page = f"/calendar/{ADA}?view=day"
    assert "Put off Interview" not in visitor.get(page, X_Part="reminders").text
    visitor.sim.advance(timedelta(hours=2, minutes=50))
    assert "<b>Interview</b> in 10 min" in visitor.get(page, X_Part="reminders").text

    visitor.post(f"/calendar/{ADA}/reminders/{event}", {"verb": "snooze", "minutes": "5"})
    assert "Interview" not in visitor.get(page, X_Part="reminders").text
    visitor.sim.advance(timedelta(minutes=5))
    assert "<b>Interview</b> in 5 min" in visitor.get(page, X_Part="reminders").text
    visitor.post(f"/calendar/{ADA}/reminders/{event}", {"verb": "dismiss"})

    assert "Interview" not in visitor.get(page, X_Part="reminders").text
    assert visitor.post(f"/calendar/{ADA}/reminders/x", {"verb": "dismiss"}).status_code == 404


def test_a_dismissed_day_of_a_series_does_not_silence_the_next(visitor):
    visitor.post(f"/calendar/{ADA}/events", form(repeat="daily", ends="count", times="3"))
    first, *_ = visitor.events(ADA)
    mails = len(visitor.sim.ledger)
    visitor.sim.advance(timedelta(hours=2, minutes=50))
    visitor.post(f"/calendar/{ADA}/reminders/{first['id']}", {"verb": "dismiss"})
    assert "Planning" not in visitor.get(f"/calendar/{ADA}", X_Part="reminders").text

    visitor.sim.advance(timedelta(days=1))

    assert "<b>Planning</b> in 10 min" in visitor.get(f"/calendar/{ADA}", X_Part="reminders").text
    assert len(visitor.sim.ledger) == mails


FIELDS = (
    "title", "start_day", "start_time", "end_day", "end_time", "all_day", "repeat", "every", "on", "ends", "until", "times",
    "by", "month_day", "reminder", "invite", "outsiders", "calendar", "verb", "proposes", "other_start_day", "name", "colour",
)  # fmt: skip
VALUES = (
    "", "on", "0", "-1", "999999999999", "2026-03-04", "1900-01-01", "2200-12-31", "0001-01-01", "09:00+05:00", "weekly",
    "monthly", "count", "date", "1e309", "nan", "²", AQUARIUM, "a@b.cd", "\x00", "accept", "decline", "delete", "save",
)  # fmt: skip


@given(
    st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(VALUES) | st.text(max_size=20), max_size=8),
    st.sampled_from(("", "/x", "/{event}", "/{event}/time", "/{event}/deletion")),
    st.sampled_from(("", "scope=all", "scope=following", "zone=Asia/Tokyo", "day=2200-12-31&view=month", "hide=9.9")),
)
@settings(max_examples=60, deadline=None)
def test_no_form_makes_the_pages_fail(changes: dict[str, str], target: str, asked: str) -> None:
    visitor = Visitor()
    visitor.post(f"/calendar/{ADA}/events", form(repeat="daily", ends="count", times="3"))
    event = str(visitor.events(ADA)[1]["id"])

    answer = visitor.post(f"/calendar/{ADA}/events{target.format(event=event)}?{asked}", form(**changes))

    assert (answer.status_code < 500, visitor.sim.bugs) == (True, [])


def test_a_word_of_the_organiser_travels_with_the_cancellation(visitor):
    visitor.post(f"/calendar/{ADA}/events", form(invite=[BEN]))
    (event,) = visitor.events(ADA)

    visitor.post(f"/calendar/{ADA}/events/{event['id']}/deletion", {"comment": "The boat leaks."})

    mails = visitor.get(f"/calendar/{BEN}?view=messages").text
    assert "The boat leaks." in mails
    assert "Cancelled" in mails


def test_an_event_moves_into_another_calendar_by_its_form(visitor):
    person = visitor.sim.person(ADA)
    person.add_calendar("Rowing")
    serial = next(one.serial for one in person.mailbox.calendars.values() if one.name == "Rowing")
    event = booked(visitor, ADA)

    visitor.post(f"/calendar/{ADA}/events/{event}", form(title="Interview", calendar=str(serial)))

    assert [one["subject"] for one in person.events(calendar="Rowing")] == ["Interview"]
    page = visitor.get(f"/calendar/{ADA}?hide={serial}")
    assert "Interview" not in page.text


@pytest.mark.parametrize("text", ["x", "1.x.²", "9" * 40, "..", "-1"])
def test_an_address_with_odd_calendars_is_understood_as_far_as_it_goes(text):
    assert all(serial >= 0 for serial in place_in(ADA, MultiDict({"hide": text})).hidden)


def test_a_calendar_that_is_gone_is_told_beside_the_field(visitor):
    answer = visitor.post(f"/calendar/{ADA}/events", form(calendar="999"))

    assert (answer.status_code, "This calendar is gone; choose another." in answer.text) == (422, True)


def test_every_switch_has_a_sentence():
    told = {field.name: words_of_switch(field.name) for field in fields(Switches)}
    # A range has its sentence under the first of the two.
    assert {name for name, (_, meaning) in told.items() if not meaning} <= {
        name for name in told if name.endswith("_max_s")
    }


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("/operator/switches/no_such_switch", {"value": "on"}, 404),
        ("/operator/switches/delta_page_size", {"value": "many"}, 422),
        ("/operator/switches/delta_page_size", {"value": "nan"}, 422),
        ("/operator/lifecycle", {"event": "party"}, 422),
        ("/operator/powershell", {"lines": " "}, 422),
        ("/operator/run", {"run": "backwards"}, 422),
        ("/operator/snapshots/9/restoration", {}, 404),
        ("/operator/lifecycle", {"event": "missed", "mailbox": "nobody"}, 400),
    ],
)
def test_what_the_operator_cannot_do_is_said(visitor, path, sent, status):
    answer = visitor.post(path, sent)

    assert answer.status_code == status
    assert re.search(r'role="alert"|class="refused"', answer.text)
    assert visitor.sim.bugs == []


def test_the_clock_runs_and_stops_where_it_stands(visitor):
    visitor.post("/operator/run", {"run": "follow"})
    assert visitor.sim.clock.follows
    visitor.post("/operator/run", {"run": "stand"})

    assert not visitor.sim.clock.follows
    stopped = visitor.sim.clock.now()
    assert visitor.sim.clock.now() == stopped >= START


def test_running_until_all_is_done_answers_the_invitation(visitor):
    visitor.post(f"/calendar/{ADA}/events", form(invite=[AQUARIUM]))
    visitor.post("/operator/run", {"run": "settle"})

    (event,) = visitor.events(ADA)
    assert event["attendees"][0]["status"]["response"] == "accepted"


def test_weather_of_a_span_begins_and_ends(visitor):
    visitor.post(
        "/operator/weather", {"fault": "throttled", "rate": "1", "begins": "10", "lasts": "20", "method": "GET"}
    )

    (rule,) = visitor.sim.weather.rules
    assert (rule.since, rule.until, rule.method) == (
        START + timedelta(minutes=10),
        START + timedelta(minutes=30),
        "GET",
    )
    assert "from 09:10:00, until 09:30:00" in visitor.get("/operator", X_Part="weather").text
