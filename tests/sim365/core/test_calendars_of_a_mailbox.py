"""Calendars: the default one, further ones, and their extended properties."""

U = "/users/aquarium@harbour.test"
MARK = "String {00020329-0000-0000-c000-000000000046} Name Holder"


def test_every_mailbox_has_a_default_calendar(graph):
    calendar = graph.get(f"{U}/calendar")

    assert (True, False, "Calendar") == (calendar["isDefaultCalendar"], calendar["isRemovable"], calendar["name"])
    assert "aquarium@harbour.test" == calendar["owner"]["address"]
    assert [calendar["id"]] == [each["id"] for each in graph.get(f"{U}/calendars")["value"]]


def test_a_calendar_is_created_renamed_and_deleted(graph):
    made = graph.post(f"{U}/calendars", {"name": "Night shift", "color": "lightBlue"})
    path = f"{U}/calendars/{made['id']}"

    renamed = graph.patch(path, {"name": "Day shift"})
    assert ("Day shift", "lightBlue", made["id"]) == (renamed["name"], renamed["color"], renamed["id"])
    assert made["changeKey"] != renamed["changeKey"]
    graph.delete(path)
    assert (404, "ErrorItemNotFound") == graph.error("GET", path)


def test_two_calendars_cannot_have_one_name(graph):
    graph.post(f"{U}/calendars", {"name": "Repairs"})

    assert (409, "ErrorFolderExists") == graph.error("POST", f"{U}/calendars", {"name": "repairs"})


def test_the_default_calendar_cannot_be_deleted(graph):
    assert 400 == graph.error("DELETE", f"{U}/calendar")[0]


def test_a_calendar_carries_extended_properties_that_only_expand_shows(graph):
    graph.patch(f"{U}/calendar", {"singleValueExtendedProperties": [{"id": MARK, "value": "instance 7"}]})

    assert "singleValueExtendedProperties" not in graph.get(f"{U}/calendar")
    shown = graph.get(f"{U}/calendar?$expand=singleValueExtendedProperties($filter=id eq '{MARK}')")
    assert "instance 7" == shown["singleValueExtendedProperties"][0]["value"]


def test_a_calendar_created_again_under_its_name_is_another_one(graph):
    first = graph.post(f"{U}/calendars", {"name": "Repairs"})
    graph.delete(f"{U}/calendars/{first['id']}")

    assert first["id"] != graph.post(f"{U}/calendars", {"name": "Repairs"})["id"]


def test_deleting_a_calendar_deletes_its_events(graph, sim):
    made = graph.post(f"{U}/calendars", {"name": "Repairs"})
    event = sim.person("aquarium@harbour.test").create_event("Leak", sim.clock.now(), calendar="Repairs")
    graph.delete(f"{U}/calendars/{made['id']}")

    assert (404, "ErrorItemNotFound") == graph.error("GET", f"{U}/events/{event['id']}")


def test_an_id_that_was_cut_is_malformed(graph):
    calendar = graph.get(f"{U}/calendar")["id"]

    assert (400, "ErrorInvalidIdMalformed") == graph.error("GET", f"{U}/calendars/{calendar[:-6]}")


def test_a_calendar_of_another_mailbox_is_not_found(graph):
    calendar = graph.get("/users/ada@harbour.test/calendar")["id"]

    assert (404, "ErrorItemNotFound") == graph.error("GET", f"{U}/calendars/{calendar}")


def test_calendar_groups_are_a_named_gap(graph):
    assert 501 == graph("GET", f"{U}/calendarGroups").status_code
