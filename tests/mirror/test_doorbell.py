"""The doorbell: what Microsoft's posts, and everybody else's, can and cannot do."""

import json

import pytest
from django.test import RequestFactory

from holdfast.mirror import sweep
from holdfast.mirror.doorbell import doorbell
from holdfast.mirror.models import Handshake, Mailbox, Refusal
from sim365.postman import Reply
from tests.cast import at
from tests.mirror.harbour import Harbour, utc

pytestmark = pytest.mark.database
PUBLIC = "https://holdfast.example.org"


class Door:
    """Carries posts to the view as a web server would, and notes the answers."""

    def __init__(self):
        self.answers = []

    def post(self, path, *, body=b"", query="", content_type="application/json", **headers):
        request = RequestFactory().generic(
            "POST", f"/notices/{path}" + (f"?{query}" if query else ""), body, content_type=content_type, **headers
        )
        response = doorbell(request, path)
        self.answers.append(response)
        return response

    def __call__(self, url, body, content_type):
        assert url.startswith(f"{PUBLIC}/notices/")
        path, _, query = url.removeprefix(f"{PUBLIC}/notices/").partition("?")
        response = self.post(path, body=body, query=query, content_type=content_type)
        return Reply(response.status_code, response.content, response["Content-Type"])


@pytest.fixture
def bell(cast):
    """The Aquarium, synced, with a subscription whose notices come through the real view."""
    harbour = Harbour(cast, public_url=PUBLIC)
    harbour.door = Door()
    harbour.simulator.postman = harbour.door
    harbour.map("Aquarium")
    harbour.work()
    yield harbour
    harbour.close()
    assert harbour.simulator.bugs == []
    assert harbour.simulator.conduct.offences == []


def mailbox():
    return Mailbox.objects.get()


def rings():
    return mailbox().rung_count


def notice(**changes):
    entry = {
        "subscriptionId": mailbox().subscription_id,
        "changeType": "updated",
        "resource": "Users/x/Events/y",
        "clientState": "wrong",
        "tenantId": mailbox().tenant,
    }
    return json.dumps({"value": [{**entry, **changes}]}).encode()


def test_a_subscription_is_made_with_a_handshake_at_a_one_time_address(bell):
    row = mailbox()
    assert row.subscription_id
    assert [(answer.status_code, answer["Content-Type"]) for answer in bell.door.answers] == [
        (200, "text/plain; charset=utf-8"),
        (200, "text/plain; charset=utf-8"),
    ]
    assert {answer["X-Content-Type-Options"] for answer in bell.door.answers} == {"nosniff"}
    assert Handshake.objects.get().answers_left == 0


@pytest.mark.rule("S062", "S077", "S081", "S126")
def test_a_notice_brings_the_event_within_seconds(bell, cast):
    """S062, S077, S081, S126: nobody presses anything; a notice is only a ring, and the read brings the event."""
    from holdfast.bookings.models import Booking
    from holdfast.database.transactions import in_workspace

    bell.room().create_event("Walk-in", utc(10), utc(11))
    bell.pass_time(seconds=5)
    bell.work()

    with in_workspace(cast.workspace_id):
        assert Booking.objects.get().title == "Walk-in"


def test_push_counts_as_healthy_only_after_a_notice_followed_our_own_write(bell, cast):
    cast.book("Aquarium", at(9))
    bell.work()
    assert not mailbox().is_push_measured

    bell.pass_time(seconds=5)

    row = mailbox()
    assert (row.is_push_measured, row.unproven_since) == (True, None)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("validationToken=%3Cscript%3Ealert(1)%3C/script%3E", 400),
        ("validationToken=" + "a" * 10_240, 400),
        ("validationToken=a%0d%0aSet-Cookie:%20b", 400),
        ("validationToken=a&validationToken=b", 400),
        ("validationToken=", 400),
        ("validationToken=Validation:%20Testing", 404),
    ],
    ids=["A-W1 script", "A-W2 long", "A-W5 header", "A-W6 two", "empty", "A-W4 nothing pending"],
)
def test_a_validation_nobody_awaits_is_never_echoed(bell, query, status):
    answer = bell.door.post("guessed", query=query, content_type="text/plain")

    assert answer.status_code == status
    assert b"script" not in answer.content
    assert "Set-Cookie" not in answer
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_a_get_is_refused(bell):
    """A-W3."""
    request = RequestFactory().get("/notices/x", {"validationToken": "abc"})
    assert doorbell(request, "x").status_code == 405


@pytest.mark.museum("Z-W03", "Z-W04")
@pytest.mark.parametrize(
    "changes",
    [
        {"clientState": "wrong"},
        {"clientState": None},
        {"clientState": 7},
        {"clientState": "x" * 900_000},
        {"subscriptionId": "unknown"},
        {"tenantId": "somebody-else"},
    ],
    ids=["A-W7 wrong", "A-W8 null", "A-W8 number", "A-W8 large", "A-W10 unknown", "A-W11 tenant"],
)
def test_a_forged_notice_is_answered_like_any_other_and_rings_nobody(bell, changes):
    """Z-W03, Z-W04: always 2xx, counted, and nothing is triggered."""
    before = rings()

    answer = bell.door.post("any", body=notice(**changes))

    assert (answer.status_code, answer.content) == (202, b"")
    assert rings() == before
    assert sum(Refusal.objects.values_list("count", flat=True)) == 1


@pytest.mark.museum("Z-W10")
def test_one_bad_entry_costs_the_others_nothing(bell):
    """Z-W10: each entry stands alone; what is right rings once however often it comes."""
    bell.room().create_event("Walk-in", utc(10), utc(11))
    taken = []
    bell.simulator.postman = lambda _url, body, _kind: taken.append(body) or Reply(202, b"", "")
    bell.pass_time(seconds=10)
    good = [json.loads(body)["value"][0] for body in taken]
    before = rings()

    answer = bell.door.post(
        "any", body=json.dumps({"value": [{"nonsense": 1}, *good, *good, {"subscriptionId": "u"}]}).encode()
    )

    assert answer.status_code == 202
    assert rings() == before + 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (
            b'{"value":[' + b",".join([b'{"subscriptionId":"u","changeType":"updated","resource":"r"}'] * 1001) + b"]}",
            413,
        ),
        (b'{"value":[' + b"{}," * 400_000 + b"{}]}", 413),
        (b"[" * 100_000, 400),
        (b"not json", 400),
        (b"", 411),
        (b'{"value":[]}', 202),
    ],
    ids=["A-W12 items", "A-W12 bytes", "A-W13 depth", "text", "empty", "nothing"],
)
def test_bodies_that_are_no_notices_are_refused_early(bell, body, status):
    before = rings()
    assert bell.door.post("any", body=body).status_code == status
    assert rings() == before


def test_a_body_without_a_length_is_not_read(bell):
    """A-W17: it could go on for ever."""
    request = RequestFactory().generic("POST", "/notices/x", b"{}", content_type="application/json")
    del request.META["CONTENT_LENGTH"]
    assert doorbell(request, "x").status_code == 411


@pytest.mark.museum("Z-W06")
def test_a_removed_subscription_is_made_again(bell):
    """Z-W06: subscriptionRemoved has no resource; it means: make it anew, and read."""
    before = mailbox().subscription_id
    bell.simulator.lifecycle("subscriptionRemoved")
    bell.pass_time(seconds=5)
    bell.work()

    assert mailbox().subscription_id not in ("", before)


def test_forged_lifecycle_notices_cause_one_look_a_minute(bell):
    """A-W14, A-W15: even with the right state, a thousand of them cost one request about the subscription."""
    taken = []
    bell.simulator.postman = lambda _url, body, _kind: taken.append(body) or Reply(202, b"", "")
    bell.simulator.lifecycle("reauthorizationRequired")
    bell.pass_time(seconds=5)
    entry = json.loads(taken[0])["value"][0]
    about = sum("/subscriptions" in each.path for each in bell.simulator.conduct.entries)

    for _ in range(5):
        bell.door.post("any", body=json.dumps({"value": [entry] * 200}).encode())
        bell.work()

    assert sum("/subscriptions" in each.path for each in bell.simulator.conduct.entries) == about + 1
    assert len(bell.room().events()) == 0


def test_without_a_database_microsoft_is_asked_to_come_again(bell, cluster):
    """A-W16: 503, never 202."""
    from django.db import connection

    body, real = notice(), connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "gone"
    try:
        assert bell.door.post("any", body=body).status_code == 503
    finally:
        connection.close()
        connection.settings_dict["NAME"] = real


@pytest.mark.museum("Z-W01", "Z-W12")
def test_a_subscription_is_renewed_two_days_before_its_end(bell):
    """Z-W01: a weekend without a renewal loses nothing."""
    first = mailbox().subscription_expires_at
    bell.pass_time(days=5, hours=1)
    sweep.run_once()
    bell.work()

    assert mailbox().subscription_expires_at > first


@pytest.mark.museum("Z-W09")
def test_a_subscription_that_is_gone_is_made_anew_when_it_should_be_renewed(bell):
    """Z-W09, F55."""
    before = mailbox().subscription_id
    bell.pass_time(days=8)
    sweep.run_once()
    bell.work()

    assert mailbox().subscription_id not in ("", before)


@pytest.mark.rule("S063", "S077")
def test_lost_notices_are_made_up_for_by_the_sweep(bell, cast):
    """S063, S077: without notices the calendar is read every five minutes at least."""
    from holdfast.bookings.models import Booking
    from holdfast.database.transactions import in_workspace

    bell.simulator.postman = lambda _url, _body, _kind: Reply(503, b"", "")
    bell.room().create_event("Walk-in", utc(10), utc(11))
    bell.pass_time(minutes=5, seconds=1)
    sweep.run_once()
    bell.work()

    with in_workspace(cast.workspace_id):
        assert Booking.objects.get().title == "Walk-in"
