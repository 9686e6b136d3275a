"""The directory: users, mailbox settings, rooms, room lists."""

import pytest


def test_users_come_in_pages_that_are_followed_by_the_next_link(graph):
    first = graph.get("/users?$top=4")
    second = graph.get(first["@odata.nextLink"])
    third = graph.get(second["@odata.nextLink"])

    seen = [user["id"] for page in (first, second, third) for user in page["value"]]
    assert 9 == len(seen) == len(set(seen))
    assert "@odata.nextLink" not in third


def test_a_user_is_found_by_object_id_and_by_user_principal_name(graph):
    by_name = graph.get("/users/ADA@harbour.test")

    assert "Ada Lind" == by_name["displayName"]
    assert by_name == graph.get(f"/users/{by_name['id']}")


def test_select_returns_only_the_named_properties(graph):
    user = graph.get("/users/ada@harbour.test?$select=accountEnabled,userType")

    assert {"@odata.context", "accountEnabled", "userType"} == set(user)


def test_a_room_is_a_disabled_account(graph):
    assert graph.get("/users/aquarium@harbour.test?$select=accountEnabled")["accountEnabled"] is False


def test_users_are_filtered(graph):
    found = graph.get("/users?$filter=startswith(displayName,'B')&$select=displayName")

    assert ["Ben Okafor", "Boathouse"] == [user["displayName"] for user in found["value"]]


def test_a_filter_on_an_unknown_property_is_refused(graph):
    assert (400, "RequestBroker--ParseUri") == graph.error("GET", "/users?$filter=shoeSize eq 44")


def test_an_unknown_user_is_not_found_in_the_directory(graph):
    assert (404, "Request_ResourceNotFound") == graph.error("GET", "/users/nobody@harbour.test")


def test_an_unknown_user_has_no_calendar_either(graph):
    assert (404, "ErrorInvalidUser") == graph.error("GET", "/users/nobody@harbour.test/events")


def test_a_user_without_a_mailbox_has_no_calendar(graph):
    assert (404, "MailboxNotEnabledForRESTAPI") == graph.error("GET", "/users/ghost@harbour.test/calendar")


def test_counting_users_needs_eventual_consistency(graph):
    assert 400 == graph.error("GET", "/users/$count")[0]
    assert "9" == graph("GET", "/users/$count", ConsistencyLevel="eventual").text


@pytest.mark.parametrize(
    ("address", "purpose"),
    [("ada", "user"), ("aquarium", "room"), ("heron", "equipment")],
)
def test_mailbox_settings_tell_what_a_mailbox_is_for(graph, address, purpose):
    assert purpose == graph.get(f"/users/{address}@harbour.test/mailboxSettings")["userPurpose"]


def test_one_mailbox_setting_can_be_asked_for_alone(graph):
    assert "room" == graph.get("/users/aquarium@harbour.test/mailboxSettings/userPurpose")["value"]


def test_the_time_zone_of_a_mailbox_is_a_windows_name(graph):
    settings = graph.get("/users/ada@harbour.test/mailboxSettings")

    assert "FLE Standard Time" == settings["timeZone"]
    assert "08:00:00.0000000" == settings["workingHours"]["startTime"]


def test_rooms_are_listed_and_workspaces_are_not_among_them(graph):
    rooms = graph.get("/places/microsoft.graph.room")["value"]

    assert ["Aquarium", "Boathouse", "Crow's Nest"] == [room["displayName"] for room in rooms]
    assert (8, "Harbour House", 0) == (rooms[0]["capacity"], rooms[0]["building"], rooms[0]["floorNumber"])


def test_workspaces_have_a_listing_of_their_own(graph):
    assert ["Desk 1"] == [desk["displayName"] for desk in graph.get("/places/microsoft.graph.workspace")["value"]]


def test_rooms_come_in_pages(graph):
    first = graph.get("/places/microsoft.graph.room?$top=2")
    second = graph.get(first["@odata.nextLink"])

    assert [2, 1] == [len(first["value"]), len(second["value"])]


def test_places_without_a_type_are_refused(graph):
    assert 400 == graph.error("GET", "/places")[0]


def test_a_place_is_found_by_its_address(graph):
    assert "Aquarium" == graph.get("/places/aquarium@harbour.test")["displayName"]


def test_a_room_list_names_its_rooms_and_its_workspaces(graph):
    [room_list] = graph.get("/places/microsoft.graph.roomList")["value"]
    base = f"/places/{room_list['emailAddress']}/microsoft.graph.roomList"

    assert ["Aquarium", "Boathouse"] == [room["displayName"] for room in graph.get(f"{base}/rooms")["value"]]
    assert ["Desk 1"] == [room["displayName"] for room in graph.get(f"{base}/workspaces")["value"]]


def test_a_new_room_may_not_be_listed_yet(graph, sim):
    """FACTS 2.1: it takes up to two days until a room shows in places."""
    sim.person("boathouse@harbour.test").mailbox.is_hidden = True

    assert ["Aquarium", "Crow's Nest"] == [
        room["displayName"] for room in graph.get("/places/microsoft.graph.room")["value"]
    ]


@pytest.mark.parametrize("path", ["/places/microsoft.graph.desk", "/groups", "/users/ada@harbour.test/messages"])
def test_what_is_not_modelled_says_so(graph, path):
    answer = graph("GET", path)

    assert 501 == answer.status_code
    assert "sim365 does not model" in answer.json()["error"]["message"]
