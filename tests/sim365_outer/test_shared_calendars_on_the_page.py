"""Other people's calendars among the ticks of a mailbox: seen as far as they are shared."""

from __future__ import annotations

import re

import pytest

from sim365.sharing.hanging import share
from sim365.state import CalendarRole, CalendarShare
from tests.sim365_outer.test_pages import ADA, Visitor, booked

BEN = "ben@quay.example"
WEEK = f"/calendar/{BEN}?view=week&day=2026-03-04"


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def shared(visitor: Visitor, role: CalendarRole) -> None:
    """Ada shares her calendar with Ben."""
    sim = visitor.sim
    ada, ben = (sim.person(name).mailbox for name in (ADA, BEN))
    given = CalendarShare(BEN, "Ben", role, oid=ben.oid)
    share(sim.world, sim.company.tenants[0], ada, sim.world.default_calendar(ada), given)


def drawer(visitor: Visitor) -> str:
    """The drawer of the only entry that stands on Ben's page."""
    (address,) = re.findall(r'href="([^"]*form=event[^"]*)"', visitor.get(WEEK).text)
    return visitor.get(address.replace("&amp;", "&"), X_Part="drawer").text


def test_bens_page_shows_what_ada_shared_beside_his_own(visitor):
    booked(visitor, ADA)
    assert "Interview" not in visitor.get(WEEK).text

    shared(visitor, CalendarRole.READ)

    page = visitor.get(WEEK).text
    assert "Shared by others" in page
    assert 'aria-label="Interview, 14:00–15:00' in page
    assert "in Ada" in page
    assert "data-movable" not in page
    assert "Interview" in visitor.get(WEEK.replace("week", "month")).text


def test_the_tick_hides_it(visitor):
    booked(visitor, ADA)
    shared(visitor, CalendarRole.READ)
    (hung,) = visitor.sim.person(BEN).mailbox.shared

    page = visitor.get(f"{WEEK}&hide={hung}").text

    assert "Interview" not in page
    assert f'id="calendar-{hung}"' in page


def test_of_a_calendar_shared_for_reading_the_drawer_offers_no_change(visitor):
    booked(visitor, ADA, body={"contentType": "text", "content": "Bring the form"})
    shared(visitor, CalendarRole.READ)

    shown = drawer(visitor)

    assert "Bring the form" in shown
    assert "Change it in" not in shown
    assert "<form" not in shown


def test_who_may_write_is_led_to_the_calendar_itself(visitor):
    booked(visitor, ADA)
    shared(visitor, CalendarRole.WRITE)

    (address,) = re.findall(r'href="([^"]*)">Change it in Ada', drawer(visitor))

    assert address.startswith(f"/calendar/{ADA}?")
    assert 'value="Interview"' in visitor.get(address.replace("&amp;", "&"), X_Part="drawer").text


@pytest.mark.parametrize(
    ("role", "sensitivity", "title"),
    [
        (CalendarRole.FREE_BUSY_READ, "normal", "Busy"),
        (CalendarRole.READ, "private", "Private Appointment"),
        (CalendarRole.WRITE, "private", "Private Appointment"),
    ],
)
def test_what_ben_may_not_see_is_not_on_his_page(visitor, role, sensitivity, title):
    booked(visitor, ADA, sensitivity=sensitivity, body={"contentType": "text", "content": "Salary"})
    shared(visitor, role)

    for text in (visitor.get(WEEK).text, drawer(visitor)):
        assert title in text
        assert "Interview" not in text
        assert "Salary" not in text
        assert "Change it in" not in text


@pytest.mark.parametrize("event", ["nonsense", "AAMkAAAAAAAAAAQAAAABAAAAAAAAAAMAAAAA3wjCVPU="])
def test_an_address_of_an_entry_that_is_not_shared_says_that_it_is_gone(visitor, event):
    booked(visitor, ADA)
    shared(visitor, CalendarRole.READ)

    assert "This entry is gone" in visitor.get(f"{WEEK}&form=event&event={event}&of={ADA}", X_Part="drawer").text


def test_without_a_share_no_address_opens_an_entry_of_others(visitor):
    event = booked(visitor, ADA)

    assert "This entry is gone" in visitor.get(f"{WEEK}&form=event&event={event}&of={ADA}", X_Part="drawer").text


def test_an_occurrence_of_a_shared_series_is_shown(visitor):
    weekly = {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["wednesday"]},
        "range": {"type": "numbered", "startDate": "2026-03-04", "numberOfOccurrences": 3},
    }
    booked(visitor, ADA, recurrence=weekly)
    shared(visitor, CalendarRole.READ)

    assert "Interview" in drawer(visitor)
    assert "Interview" in visitor.get(WEEK.replace("03-04", "03-11")).text
    assert visitor.sim.bugs == []
