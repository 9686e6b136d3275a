"""Series made in Outlook: their occurrences take their time here, each once, whatever was done to them there."""

from datetime import datetime, timedelta

import pytest

from holdfast.bookings.models import Booking
from holdfast.bookings.outcomes import Refused
from holdfast.bookings.states import BookingKind
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from sim365.weather.faults import Fault
from tests.cast import at
from tests.mirror.harbour import utc
from tests.museum.shore import assert_at_rest, bookings, settle, shown, standing, told

pytestmark = pytest.mark.database

SPAN = (utc(0, day=-20), utc(0, day=40))


def daily(count, *, first="2026-03-03", interval=1):
    return {
        "pattern": {"type": "daily", "interval": interval},
        "range": {"type": "numbered", "startDate": first, "numberOfOccurrences": count},
    }


def weekly(*days, first, interval=1, **span):
    return {
        "pattern": {"type": "weekly", "interval": interval, "daysOfWeek": list(days), "firstDayOfWeek": "monday"},
        "range": {"type": "noEnd", "startDate": first, **span},
    }


def occurrence(harbour, number, span=SPAN):
    return harbour.room().events(*span)[number]


def within(cast, since, until):
    """What stands here in a span, as `shown` says it."""
    with in_workspace(cast.workspace_id):
        found = Booking.objects.filter(state="confirmed", starts_at__lt=until, ends_at__gt=since)
        return sorted(
            (each.title, f"{each.starts_at:%Y-%m-%dT%H:%M}", f"{each.ends_at:%Y-%m-%dT%H:%M}") for each in found
        )


@pytest.mark.museum("Z-R12")
def test_a_thin_occurrence_takes_title_and_note_from_its_master_and_follows_it(synced, cast):
    """Z-R12: the delta brings only id and times of an occurrence; everything else is the master's."""
    series = synced.room().create_event(
        "Standup", utc(8), utc(9), recurrence=daily(3), body={"contentType": "text", "content": "By the slipway"}
    )
    synced.sync("Aquarium")
    assert {(each.title, each.note.strip()) for each in standing(cast)} == {("Standup", "By the slipway")}

    synced.room().edit_event(series, subject="Stand-down")
    synced.sync("Aquarium")
    assert [each.title for each in standing(cast)] == ["Stand-down"] * 3
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-R02")
def test_one_occurrence_that_its_organiser_cancelled_frees_only_its_own_time(synced, cast):
    """Z-R02: one of three is called off by Ada; the room keeps the other two, and the sync goes on."""
    ada = synced.simulator.person("ada@example.org")
    ada.create_event("Board", utc(8), utc(9), attendees=["aquarium@example.org"], recurrence=daily(3))
    synced.simulator.settle()
    synced.sync("Aquarium")
    sent = len(synced.simulator.ledger.mails)
    ada.delete_event(ada.events(*SPAN)[1])
    synced.simulator.settle()
    synced.sync("Aquarium")

    assert [each.starts_at for each in standing(cast)] == [utc(8), utc(8, day=2)]
    assert synced.writes() == []
    assert_at_rest(synced, cast, mails=len(synced.simulator.ledger.mails))
    assert sent < len(synced.simulator.ledger.mails), "Ada's own cancellation is Exchange's to tell"


@pytest.mark.museum("Z-R03", "Z-R04")
def test_a_longer_first_occurrence_moves_no_other_and_makes_no_series(synced, cast):
    """Z-R03, Z-R04: only the first was lengthened; ours changes that one, and writes nothing into anybody's calendar."""
    ada = synced.simulator.person("ada@example.org")
    ada.create_event("Board", utc(8), utc(9), attendees=["aquarium@example.org"], recurrence=daily(3))
    synced.simulator.settle()
    synced.sync("Aquarium")
    known = {each.id for each in bookings(cast)}
    ada.move_event(ada.events(*SPAN)[0], utc(8), utc(9.5))
    synced.simulator.settle()
    synced.sync("Aquarium")

    assert [(each.starts_at, each.ends_at) for each in standing(cast)] == [
        (utc(8), utc(9.5)),
        (utc(8, day=1), utc(9, day=1)),
        (utc(8, day=2), utc(9, day=2)),
    ]
    assert {each.id for each in bookings(cast)} == known
    assert synced.writes() == []
    assert_at_rest(synced, cast, mails=len(synced.simulator.ledger.mails))


@pytest.mark.museum("Z-R08")
def test_a_moved_occurrence_is_shown_once(synced, cast):
    """Z-R08: what moved from the morning to the afternoon is not left standing in the morning."""
    synced.room().create_event("Standup", utc(8), utc(9), recurrence=daily(3))
    synced.sync("Aquarium")
    synced.room().move_event(occurrence(synced, 1), utc(14, day=1))
    synced.sync("Aquarium")

    assert [each.starts_at for each in standing(cast)] == [utc(8), utc(14, day=1), utc(8, day=2)]
    assert told(cast) == shown(synced, *SPAN)
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-R09")
def test_a_change_of_one_occurrence_leaves_the_others_where_they_are(synced, cast):
    """Z-R09: an update that carries one overridden occurrence is merged, it does not replace the series."""
    synced.room().create_event("Standup", utc(8), utc(9), recurrence=daily(4))
    synced.sync("Aquarium")
    synced.room().edit_event(occurrence(synced, 2), subject="Standup with guests")
    synced.sync("Aquarium")

    assert [each.title for each in standing(cast)] == ["Standup", "Standup", "Standup with guests", "Standup"]
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-R21")
def test_a_series_older_than_the_window_counts_inside_it(harbour, cast):
    """Z-R21: the weekly meeting began three years ago; its master ends long before what is watched."""
    start = datetime(2023, 3, 7, 9, 0)
    harbour.room().create_event(
        "Old hands", start, start + timedelta(hours=1), recurrence=weekly("tuesday", first="2023-03-07")
    )
    harbour.map("Aquarium", days_back=7, days_ahead=28)
    harbour.work()

    assert within(cast, *SPAN[:1], utc(0, day=28)) == [
        each for each in shown(harbour, utc(0, day=-8), utc(0, day=28)) if each[1] >= "2026-02-23"
    ]
    assert len(standing(cast)) >= 5
    assert_at_rest(harbour, cast)


@pytest.mark.museum("Z-R22")
def test_every_occurrence_takes_its_time(synced, cast):
    """Z-R22: a booking onto any occurrence is refused, not only onto the first."""
    synced.room().create_event("Standup", utc(8), utc(9), recurrence=daily(4))
    synced.sync("Aquarium")

    for day in range(4):
        (answer,) = apply(cast.ben, [cast.make("Aquarium", at(9.5, hours=0.25, day=day))])
        assert isinstance(answer, Refused), day
    assert {each.kind for each in standing(cast)} == {BookingKind.BLOCKER}
    cast.book("Aquarium", at(9.5, day=4))


@pytest.mark.museum("Z-R24", "Z-L11")
def test_endless_series_are_read_within_bounds_and_outages_are_waited_for(harbour, cast):
    """Z-R24, Z-L11: three series without an end; the first reads time out; nothing is read twice or beyond the window."""
    for hour in (6, 8, 10):
        harbour.room().create_event(
            f"Endless {hour}", utc(hour), utc(hour + 1), recurrence=weekly("tuesday", "friday", first="2026-03-03")
        )
    harbour.simulator.weather.next(Fault.GATEWAY_TIMEOUT, path="delta", times=3)
    harbour.simulator.weather.next(Fault.UNAVAILABLE_BARE, path="delta", times=2)
    harbour.map("Aquarium", days_ahead=60)
    harbour.work()
    settle(harbour)

    assert 3 * 2 * 8 < len(standing(cast)) <= 3 * 2 * 14
    assert within(cast, utc(0), utc(0, day=60)) == shown(harbour, utc(0), utc(0, day=60))
    assert_at_rest(harbour, cast)


@pytest.mark.museum("Z-R25", "Z-R26")
def test_the_horizon_rolls_forward_with_the_series(harbour, cast):
    """Z-R25, Z-R26: what lies beyond the horizon comes into sight as time passes; no date ends the world."""
    harbour.room().create_event("Weekly", utc(8), utc(9), recurrence=weekly("tuesday", first="2026-03-03"))
    harbour.map("Aquarium", days_ahead=60)
    harbour.work()
    last = max(each.starts_at for each in standing(cast))
    for _ in range(4):
        harbour.pass_time(days=100)
        harbour.sync("Aquarium")

    later = max(each.starts_at for each in standing(cast))
    assert later - last >= timedelta(days=390)
    assert within(cast, utc(0, day=400), utc(0, day=455)) == shown(harbour, utc(0, day=400), utc(0, day=455))
    assert len({each.starts_at for each in standing(cast)}) == len(standing(cast))


LAST = {"range": {"type": "noEnd", "startDate": "2026-03-03"}}
MONTHLY = {
    "Z-R15 last day of the month": {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31},
    "Z-R16 fourth Monday": {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["monday"], "index": "fourth"},
    "Z-R16 last Monday": {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["monday"], "index": "last"},
    "Z-R17 the thirtieth": {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 30},
}


@pytest.mark.museum("Z-R15", "Z-R16", "Z-R17")
@pytest.mark.parametrize("pattern", MONTHLY.values(), ids=MONTHLY.keys())
def test_odd_months_are_taken_as_outlook_expands_them(synced, cast, pattern):
    """Z-R15, Z-R16, Z-R17: a short month and one of five Mondays; ours shows the very days that Outlook shows."""
    synced.room().create_event("Stocktaking", utc(8), utc(9), recurrence={"pattern": pattern, **LAST})
    synced.sync("Aquarium")

    year = (utc(0), utc(0, day=365))
    assert within(cast, *year) == shown(synced, *year)
    assert len(shown(synced, *year)) >= 11
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-R18")
@pytest.mark.parametrize("zone", ["China Standard Time", "GMT Standard Time", "Tonga Standard Time"])
def test_a_series_ends_on_its_last_day_wherever_that_is(synced, cast, zone):
    """Z-R18: the end is a date of the series' own zone; not one occurrence too many, not one too few."""
    start = datetime(2026, 3, 6, 9, 0)
    synced.room().create_event(
        "Fridays",
        start,
        start + timedelta(hours=1),
        time_zone=zone,
        recurrence=weekly("friday", first="2026-03-06", type="endDate", endDate="2026-04-03"),
    )
    synced.sync("Aquarium")

    assert len(standing(cast)) == 5
    assert told(cast) == shown(synced, *SPAN)
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-R29")
def test_a_series_of_another_zone_moves_with_that_zones_clocks(synced, cast):
    """Z-R29: New York changes its clocks on 8 March, Berlin on the 29th; between them the hour here is another."""
    start = datetime(2026, 3, 3, 9, 0)
    synced.room().create_event(
        "Call",
        start,
        start + timedelta(hours=1),
        time_zone="Eastern Standard Time",
        recurrence=weekly("tuesday", first="2026-03-03"),
    )
    synced.sync("Aquarium")

    hours = [each.starts_at.hour for each in standing(cast)[:6]]
    assert hours == [14, 13, 13, 13, 13, 13]
    assert within(cast, *SPAN) == shown(synced, *SPAN)
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-R31")
def test_occurrences_of_two_days_with_one_deleted_keep_their_days(synced, cast):
    """Z-R31: Thursday to Friday, every week, one of them deleted: the others are not a day off."""
    synced.room().create_event(
        "Fair", utc(7, day=2), utc(16, day=3), recurrence=weekly("thursday", first="2026-03-05", type="numbered", numberOfOccurrences=4)
    )  # fmt: skip
    synced.sync("Aquarium")
    synced.room().delete_event(occurrence(synced, 1))
    synced.sync("Aquarium")

    assert [each.starts_at for each in standing(cast)] == [utc(7, day=2), utc(7, day=16), utc(7, day=23)]
    assert told(cast) == shown(synced, *SPAN)
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-R32")
def test_weekly_made_fortnightly_frees_every_other_week(synced, cast):
    """Z-R32: another interval is a new pattern; what it no longer holds is free again."""
    series = synced.room().create_event(
        "Tides", utc(8), utc(9), recurrence=weekly("tuesday", first="2026-03-03", type="numbered", numberOfOccurrences=6)
    )  # fmt: skip
    synced.sync("Aquarium")
    synced.room().edit_event(
        series,
        recurrence=weekly("tuesday", first="2026-03-03", interval=2, type="numbered", numberOfOccurrences=3),
    )
    synced.sync("Aquarium")
    settle(synced)

    assert [each.starts_at for each in standing(cast)] == [utc(8), utc(8, day=14), utc(7, day=28)]
    assert told(cast) == shown(synced, *SPAN)
    cast.book("Aquarium", at(9, day=7))
