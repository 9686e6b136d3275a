"""What hangs on an event as an attachment (FACTS 3.3)."""

import base64

import pytest

from tests.sim365.core.harbour import an_event
from tests.sim365.events.words import ADA, BEN, a_series, at, copy_in, invited, on

PLAN = {
    "@odata.type": "#microsoft.graph.fileAttachment",
    "name": "plan.txt",
    "contentType": "text/plain",
    "contentBytes": base64.b64encode(b"Cast off at nine").decode(),
}
LINK = {"@odata.type": "#microsoft.graph.referenceAttachment", "name": "Chart", "sourceUrl": "https://charts.test/7"}
REGATTA = {
    "@odata.type": "#microsoft.graph.itemAttachment",
    "name": "Regatta",
    "item": {
        "@odata.type": "microsoft.graph.event",
        "subject": "Regatta",
        "start": at("2026-05-02T18:00:00", "Pacific Standard Time"),
        "end": at("2026-05-02T19:00:00", "Pacific Standard Time"),
    },
}


def attached(graph, event, *, mailbox=ADA, more=""):
    return graph.get(f"{mailbox}/events/{event['id']}/attachments{more}")["value"]


def a_file(size):
    return PLAN | {"contentBytes": base64.b64encode(b"x" * size).decode()}


@pytest.mark.fact("attachments")
@pytest.mark.parametrize("body", [PLAN, LINK, REGATTA], ids=["file", "link", "item"])
def test_an_attachment_is_added_listed_read_and_removed(graph, body):
    event = graph.post(f"{ADA}/events", an_event())
    path = f"{ADA}/events/{event['id']}/attachments"
    made = graph.post(path, body)

    assert (made["@odata.type"], made["name"]) == (body["@odata.type"], body["name"])
    assert [each["id"] for each in attached(graph, event)] == [made["id"]]
    assert graph.get(f"{path}/{made['id']}")["name"] == body["name"]
    assert graph.get(f"{ADA}/events/{event['id']}")["hasAttachments"] is True
    graph.delete(f"{path}/{made['id']}")
    assert attached(graph, event) == []
    assert graph.error("GET", f"{path}/{made['id']}") == (404, "ErrorItemNotFound")
    assert graph.get(f"{ADA}/events/{event['id']}")["hasAttachments"] is False


def test_a_file_shows_its_bytes_and_their_number(graph):
    event = graph.post(f"{ADA}/events", an_event(attachments=[PLAN]))
    [shown] = attached(graph, event)

    assert base64.b64decode(shown["contentBytes"]) == b"Cast off at nine"
    assert (shown["size"], shown["contentType"], shown["isInline"]) == (16, "text/plain", False)


@pytest.mark.fact("attachment-value")
def test_the_raw_value_of_a_file_is_its_bytes(graph):
    event = graph.post(f"{ADA}/events", an_event(attachments=[PLAN, LINK, REGATTA]))
    file, link, item = attached(graph, event)
    path = f"{ADA}/events/{event['id']}/attachments"
    answer = graph("GET", f"{path}/{file['id']}/$value")

    assert (answer.content, answer.headers["content-type"]) == (b"Cast off at nine", "text/plain")
    assert graph.error("GET", f"{path}/{link['id']}/$value")[0] == 405
    assert graph.error("GET", f"{path}/{item['id']}/$value") == (501, "NotImplemented")


def test_the_item_inside_an_attachment_is_shown_where_it_is_expanded(graph):
    event = graph.post(f"{ADA}/events", an_event(attachments=[REGATTA]))
    [plain] = attached(graph, event)
    whole = graph.get(
        f"{ADA}/events/{event['id']}/attachments/{plain['id']}?$expand=microsoft.graph.itemattachment/item"
    )

    assert "item" not in plain
    assert (whole["item"]["@odata.type"], whole["item"]["subject"]) == ("#microsoft.graph.event", "Regatta")
    assert whole["item"]["start"]["dateTime"] == "2026-05-03T01:00:00.0000000"


def test_an_attached_message_keeps_what_was_written(graph):
    message = {
        "@odata.type": "microsoft.graph.message",
        "subject": "Berths",
        "importance": "High",
        "body": {"contentType": "text", "content": "Two left"},
        "toRecipients": invited("ben@harbour.test")[:1],
        "isRead": True,
    }
    message["toRecipients"] = [{"emailAddress": {"name": "Ben", "address": "ben@harbour.test"}}]
    body = REGATTA | {"item": message, "@odata.type": "#Microsoft.OutlookServices.ItemAttachment"}
    event = graph.post(f"{ADA}/events", an_event())
    made = graph.post(f"{ADA}/events/{event['id']}/attachments", body)
    item = graph.get(f"{ADA}/events/{event['id']}/attachments/{made['id']}?$expand=item")["item"]

    assert (item["subject"], item["importance"], item["isRead"]) == ("Berths", "high", True)
    assert item["toRecipients"] == message["toRecipients"]


def test_attachments_are_selected_and_expanded(graph):
    event = graph.post(f"{ADA}/events", an_event(attachments=[PLAN]))
    [shown] = attached(graph, event, more="?$select=name,size")
    expanded = graph.get(f"{ADA}/events/{event['id']}?$expand=attachments&$select=subject")

    assert set(shown) == {"@odata.type", "id", "name", "size"}
    assert [each["name"] for each in expanded["attachments"]] == ["plan.txt"]
    assert graph.error("GET", f"{ADA}/events/{event['id']}/attachments?$expand=owner")[0] == 400


def test_pictures_inside_the_body_do_not_count_as_attachments(graph):
    event = graph.post(f"{ADA}/events", an_event(attachments=[PLAN | {"isInline": True, "contentId": "logo"}]))

    assert event["hasAttachments"] is False
    assert [each["contentId"] for each in attached(graph, event)] == ["logo"]


def test_files_of_3_mb_need_an_upload_session(graph):
    event = graph.post(f"{ADA}/events", an_event())
    path = f"{ADA}/events/{event['id']}/attachments"

    assert graph.post(path, a_file(3_000_000 - 1))["size"] == 3_000_000 - 1
    assert graph.error("POST", path, a_file(3_000_000)) == (413, "RequestEntityTooLarge")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": "x"}, "RequestBodyRead"),
        (PLAN | {"@odata.type": "#microsoft.graph.attachment"}, "RequestBodyRead"),
        (PLAN | {"name": ""}, "ErrorPropertyValidationFailure"),
        (PLAN | {"colour": "red"}, "RequestBodyRead"),
        (PLAN | {"contentBytes": None}, "RequestBodyRead"),
        (LINK | {"contentBytes": "YQ=="}, "RequestBodyRead"),
        (REGATTA | {"item": None}, "RequestBodyRead"),
        (REGATTA | {"item": {"@odata.type": "microsoft.graph.event"}}, "ErrorPropertyValidationFailure"),
        (REGATTA | {"item": {"@odata.type": "microsoft.graph.message", "colour": "red"}}, "RequestBodyRead"),
        (REGATTA | {"item": {"@odata.type": "microsoft.graph.room"}}, "RequestBodyRead"),
    ],
)
def test_a_wrong_attachment_is_refused(graph, wrong, code):
    event = graph.post(f"{ADA}/events", an_event())

    assert graph.error("POST", f"{ADA}/events/{event['id']}/attachments", wrong) == (400, code)
    assert attached(graph, event) == []


def test_an_id_of_something_else_names_no_attachment(graph):
    event = graph.post(f"{ADA}/events", an_event(attachments=[PLAN]))
    other = graph.post(f"{ADA}/events", an_event())
    [made] = attached(graph, event)

    assert graph.error("GET", f"{ADA}/events/{event['id']}/attachments/{event['id']}") == (
        400,
        "ErrorInvalidIdMalformed",
    )
    assert graph.error("GET", f"{ADA}/events/{other['id']}/attachments/{made['id']}") == (404, "ErrorItemNotFound")


def test_an_attachment_of_an_occurrence_makes_it_an_exception(graph):
    master = a_series(graph, attachments=[PLAN])
    day = on(graph, "2026-03-03")
    graph.post(f"{ADA}/events/{day['id']}/attachments", LINK)

    assert on(graph, "2026-03-03")["type"] == "exception"
    assert [len(attached(graph, event)) for event in (master, day, on(graph, "2026-03-04"))] == [1, 2, 1]


def test_an_invitation_carries_its_attachments(graph, sim):
    event = graph.post(f"{ADA}/events", an_event(attachments=[PLAN], attendees=invited("ben@harbour.test")))
    sim.settle()
    copy = copy_in(graph, BEN, event)

    assert copy["hasAttachments"] is True
    assert [each["name"] for each in attached(graph, copy, mailbox=BEN)] == ["plan.txt"]


@pytest.mark.fact("writes-beside-change-the-key")
def test_an_attachment_and_an_extension_change_the_key_and_mail_nobody(graph, sim):
    event = graph.post(f"{ADA}/events", an_event(attendees=invited("ben@harbour.test")))
    path = f"{ADA}/events/{event['id']}"
    keys = [event["changeKey"]]
    graph.post(f"{path}/attachments", PLAN)
    keys.append(graph.get(path)["changeKey"])
    graph.post(f"{path}/extensions", {"extensionName": "com.harbour", "berth": 7})
    keys.append(graph.get(path)["changeKey"])

    assert len(set(keys)) == 3
    assert len(sim.ledger.to("ben@harbour.test")) == 1


@pytest.mark.fact("read-basic")
def test_a_token_for_the_basics_sees_nothing_that_hangs_on_an_event(graph):
    event = graph.post(
        f"{ADA}/events", an_event(attachments=[PLAN], extensions=[{"extensionName": "com.harbour", "berth": 7}])
    )
    path, basic = f"{ADA}/events/{event['id']}", {"Authorization": "Bearer basic"}
    shown = graph.get(f"{path}?$expand=attachments,extensions", **basic)

    assert {"body", "bodyPreview", "attachments", "extensions"} & set(shown) == set()
    assert graph.error("GET", f"{path}/attachments", **basic) == (403, "ErrorAccessDenied")
    assert graph.error("GET", f"{path}/extensions/com.harbour", **basic) == (403, "ErrorAccessDenied")
