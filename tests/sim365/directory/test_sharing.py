"""Calendar groups, permissions, and calendars that are shared with others."""

from datetime import UTC, datetime

import pytest

from sim365.state import CalendarRole
from tests.sim365.core.harbour import an_event

ADA, BEN, CHIDI = "ada@harbour.test", "ben@harbour.test", "chidi@harbour.test"
GROUPS = f"/users/{ADA}/calendarGroups"
PERMISSIONS = f"/users/{ADA}/calendar/calendarPermissions"
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def share(graph, role, *, sharee=BEN, path=PERMISSIONS):
    return graph.post(path, {"emailAddress": {"address": sharee}, "role": role})


def names(answer):
    return [each["name"] for each in answer["value"]]


@pytest.mark.fact("calendar-groups")
def test_a_mailbox_has_its_groups_from_the_beginning(graph):
    groups = graph.get(GROUPS)["value"]

    assert groups[0]["name"] == "My Calendars"
    assert groups[0]["classId"] == "0006f0b7-0000-0000-c000-000000000046"
    assert names(graph.get(f"{GROUPS}/{groups[0]['id']}/calendars")) == ["Calendar"]


@pytest.mark.fact("calendar-groups")
def test_a_calendar_lives_in_the_group_in_which_it_was_made(graph):
    group = graph.post(GROUPS, {"name": "Personal events"})
    base = f"{GROUPS}/{group['id']}/calendars"
    made = graph.post(base, {"name": "Sailing", "color": "lightTeal"})

    event = graph.post(f"{base}/{made['id']}/events", an_event("Regatta"))

    assert names(graph.get(base)) == ["Sailing"]
    assert graph.get(f"{base}/{made['id']}/events/{event['id']}")["subject"] == "Regatta"
    assert graph.get(f"/users/{ADA}/calendars/{made['id']}")["color"] == "lightTeal"
    [mine, *_] = graph.get(GROUPS)["value"]
    assert graph.error("GET", f"{GROUPS}/{mine['id']}/calendars/{made['id']}") == (404, "ErrorItemNotFound")


@pytest.mark.fact("calendar-group-class-ids")
def test_the_built_in_groups_have_names_and_class_ids_in_a_row(graph):
    groups = graph.get(GROUPS)["value"]

    assert [(group["name"], group["classId"][:8]) for group in groups] == [
        ("My Calendars", "0006f0b7"),
        ("Other Calendars", "0006f0b8"),
        ("People's Calendars", "0006f0b9"),
    ]


@pytest.mark.fact("calendar-group-refusals")
def test_by_switch_a_full_group_is_deleted_and_its_calendars_stay(graph, sim):
    group = graph.post(GROUPS, {"name": "Old"})
    path = f"{GROUPS}/{group['id']}"
    graph.post(f"{path}/calendars", {"name": "Sailing"})

    assert graph.error("DELETE", path) == (400, "ErrorInvalidRequest")
    sim.switch("full_group_deletable", value=True)
    graph.delete(path)

    [mine, *_] = graph.get(GROUPS)["value"]
    assert names(graph.get(f"{GROUPS}/{mine['id']}/calendars")) == ["Calendar", "Sailing"]


def test_a_group_is_renamed_and_deleted_once_it_is_empty(graph):
    group = graph.post(GROUPS, {"name": "Old"})
    path = f"{GROUPS}/{group['id']}"
    made = graph.post(f"{path}/calendars", {"name": "Sailing"})

    assert graph.patch(path, {"name": "New"})["name"] == "New"
    assert graph.error("DELETE", path)[0] == 400
    graph.delete(f"/users/{ADA}/calendars/{made['id']}")
    graph.delete(path)
    assert graph.error("GET", path) == (404, "ErrorItemNotFound")


@pytest.mark.fact("calendar-group-refusals")
def test_the_built_in_groups_stay(graph):
    assert graph.error("DELETE", f"{GROUPS}/{graph.get(GROUPS)['value'][0]['id']}")[0] == 400


@pytest.mark.parametrize(
    ("body", "status"), [({"name": "my calendars"}, 409), ({"name": ""}, 400), ({}, 400), ({"name": "x", "y": 1}, 400)]
)
def test_a_group_needs_a_name_of_its_own(graph, body, status):
    assert graph("POST", GROUPS, body).status_code == status


@pytest.mark.fact("default-calendar-stays")
@pytest.mark.parametrize("order", [("DELETE", ""), ("POST", "/permanentDelete")])
def test_the_default_calendar_cannot_be_deleted_in_any_way(graph, order):
    method, action = order
    assert graph.error(method, f"/users/{ADA}/calendar{action}") == (400, "ErrorDeleteDistinguishedFolder")


def test_a_calendar_is_deleted_for_good(graph):
    made = graph.post(f"/users/{ADA}/calendars", {"name": "Sailing"})
    graph("POST", f"/users/{ADA}/calendars/{made['id']}/permanentDelete", None, 204)

    assert names(graph.get(f"/users/{ADA}/calendars")) == ["Calendar"]


@pytest.mark.fact("calendar-name-once")
def test_a_name_is_taken_even_by_a_rename(graph):
    made = graph.post(f"/users/{ADA}/calendars", {"name": "Sailing"})

    assert graph.error("PATCH", f"/users/{ADA}/calendars/{made['id']}", {"name": "CALENDAR"}) == (
        409,
        "ErrorFolderExists",
    )


def test_a_write_that_is_refused_leaves_no_calendar_behind(graph):
    assert graph("POST", f"/users/{ADA}/calendars", {"name": "Sailing", "color": "plaid"}).status_code == 400
    assert names(graph.get(f"/users/{ADA}/calendars")) == ["Calendar"]


@pytest.mark.fact("calendar-ids-settle")
def test_a_new_calendar_may_get_another_id_a_minute_later(graph, sim):
    sim.switch("calendar_ids_settle", value=True)
    made = graph.post(f"/users/{ADA}/calendars", {"name": "Sailing"})
    path = f"/users/{ADA}/calendars/{made['id']}"

    assert graph.get(path)["name"] == "Sailing"
    sim.advance(sim.clock.now() - sim.clock.now().replace(hour=6, minute=58))

    assert graph.error("GET", path) == (404, "ErrorItemNotFound")
    [settled] = graph.get(f"/users/{ADA}/calendars?$filter=name eq 'Sailing'")["value"]
    assert settled["id"] != made["id"]


@pytest.mark.fact("organization-permission")
def test_the_organisation_sees_free_and_busy_unless_its_role_is_changed(graph, sim):
    [everybody] = graph.get(PERMISSIONS)["value"]

    assert everybody["emailAddress"] == {"name": "My Organization", "address": None}
    assert (everybody["id"], everybody["role"], everybody["isRemovable"]) == ("RGVmYXVsdA==", "freeBusyRead", False)
    assert graph.patch(f"{PERMISSIONS}/{everybody['id']}", {"role": "limitedRead"})["role"] == "limitedRead"
    assert graph.error("DELETE", f"{PERMISSIONS}/{everybody['id']}")[0] == 400


def test_a_permission_is_given_changed_and_taken(graph):
    given = share(graph, "read")
    path = f"{PERMISSIONS}/{given['id']}"

    assert given["emailAddress"] == {"name": "Ben Okafor", "address": BEN}
    assert "delegateWithPrivateEventAccess" in given["allowedRoles"]
    assert graph.patch(path, {"role": "write"})["role"] == graph.get(path)["role"] == "write"
    graph.delete(path)
    assert graph.error("GET", path) == (404, "ErrorItemNotFound")


def test_only_the_default_calendar_has_delegates(graph):
    made = graph.post(f"/users/{ADA}/calendars", {"name": "Sailing"})
    path = f"/users/{ADA}/calendars/{made['id']}/calendarPermissions"

    assert share(graph, "write", path=path)["allowedRoles"] == ["freeBusyRead", "limitedRead", "read", "write"]
    assert graph.error(
        "POST", path, {"emailAddress": {"address": CHIDI}, "role": "delegateWithPrivateEventAccess"}
    ) == (400, "ErrorInvalidRequest")


def test_somebody_outside_may_read_at_most(graph):
    given = share(graph, "read", sharee="guest@elsewhere.test")

    assert (given["isInsideOrganization"], given["allowedRoles"][-1]) == (False, "read")
    assert graph.error("PATCH", f"{PERMISSIONS}/{given['id']}", {"role": "write"})[0] == 400


def test_what_a_person_could_be_given_can_be_asked(graph):
    shown = graph.get(f"/users/{ADA}/calendar/allowedCalendarSharingRoles(User='{BEN}')")

    assert shown["value"][-1] == "delegateWithPrivateEventAccess"


@pytest.mark.parametrize(
    "body",
    [
        {"role": "read"},
        {"emailAddress": {"address": ADA}, "role": "read"},
        {"emailAddress": {"address": "nowhere"}, "role": "read"},
        {"emailAddress": {"address": BEN}, "role": "none"},
        {"emailAddress": {"address": BEN}, "role": "custom"},
        {"emailAddress": {"address": BEN}, "role": "boss"},
        {"emailAddress": {"address": BEN}, "role": "read", "isInsideOrganization": False},
        {"emailAddress": {"address": BEN}, "role": "read", "colour": "red"},
    ],
)
def test_a_permission_that_makes_no_sense_is_refused(graph, body):
    assert graph.error("POST", PERMISSIONS, body)[0] == 400


def test_nobody_is_given_two_permissions(graph):
    share(graph, "read")

    assert graph.error("POST", PERMISSIONS, {"emailAddress": {"address": BEN}, "role": "read"})[0] == 400


@pytest.mark.fact("shared-calendar-own-id")
def test_a_shared_calendar_hangs_in_the_sharees_mailbox_under_another_id(graph, sign_in):
    share(graph, "read")
    ben = sign_in("ben")

    [own, hung] = ben.get("/me/calendars")["value"]

    assert hung["name"] == "Ada Lind"
    assert hung["owner"]["address"] == ADA
    assert (hung["canEdit"], hung["canShare"], hung["canViewPrivateItems"]) == (False, False, False)
    assert hung["id"] not in {own["id"], graph.get(f"/users/{ADA}/calendar")["id"]}
    assert ben.get(f"/me/calendars/{hung['id']}") | {"@odata.context": ""} == hung | {"@odata.context": ""}


@pytest.mark.fact("shared-calendar-own-id")
def test_events_of_a_shared_calendar_are_read_by_both_ways(graph, sim, sign_in):
    event = sim.person(ADA).create_event("Planning", NINE)
    share(graph, "read")
    ben = sign_in("ben")
    hung = ben.get("/me/calendars")["value"][1]["id"]

    assert [each["subject"] for each in ben.get(f"/me/calendars/{hung}/events")["value"]] == ["Planning"]
    assert ben.get(f"/users/{ADA}/calendar/events/{event['id']}")["subject"] == "Planning"
    assert ben.error("PATCH", f"/me/calendars/{hung}/events/{event['id']}", {"subject": "x"}) == (
        403,
        "ErrorAccessDenied",
    )


@pytest.mark.fact("shared-calendar-own-id")
def test_a_sharee_names_and_colours_the_calendar_for_herself(graph, sign_in):
    share(graph, "read")
    ben = sign_in("ben")
    path = f"/me/calendars/{ben.get('/me/calendars')['value'][1]['id']}"

    assert ben.patch(path, {"name": "The boss", "color": "lightRed"})["name"] == "The boss"
    assert graph.get(f"/users/{ADA}/calendar")["name"] == "Calendar"
    ben.delete(path)
    assert names(ben.get("/me/calendars")) == ["Calendar"]
    assert graph.get(f"/users/{ADA}/calendar")["name"] == "Calendar"


@pytest.mark.fact("delegate-books-for-owner")
def test_an_event_made_in_a_shared_calendar_is_organised_by_its_owner(graph, sign_in):
    share(graph, "write")
    ben = sign_in("ben")
    hung = ben.get("/me/calendars")["value"][1]["id"]

    made = ben.post(f"/me/calendars/{hung}/events", an_event("For Ada"))

    assert made["organizer"]["emailAddress"]["address"] == ADA
    assert made["isOrganizer"] is True
    assert graph.get(f"/users/{ADA}/events/{made['id']}")["subject"] == "For Ada"


@pytest.mark.fact("shared-scope-needed")
@pytest.mark.parametrize("path", ["/me/calendars/{hung}/events", f"/users/{ADA}/calendar", f"/users/{ADA}/events"])
def test_without_a_shared_scope_nothing_of_others_is_read(graph, sign_in, path):
    share(graph, "read")
    hung = sign_in("ben").get("/me/calendars")["value"][1]["id"]

    assert sign_in("ben", {"Calendars.ReadWrite"}).error("GET", path.format(hung=hung)) == (403, "ErrorAccessDenied")


@pytest.mark.fact("shared-scope-needed")
def test_without_a_permission_nothing_of_others_is_read(sign_in, sim):
    sim.person(ADA).create_event("Planning", NINE)

    assert sign_in("ben").error("GET", f"/users/{ADA}/events") == (403, "ErrorAccessDenied")
    assert sign_in("ben").error("GET", f"/users/{ADA}/calendars") == (403, "ErrorAccessDenied")


def test_a_share_is_for_one_calendar_only(graph, sim, sign_in):
    made = graph.post(f"/users/{ADA}/calendars", {"name": "Sailing"})
    share(graph, "read", path=f"/users/{ADA}/calendars/{made['id']}/calendarPermissions")
    secret = sim.person(ADA).create_event("Planning", NINE)
    ben = sign_in("ben")

    assert ben.get(f"/users/{ADA}/calendars/{made['id']}")["name"] == "Sailing"
    assert ben.error("GET", f"/users/{ADA}/events/{secret['id']}")[0] == 403
    assert ben.error("GET", f"/users/{ADA}/calendars/{made['id']}/events/{secret['id']}")[0] == 404


@pytest.mark.fact("private-items-hidden")
@pytest.mark.parametrize(
    ("role", "title", "body"),
    [
        ("freeBusyRead", "Private Appointment", ""),
        ("read", "Private Appointment", ""),
        ("delegateWithoutPrivateEventAccess", "Private Appointment", ""),
        ("delegateWithPrivateEventAccess", "Doctor", "At noon"),
    ],
)
def test_a_private_event_is_seen_whole_only_by_a_delegate_who_may(graph, sim, sign_in, role, title, body):
    event = sim.person(ADA).create_event(
        "Doctor", NINE, sensitivity="private", body={"contentType": "text", "content": "At noon"}
    )
    share(graph, role)

    shown = sign_in("ben").get(f"/users/{ADA}/calendar/events/{event['id']}")

    assert (shown["subject"], shown["bodyPreview"]) == (title, body)


@pytest.mark.fact("hidden-values-not-tested")
@pytest.mark.parametrize("of", ["events", "calendarView", "instances"])
@pytest.mark.parametrize("role", ["freeBusyRead", "read"])
def test_a_filter_does_not_tell_what_is_hidden(graph, sim, sign_in, role, of):
    """Asking letter by letter would spell out a private title otherwise."""
    weekly = {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]},
        "range": {"type": "numbered", "startDate": "2026-03-02", "numberOfOccurrences": 2},
    }
    doctor = sim.person(ADA).create_event("Doctor", NINE, sensitivity="private", recurrence=weekly, categories=["Ill"])
    share(graph, role)
    span = "startDateTime=2026-03-01&endDateTime=2026-03-20&"
    path = {
        "events": f"/users/{ADA}/calendar/events?",
        "calendarView": f"/users/{ADA}/calendar/calendarView?{span}",
        "instances": f"/users/{ADA}/calendar/events/{doctor['id']}/instances?{span}",
    }[of]
    ben, ada = sign_in("ben"), sign_in("ada")

    for wanted in ("startswith(subject,'Doc')", "categories/any(c: c eq 'Ill')"):
        assert ben.get(f"{path}$filter={wanted}")["value"] == []
        assert ada.get(f"{path}$filter={wanted}")["value"]
    assert ben.get(f"{path}$filter=subject eq 'Private Appointment'")["value"]


@pytest.mark.fact("hidden-values-not-tested")
def test_the_order_does_not_tell_hidden_titles(graph, sim, sign_in):
    sim.person(ADA).create_event("Zoo", NINE)
    sim.person(ADA).create_event("Aunt", NINE)
    share(graph, "freeBusyRead")
    by_title = f"/users/{ADA}/calendar/events?$orderby=subject&$select=subject"

    assert [each["subject"] for each in sign_in("ada").get(by_title)["value"]] == ["Aunt", "Zoo"]
    made = [each["id"] for each in sign_in("ben").get(by_title)["value"]]
    assert made == [each["id"] for each in graph.get(f"/users/{ADA}/calendar/events")["value"]]


def test_a_delegate_without_access_to_private_events_cannot_change_them(graph, sim, sign_in):
    event = sim.person(ADA).create_event("Doctor", NINE, sensitivity="private")
    share(graph, "delegateWithoutPrivateEventAccess")

    assert sign_in("ben").error("DELETE", f"/users/{ADA}/calendar/events/{event['id']}") == (403, "ErrorAccessDenied")


@pytest.mark.fact("limited-details")
def test_limited_details_for_the_organisation_show_title_and_place_of_events(graph, sim, sign_in):
    event = sim.person(ADA).create_event(
        "Planning", NINE, location={"displayName": "Aquarium"}, body={"contentType": "text", "content": "Salaries"}
    )
    sim.world.default_calendar(sim.person(ADA).mailbox).organization_role = CalendarRole.LIMITED_READ

    shown = sign_in("ben").get(f"/users/{ADA}/calendar/events/{event['id']}")

    assert (shown["subject"], shown["location"]["displayName"], shown["bodyPreview"]) == ("Planning", "Aquarium", "")


def test_when_the_share_ends_the_calendar_is_gone_from_the_sharee(graph, sign_in):
    given = share(graph, "read")
    ben = sign_in("ben")
    hung = ben.get("/me/calendars")["value"][1]["id"]
    graph.delete(f"{PERMISSIONS}/{given['id']}")

    assert names(ben.get("/me/calendars")) == ["Calendar"]
    assert ben.error("GET", f"/me/calendars/{hung}/events") == (404, "ErrorItemNotFound")


def test_the_owner_alone_sees_with_whom_a_calendar_is_shared(graph, sign_in):
    share(graph, "write")

    assert sign_in("ben").error("GET", PERMISSIONS) == (403, "ErrorAccessDenied")


def test_shares_survive_a_snapshot(graph, sim, sign_in):
    share(graph, "read")
    ben = sign_in("ben")
    before = ben.get("/me/calendars")["value"]
    saved = sim.snapshot()
    ben.delete(f"/me/calendars/{before[1]['id']}")
    sim.restore(saved)

    assert before == ben.get("/me/calendars")["value"]
