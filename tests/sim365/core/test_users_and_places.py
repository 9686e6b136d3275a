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

    assert by_name["displayName"] == "Ada Lind"
    assert by_name == graph.get(f"/users/{by_name['id']}")


def test_select_returns_only_the_named_properties(graph):
    user = graph.get("/users/ada@harbour.test?$select=accountEnabled,userType")

    assert {"@odata.context", "accountEnabled", "userType"} == set(user)


def test_a_room_is_a_disabled_account(graph):
    assert graph.get("/users/aquarium@harbour.test?$select=accountEnabled")["accountEnabled"] is False


def test_users_are_filtered(graph):
    found = graph.get("/users?$filter=startswith(displayName,'B')&$select=displayName")

    assert [user["displayName"] for user in found["value"]] == ["Ben Okafor", "Boathouse"]


def test_a_filter_on_an_unknown_property_is_refused(graph):
    assert graph.error("GET", "/users?$filter=shoeSize eq 44") == (400, "RequestBroker--ParseUri")


def test_an_unknown_user_is_not_found_in_the_directory(graph):
    assert graph.error("GET", "/users/nobody@harbour.test") == (404, "Request_ResourceNotFound")


def test_an_unknown_user_has_no_calendar_either(graph):
    assert graph.error("GET", "/users/nobody@harbour.test/events") == (404, "ErrorInvalidUser")


def test_a_user_without_a_mailbox_has_no_calendar(graph):
    assert graph.error("GET", "/users/ghost@harbour.test/calendar") == (404, "MailboxNotEnabledForRESTAPI")


def test_counting_users_needs_eventual_consistency(graph):
    assert graph.error("GET", "/users/$count")[0] == 400
    assert graph("GET", "/users/$count", ConsistencyLevel="eventual").text == "9"


@pytest.mark.parametrize(
    ("address", "purpose"),
    [("ada", "user"), ("aquarium", "room"), ("heron", "equipment")],
)
def test_mailbox_settings_tell_what_a_mailbox_is_for(graph, address, purpose):
    assert purpose == graph.get(f"/users/{address}@harbour.test/mailboxSettings")["userPurpose"]


def test_one_mailbox_setting_can_be_asked_for_alone(graph):
    assert graph.get("/users/aquarium@harbour.test/mailboxSettings/userPurpose")["value"] == "room"


def test_the_time_zone_of_a_mailbox_is_a_windows_name(graph):
    settings = graph.get("/users/ada@harbour.test/mailboxSettings")

    assert settings["timeZone"] == "FLE Standard Time"
    assert settings["workingHours"]["startTime"] == "08:00:00.0000000"


def test_rooms_are_listed_and_workspaces_are_not_among_them(graph):
    rooms = graph.get("/places/microsoft.graph.room")["value"]

    assert [room["displayName"] for room in rooms] == ["Aquarium", "Boathouse", "Crow's Nest"]
    assert (rooms[0]["capacity"], rooms[0]["building"], rooms[0]["floorNumber"]) == (8, "Harbour House", 0)


def test_workspaces_have_a_listing_of_their_own(graph):
    assert [desk["displayName"] for desk in graph.get("/places/microsoft.graph.workspace")["value"]] == ["Desk 1"]


def test_rooms_come_in_pages(graph):
    first = graph.get("/places/microsoft.graph.room?$top=2")
    second = graph.get(first["@odata.nextLink"])

    assert [len(first["value"]), len(second["value"])] == [2, 1]


def test_places_without_a_type_are_refused(graph):
    assert graph.error("GET", "/places")[0] == 400


def test_a_place_is_found_by_its_address(graph):
    assert graph.get("/places/aquarium@harbour.test")["displayName"] == "Aquarium"


def test_a_room_list_names_its_rooms_and_its_workspaces(graph):
    [room_list] = graph.get("/places/microsoft.graph.roomList")["value"]
    base = f"/places/{room_list['emailAddress']}/microsoft.graph.roomList"

    assert [room["displayName"] for room in graph.get(f"{base}/rooms")["value"]] == ["Aquarium", "Boathouse"]
    assert [room["displayName"] for room in graph.get(f"{base}/workspaces")["value"]] == ["Desk 1"]


def test_a_new_room_may_not_be_listed_yet(graph, sim):
    """FACTS 2.1: it takes up to two days until a room shows in places."""
    sim.person("boathouse@harbour.test").mailbox.is_hidden = True

    assert [room["displayName"] for room in graph.get("/places/microsoft.graph.room")["value"]] == [
        "Aquarium",
        "Crow's Nest",
    ]


@pytest.mark.parametrize(
    "path", ["/places/aquarium@harbour.test/checkIns", "/groups", "/users/ada@harbour.test/messages"]
)
def test_what_is_not_modelled_says_so(graph, path):
    answer = graph("GET", path)

    assert answer.status_code == 501
    assert "sim365 does not model" in answer.json()["error"]["message"]
