"""Every answer of Microsoft's becomes the one class to which its caller reacts."""

import httpx
import pytest

from holdfast.graph import calendars, delta, errors, events, subscriptions
from holdfast.graph.wire import Etag, EventId, SubscriptionId
from tests.graph.conversation import Microsoft, StillClock, graph_to, line_to, refuses, says

STANDUP = EventId("e1")


def reading(*replies: object):
    """Read one event from a Microsoft that says this."""
    events.get(line_to(Microsoft(*replies)), STANDUP, calendar=None)


def writing(*replies: object):
    events.patch(line_to(Microsoft(*replies)), STANDUP, b"{}", calendar=None, if_match=Etag('W/"1"'))


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "ErrorInvalidRequest", errors.Refused),
        (403, "ErrorAccessDenied", errors.Denied),
        (404, "ErrorItemNotFound", errors.ItemNotFound),
        (404, "erroritemnotfound", errors.ItemNotFound),
        (404, "SomethingNew", errors.NotFound),
        (404, "MailboxNotEnabledForRESTAPI", errors.MailboxUnusable),
        (404, "ErrorInvalidUser", errors.MailboxUnusable),
        (404, "ResourceNotFound", errors.MailboxUnusable),
        (404, "Request_ResourceNotFound", errors.MailboxUnusable),
        (409, "ErrorDuplicateTransactionId", errors.DuplicateTransaction),
        (400, "errorduplicatetransactionid", errors.DuplicateTransaction),
        (409, "ErrorFolderExists", errors.Conflict),
        (410, "Gone", errors.Gone),
        (410, "SyncStateNotFound", errors.TokenExpired),
        (412, "ErrorIrresolvableConflict", errors.PreconditionFailed),
        (418, "Teapot", errors.Puzzling),
        (500, "ErrorInternalServerError", errors.Unavailable),
        (501, "NotModelled", errors.Puzzling),
        (502, "BadGateway", errors.Unavailable),
        (503, "ServiceUnavailable", errors.Unavailable),
        (504, "UnknownError", errors.Unavailable),
        (507, "QuotaExceeded", errors.Refused),
    ],
)
def test_each_answer_has_its_class(status, code, expected):
    with pytest.raises(errors.GraphError) as caught:
        writing(refuses(status, code))

    assert type(caught.value) is expected
    assert (caught.value.status, caught.value.code, caught.value.request_id) == (status, code, "r-1")


@pytest.mark.museum("Z-A10")
def test_a_mailbox_that_is_not_there_is_one_thing_under_all_its_names():
    """Z-A10: no licence, soft-deleted, on-premises: the same mailbox answers different codes on different days."""
    for code in ("MailboxNotEnabledForRESTAPI", "ErrorInvalidUser", "ResourceNotFound"):
        with pytest.raises(errors.MailboxUnusable):
            reading(refuses(404, code))


def test_a_policy_of_the_tenant_is_told_apart_from_a_missing_permission():
    with pytest.raises(errors.BlockedByPolicy):
        reading(
            refuses(
                403,
                "ErrorAccessDenied",
                "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.",
            )
        )


def test_a_more_specific_code_may_stand_inside():
    body = {"error": {"code": "BadRequest", "innerError": {"code": "ErrorDuplicateTransactionId"}}}
    with pytest.raises(errors.DuplicateTransaction):
        writing(says(400, body))


@pytest.mark.museum("Z-K09")
def test_an_error_page_in_html_does_not_hide_its_status():
    """Z-K09: a gateway answers 502 with a web page; the parser's complaint about it must not be what is reported."""
    with pytest.raises(errors.Unavailable) as caught:
        writing(says(502, b"<html>Bad gateway</html>"))

    assert caught.value.status == 502
    assert caught.value.code is None


def test_an_error_whose_body_breaks_off_keeps_its_status():
    class Broken(httpx.SyncByteStream):
        def __iter__(self):
            yield b'{"error":'
            raise httpx.ReadError("gone")

    with pytest.raises(errors.PreconditionFailed):
        writing(lambda _request: httpx.Response(412, stream=Broken()))


@pytest.mark.parametrize(
    "body", [b"<html>ok</html>", b'{"id": "e1", "subj', b"", b"[]", b'{"subject": "no id"}', b"\xff\xfe"]
)
def test_a_success_that_is_no_event_is_a_puzzle_and_never_an_empty_event(body):
    with pytest.raises(errors.Unreadable):
        reading(says(200, body))


def test_a_redirect_is_not_followed():
    microsoft = Microsoft(says(302, location="https://evil.example/"))
    with pytest.raises(errors.Puzzling):
        events.get(line_to(microsoft), STANDUP, calendar=None)

    assert len(microsoft.asked) == 1


@pytest.mark.parametrize(
    ("failure", "expected", "may_have_landed"),
    [
        (httpx.ConnectError("refused"), errors.NotSent, False),
        (httpx.ConnectTimeout("slow"), errors.NotSent, False),
        (httpx.PoolTimeout("full"), errors.NotSent, False),
        (httpx.ReadTimeout("slow"), errors.TimedOut, True),
        (httpx.WriteTimeout("slow"), errors.TimedOut, True),
        (httpx.ReadError("reset"), errors.NoAnswer, True),
        (httpx.WriteError("reset"), errors.NoAnswer, True),
        (httpx.RemoteProtocolError("short body"), errors.NoAnswer, True),
    ],
)
def test_what_was_certainly_not_sent_is_told_apart_from_what_nobody_knows(failure, expected, may_have_landed):
    with pytest.raises(errors.Transient) as caught:
        writing(failure)

    assert type(caught.value) is expected
    assert caught.value.may_have_landed is may_have_landed


@pytest.mark.parametrize(
    ("status", "may_have_landed"),
    [
        (400, False),
        (401, False),
        (403, False),
        (404, False),
        (409, False),
        (412, False),
        (429, False),
        (500, True),
        (502, True),
        (503, True),
        (504, True),
        (302, True),
    ],
)
def test_a_writer_learns_whether_it_may_have_landed(status, may_have_landed):
    replies = [says(status), says(status)] if status == 401 else [says(status)]
    with pytest.raises(errors.GraphError) as caught:
        writing(*replies)

    assert caught.value.may_have_landed is may_have_landed


def test_a_503_that_names_a_wait_may_still_have_landed():
    with pytest.raises(errors.Throttled) as caught:
        writing(says(503, retry_after="7"))

    assert caught.value.may_have_landed is True
    assert caught.value.retry_after_s == 7


def test_the_text_of_an_error_holds_no_query_no_token_and_no_line_break():
    microsoft = Microsoft(refuses(400, "Error\r\nForged", "one\r\ntwo"))
    with pytest.raises(errors.Refused) as caught:
        events.with_transaction(line_to(microsoft), "secret-transaction", calendar=None)

    text = str(caught.value) + repr(caught.value)
    assert "secret-transaction" not in text
    assert "token-1" not in text
    assert "\n" not in str(caught.value)
    assert "/users/aquarium@wharf.example/calendar/events" in text


def test_the_cause_of_a_broken_connection_is_not_kept_because_it_holds_the_token():
    with pytest.raises(errors.NoAnswer) as caught:
        writing(httpx.ReadError("reset"))

    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.museum("Z-L01")
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (410, "SyncStateNotFound"),
        (410, "fullSyncRequired"),
        (410, ""),
        (400, "InvalidDeltaToken"),
        (400, "BadRequest"),
        (404, "ErrorItemNotFound"),
    ],
)
def test_any_refusal_of_a_delta_link_asks_for_a_new_round(status, code):
    """Z-L01: only one of the codes was known, and the user was never synced again."""
    microsoft = Microsoft(refuses(status, code))
    link = "https://graph.microsoft.com/v1.0/users/u/calendarView/delta?$deltatoken=old"
    with pytest.raises(errors.TokenExpired):
        next(delta.follow(line_to(microsoft), link))


def test_a_mailbox_that_is_gone_is_not_taken_for_an_old_delta_link():
    link = "https://graph.microsoft.com/v1.0/users/u/calendarView/delta?$deltatoken=old"
    with pytest.raises(errors.MailboxUnusable):
        next(delta.follow(line_to(Microsoft(refuses(404, "MailboxNotEnabledForRESTAPI"))), link))


@pytest.mark.museum("Z-W09")
def test_a_subscription_that_is_gone_is_told_apart_from_a_throttled_renewal():
    """Z-W09: gone means create anew, throttled means keep and try again."""
    microsoft = Microsoft(refuses(404, "ResourceNotFound"), says(429, retry_after="3"))
    directory = graph_to(microsoft, clock=StillClock()).directory()
    until = StillClock().now()

    with pytest.raises(errors.NotFound) as gone:
        subscriptions.renew(directory, SubscriptionId("s1"), until=until)
    with pytest.raises(errors.Throttled):
        subscriptions.renew(directory, SubscriptionId("s1"), until=until)

    assert not isinstance(gone.value, errors.MailboxUnusable)


def test_a_calendar_of_the_same_name_is_a_conflict():
    with pytest.raises(errors.Conflict):
        calendars.create(line_to(Microsoft(refuses(409, "ErrorFolderExists"))), name="Aquarium")
