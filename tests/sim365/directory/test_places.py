"""Places: every kind of them, where they stand, and how they are written."""

from datetime import timedelta

import pytest

ROOM = "aquarium@harbour.test"


def make(graph, kind, name, parent=None, **more):
    place = {"parentId": parent["id"]} if parent else {}
    return graph.post("/places", {"@odata.type": f"microsoft.graph.{kind}", "displayName": name, **place, **more})


def names(answer):
    return [place["displayName"] for place in answer["value"]]


@pytest.fixture
def house(graph):
    """A building with a floor, a section on it, and a desk and a room in that."""
    building = make(graph, "building", "Old Mill", address={"city": "Sofia"})
    floor = make(graph, "floor", "First floor", building, sortOrder=1)
    section = make(graph, "section", "By the wheel", floor)
    make(graph, "desk", "Desk 7", section, heightAdjustableState="enabled")
    graph.patch(f"/places/{ROOM}", {"@odata.type": "microsoft.graph.room", "parentId": section["id"]})
    return {"building": building, "floor": floor, "section": section}


@pytest.mark.fact("places-by-kind")
@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("building", ["Old Mill"]),
        ("floor", ["First floor"]),
        ("section", ["By the wheel"]),
        ("desk", ["Desk 7"]),
        ("room", ["Aquarium", "Boathouse", "Crow's Nest"]),
        ("workspace", ["Desk 1"]),
        ("roomList", ["All rooms"]),
    ],
)
def test_each_kind_has_a_list_of_its_own(graph, house, kind, found):
    assert found == names(graph.get(f"/places/microsoft.graph.{kind}"))


@pytest.mark.fact("places-by-kind")
def test_a_page_of_rooms_is_at_most_a_hundred_and_one_of_desks_a_thousand(graph):
    assert graph.error("GET", "/places/microsoft.graph.room?$top=101")[0] == 400
    graph.get("/places/microsoft.graph.desk?$top=1000")


def test_what_stands_in_a_building_is_found_below_it(graph, house):
    base = f"/places/{house['building']['id']}/descendants"

    assert names(graph.get(base)) == ["First floor", "By the wheel", "Desk 7", "Aquarium"]
    [desk] = graph.get(f"{base}/microsoft.graph.desk")["value"]
    assert (desk["@odata.type"], desk["heightAdjustableState"]) == ("#microsoft.graph.desk", "enabled")


def test_rooms_have_no_descendants(graph):
    assert graph.error("GET", f"/places/{ROOM}/descendants")[0] == 400


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("$filter=capacity ge 8", ["Aquarium", "Boathouse"]),
        ("$filter=building eq 'Harbour House' and floorNumber eq 2", ["Crow's Nest"]),
        ("$filter=startswith(displayName,'b')", ["Boathouse"]),
        ("$filter=bookingType eq 'standard' and not(capacity gt 4)", ["Crow's Nest"]),
        ("$filter=tags/any(t:t eq 'view')", ["Crow's Nest"]),
        ("$filter=address/city eq 'Varna'", ["Boathouse"]),
        ("$top=1&$skip=1", ["Boathouse"]),
        ("$orderby=capacity&$top=1", ["Boathouse"]),
    ],
)
def test_rooms_are_filtered_by(graph, sim, query, found):
    sim.person("crowsnest@harbour.test").mailbox.place.tags = ("view",)
    sim.person("boathouse@harbour.test").mailbox.place.city = "Varna"

    assert found == names(graph.get(f"/places/microsoft.graph.room?{query}"))


def test_rooms_are_counted(graph):
    assert graph.get("/places/microsoft.graph.room?$count=true&$top=1")["@odata.count"] == 3


@pytest.mark.parametrize("query", ["$filter=shoeSize eq 1", "$filter=address/moon eq 'x'", "$select=shoeSize"])
def test_what_a_room_does_not_have_is_refused(graph, query):
    assert graph.error("GET", f"/places/microsoft.graph.room?{query}") == (400, "RequestBroker--ParseUri")


def test_of_a_single_place_only_select_can_be_asked(graph):
    assert set(graph.get(f"/places/{ROOM}?$select=capacity")) == {"@odata.context", "@odata.type", "id", "capacity"}
    assert graph.error("GET", f"/places/{ROOM}?$filter=capacity gt 1")[0] == 400


@pytest.mark.fact("place-id-changes")
def test_after_a_rename_a_room_has_another_id_and_the_same_place_id(graph, sim):
    before = graph.get(f"/places/{ROOM}")
    sim.rename(ROOM, "fishtank@harbour.test")
    after = graph.get("/places/fishtank@harbour.test")

    assert (before["id"] == after["id"], before["placeId"] == after["placeId"]) == (False, True)
    assert graph.get(f"/places/{after['id']}") == graph.get(f"/places/{before['placeId']}")


@pytest.mark.fact("new-room-shows-late")
def test_a_new_room_shows_a_day_later_but_is_a_user_at_once(graph, sim, house):
    made = make(graph, "room", "Engine Room", house["section"], capacity=3)

    assert "Engine Room" not in names(graph.get("/places/microsoft.graph.room"))
    assert graph.error("GET", f"/places/{made['emailAddress']}") == (404, "ErrorItemNotFound")
    assert graph.get(f"/users/{made['emailAddress']}/mailboxSettings")["userPurpose"] == "room"

    sim.advance(timedelta(hours=25))

    assert "Engine Room" in names(graph.get("/places/microsoft.graph.room"))
    assert graph.get(f"/places/{made['id']}")["capacity"] == 3


@pytest.mark.fact("room-list-by-address")
def test_a_room_list_is_asked_by_its_address_and_not_by_its_id(graph):
    [rooms] = graph.get("/places/microsoft.graph.roomList")["value"]

    graph.get(f"/places/{rooms['emailAddress']}/microsoft.graph.roomList/rooms")
    assert graph.error("GET", f"/places/{rooms['id']}/microsoft.graph.roomList/rooms")[0] == 404


@pytest.mark.fact("places-not-set-up")
def test_where_places_were_never_set_up_there_are_errors(graph, sim):
    sim.world.company.tenants[0].has_places = False

    assert graph.error("GET", "/places/microsoft.graph.room") == (404, "UnknownError")
    assert graph.error("GET", f"/places/{ROOM}") == (404, "UnknownError")


def test_a_room_is_changed(graph):
    shown = graph.patch(
        f"/places/{ROOM}",
        {
            "@odata.type": "microsoft.graph.room",
            "nickname": "Tank",
            "capacity": 50,
            "tags": ["fish"],
            "isWheelChairAccessible": False,
            "geoCoordinates": {"latitude": 42.69, "longitude": 23.32},
            "address": {"city": "Sofia", "countryOrRegion": "BG"},
        },
    )

    assert (shown["nickname"], shown["capacity"], shown["tags"]) == ("Tank", 50, ["fish"])
    assert (shown["geoCoordinates"]["latitude"], shown["address"]["countryOrRegion"]) == (42.69, "BG")
    assert shown == graph.get(f"/places/{ROOM}")


def test_a_room_list_is_changed(graph):
    body = {"@odata.type": "microsoft.graph.roomList", "displayName": "Rooms", "phone": "555-0100"}

    shown = graph.patch("/places/rooms@harbour.test", {**body, "address": {"city": "Buffalo"}})

    assert (shown["displayName"], shown["phone"], shown["address"]["city"]) == ("Rooms", "555-0100", "Buffalo")


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        ({"@odata.type": "microsoft.graph.dropInPlaceMode"}, {"@odata.type": "#microsoft.graph.dropInPlaceMode"}),
        (
            {"@odata.type": "#microsoft.graph.unavailablePlaceMode", "reason": "Wet paint"},
            {"@odata.type": "#microsoft.graph.unavailablePlaceMode", "reason": "Wet paint"},
        ),
        (
            {"@odata.type": "microsoft.graph.assignedPlaceMode", "assignedUserEmailAddress": "ada@harbour.test"},
            {
                "@odata.type": "#microsoft.graph.assignedPlaceMode",
                "assignedUserId": "a0000000-0000-4000-8000-000000000000",
                "assignedUserEmailAddress": "ada@harbour.test",
            },
        ),
    ],
)
def test_a_desk_is_used_in_one_of_four_ways(graph, house, mode, shown):
    [desk] = graph.get("/places/microsoft.graph.desk")["value"]

    assert desk["mode"] == {"@odata.type": "#microsoft.graph.reservablePlaceMode"}
    changed = graph.patch(f"/places/{desk['id']}", {"@odata.type": "microsoft.graph.desk", "mode": mode})
    assert shown == changed["mode"]


def test_a_building_has_links(graph):
    link = {"name": "Map", "value": "https://maps.example/mill", "linkType": "url"}

    made = make(graph, "building", "Old Mill", resourceLinks=[link], wifiState="enabled")

    assert (made["resourceLinks"], made["wifiState"]) == ([link], "enabled")


def test_a_place_is_deleted_once_it_is_empty(graph, house):
    assert graph.error("DELETE", f"/places/{house['section']['id']}")[0] == 400
    [desk] = graph.get("/places/microsoft.graph.desk")["value"]

    graph.delete(f"/places/{desk['id']}")
    graph.patch(f"/places/{ROOM}", {"@odata.type": "microsoft.graph.room", "parentId": None})
    graph.delete(f"/places/{house['section']['id']}")

    assert graph.get("/places/microsoft.graph.section")["value"] == []


def test_a_room_is_not_deleted_as_a_place(graph):
    assert graph.error("DELETE", f"/places/{ROOM}")[0] == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"capacity": 9},
        {"@odata.type": "microsoft.graph.castle", "capacity": 9},
        {"@odata.type": "microsoft.graph.workspace", "capacity": 9},
        {"@odata.type": "microsoft.graph.room", "capacity": "many"},
        {"@odata.type": "microsoft.graph.room", "capacity": -1},
        {"@odata.type": "microsoft.graph.room", "displayName": "Tank"},
        {"@odata.type": "microsoft.graph.room", "emailAddress": "x@y.test"},
        {"@odata.type": "microsoft.graph.room", "wifiState": "enabled"},
        {"@odata.type": "microsoft.graph.room", "parentId": "nowhere"},
        {"@odata.type": "microsoft.graph.room", "geoCoordinates": {"latitude": 91}},
        {"@odata.type": "microsoft.graph.room", "tags": "fish"},
    ],
)
def test_a_change_that_makes_no_sense_changes_nothing(graph, wrong):
    before = graph.get(f"/places/{ROOM}")

    assert graph.error("PATCH", f"/places/{ROOM}", {"nickname": "Tank", **wrong})[0] == 400
    assert before == graph.get(f"/places/{ROOM}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"@odata.type": "microsoft.graph.floor", "displayName": "Nowhere"},
        {"@odata.type": "microsoft.graph.building"},
        {"@odata.type": "microsoft.graph.roomList", "displayName": "Rooms"},
        {"displayName": "What?"},
    ],
)
def test_a_place_that_makes_no_sense_is_not_made(graph, wrong):
    assert graph.error("POST", "/places", wrong)[0] == 400


def test_writing_places_needs_its_permission(sign_in):
    body = {"@odata.type": "microsoft.graph.building", "displayName": "Castle"}

    assert sign_in("ada").error("POST", "/places", body) == (403, "Authorization_RequestDenied")
