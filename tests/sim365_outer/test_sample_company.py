"""The sample company: the same for the same seed, and busy without a double booking."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise

from sim365.calendars.fields import read_event
from sim365.company import PlannedEvent, sample_company
from sim365.company.plans import body_of
from sim365.state import PlaceKind, UserPurpose

MONDAY = date(2026, 3, 2)


def test_fjord_has_twenty_people_twelve_rooms_eight_desks_and_a_van():
    (tenant,) = sample_company(1).company.tenants
    everyone = list(tenant.mailboxes.values())

    assert tenant.domains == ["fjord.example"]
    assert sum(one.purpose is UserPurpose.USER for one in everyone) == 20
    assert sum(one.place is not None and one.place.kind is PlaceKind.ROOM for one in everyone) == 12
    assert sum(one.place is not None and one.place.kind is PlaceKind.WORKSPACE for one in everyone) == 8
    assert [one.display_name for one in everyone if one.purpose is UserPurpose.EQUIPMENT] == ["Heron"]
    assert {tenant.find(f"{name}@fjord.example").display_name for name in ("aquarium", "boathouse", "crowsnest")} == {
        "Aquarium",
        "Boathouse",
        "Crow's Nest",
    }
    assert {room for each in tenant.room_lists.values() for room in each.members} == {
        one.address for one in everyone if one.place is not None and one.place.kind is PlaceKind.ROOM
    }


def test_its_one_app_may_do_what_a_booking_product_needs():
    (tenant,) = sample_company(1).company.tenants
    (app,) = tenant.apps.values()

    assert app.display_name == "Holdfast"
    assert app.permissions == {"Calendars.ReadWrite", "Place.Read.All", "User.Read.All", "MailboxSettings.Read"}


def test_the_same_seed_gives_the_same_fortnight():
    assert sample_company(3).events == sample_company(3).events
    assert sample_company(3).events != sample_company(4).events


def test_the_fortnight_has_every_kind_of_entry():
    events = sample_company(1).events

    assert len(events) > 250
    assert any(plan.all_day and plan.days == 1 for plan in events)
    assert any(not plan.all_day and plan.days > 1 for plan in events)
    assert any(plan.sensitivity == "private" for plan in events)
    assert sum(plan.repeat is not None for plan in events) == 3
    assert any(plan.guests and plan.repeat is None for plan in events)
    assert {plan.show_as for plan in events} >= {"busy", "tentative", "oof"}


def test_the_service_takes_every_planned_entry():
    described = sample_company(1)

    for plan in described.events:
        assert read_event(body_of(plan, start_day=MONDAY, zone=described.time_zone))


def test_what_is_written_straight_into_a_room_never_overlaps():
    for seed in range(5):
        described = sample_company(seed)
        resources = {
            one.address
            for one in described.company.tenants[0].mailboxes.values()
            if one.purpose is not UserPurpose.USER
        }
        by_owner: dict[str, list[tuple[datetime, datetime]]] = {}
        for plan in described.events:
            if plan.owner in resources:
                by_owner.setdefault(plan.owner, []).append(_span(plan))

        assert by_owner
        for spans in by_owner.values():
            assert all(earlier[1] <= later[0] for earlier, later in pairwise(sorted(spans)))


def _span(plan: PlannedEvent) -> tuple[datetime, datetime]:
    first = MONDAY + timedelta(days=plan.day)
    if plan.all_day:
        return datetime.combine(first, time()), datetime.combine(first + timedelta(days=plan.days), time())
    return datetime.combine(first, plan.start), datetime.combine(first + timedelta(days=plan.days - 1), plan.end)
