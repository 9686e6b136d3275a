"""Calendars: the default one, further ones, and their extended properties."""

U = "/users/aquarium@harbour.test"
MARK = "String {00020329-0000-0000-c000-000000000046} Name Holder"


def test_every_mailbox_has_a_default_calendar(graph):
    calendar = graph.get(f"{U}/calendar")

    assert (calendar["isDefaultCalendar"], calendar["isRemovable"], calendar["name"]) == (True, False, "Calendar")
    assert calendar["owner"]["address"] == "aquarium@harbour.test"
    assert [calendar["id"]] == [each["id"] for each in graph.get(f"{U}/calendars")["value"]]


def test_a_calendar_is_created_renamed_and_deleted(graph):
    made = graph.post(f"{U}/calendars", {"name": "Night shift", "color": "lightBlue"})
    path = f"{U}/calendars/{made['id']}"

    renamed = graph.patch(path, {"name": "Day shift"})
    assert ("Day shift", "lightBlue", made["id"]) == (renamed["name"], renamed["color"], renamed["id"])
    assert made["changeKey"] != renamed["changeKey"]
    graph.delete(path)
    assert graph.error("GET", path) == (404, "ErrorItemNotFound")


def test_two_calendars_cannot_have_one_name(graph):
    graph.post(f"{U}/calendars", {"name": "Repairs"})

    assert graph.error("POST", f"{U}/calendars", {"name": "repairs"}) == (409, "ErrorFolderExists")


def test_the_default_calendar_cannot_be_deleted(graph):
    assert graph.error("DELETE", f"{U}/calendar")[0] == 400


def test_a_calendar_carries_extended_properties_that_only_expand_shows(graph):
    graph.patch(f"{U}/calendar", {"singleValueExtendedProperties": [{"id": MARK, "value": "instance 7"}]})

    assert "singleValueExtendedProperties" not in graph.get(f"{U}/calendar")
    shown = graph.get(f"{U}/calendar?$expand=singleValueExtendedProperties($filter=id eq '{MARK}')")
    assert shown["singleValueExtendedProperties"][0]["value"] == "instance 7"


def test_a_calendar_created_again_under_its_name_is_another_one(graph):
    first = graph.post(f"{U}/calendars", {"name": "Repairs"})
    graph.delete(f"{U}/calendars/{first['id']}")

    assert first["id"] != graph.post(f"{U}/calendars", {"name": "Repairs"})["id"]


def test_deleting_a_calendar_deletes_its_events(graph, sim):
    made = graph.post(f"{U}/calendars", {"name": "Repairs"})
    event = sim.person("aquarium@harbour.test").create_event("Leak", sim.clock.now(), calendar="Repairs")
    graph.delete(f"{U}/calendars/{made['id']}")

    assert graph.error("GET", f"{U}/events/{event['id']}") == (404, "ErrorItemNotFound")


def test_an_id_that_was_cut_is_malformed(graph):
    calendar = graph.get(f"{U}/calendar")["id"]

    assert graph.error("GET", f"{U}/calendars/{calendar[:-6]}") == (400, "ErrorInvalidIdMalformed")


def test_a_calendar_of_another_mailbox_is_not_found(graph):
    calendar = graph.get("/users/ada@harbour.test/calendar")["id"]

    assert graph.error("GET", f"{U}/calendars/{calendar}") == (404, "ErrorItemNotFound")
