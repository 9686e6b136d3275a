"""Open extensions and extended properties of events (FACTS 3.10)."""

import pytest

from tests.sim365.core.harbour import an_event
from tests.sim365.events.words import ADA, BEN, ROOM, WEEK, a_series, copy_in, invited, on

PREFIX = "Microsoft.OutlookServices.OpenTypeExtension."
REFERRAL = {
    "@odata.type": "microsoft.graph.openTypeExtension",
    "extensionName": "Com.Harbour.Referral",
    "berths": 3,
    "names": ["Heron", "Gull"],
    "paid": True,
}
GUID = "{66f5a359-4659-4830-9070-00047ec6ac6e}"


def prop(name, value, kind="String"):
    return {"id": f"{kind} {GUID} Name {name}", "value": value}


def found(graph, clause, *, path="events?", mailbox=ADA):
    return [event["subject"] for event in graph.get(f"{mailbox}/{path}$filter={clause}")["value"]]


@pytest.mark.fact("extension-names")
@pytest.mark.parametrize("name", ["Com.Harbour.Referral", f"{PREFIX}Com.Harbour.Referral"])
def test_an_extension_is_read_changed_and_removed_by_either_name(graph, name):
    event = graph.post(f"{ADA}/events", an_event())
    path = f"{ADA}/events/{event['id']}/extensions"
    made = graph.post(path, REFERRAL)

    assert made["id"] == f"{PREFIX}Com.Harbour.Referral"
    assert made["@odata.type"] == "#microsoft.graph.openTypeExtension"
    assert graph.get(f"{path}/{name}")["names"] == ["Heron", "Gull"]
    after = graph.patch(f"{path}/{name}", {"berths": 4, "paid": None})
    assert (after["berths"], "paid" in after, after["names"]) == (4, False, ["Heron", "Gull"])
    graph.delete(f"{path}/{name}")
    assert graph.error("GET", f"{path}/{name}") == (404, "ErrorItemNotFound")
    assert graph.error("PATCH", f"{path}/{name}", {"berths": 1}) == (404, "ErrorItemNotFound")
    assert graph.error("DELETE", f"{path}/{name}") == (404, "ErrorItemNotFound")


def test_extensions_of_a_new_event_are_shown_by_expand_only(graph):
    other = {"extensionName": "com.x", "k": 1}
    event = graph.post(f"{ADA}/events", an_event(extensions=[REFERRAL, other]))
    path = f"{ADA}/events/{event['id']}"

    assert "extensions" not in event
    assert len(graph.get(f"{path}?$expand=extensions")["extensions"]) == 2
    chosen = graph.get(f"{path}?$expand=extensions($filter=id eq '{PREFIX}com.x')")["extensions"]
    assert [each["extensionName"] for each in chosen] == ["com.x"]
    assert [each["k"] for each in graph.get(f"{path}/extensions")["value"] if "k" in each] == [1]


@pytest.mark.fact("extension-presence-filter")
def test_a_filter_asks_whether_an_extension_is_there(graph):
    graph.post(f"{ADA}/events", an_event("With", extensions=[REFERRAL]))
    graph.post(f"{ADA}/events", an_event("Without"))

    for name in ("Com.Harbour.Referral", f"{PREFIX}Com.Harbour.Referral"):
        assert found(graph, f"Extensions/any(f:f/id eq '{name}')") == ["With"]
    assert found(graph, "extensions/any(f:f/id eq 'com.harbour.referral')") == []
    wrong = f"{ADA}/events?$filter=Extensions/any(f:f/berths eq 3)"
    assert graph.error("GET", wrong) == (400, "BadRequest")


def test_a_second_extension_of_a_name_is_refused(graph):
    event = graph.post(f"{ADA}/events", an_event(extensions=[REFERRAL]))

    assert graph.error("POST", f"{ADA}/events/{event['id']}/extensions", REFERRAL) == (409, "NameAlreadyExists")
    assert graph.error("POST", f"{ADA}/events", an_event(extensions=[REFERRAL, REFERRAL]))[0] == 409


@pytest.mark.parametrize("name", ["extensions", "attachments"])
def test_what_has_a_path_of_its_own_is_not_written_with_a_change(graph, name):
    event = graph.post(f"{ADA}/events", an_event())

    assert graph.error("PATCH", f"{ADA}/events/{event['id']}", {name: []}) == (400, "BadRequest")


@pytest.mark.fact("extensions-per-copy")
def test_extensions_and_properties_stay_in_the_mailbox_that_wrote_them(graph, sim):
    event = graph.post(
        f"{ADA}/events",
        an_event(
            attendees=invited("ben@harbour.test"),
            extensions=[REFERRAL],
            singleValueExtendedProperties=[prop("Berth", "7")],
        ),
    )
    sim.settle()
    expand = f"$expand=extensions,singleValueExtendedProperties($filter=id eq '{prop('Berth', '')['id']}')"
    copy = graph.get(f"{BEN}/events/{copy_in(graph, BEN, event)['id']}?{expand}")

    assert (copy["extensions"], "singleValueExtendedProperties" in copy) == ([], False)


def test_an_expand_is_of_the_master_that_was_asked_for_and_not_of_its_exceptions(graph):
    """FACTS 3.10: extended properties are read by `$expand` only, and this one is the master's."""
    master = a_series(graph, singleValueExtendedProperties=[prop("Colour", "red")])
    graph.patch(f"{ADA}/events/{on(graph, '2026-03-03')['id']}", {"subject": "Roof"})
    expand = f"exceptionOccurrences,singleValueExtendedProperties($filter=id eq '{prop('Colour', '')['id']}')"

    shown = graph.get(f"{ADA}/events/{master['id']}?$expand={expand}&$select=subject")

    assert [each["value"] for each in shown["singleValueExtendedProperties"]] == ["red"]
    [exception] = shown["exceptionOccurrences"]
    assert (exception["subject"], exception["type"]) == ("Roof", "exception")
    assert "singleValueExtendedProperties" not in exception


@pytest.mark.fact("extensions-inherited")
def test_occurrences_inherit_and_exceptions_keep_their_own(graph):
    a_series(graph, extensions=[REFERRAL])
    day = on(graph, "2026-03-03")
    graph.patch(f"{ADA}/events/{day['id']}/extensions/Com.Harbour.Referral", {"berths": 9})

    def berths(date):
        path = f"{ADA}/events/{on(graph, date)['id']}/extensions/Com.Harbour.Referral"
        return graph.get(path)["berths"]

    assert [berths("2026-03-02"), berths("2026-03-03"), berths("2026-03-04")] == [3, 9, 3]


@pytest.mark.fact("extended-properties-hidden")
def test_extended_properties_are_shown_by_expand_with_their_ids_only(graph):
    several = {"id": f"StringArray {GUID} Name Crew", "value": ["Ada", "Ben"]}
    event = graph.post(
        f"{ADA}/events",
        an_event(singleValueExtendedProperties=[prop("Berth", "7")], multiValueExtendedProperties=[several]),
    )
    path = f"{ADA}/events/{event['id']}"

    assert {name for name in event if "Extended" in name} == set()
    single = graph.get(f"{path}?$expand=singleValueExtendedProperties($filter=id eq '{prop('Berth', '')['id']}')")
    assert [each["value"] for each in single["singleValueExtendedProperties"]] == ["7"]
    crew = graph.get(f"{path}?$expand=multiValueExtendedProperties($filter=id eq '{several['id']}')")
    assert [each["value"] for each in crew["multiValueExtendedProperties"]] == [["Ada", "Ben"]]
    for name in ("singleValueExtendedProperties", "multiValueExtendedProperties"):
        assert graph.error("GET", f"{path}?$expand={name}") == (400, "BadRequest")


def test_multi_value_properties_merge_by_id(graph):
    first, second = ({"id": f"IntegerArray {GUID} Name {name}", "value": ["1"]} for name in ("A", "B"))
    event = graph.post(f"{ADA}/events", an_event(multiValueExtendedProperties=[first]))
    graph.patch(f"{ADA}/events/{event['id']}", {"multiValueExtendedProperties": [second]})
    both = f"id eq '{first['id']}' or id eq '{second['id']}'"
    shown = graph.get(f"{ADA}/events/{event['id']}?$expand=multiValueExtendedProperties($filter={both})")

    assert len(shown["multiValueExtendedProperties"]) == 2


@pytest.mark.fact("extended-property-filter")
@pytest.mark.parametrize(
    ("kind", "test", "expected"),
    [
        ("String", "ep/value eq 'GREEN'", ["A"]),
        ("String", "contains(ep/Value, 'ree')", ["A"]),
        ("String", "startswith(ep/value, 'gr')", ["A"]),
        ("String", "ep/value ne 'green'", ["B"]),
        ("Integer", "cast(ep/value, Edm.Int32) eq 12", ["A"]),
        ("Integer", "cast(ep/value, Edm.Int32) gt 12", ["B"]),
        ("Integer", "cast(ep/value, Edm.Int32) le 12", ["A"]),
        ("Double", "cast(ep/value, Edm.Double) lt 1.0", ["A"]),
        ("Boolean", "cast(ep/value, Edm.Boolean) eq true", ["A"]),
    ],
)
def test_single_values_are_filtered_by_their_type(graph, kind, test, expected):
    values = {
        "String": ("green", "red"),
        "Integer": ("12", "100"),
        "Double": ("0.5", "9.5"),
        "Boolean": ("true", "false"),
    }
    for subject, value in zip("AB", values[kind], strict=True):
        graph.post(f"{ADA}/events", an_event(subject, singleValueExtendedProperties=[prop("P", value, kind)]))

    clause = f"singleValueExtendedProperties/any(ep:ep/Id eq '{kind} {GUID} Name P' and {test})"
    assert found(graph, clause) == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("Integer", "seven"),
        ("Integer", "2147483648"),
        ("Short", "32768"),
        ("Boolean", "yes"),
        ("Double", "a half"),
        ("SystemTime", "soon"),
        ("Binary", "%%"),
        ("CLSID", "7"),
    ],
)
def test_a_value_that_is_not_of_its_type_is_refused(graph, kind, value):
    wrong = an_event(singleValueExtendedProperties=[prop("P", value, kind)])

    assert graph.error("POST", f"{ADA}/events", wrong) == (400, "ErrorPropertyValidationFailure")


@pytest.mark.parametrize(
    "name", ["String", f"Colour {GUID} Name P", "String {7} Name P", f"String {GUID} Id banana", "String 0xZZ", "Berth"]
)
def test_an_id_that_names_no_property_is_refused(graph, name):
    wrong = an_event(singleValueExtendedProperties=[{"id": name, "value": "1"}])

    assert graph.error("POST", f"{ADA}/events", wrong) == (400, "ErrorInvalidRequest")


@pytest.mark.parametrize("name", [f"String {GUID} Id 0x8012", "String 0x4001001E"])
def test_properties_are_named_by_number_and_by_tag_too(graph, name):
    event = graph.post(f"{ADA}/events", an_event(singleValueExtendedProperties=[{"id": name, "value": "1"}]))
    shown = graph.get(
        f"{ADA}/events/{event['id']}?$expand=singleValueExtendedProperties($filter=id eq '{name.upper()}')".replace(
            "STRING", "String"
        )
        .replace("ID 0X", "Id 0x")
        .replace("0X", "0x")
    )

    assert [each["value"] for each in shown["singleValueExtendedProperties"]] == ["1"]


def test_null_does_not_delete_a_property(graph):
    event = graph.post(f"{ADA}/events", an_event(singleValueExtendedProperties=[prop("P", "1")]))
    change = {"singleValueExtendedProperties": [prop("P", None)]}

    assert graph.error("PATCH", f"{ADA}/events/{event['id']}", change) == (400, "RequestBodyRead")


@pytest.mark.fact("multi-value-not-filtered")
def test_multi_value_properties_cannot_be_filtered(graph):
    clause = f"multiValueExtendedProperties/any(ep:ep/id eq 'StringArray {GUID} Name Crew')"

    assert graph.error("GET", f"{ADA}/events?$filter={clause}") == (400, "BadRequest")


@pytest.mark.fact("extension-filter-on-view")
def test_a_view_cannot_be_filtered_by_what_hangs_on_events_unless_switched(graph, sim):
    graph.post(
        f"{ROOM}/events", an_event("With", extensions=[REFERRAL], singleValueExtendedProperties=[prop("P", "1")])
    )
    clauses = (
        "Extensions/any(f:f/id eq 'Com.Harbour.Referral')",
        f"singleValueExtendedProperties/Any(ep: ep/id eq '{prop('P', '')['id']}' and ep/value eq '1')",
    )

    for clause in clauses:
        assert graph.error("GET", f"{ROOM}/calendarView?{WEEK}&$filter={clause}") == (500, "ErrorInternalServerError")
    sim.switch("extension_filter_on_view", value=True)
    for clause in clauses:
        assert found(graph, clause, path=f"calendarView?{WEEK}&", mailbox=ROOM) == ["With"]


def test_a_view_expands_extended_properties(graph):
    graph.post(f"{ROOM}/events", an_event(singleValueExtendedProperties=[prop("P", "1")]))
    expand = f"$expand=singleValueExtendedProperties($filter=id eq '{prop('P', '')['id']}')"

    [shown] = graph.get(f"{ROOM}/calendarView?{WEEK}&{expand}")["value"]
    assert shown["singleValueExtendedProperties"][0]["value"] == "1"
