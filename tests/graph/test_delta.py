"""Rounds and pages: followed to their end, and broken off where there is none."""

from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest

from holdfast.graph import delta, errors, events, limits, places
from holdfast.graph.delta import Done, More
from holdfast.graph.paging import LoopDetector
from holdfast.graph.wire import CalendarId
from tests.graph.conversation import Microsoft, StillClock, event, graph_to, line_to, says

ROOT = "https://graph.microsoft.com/v1.0"
HERE = f"{ROOT}/users/aquarium%40wharf.example/calendarView/delta"
SINCE = datetime(2026, 2, 1, tzinfo=UTC)
UNTIL = datetime(2027, 3, 1, tzinfo=UTC)


def page(*items: object, more: str | None = None, done: str | None = None, **headers: str) -> httpx.Response:
    body: dict[str, object] = {"value": list(items)}
    if more:
        body["@odata.nextLink"] = more
    if done:
        body["@odata.deltaLink"] = done
    return says(200, body, **headers)


def round_of(microsoft: Microsoft, **settings: object):
    return delta.start(line_to(microsoft), calendar=None, since=SINCE, until=UNTIL, **settings)


def test_a_round_is_followed_page_by_page_to_its_delta_link():
    microsoft = Microsoft(
        page(event("e1"), more=f"{HERE}?$skiptoken=a+b%2F"), page(event("e2"), done=f"{HERE}?$deltatoken=z")
    )

    pages = list(round_of(microsoft, page_size=50))

    assert [[each.id for each in one.events] for one in pages] == [["e1"], ["e2"]]
    assert [one.then for one in pages] == [More(link=f"{HERE}?$skiptoken=a+b%2F"), Done(link=f"{HERE}?$deltatoken=z")]
    assert "startDateTime=2026-02-01T00:00:00Z&endDateTime=2027-03-01T00:00:00Z" in microsoft.paths[0]
    assert microsoft.paths[1] == "/v1.0/users/aquarium%40wharf.example/calendarView/delta?$skiptoken=a+b%2F"
    assert all(
        'IdType="ImmutableId"' in one.headers["Prefer"] and "odata.maxpagesize=50" in one.headers["Prefer"]
        for one in microsoft.asked
    )


def test_a_page_is_asked_for_when_it_is_taken_and_not_before():
    """The effects of a page and its link are stored before the next is asked for."""
    microsoft = Microsoft(page(event(), more=f"{HERE}?$skiptoken=1"))

    next(round_of(microsoft))

    assert len(microsoft.asked) == 1


def test_a_window_that_is_longer_than_the_service_takes_is_a_mistake_of_ours():
    with pytest.raises(AssertionError, match="not one the service takes"):
        delta.start(
            line_to(Microsoft()), calendar=None, since=SINCE, until=SINCE + timedelta(days=limits.VIEW_DAYS_MAX + 1)
        )


def test_a_window_given_in_another_zone_is_asked_for_in_utc():
    microsoft = Microsoft(page(done=f"{HERE}?$deltatoken=z"))
    sofia = timezone(timedelta(hours=2))

    list(
        delta.start(
            line_to(microsoft), calendar=CalendarId("c1"), since=SINCE.astimezone(sofia), until=UNTIL, page_size=7
        )
    )

    assert microsoft.paths[0].startswith(
        "/v1.0/users/aquarium@wharf.example/calendars/c1/calendarView/delta?startDateTime=2026-02-01T00:00:00Z"
    )


def test_a_thin_occurrence_a_removal_and_a_master_are_told_apart():
    thin = {
        "@odata.type": "#microsoft.graph.event",
        "@odata.etag": 'W/"2"',
        "id": "o1",
        "seriesMasterId": "m1",
        "type": "occurrence",
        "start": {"dateTime": "2026-03-02T09:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2026-03-02T10:00:00.0000000", "timeZone": "UTC"},
    }
    gone = {"@odata.type": "#microsoft.graph.event", "id": "e9", "@removed": {"reason": "deleted"}}
    master = event("m1", type="seriesMaster", lastModifiedDateTime="2026-03-01T08:00:02.7654321Z")
    microsoft = Microsoft(page(master, thin, gone, done=f"{HERE}?$deltatoken=z"))

    series, occurrence, removed = next(round_of(microsoft)).events

    assert [each.is_thin for each in (series, occurrence, removed)] == [False, True, False]
    assert [each.is_removed for each in (series, occurrence, removed)] == [False, False, True]
    assert occurrence.start is not None


def test_empty_pages_before_the_end_are_normal():
    empties = [page(more=f"{HERE}?$skiptoken={number}") for number in range(20)]

    pages = list(round_of(Microsoft(*empties, page(event(), done=f"{HERE}?$deltatoken=z"))))

    assert len(pages) == 21


@pytest.mark.museum("Z-L04")
def test_pages_that_repeat_under_ever_new_links_are_called_a_loop():
    """Z-L04: each nextLink is new, the items are always the same, and no deltaLink ever comes."""
    replies = [page(event("e1"), event("e2"), more=f"{HERE}?$skiptoken={number}") for number in range(50)]
    microsoft = Microsoft(*replies)

    with pytest.raises(errors.EndlessPaging):
        list(round_of(microsoft))

    assert len(microsoft.asked) == limits.REPEATED_PAGES_MAX + 1


def test_a_loop_of_several_pages_is_noticed_too():
    replies = [page(event(f"e{number % 3}"), more=f"{HERE}?$skiptoken={number}") for number in range(50)]
    microsoft = Microsoft(*replies)

    with pytest.raises(errors.EndlessPaging):
        list(round_of(microsoft))

    assert len(microsoft.asked) <= 3 * limits.REPEATED_PAGES_MAX + 1


def test_a_link_that_was_read_before_is_a_loop():
    replies = [page(event("e1"), more=f"{HERE}?$skiptoken=a"), page(event("e2"), more=f"{HERE}?$skiptoken=a")]
    with pytest.raises(errors.EndlessPaging):
        list(round_of(Microsoft(*replies)))


@pytest.mark.museum("Z-L07")
def test_an_event_that_comes_twice_in_a_round_is_no_loop():
    """Z-L07: an event that is changed while the pages are read comes again; which one counts is decided above."""
    newer = {**event("e1"), "@odata.etag": 'W/"e1-2"'}
    replies = [
        page(event("e1"), more=f"{HERE}?$skiptoken=a"),
        page(newer, more=f"{HERE}?$skiptoken=b"),
        page(event("e1"), done=f"{HERE}?$deltatoken=z"),
    ]

    assert len(list(round_of(Microsoft(*replies)))) == 3


def test_only_empty_pages_for_ever_are_endless():
    replies = [page(more=f"{HERE}?$skiptoken={number}") for number in range(200)]
    microsoft = Microsoft(*replies)
    with pytest.raises(errors.EndlessPaging):
        list(round_of(microsoft))

    assert len(microsoft.asked) == limits.EMPTY_PAGES_MAX + 1


def test_a_round_has_a_budget_of_pages_across_jobs():
    replies = [page(event(f"e{number}"), more=f"{HERE}?$skiptoken={number}") for number in range(10)]
    with pytest.raises(errors.EndlessPaging):
        list(round_of(Microsoft(*replies), detector=LoopDetector(pages_before=8, pages_max=10)))


@pytest.mark.parametrize(
    "foreign",
    [
        "https://evil.example/v1.0/users/u/calendarView/delta?$skiptoken=1",
        "http://graph.microsoft.com/v1.0/users/u/calendarView/delta?$skiptoken=1",
        "https://graph.microsoft.com:8443/v1.0/users/u/delta",
        "https://graph.microsoft.com@evil.example/v1.0/users/u/delta",
        "https://graph.microsoft.com.evil.example/v1.0/users/u/delta",
        "https://graph.microsoft.com/beta/users/u/delta",
        "https://graph.microsoft.com/v1.0/../beta/users",
        "https://graph.microsoft.com/v1.0/%2e%2E/beta/users",
        "https://graph.microsoft.com\\@evil.example/v1.0/",
        "//evil.example/v1.0/users",
        "/v1.0/users/u/delta",
        "javascript:alert(1)",
        "https://[broken/v1.0/",
        "https://graph.microsoft.com:port/v1.0/x",
        "https://graph.microsoft.com/v1.0/users/\nHost: evil.example",
        "https://graph.microsoft.com/v1.0/" + "x" * 40_000,
    ],
)
def test_a_link_to_another_place_is_refused_and_the_token_stays_here(foreign):
    microsoft = Microsoft(page(event(), more=foreign))

    with pytest.raises(errors.ForeignLink):
        list(round_of(microsoft))

    assert {request.url.host for request in microsoft.asked} == {"graph.microsoft.com"}
    assert len(microsoft.asked) == 1


def test_a_foreign_delta_link_is_not_handed_out_to_be_stored():
    with pytest.raises(errors.ForeignLink):
        next(round_of(Microsoft(page(event(), done="https://evil.example/v1.0/delta"))))


def test_a_stored_link_that_leads_elsewhere_is_not_followed():
    microsoft = Microsoft()
    with pytest.raises(errors.ForeignLink):
        next(delta.follow(line_to(microsoft), "https://evil.example/v1.0/x?$deltatoken=1"))

    assert microsoft.asked == []


@pytest.mark.parametrize("links", [{}, {"more": f"{HERE}?a=1", "done": f"{HERE}?b=1"}])
def test_a_delta_page_without_an_end_or_with_two_is_a_puzzle(links):
    with pytest.raises(errors.Unreadable):
        list(round_of(Microsoft(page(event(), **links))))


@pytest.mark.parametrize(
    "body",
    [
        b'{"value": [{"id": "e1"}',
        b"<html>ok</html>",
        b'{"value": null}',
        b'{"value": {"id": "e1"}}',
        b"{}",
        b"null",
        b"",
    ],
)
def test_a_page_that_breaks_off_or_is_none_is_never_an_empty_page(body):
    """An empty answer deletes nothing."""
    with pytest.raises(errors.Unreadable):
        list(round_of(Microsoft(says(200, body))))


@pytest.mark.museum("Z-K08")
def test_one_unreadable_event_does_not_cost_the_others_of_its_page():
    """Z-K08: one event that could not be parsed stopped the calendar, and the message named no event."""
    poison = event("e2", isAllDay="perhaps")
    nameless = {"subject": "no id"}
    microsoft = Microsoft(page(event("e1"), poison, nameless, event("e3"), done=f"{HERE}?$deltatoken=z"))

    (one,) = list(round_of(microsoft))

    assert [each.id for each in one.events] == ["e1", "e3"]
    assert [bad.id for bad in one.unreadable] == ["e2", None]
    assert "isAllDay" in one.unreadable[0].why
    assert b"Stand-up" in one.unreadable[0].raw
    assert "Stand-up" not in repr(one.unreadable)


@pytest.mark.museum("Z-K08")
def test_a_title_of_wrong_bytes_is_one_unreadable_event():
    """Z-K08."""
    body = (
        b'{"value":[{"id":"e1"},{"id":"e2","subject":"\xff\xfe"},{"id":"e3"}],"@odata.deltaLink":"%s?a"}'
        % HERE.encode()
    )

    (one,) = list(round_of(Microsoft(says(200, body))))

    assert [each.id for each in one.events] == ["e1", "e3"]
    assert [bad.id for bad in one.unreadable] == ["e2"]


@pytest.mark.museum("Z-K08")
@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"half \ud83d", "half \ufffd"),
        (rb"\uDE00 half", "\ufffd half"),
        (rb"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (rb"\ud83dx", "\ufffdx"),
        (rb"no escape: \\ud83d, \" \u00e9 \ud83d", 'no escape: \\ud83d, " \u00e9 \ufffd'),
    ],
)
def test_a_text_that_was_cut_in_the_middle_of_a_sign_is_read(written, read):
    """Z-K08: a preview is cut after 255 characters, and half a sign made the whole page unreadable."""
    item = b'{"id":"e2","subject":"%s","bodyPreview":"%s"}' % (written, written)
    body = b'{"value":[{"id":"e1"},%s],"@odata.deltaLink":"%s?a"}' % (item, HERE.encode())

    (one,) = list(round_of(Microsoft(says(200, body))))

    assert one.events[1].subject == read
    assert one.unreadable == []


def test_an_unknown_word_of_microsofts_is_read_as_it_stands():
    fresh = event(
        "e1",
        type="holographic",
        showAs="daydreaming",
        sensitivity="cosmic",
        newField={"deep": [1]},
        responseStatus={"response": "shrugged", "time": "0001-01-01T00:00:00Z"},
    )
    (one,) = list(round_of(Microsoft(page(fresh, done=f"{HERE}?$deltatoken=z"))))

    (read,) = one.events
    assert (read.type, read.show_as, read.sensitivity) == ("holographic", "daydreaming", "cosmic")
    assert one.unreadable == []


def test_a_view_is_paged_with_our_marker_and_whole_events():
    """A selection would leave out lastModifiedDateTime, by which observations are ordered."""
    link = f"{ROOT}/users/aquarium%40wharf.example/calendar/calendarView?$skip=1000"
    microsoft = Microsoft(page(event("e1"), more=link), page(event("e2")))

    pages = list(events.view(line_to(microsoft), calendar=None, since=SINCE, until=UNTIL))

    assert [item.id for one in pages for item in one.items] == ["e1", "e2"]
    asked = httpx.URL(f"https://x{microsoft.paths[0]}").params
    assert asked["$top"] == "1000"
    assert "$select" not in asked
    assert "HoldfastLink" in asked["$expand"]


def test_a_list_of_rooms_with_an_unreadable_room_is_not_silently_shorter():
    microsoft = Microsoft(page({"id": "r1"}, {"id": "r2", "capacity": "many"}))
    with pytest.raises(errors.Unreadable, match="r2"):
        places.rooms(graph_to(microsoft, clock=StillClock()).directory())
