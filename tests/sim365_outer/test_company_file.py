"""The company file: what it may say, and how it complains."""

from __future__ import annotations

from datetime import date, time

import pytest

from sim365.company import CompanyFileError, Guest, PlannedEvent, Repeat, read_company
from sim365.company.plans import body_of
from sim365.state import PlaceKind, UserPurpose

SMALL = """
company: {name: Quay, domain: quay.example, time_zone: Europe/Sofia, language: bg-BG}
people:
  - {name: Ada, admin: true}
  - {name: Ben, job: Sailor}
rooms:
  - {name: Crow's Nest, floor: 3, capacity: 4, building: Tower, processing: {DeleteSubject: false, BookingWindowInDays: 30}}
desks: [{name: Desk 1, label: Window}]
vehicles: [{name: Heron}]
room_lists: [{name: Tower, members: [Crow's Nest]}]
apps:
  - name: Holdfast
    permissions: [Calendars.ReadWrite]
    secrets: [{value: s3cret, expires: 2027-03-01}]
events:
  - {in: Crow's Nest, title: Lookout, day: 1, from: 9:30, to: "11:00"}
  - {in: ada, title: Round, from: "08:00", to: "08:15", invite: [Ben], rooms: [Crow's Nest], repeats: {every: week, on: [monday], times: 4}}
  - {in: Heron, title: Away, all_day: true, days: 2, show_as: busy}
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(CompanyFileError) as refused:
        read_company(text, name="quay.yaml")
    return [str(problem) for problem in refused.value.problems]


def test_one_file_describes_a_whole_tenant():
    described = read_company(SMALL)
    tenant = described.company.tenants[0]

    nest = tenant.find("crows-nest@quay.example")
    assert nest is not None
    assert nest.place is not None
    assert nest.processing is not None
    assert (nest.purpose, nest.place.kind, nest.place.capacity, nest.place.floor_label) == (
        UserPurpose.ROOM,
        PlaceKind.ROOM,
        4,
        "3",
    )
    assert (
        nest.processing.delete_subject,
        nest.processing.booking_window_in_days,
        nest.processing.delete_comments,
    ) == (False, 30, True)
    assert tenant.find("desk-1@quay.example").place.kind is PlaceKind.WORKSPACE
    assert tenant.find("heron@quay.example").purpose is UserPurpose.EQUIPMENT
    assert tenant.room_lists["tower@quay.example"].members == ["crows-nest@quay.example"]
    assert tenant.find("ben@quay.example").locale == "bg-BG"
    (app,) = tenant.apps.values()
    assert (app.permissions, app.secrets[0].value, app.secrets[0].expires.isoformat()) == (
        {"Calendars.ReadWrite"},
        "s3cret",
        "2027-03-01T00:00:00+00:00",
    )


def test_the_same_file_makes_the_same_ids():
    first, second = (read_company(SMALL).company.tenants[0] for _ in range(2))

    assert first.tenant_id == second.tenant_id
    assert list(first.mailboxes) == list(second.mailboxes)
    assert list(first.apps) == list(second.apps)


def test_planned_entries_are_counted_from_the_start_day():
    lookout, round_, away = read_company(SMALL).events

    assert (lookout.owner, lookout.day, lookout.start, lookout.end) == (
        "crows-nest@quay.example",
        1,
        time(9, 30),
        time(11),
    )
    assert round_.guests == (
        Guest("Ben", "ben@quay.example"),
        Guest("Crow's Nest", "crows-nest@quay.example", "resource"),
    )
    assert round_.repeat == Repeat("week", days=("monday",), times=4)
    assert body_of(away, start_day=date(2026, 3, 2), zone="Europe/Sofia")["end"] == {
        "dateTime": "2026-03-04T00:00:00",
        "timeZone": "Europe/Sofia",
    }


def test_a_plan_becomes_what_a_calendar_client_would_send():
    plan = PlannedEvent(
        "ada@quay.example",
        "Round",
        day=0,
        start=time(8),
        end=time(8, 15),
        guests=(Guest("Keel", "keel@quay.example", "resource"),),
        repeat=Repeat("week", times=4),
    )

    body = body_of(plan, start_day=date(2026, 3, 2), zone="Europe/Sofia")

    assert body["start"] == {"dateTime": "2026-03-02T08:00:00", "timeZone": "Europe/Sofia"}
    assert body["attendees"] == [{"type": "resource", "emailAddress": {"name": "Keel", "address": "keel@quay.example"}}]
    assert body["locations"] == [
        {"displayName": "Keel", "locationType": "conferenceRoom", "locationEmailAddress": "keel@quay.example"}
    ]
    assert body["recurrence"] == {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"], "firstDayOfWeek": "monday"},
        "range": {
            "type": "numbered",
            "startDate": "2026-03-02",
            "recurrenceTimeZone": "Europe/Sofia",
            "numberOfOccurrences": 4,
        },
    }


def test_all_problems_are_told_at_once_each_with_line_and_field():
    text = """
company: {name: Quay, domain: quay, time_zome: UTC}
people:
  - {name: Ada, capacity: 3}
  - {name: Ada}
  - {adress: x}
rooms:
  - {name: Aquarium, capacity: many, processing: {DeleteSubjekt: false, BookingWindowInDays: -4}}
events:
  - {in: Aqarium, title: T, from: "10:00", to: "09:00", sensitivity: secret}
apps: [{name: A, permissions: [Calendars.ReadWrit]}]
"""

    found = problems_of(text)

    assert found == sorted(found, key=lambda line: int(line.split()[1].rstrip(",")))
    for part in (
        "line 2, company.domain: 'quay' is not a domain",
        "line 2, company.time_zome: is not known here. Did you mean 'time_zone'?",
        "line 4, people[1].capacity: is not known here",
        "line 5, people[2]: the address 'ada@quay' is used twice",
        "line 6, people[3]: 'name' is missing",
        "line 8, rooms[1].capacity: must be a whole number",
        "line 8, rooms[1].processing.DeleteSubjekt: is not known here. Did you mean 'DeleteSubject'?",
        "line 8, rooms[1].processing.BookingWindowInDays: must lie between 0 and",
        "line 10, events[1].in: nobody and nothing here is called 'Aqarium'. Did you mean 'Aquarium'?",
        "line 10, events[1].sensitivity: 'secret' is not one of",
        "line 10, events[1]: it ends at 09:00, before it starts at 10:00",
        "line 11, apps[1].permissions[1]: 'Calendars.ReadWrit' is not one of",
    ):
        assert any(line.startswith(part) for line in found), (part, found)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "line 1: the file is empty."),
        ("- a\n- b", "line 1: must be a group of settings"),
        ("company: [", "line 1: this is not YAML"),
        ("people: []", "line 1: 'company' is missing."),
        ("company: {name: Q, domain: q.example}\npeople: {name: Ada}", "line 2, people: must be a list"),
        ("company: {name: Q, domain: q.example}\npeople: [{name: no}]", "line 2, people[1].name: must be a text."),
        ("company: {name: Q, domain: q.example, name: R}", "line 1, company.name: is given twice."),
        (
            'company: {name: "a\\0b", domain: q.example}',
            "line 1, company.name: contains characters that cannot be shown",
        ),
        (
            "company: {name: Q, domain: q.example, time_zone: Mars/Dome}",
            "line 1, company.time_zone: 'Mars/Dome' is no time zone",
        ),
        ("company: {name: Q, domain: q.example, tenant_id: seven}", "line 1, company.tenant_id: must be a GUID"),
        ("company: !!python/object:os.system {}", "line 1, company: "),
    ],
)
def test_a_broken_file_is_refused_with_a_sentence(text, sentence):
    assert any(line.startswith(sentence) for line in problems_of(text)), problems_of(text)


def test_a_person_is_no_room():
    text = SMALL + "  - {in: ada, title: X, rooms: [Ben]}\n  - {in: ada, title: Y, invite: [zoe@elsewhere.example]}\n"

    assert problems_of(text) == ["line 19, events[4].rooms[1]: 'Ben' is a person; people go under 'invite'."]
