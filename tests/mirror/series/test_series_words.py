"""What Graph says of a series in our words: zones, dates, patterns; what cannot be read is said, never guessed."""

from datetime import date, datetime
from uuid import UUID

import msgspec
import pytest

from holdfast.graph import errors
from holdfast.graph.answers import Answer, Noun, failure
from holdfast.graph.marks import EVENT_MARK
from holdfast.graph.series import Series
from holdfast.graph.wire import Event, WallTime
from holdfast.mirror import translate_series as words
from holdfast.mirror.errors import NotUnderstood
from holdfast.mirror.translate import Mark, mark_of, mark_text
from holdfast.reconcile.snapshot import Field, Snapshot
from holdfast.timetable.recurrence import Kind, Pattern
from holdfast.timetable.when import When

LINK = UUID(int=4)
MARK = Mark(UUID(int=1), UUID(int=2), UUID(int=3), LINK, 7)
WEEKLY = {"type": "weekly", "interval": 1, "month": 0, "dayOfMonth": 0, "daysOfWeek": ["monday"],
          "firstDayOfWeek": "sunday", "index": "first"}  # fmt: skip
SIX = {"type": "numbered", "startDate": "2026-03-09", "endDate": "0001-01-01", "numberOfOccurrences": 6}


def item(kind, *, start="2026-03-09T08:00:00.0000000", end="2026-03-09T09:00:00.0000000", **more):
    """An event as Graph delivers it, times in UTC."""
    return {
        "@odata.etag": 'W/"1"', "id": "m", "type": kind, "subject": "Stand-up", "isOrganizer": True,
        "start": {"dateTime": start, "timeZone": "UTC"}, "end": {"dateTime": end, "timeZone": "UTC"},
        "isAllDay": False, "isCancelled": False, "showAs": "busy", "sensitivity": "normal",
        "originalStartTimeZone": "Romance Standard Time", "lastModifiedDateTime": "2026-03-01T08:00:00Z",
    } | more  # fmt: skip


def master(*, pattern=WEEKLY, span=SIX, zone="Romance Standard Time", exceptions=(), cancelled=(), **more):
    told = item("seriesMaster", **more) | {
        "recurrence": {"pattern": pattern, "range": span | {"recurrenceTimeZone": zone}},
        "exceptionOccurrences": list(exceptions),
        "cancelledOccurrences": list(cancelled),
    }
    return msgspec.json.decode(msgspec.json.encode(told), type=Series)


def exception(original, **more):
    return item("exception", **{"id": "x", "seriesMasterId": "m", "originalStart": original} | more)


def look(**facts):
    return words.look_of(master(**facts), link=LINK)


def test_a_series_is_told_in_the_zone_of_its_recurrence():
    said = look().master.said

    assert said.when == When(datetime(2026, 3, 9, 9), datetime(2026, 3, 9, 10), "Europe/Paris")
    assert said.pattern == Pattern(Kind.WEEKLY, date(2026, 3, 9), days=(0,), count=6)


@pytest.mark.parametrize("named", ["", "Customized Time Zone", "tzone://Microsoft/Custom"])
def test_a_zone_that_says_nothing_falls_back_to_the_one_the_series_was_made_in(named):
    """FACTS 3.6, 11 (38)."""
    assert look(zone=named).master.said.when.zone == "Europe/Paris"


@pytest.mark.parametrize(
    ("named", "made_in"),
    [
        ("Customized Time Zone", "tzone://Microsoft/Custom"),
        ("", "tzone://Microsoft/Custom"),
        ("Customized Time Zone", "tzone://Microsoft/Utc"),
        ("Middle Earth Time", "UTC"),
    ],
)
def test_a_series_by_an_unknown_clock_is_not_understood(named, made_in):
    with pytest.raises(NotUnderstood, match="zone that is not known"):
        look(zone=named, originalStartTimeZone=made_in)


def test_a_series_made_in_utc_drifts_and_is_told_so():
    """Its dates follow the clock of the recurrence, whatever zone somebody sits in (FACTS 3.12)."""
    found = look(zone="UTC", exceptions=[exception("2026-04-06T08:00:00Z", subject="With Chidi")])

    assert found.master.said.when.zone == "UTC"
    assert set(found.exceptions) == {date(2026, 4, 6)}
    assert found.exceptions[date(2026, 4, 6)].said.when.zone == "UTC"


def test_a_series_that_begins_in_the_second_of_two_doubled_hours_is_not_understood():
    """01:30 in UTC is 02:30 for the second time in Brussels."""
    span = SIX | {"startDate": "2026-10-25"}
    sundays = WEEKLY | {"daysOfWeek": ["sunday"]}

    with pytest.raises(NotUnderstood, match="double"):
        look(span=span, pattern=sundays, start="2026-10-25T01:30:00", end="2026-10-25T03:00:00")


@pytest.mark.parametrize("original", ["2026-04-06T07:00:00Z", "2026-04-06T09:00:00+02:00", "2026-04-06T17:00:00+10:00"])
def test_an_original_start_is_an_instant_however_it_is_told(original):
    assert set(look(exceptions=[exception(original)]).exceptions) == {date(2026, 4, 6)}


@pytest.mark.parametrize("zone", ["Romance Standard Time", "Tokyo Standard Time", "Hawaiian Standard Time"])
def test_the_original_start_of_whole_days_is_a_midnight_of_the_series(zone):
    """FACTS 3.7: told in UTC, which is the day before in Brussels and in Tokyo."""
    midnight = When(datetime(2026, 4, 6), datetime(2026, 4, 7), zone).instants().start
    whole = {"start": "2026-03-09T00:00:00", "end": "2026-03-10T00:00:00", "isAllDay": True}
    moved = {"start": "2026-04-08T00:00:00", "end": "2026-04-09T00:00:00", "isAllDay": True}
    changed = exception(midnight.isoformat(), **moved)
    found = look(zone=zone, exceptions=[changed], originalStartTimeZone=zone, **whole)

    assert set(found.exceptions) == {date(2026, 4, 6)}
    assert found.exceptions[date(2026, 4, 6)].said.when.start == datetime(2026, 4, 8)


def test_a_date_is_told_in_the_zone_of_its_series_wherever_it_was_moved():
    moved = exception(
        "2026-03-16T08:00:00Z", start="2026-03-16T13:00:00", end="2026-03-16T14:00:00",
        originalStartTimeZone="Eastern Standard Time",
    )  # fmt: skip

    [sight] = look(exceptions=[moved]).exceptions.values()

    assert sight.said.when == When(datetime(2026, 3, 16, 14), datetime(2026, 3, 16, 15), "Europe/Paris")


def test_deleted_dates_are_read_from_their_names_and_those_the_pattern_lost_mean_nothing():
    found = look(cancelled=["OID.AAMk.x=.2026-03-16", "OID.m.2026-12-07"])

    assert found.deleted == {date(2026, 3, 16)}


def test_a_date_told_in_both_lists_is_there():
    """An exception comes with all its words, a deleted date with nothing but its name."""
    found = look(exceptions=[exception("2026-03-16T08:00:00Z")], cancelled=["OID.m.2026-03-16"])

    assert (set(found.exceptions), found.deleted) == ({date(2026, 3, 16)}, frozenset())


def test_the_transaction_that_made_a_series_is_not_one_of_its_dates():
    found = look(transactionId="t", exceptions=[exception("2026-03-16T08:00:00Z", transactionId="t")])

    assert found.master.transaction_id == "t"
    assert [each.transaction_id for each in found.exceptions.values()] == [""]


def test_a_cancelled_exception_is_a_deleted_date():
    found = look(exceptions=[exception("2026-03-16T08:00:00Z", isCancelled=True)])

    assert (found.exceptions, found.deleted) == ({}, {date(2026, 3, 16)})


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"cancelled": ["OID.m.someday"]}, "cannot be read"),
        ({"exceptions": [exception("2026-03-17T08:00:00Z")]}, "no date of its series"),
        ({"exceptions": [exception("2026-03-16T08:00:00Z"), exception("2026-03-16T08:00:00Z")]}, "two of its exceptions"),
        ({"exceptions": [exception("2026-03-16T08:00:00Z", seriesMasterId="n")]}, "no date of this series"),
        ({"exceptions": [exception(None)]}, "without its original start"),
        ({"exceptions": [exception("2026-03-16T08:00:00Z", showAs="elsewhere")]}, "showAs"),
        ({"pattern": WEEKLY | {"type": "lunar"}}, "not known"),
        ({"pattern": WEEKLY | {"index": "fifth"}}, "not known"),
        ({"pattern": WEEKLY | {"daysOfWeek": []}}, "cannot be"),
        ({"type": "singleInstance"}, "does not repeat"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(facts, why):
    with pytest.raises(NotUnderstood, match=why):
        look(**facts)


def test_a_thin_occurrence_is_the_date_on_which_it_stands():
    said = look().master.said
    thin = Event(
        id="o", type="occurrence", series_master_id="m",
        start=WallTime("2026-04-06T07:00:00.0000000"), end=WallTime("2026-04-06T08:00:00.0000000"),
    )  # fmt: skip

    assert words.original_day(thin, said) == date(2026, 4, 6)


def test_a_marker_of_the_series_is_no_marker_of_its_dates_nor_one_of_another_date():
    """FACTS 3.10: dates inherit the extended properties of their master."""
    sight = look().master

    def marked(mark):
        told = exception("2026-03-16T08:00:00Z") | {
            "singleValueExtendedProperties": [{"id": EVENT_MARK, "value": mark_text(mark)}]
        }
        event = msgspec.json.decode(msgspec.json.encode(told), type=Event)
        return words.date_sight(event, sight, link=LINK)[1].marker

    assert marked(MARK) is None
    assert marked(msgspec.structs.replace(MARK, day=date(2026, 3, 23))) is None
    assert marked(msgspec.structs.replace(MARK, day=date(2026, 3, 16))) == 7


def test_a_mark_survives_its_text():
    for mark in (MARK, msgspec.structs.replace(MARK, day=date(2026, 3, 16))):
        told = {"id": "e", "singleValueExtendedProperties": [{"id": EVENT_MARK, "value": mark_text(mark)}]}
        assert mark_of(msgspec.json.decode(msgspec.json.encode(told), type=Event)) == mark


SAID = Snapshot(
    When(datetime(2026, 3, 4, 9), datetime(2026, 3, 4, 10), "Europe/Brussels"), "Stand-up",
    pattern=Pattern(Kind.WEEKLY, date(2026, 3, 4), days=(0,), until=date(2026, 4, 15)),
)  # fmt: skip


def sent(body):
    return msgspec.json.decode(body)


def test_a_series_is_written_from_its_first_date_to_its_last():
    """FACTS 11 (39): a start that does not fit the pattern moves the series in ways that surprise."""
    body = sent(words.create_body(SAID, transaction_id="t", mark=MARK))

    assert body["start"] == {"dateTime": "2026-03-09T09:00:00", "timeZone": "Romance Standard Time"}
    assert body["recurrence"]["range"] == {
        "type": "endDate", "startDate": "2026-03-09", "endDate": "2026-04-13",
        "recurrenceTimeZone": "Romance Standard Time",
    }  # fmt: skip


def test_a_title_of_the_series_is_written_alone():
    assert sorted(sent(words.master_body(SAID, (Field.TITLE,), mark=MARK))) == [
        "singleValueExtendedProperties",
        "subject",
    ]


@pytest.mark.parametrize("changed", [(Field.WHEN,), (Field.PATTERN,), (Field.TITLE, Field.WHEN)])
def test_time_and_pattern_are_written_together(changed):
    body = sent(words.master_body(SAID, changed, mark=MARK))

    assert {"start", "end", "isAllDay", "recurrence"} <= body.keys()
    assert ("subject" in body) is (Field.TITLE in changed)


def test_a_date_is_written_with_what_changed_and_a_marker_of_its_own():
    body = sent(words.date_body(SAID, (Field.TITLE,), day=date(2026, 3, 16), mark=MARK))

    assert body["subject"] == "Stand-up"
    assert [each["value"] for each in body["singleValueExtendedProperties"]] == [f"{mark_text(MARK)}/2026-03-16"]
    assert len(body) == 2


def test_a_refused_move_is_known_by_its_code_also_inside():
    inner = b'{"error":{"code":"ErrorInvalidRequest","innerError":{"code":"errorOccurrenceCrossingBoundary"}}}'
    error = failure(Answer(400, {}, inner), noun=Noun.MAILBOX, at=errors.NOWHERE)

    assert isinstance(error, errors.CrossesNeighbour)
