"""What the webhook receives: each entry alone, and nothing believed."""

import json

import pytest

from holdfast.graph import limits, notices
from holdfast.graph.notices import ChangeNotice, LifecycleNotice


def entry(**changes: object) -> dict[str, object]:
    made: dict[str, object] = {
        "subscriptionId": "s1",
        "subscriptionExpirationDateTime": "2026-03-08T10:00:00.0000000+00:00",
        "changeType": "updated",
        "resource": "Users/u1/Events/e1",
        "resourceData": {"@odata.type": "#Microsoft.Graph.Event", "@odata.etag": 'W/"1"', "id": "e1"},
        "clientState": "hush",
        "tenantId": "t1",
    }
    return {name: value for name, value in {**made, **changes}.items() if value is not ...}


def post(*entries: object) -> bytes:
    return json.dumps({"value": list(entries)}).encode()


def test_a_change_names_its_subscription_and_its_event():
    (notice,) = notices.parse(post(entry())).good

    assert notice == ChangeNotice(
        subscription="s1",
        client_state="hush",
        tenant="t1",
        change="updated",
        resource="Users/u1/Events/e1",
        event="e1",
        etag='W/"1"',
    )


@pytest.mark.museum("Z-W06")
@pytest.mark.parametrize(
    "word", [notices.MISSED, notices.SUBSCRIPTION_REMOVED, notices.REAUTHORIZATION_REQUIRED, "somethingNew"]
)
def test_a_lifecycle_notice_has_no_resource_and_is_read_all_the_same(word):
    """Z-W06: they were dropped because they name no resource."""
    body = post({"subscriptionId": "s1", "tenantId": "t1", "clientState": "hush", "lifecycleEvent": word})

    assert notices.parse(body).good == [
        LifecycleNotice(subscription="s1", client_state="hush", tenant="t1", event=word)
    ]


@pytest.mark.museum("Z-W10")
@pytest.mark.parametrize(
    "bad",
    [
        7,
        None,
        "x",
        [],
        {},
        {"subscriptionId": 7},
        {"subscriptionId": "s2"},
        entry(resourceData=[]),
        entry(changeType=...),
    ],
)
def test_one_bad_entry_does_not_cost_the_others(bad):
    """Z-W10: one body holds notices of several mailboxes; a bad one dropped them all."""
    parsed = notices.parse(post(entry(), bad, entry(subscriptionId="s3")))

    assert [each.subscription for each in parsed.good] == ["s1", "s3"]
    assert len(parsed.bad) == 1


@pytest.mark.museum("Z-W03")
def test_a_notice_without_a_client_state_is_read_and_says_so():
    """Z-W03: answering such notices with an error made the service stop sending; what to do is the doorbell's matter."""
    (notice,) = notices.parse(post(entry(clientState=None))).good

    assert notice.client_state is None


def test_a_notice_without_resource_data_still_rings():
    (notice,) = notices.parse(post(entry(resourceData=...))).good

    assert isinstance(notice, ChangeNotice)
    assert notice.event is None


@pytest.mark.parametrize(
    "body", [b"", b"hello", b"{}", b"[]", b'{"value": 7}', b'{"value": [', b"\xff\xfe", b'{"value":' + b"[" * 100_000]
)
def test_a_body_that_is_no_notices_is_one_bad_notice_and_never_an_error(body):
    parsed = notices.parse(body)

    assert parsed.good == []
    assert len(parsed.bad) == 1


def test_what_is_too_much_is_cut_and_said():
    too_large = notices.parse(b" " * (limits.NOTICES_BYTES_MAX + 1))
    too_many = notices.parse(post(*[{"subscriptionId": "s", "lifecycleEvent": "missed"}] * (limits.NOTICES_MAX + 3)))

    assert len(too_large.bad) == 1
    assert len(too_many.good) == limits.NOTICES_MAX
    assert "3 entries" in too_many.bad[0].why


def test_the_reason_of_a_bad_notice_does_not_quote_it():
    parsed = notices.parse(post({"subscriptionId": {"clientState": "hush"}}))

    assert "hush" not in parsed.bad[0].why
