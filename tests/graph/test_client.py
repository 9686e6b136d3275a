"""How one request is made: its headers, its deadline, its repetitions, and where its token goes."""

import httpx
import pytest

from holdfast.graph import errors, events, limits
from holdfast.graph.client import Ask
from holdfast.graph.wire import CalendarId, Etag, EventId
from tests.graph.conversation import AQUARIUM, Microsoft, StillClock, event, graph_to, line_to, refuses, says

STANDUP = EventId("e1")


class LostLease(Exception):
    """The caller may no longer act."""


def test_every_request_asks_for_immutable_ids_and_utc_and_names_itself():
    microsoft = Microsoft(says(200, event()))

    events.get(line_to(microsoft), STANDUP, calendar=None)

    headers = microsoft.asked[0].headers
    assert headers["Prefer"] == 'IdType="ImmutableId", outlook.timezone="UTC"'
    assert headers["Authorization"] == "Bearer token-1"
    assert headers["client-request-id"] == "00000000-0000-0000-0000-000000000001"


def test_a_read_is_repeated_and_each_attempt_has_an_id_of_its_own():
    clock = StillClock()
    microsoft = Microsoft(says(503), httpx.ReadError("reset"), says(200, event()))

    found = events.get(line_to(microsoft, clock=clock), STANDUP, calendar=None)

    assert found.subject == "Stand-up"
    assert len({request.headers["client-request-id"] for request in microsoft.asked}) == 3
    assert clock.slept == [0.5, 1.0]


def test_a_read_is_not_repeated_for_ever():
    microsoft = Microsoft(*[says(504)] * 10)

    with pytest.raises(errors.Unavailable):
        events.get(line_to(microsoft), STANDUP, calendar=None)

    assert len(microsoft.asked) == limits.READ_ATTEMPTS_MAX


@pytest.mark.parametrize(
    "trouble", [says(503), says(504), says(429), httpx.ReadError("reset"), httpx.ConnectError("refused")]
)
def test_a_write_is_never_repeated_silently(trouble):
    microsoft = Microsoft(trouble)

    with pytest.raises(errors.Transient):
        events.create(line_to(microsoft), b"{}", calendar=None)

    assert len(microsoft.asked) == 1


def test_a_token_that_is_refused_is_replaced_once_for_a_write_too():
    """A 401 is said before anything happens, so nothing is done twice."""
    microsoft = Microsoft(refuses(401, "InvalidAuthenticationToken"), says(201, event()))

    events.create(line_to(microsoft), b"{}", calendar=None)

    assert [request.headers["Authorization"] for request in microsoft.asked] == ["Bearer token-1", "Bearer token-2"]


def test_a_second_refusal_of_the_token_is_reported():
    microsoft = Microsoft(refuses(401, "InvalidAuthenticationToken"), refuses(401, "InvalidAuthenticationToken"))

    with pytest.raises(errors.Unauthorized):
        events.get(line_to(microsoft), STANDUP, calendar=None)

    assert len(microsoft.asked) == 2


@pytest.mark.museum("Z-K10")
def test_nothing_is_sent_by_a_worker_that_lost_its_lease():
    """Z-K10: two passes on one calendar; the one that lost its lease stops writing, in the middle of repetitions too."""
    lease_checks = iter([None, LostLease()])

    def before_send():
        lost = next(lease_checks)
        if lost:
            raise lost

    microsoft = Microsoft(says(503), says(200, event()))
    line = line_to(microsoft, before_send=before_send)

    with pytest.raises(LostLease):
        events.get(line, STANDUP, calendar=None)

    assert len(microsoft.asked) == 1
    assert line.pace.in_flight == 0


@pytest.mark.museum("Z-K06")
def test_an_answer_that_trickles_ends_at_the_deadline():
    """Z-K06: without a time-out for the whole, a worker was frozen until it was restarted."""
    clock = StillClock()

    class Trickle(httpx.SyncByteStream):
        def __iter__(self):
            while True:
                clock.pass_(7)
                yield b" "

    microsoft = Microsoft(lambda _request: httpx.Response(200, stream=Trickle()))
    with pytest.raises(errors.TimedOut):
        events.patch(line_to(microsoft, clock=clock), STANDUP, b"{}", calendar=None, if_match=Etag("1"))

    assert clock.monotonic_s() <= 1000 + limits.DEADLINE_S + 7


def test_repetitions_end_with_the_deadline_of_the_whole():
    clock = StillClock()

    def slow(_request):
        clock.pass_(14.8)
        raise httpx.ReadTimeout("slow")

    microsoft = Microsoft(slow, slow, slow)
    with pytest.raises(errors.TimedOut):
        events.get(line_to(microsoft, clock=clock), STANDUP, calendar=None)

    assert len(microsoft.asked) == 2


def test_a_hurried_caller_sets_a_shorter_deadline():
    microsoft = Microsoft(says(200, event()))

    events.get(line_to(microsoft, deadline_s=0.8), STANDUP, calendar=None)

    assert microsoft.asked[0].extensions["timeout"]["read"] == pytest.approx(0.8)


def test_a_giant_answer_is_cut_off_at_the_cap_and_not_kept():
    sent = []

    class Giant(httpx.SyncByteStream):
        def __iter__(self):
            chunk = b" " * (4 * 1024 * 1024)
            while True:
                sent.append(len(chunk))
                yield chunk

    microsoft = Microsoft(lambda _request: httpx.Response(200, stream=Giant()))
    with pytest.raises(errors.TooLarge):
        events.patch(line_to(microsoft), STANDUP, b"{}", calendar=None, if_match=Etag("1"))

    assert sum(sent) <= limits.ANSWER_BYTES_MAX + 4 * 1024 * 1024


def test_ids_cannot_leave_their_place_in_the_path():
    microsoft = Microsoft(says(200, event()))

    events.get(line_to(microsoft), EventId("../../me?x=#/+="), calendar=CalendarId("a/b"))

    path = microsoft.paths[0].partition("?")[0]
    assert path == "/v1.0/users/aquarium@wharf.example/calendars/a%2Fb/events/..%2F..%2Fme%3Fx%3D%23%2F%2B%3D"


@pytest.mark.parametrize("bad", ["", ".", "..", "a\nb", "x" * 5000])
def test_an_id_that_cannot_stand_in_a_path_is_refused_before_anything_is_sent(bad):
    microsoft = Microsoft()

    with pytest.raises(errors.UnusableId):
        events.get(line_to(microsoft), EventId(bad), calendar=None)

    assert microsoft.asked == []


def test_a_change_carries_the_etag_it_is_based_on():
    microsoft = Microsoft(says(200, event()), says(204))
    line = line_to(microsoft)

    events.patch(line, STANDUP, b'{"subject":"Later"}', calendar=None, if_match=Etag('W/"7"'))
    events.delete(line, STANDUP, calendar=None, if_match=Etag('W/"8"'))

    assert [request.headers["If-Match"] for request in microsoft.asked] == ['W/"7"', 'W/"8"']
    assert microsoft.asked[0].content == b'{"subject":"Later"}'


def test_a_packed_answer_is_unpacked():
    import gzip
    import json

    packed = gzip.compress(json.dumps(event()).encode())
    microsoft = Microsoft(
        lambda _request: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(packed))
    )

    assert events.get(line_to(microsoft), STANDUP, calendar=None).id == STANDUP


def test_an_answer_packed_wrongly_is_a_puzzle():
    microsoft = Microsoft(
        lambda _request: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"plain"))
    )

    with pytest.raises(errors.Unreadable):
        events.get(line_to(microsoft), STANDUP, calendar=None)


def test_lines_to_one_mailbox_share_one_pace():
    graph = graph_to(Microsoft(), clock=StillClock())

    assert graph.mailbox(AQUARIUM).pace is graph.mailbox(AQUARIUM.upper()).pace
    assert graph.mailbox(AQUARIUM).pace is not graph.mailbox("boathouse@wharf.example").pace
    assert graph.mailbox(AQUARIUM).pace is not graph.directory().pace


def test_no_token_stands_in_what_the_client_shows_of_itself():
    graph = graph_to(Microsoft(), clock=StillClock())

    assert "token-1" not in repr(graph) + repr(graph.mailbox(AQUARIUM))


@pytest.mark.parametrize(
    "root",
    ["ftp://graph.example/v1.0", "graph.example", "https://u:p@graph.example/v1.0", "https://graph.example/v1.0?x=1"],
)
def test_a_root_that_is_no_plain_address_is_refused_at_once(root):
    with pytest.raises(ValueError, match="root of Microsoft Graph"):
        graph_to(Microsoft(), clock=StillClock(), root=root)


def test_a_request_can_be_described_without_being_sent():
    ask = Ask(method="GET", path="/users/u/events?$deltatoken=secret")

    assert ask.may_repeat
    assert ask.at.path == "/users/u/events"
