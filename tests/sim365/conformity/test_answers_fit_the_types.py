"""What the check of answers lets pass, and what it names: told in answers that a simulator might give by mistake."""

import httpx
import pytest

from sim365 import conformity
from sim365.conformity import AnswerBreaksTypesError, complaints, notice_complaints
from sim365.conformity.formats import FORMATS
from sim365.conformity.schema import read_schema, schema
from sim365.http.requests import Answer, Request
from sim365.simulator import Simulator
from sim365.state import Principal
from sim365.transport import SimTransport
from tests.sim365.core.harbour import APP, PERMISSIONS, START, TENANT, Graph, KnownTokens, a_company

CONTEXT = {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#of-something"}
PLANNING = {"@odata.etag": 'W/"k3"', "id": "AAMk1", "subject": "Planning", "showAs": "busy", "isAllDay": False}


def said_of(path: str, body: object, *, method: str = "GET", status: int = 200) -> list[str]:
    return complaints(Request(method, f"/v1.0/{path}"), Answer(status, body))


def said_of_event(**changes: object) -> list[str]:
    return said_of("users/ada@harbour.test/events/AAMk1", CONTEXT | PLANNING | changes)


def test_an_event_as_microsoft_shows_it_fits():
    start = {"dateTime": "2026-03-02T09:00:00.0000000", "timeZone": "UTC"}
    ben = {"type": "required", "status": {"response": "none", "time": "0001-01-01T00:00:00Z"}}

    assert said_of_event(start=start, attendees=[ben], recurrence=None, createdDateTime="2026-03-01T08:00:00.1Z") == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"room": "Aquarium"}, "event: event has no property room"),
        ({"subject": 7}, "event.subject: String was expected, not 7"),
        ({"showAs": "Busy"}, "event.showAs: 'Busy' is no member of freeBusyStatus"),
        ({"showAs": None}, None),
        ({"categories": None}, "event.categories: a collection was expected, not None"),
        ({"categories": ["Blue", None]}, "event.categories[1]: String was expected, not None"),
        ({"isAllDay": "false"}, "event.isAllDay: Boolean was expected, not 'false'"),
        ({"reminderMinutesBeforeStart": True}, "event.reminderMinutesBeforeStart: Int32 was expected, not True"),
        ({"originalStart": "2026-03-02"}, "event.originalStart: DateTimeOffset was expected, not '2026-03-02'"),
        ({"start": {"zone": "UTC"}}, "event.start: dateTimeTimeZone has no property zone"),
        ({"start": {"dateTime": None}}, "event.start.dateTime: String was expected, not None"),
        ({"@odata.etag": "k3"}, "event: 'k3' is no etag"),
        ({"@odata.mood": "fine"}, "event: the annotation @odata.mood does not belong here"),
        ({"calendar@odata.navigationLink": "https://graph.microsoft.com/v1.0/…"}, None),
        ({"room@odata.navigationLink": "…"}, "event: the annotation room@odata.navigationLink does not belong here"),
        ({"attachments": [{"id": "A1", "isInline": False}]}, "is abstract, and no @odata.type says which"),
        ({"attachments": [{"@odata.type": "#microsoft.graph.event"}]}, "'#microsoft.graph.event' is no attachment"),
        ({"attachments": [{"@odata.type": "#microsoft.graph.fileAttachment", "contentBytes": "aGk="}]}, None),
        ({"attachments": [{"@odata.type": "#microsoft.graph.fileAttachment", "contentBytes": "a"}]}, "Binary was expected"),
        ({"extensions": [{"@odata.type": "#microsoft.graph.openTypeExtension", "extensionName": "a", "any": [1]}]}, None),
    ],
    ids=str,
)  # fmt: skip
def test_each_property_of_an_event_is_held_to_its_type(change, complaint):
    said = "\n".join(said_of_event(**change))

    assert (said == "") if complaint is None else (complaint in said)


def test_a_page_has_a_context_and_only_members_of_a_page():
    assert said_of("users/ada/events", {"value": []}) == ["@odata.context names the metadata, not None"]
    assert said_of("users/ada/events", CONTEXT | {"value": [], "total": 0}) == [
        "a collection's answer has no member total"
    ]
    assert said_of("users/ada/events", CONTEXT) == ["value: a collection was expected, not None"]
    assert said_of("users/ada/events", [PLANNING]) != []


def test_only_a_round_of_delta_ends_with_a_delta_link():
    link = "https://graph.microsoft.com/v1.0/users/ada/calendarView/delta?$deltatoken=x"
    gone = {"@odata.type": "#microsoft.graph.event", "id": "AAMk1", "@removed": {"reason": "deleted"}}

    assert said_of("users/ada/calendarView/delta", CONTEXT | {"value": [gone], "@odata.deltaLink": link}) == []
    assert said_of("users/ada/calendarView/delta", CONTEXT | {"value": [gone]}) != []
    assert said_of("users/ada/calendarView", CONTEXT | {"value": [], "@odata.deltaLink": link}) != []
    assert said_of("users/ada/calendarView", CONTEXT | {"value": [gone]}) != []


def test_a_place_without_a_cast_says_what_it_is():
    aquarium = {"id": "A1", "displayName": "Aquarium", "capacity": 8}

    assert said_of("places/A1", CONTEXT | {"@odata.type": "#microsoft.graph.room"} | aquarium) == []
    assert "no @odata.type says which" in said_of("places/A1", CONTEXT | aquarium)[0]
    assert said_of("places/microsoft.graph.room", CONTEXT | {"value": [aquarium]}) == []


def test_an_action_without_result_has_no_body():
    assert complaints(Request("POST", "/v1.0/me/events/AAMk1/accept"), Answer(202)) == []
    assert said_of("me/events/AAMk1/accept", {}, method="POST", status=202) != []
    assert said_of("me/events/AAMk1", {}, method="DELETE", status=204) != []


def test_one_property_of_a_resource_comes_as_value():
    assert said_of("users/ada/mailboxSettings/timeZone", CONTEXT | {"value": "UTC"}) == []
    assert said_of("users/ada/mailboxSettings/timeZone", CONTEXT | {"timeZone": "UTC"}) != []
    assert said_of("users/ada/mailboxSettings/userPurpose", CONTEXT | {"value": "cat"}) != []


def test_the_arguments_of_a_function_lead_to_what_it_returns():
    zones = CONTEXT | {"value": [{"alias": "Europe/Sofia", "displayName": "Europe/Sofia"}]}

    assert (
        said_of("me/outlook/supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')", zones) == []
    )
    assert said_of("me/outlook/supportedTimeZones", CONTEXT | {"value": [{"zone": "UTC"}]}) != []


def test_a_path_that_the_types_do_not_know_cannot_answer():
    assert said_of("users/ada/moods", {"value": []}) == ["the types do not say what stands at 'moods'"]


def test_an_error_has_code_message_and_the_requests_numbers():
    inner = {"date": "2026-03-02T07:00:00", "request-id": "r", "client-request-id": "c"}

    assert said_of("users/x", {"error": {"code": "A", "message": "b", "innerError": inner}}, status=404) == []
    assert said_of("users/x", {"error": {"code": "A", "message": "b"}}, status=404) != []
    assert said_of("users/x", {"error": {"code": "", "message": "b", "innerError": inner}}, status=404) != []
    assert said_of("users/x", {"errors": []}, status=404) != []


def test_a_notice_is_held_to_its_type():
    notice = {
        "subscriptionId": "7f105c7d-2dc5-4530-97cd-4e7ae6534c07",
        "subscriptionExpirationDateTime": "2026-03-04T07:00:00.0000000Z",
        "changeType": "updated",
        "resource": "Users/a/Events/b",
        "resourceData": {"id": "b"},
        "clientState": "x",
        "tenantId": "84bd8158-6d4d-4958-8b9f-9d6445542f95",
    }

    assert notice_complaints({"value": [notice]}) == []
    assert notice_complaints({"value": [notice | {"changeType": "renamed"}]}) != []
    assert notice_complaints({"value": [notice | {"room": "Aquarium"}]}) != []
    assert notice_complaints({"value": [notice | {"resourceData": {}}]}) != []


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("Date", ["2026-03-02", "0001-01-01"], ["2026-3-2", "2026-02-30", 20260302]),
        ("TimeOfDay", ["08:00:00.0000000", "23:59:59"], ["8:00", "24:00:00"]),
        ("Duration", ["PT1H", "P1DT30M", "PT0.5S"], ["P", "PT", "1 hour"]),
        ("Guid", ["84bd8158-6d4d-4958-8b9f-9d6445542f95"], ["84bd8158"]),
        ("Int32", [0, -(2**31)], [2**31, 1.5, "1"]),
        ("Int64", [2**40], [2**63]),
        ("Double", [1, 1.5, "INF"], ["1.5", True]),
        ("DateTimeOffset", ["2026-03-02T09:00:00Z", "2026-03-02T09:00:00.1234567+02:00"], ["2026-03-02T09:00:00", "2026-03-02T25:00:00Z"]),
        ("Binary", ["", "aGk=", "-_8="], ["aGk", 3]),
    ],
)  # fmt: skip
def test_a_primitive_value_has_its_types_form(name, good, bad):
    assert [value for value in good if not FORMATS[name](value)] == []
    assert [value for value in bad if FORMATS[name](value)] == []


def test_every_type_that_is_used_is_declared():
    known = schema()
    declared = {*FORMATS, *known.enumerations, *known.structures}
    used = {
        use.type
        for each in known.structures.values()
        for use in (*each.properties.values(), *each.navigations.values())
    }  # fmt: skip

    assert sorted(used - declared) == []


def test_a_line_that_declares_nothing_is_refused():
    with pytest.raises(ValueError, match="no line of the types reads so"):
        read_schema("room Aquarium\n")


@pytest.fixture
def untrue():
    """A company in which Ada's colour of calendar is one that Microsoft does not have: a fault of state, not of code."""
    tokens = KnownTokens()
    tokens.issue("good", Principal(TENANT, APP, frozenset(PERMISSIONS), "sp-1"))
    with conformity.kept_apart() as kept:
        simulator = Simulator(a_company(), seed=5, start=START, identity=tokens, check_types=True)
        simulator.person("ada@harbour.test").mailbox.job_title = 7  # type: ignore[assignment]
        with httpx.Client(transport=SimTransport(simulator)) as client:
            yield simulator, Graph(client, simulator, {"Authorization": "Bearer good"}), kept


def test_a_violation_is_kept_though_the_client_looks_away(untrue):
    simulator, graph, kept = untrue
    graph.get("/users/ada@harbour.test")

    assert "user.jobTitle: String was expected, not 7" in kept[0]
    assert simulator.bugs == kept
    with pytest.raises(AnswerBreaksTypesError, match="jobTitle"):
        conformity.raise_violations()
    conformity.raise_violations()


def test_a_violation_inside_a_batch_is_found(untrue):
    simulator, graph, _ = untrue
    graph.post(
        "/$batch", json={"requests": [{"id": "1", "method": "GET", "url": "/users/ada@harbour.test"}]}, status=200
    )

    assert "user.jobTitle" in simulator.bugs[0]


def test_a_simulator_can_be_told_not_to_check():
    tokens = KnownTokens()
    tokens.issue("good", Principal(TENANT, APP, frozenset(PERMISSIONS), "sp-1"))
    simulator = Simulator(a_company(), seed=5, start=START, identity=tokens, check_types=False)
    simulator.person("ada@harbour.test").mailbox.job_title = 7  # type: ignore[assignment]
    with httpx.Client(transport=SimTransport(simulator)) as client:
        Graph(client, simulator, {"Authorization": "Bearer good"}).get("/users/ada@harbour.test")

    assert simulator.bugs == []
