"""The client against the simulator, signed in for real: the same words mean the same on both ends."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import UNSET

from holdfast.graph import batch, calendars, delta, errors, events, mailboxes, marks, places, users
from holdfast.graph.answers import Answer
from holdfast.graph.delta import DeltaPage, Done
from holdfast.graph.wire import Event, EventDraft, EventId, ExtendedProperty, MailboxSettings, WallTime
from tests.graph.wharf import ADA, AQUARIUM, BOATHOUSE, HERON, Wharf

SINCE = datetime(2026, 2, 1, tzinfo=UTC)
UNTIL = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def wharf() -> Iterator[Wharf]:
    """A fresh company, whose simulator must not have stumbled or been mistreated at the end."""
    made = Wharf()
    yield made
    assert made.simulator.bugs == []
    assert made.simulator.conduct.offences == []


def standup(**changes: object) -> EventDraft:
    fields: dict[str, object] = {
        "subject": "Stand-up",
        "start": WallTime("2026-03-03T09:00:00", "UTC"),
        "end": WallTime("2026-03-03T09:30:00", "UTC"),
        "extended_properties": (ExtendedProperty(marks.EVENT_MARK, "wharf/l1/1"),),
    }
    return EventDraft(**{**fields, **changes})


def made(wharf: Wharf, **changes: object) -> Event:
    return events.create(wharf.line(), events.body_of(standup(**changes)), calendar=None)


def everything(pages: Iterator[DeltaPage]) -> tuple[list[Event], str]:
    found: list[Event] = []
    link = ""
    for page in pages:
        assert page.unreadable == []
        found.extend(page.events)
        link = page.then.link if isinstance(page.then, Done) else ""
    return found, link


def test_an_event_is_made_read_changed_and_deleted(wharf):
    event = made(wharf)
    read = events.get(wharf.line(), event.id, calendar=None)
    later = events.patch(
        wharf.line(), event.id, events.body_of(EventDraft(subject="Later")), calendar=None, if_match=read.etag
    )
    events.delete(wharf.line(), event.id, calendar=None, if_match=later.etag)

    assert read.extended(marks.EVENT_MARK) == "wharf/l1/1"
    assert (read.subject, later.subject) == ("Stand-up", "Later")
    with pytest.raises(errors.ItemNotFound):
        events.get(wharf.line(), event.id, calendar=None)


def test_a_stale_change_and_a_stale_deletion_are_refused(wharf):
    event = made(wharf)
    wharf.simulator.person(AQUARIUM).edit_event(str(event.id), subject="Moved by Dora")

    with pytest.raises(errors.PreconditionFailed):
        events.patch(wharf.line(), event.id, b'{"subject":"Ours"}', calendar=None, if_match=event.etag)
    with pytest.raises(errors.PreconditionFailed):
        events.delete(wharf.line(), event.id, calendar=None, if_match=event.etag)


def test_a_create_repeated_byte_for_byte_makes_one_event_and_another_body_is_refused(wharf):
    first = made(wharf, transaction_id="l1-1")
    again = made(wharf, transaction_id="l1-1")

    assert first.id == again.id
    assert first.transaction_id == "l1-1"
    with pytest.raises(errors.DuplicateTransaction):
        made(wharf, transaction_id="l1-1", subject="Another")


def test_events_are_found_by_their_transaction_where_the_service_filters_by_it(wharf):
    first = made(wharf, transaction_id="l1-1")
    with pytest.raises(errors.Refused):
        events.with_transaction(wharf.line(), "l1-1", calendar=None)

    wharf.simulator.switch("transaction_filter", value=True)

    assert [event.id for event in events.with_transaction(wharf.line(), "l1-1", calendar=None)] == [first.id]


def test_events_are_found_by_our_marker(wharf):
    event = made(wharf)
    made(wharf, subject="Other", extended_properties=())

    assert [each.id for each in events.with_mark(wharf.line(), "wharf/l1/1", calendar=None)] == [event.id]
    assert [each.id for page in events.marked_by(wharf.line(), "wharf/", calendar=None) for each in page.items] == [
        event.id
    ]


def test_a_round_and_what_changed_after_it(wharf):
    event = made(wharf)
    first, link = everything(delta.start(wharf.line(), calendar=None, since=SINCE, until=UNTIL))
    quiet, link = everything(delta.follow(wharf.line(), link))
    dora = wharf.simulator.person(AQUARIUM)
    dora.create_event("Walk-in", datetime(2026, 3, 4, 9, tzinfo=UTC))
    dora.delete_event(str(event.id))
    changed, _ = everything(delta.follow(wharf.line(), link))

    assert [each.id for each in first] == [event.id]
    assert quiet == []
    assert {each.is_removed: each.subject for each in changed} == {False: "Walk-in", True: UNSET}
    assert [each.id for each in changed if each.is_removed] == [event.id]


def test_a_delta_link_that_was_forgotten_asks_for_a_new_round(wharf):
    _, link = everything(delta.start(wharf.line(), calendar=None, since=SINCE, until=UNTIL))
    wharf.simulator.forget_sync_states()

    with pytest.raises(errors.TokenExpired):
        everything(delta.follow(wharf.line(), link))


def test_a_series_comes_with_its_thin_occurrences(wharf):
    pattern = {"type": "weekly", "interval": 1, "daysOfWeek": ["tuesday"]}
    ends = {"type": "numbered", "startDate": "2026-03-03", "numberOfOccurrences": 4}
    wharf.simulator.person(AQUARIUM).create_event(
        "Choir", datetime(2026, 3, 3, 17, tzinfo=UTC), recurrence={"pattern": pattern, "range": ends}
    )

    found, _ = everything(delta.start(wharf.line(), calendar=None, since=SINCE, until=UNTIL))

    assert [each.type for each in found] == ["seriesMaster"] + ["occurrence"] * 4
    assert [each.is_thin for each in found] == [False] + [True] * 4


def test_a_view_shows_what_overlaps_a_span(wharf):
    event = made(wharf)
    pages = events.view(wharf.line(), calendar=None, since=SINCE, until=UNTIL)

    assert [each.id for page in pages for each in page.items] == [event.id]


def test_many_events_are_asked_for_at_once_and_each_answers_for_itself(wharf):
    ids = [made(wharf, subject=f"Stand-up {number}").id for number in range(3)]

    got = events.get_many(wharf.line(), [*ids, EventId("no-such-event")], calendar=None)

    assert [each.id for each in got if isinstance(each, Event)] == ids
    assert isinstance(got[3], errors.GraphError)


def test_writes_go_in_a_batch_too_each_with_its_etag(wharf):
    line = wharf.line()
    first, second = made(wharf), made(wharf, subject="Second")
    wharf.simulator.person(AQUARIUM).edit_event(str(second.id), subject="Moved by Dora")

    outcomes = batch.send(
        line,
        [
            events.asking_to_patch(line, first.id, b'{"subject":"Ours"}', calendar=None, if_match=first.etag),
            events.asking_to_delete(line, second.id, calendar=None, if_match=second.etag),
            events.asking_to_create(line, events.body_of(standup(subject="Third")), calendar=None),
        ],
    )

    assert isinstance(outcomes[0], Answer)
    assert isinstance(outcomes[1], errors.PreconditionFailed)
    assert isinstance(outcomes[2], Answer)


@pytest.mark.parametrize("fault", ["bad_gateway", "gateway_timeout", "reset_after", "timeout_after", "truncated"])
def test_a_write_whose_answer_is_lost_is_unknown_and_was_sent_once(wharf, fault):
    wharf.simulator.weather.next(fault, method="POST")

    with pytest.raises(errors.GraphError) as caught:
        made(wharf, transaction_id="l1-1")

    assert caught.value.may_have_landed
    assert len(events.with_mark(wharf.line(), "wharf/l1/1", calendar=None)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        "throttled",
        "throttled_bare",
        "gateway_throttled",
        "unavailable",
        "unavailable_bare",
        "internal_error",
        "connect_refused",
        "reset_before",
        "timeout_before",
        "token_refused",
        "bad_gateway",
        "reset_after",
        "truncated",
    ],
)
def test_a_read_gets_through_the_weather(wharf, fault):
    event = made(wharf)
    wharf.simulator.weather.next(fault, method="GET")

    assert events.get(wharf.line(), event.id, calendar=None).id == event.id


@pytest.mark.parametrize("value", ["Mon, 02 Mar 2026 07:00:20 GMT", "0", "-3", "2.128", "soon"])
def test_an_odd_retry_after_does_not_confuse_a_read(wharf, value):
    event = made(wharf)
    wharf.simulator.weather.next("throttled_odd", method="GET", parameter=value)

    assert events.get(wharf.line(), event.id, calendar=None).id == event.id


@pytest.mark.parametrize("fault", ["cut_json", "html_page"])
def test_an_answer_that_is_none_is_a_puzzle(wharf, fault):
    event = made(wharf)
    wharf.simulator.weather.next(fault, method="GET")

    with pytest.raises(errors.Unreadable):
        events.get(wharf.line(), event.id, calendar=None)


def test_new_words_of_microsofts_do_not_stop_a_round(wharf):
    event = made(wharf)
    wharf.simulator.weather.next("unknown_shape", method="GET")

    found, _ = everything(delta.start(wharf.line(), calendar=None, since=SINCE, until=UNTIL))

    assert [each.id for each in found] == [event.id]


def test_a_mailbox_without_a_licence_and_a_withdrawn_right_are_told_apart(wharf):
    wharf.simulator.weather.next("mailbox_missing", method="GET")
    with pytest.raises(errors.MailboxUnusable):
        calendars.listed(wharf.line())

    wharf.simulator.weather.next("access_withdrawn", method="GET")
    with pytest.raises(errors.Denied):
        calendars.listed(wharf.line())


def test_calendars_are_listed_made_and_marked(wharf):
    line = wharf.line()
    default = calendars.default(line)
    extra = calendars.create(line, name="Bookings")
    calendars.set_mark(line, default.id, "wharf/3")

    assert {each.id for each in calendars.listed(line)} == {default.id, extra.id}
    assert calendars.mark(line, default.id) == "wharf/3"
    assert calendars.mark(line, extra.id) is None
    of_boathouse = calendars.default(wharf.line(BOATHOUSE)).id
    with pytest.raises(errors.NotFound):
        calendars.get(line, of_boathouse)


def test_events_live_in_the_calendar_they_were_made_in(wharf):
    line = wharf.line()
    extra = calendars.create(line, name="Bookings").id
    event = events.create(line, events.body_of(standup()), calendar=extra)

    found, _ = everything(delta.start(line, calendar=extra, since=SINCE, until=UNTIL))
    elsewhere, _ = everything(delta.start(line, calendar=None, since=SINCE, until=UNTIL))

    assert [each.id for each in found] == [event.id]
    assert elsewhere == []


def test_rooms_people_and_equipment_are_found(wharf):
    line = wharf.directory()
    rooms = {place.email_address for place in places.rooms(line)}
    people = [user for page in users.listed(line) for user in page.items]
    ada = users.with_address(line, ADA)
    purposes = mailboxes.settings_of(line, [AQUARIUM, HERON, ADA, "nobody@wharf.example"])

    assert rooms == {AQUARIUM, BOATHOUSE}
    assert {place.email_address for place in places.rooms_of(line, "harbour-rooms@wharf.example")} == rooms
    assert len(places.room_lists(line)) == 1
    assert {user.mail for user in people} >= {ADA, AQUARIUM, HERON}
    assert ada is not None
    assert ada.display_name == "Ada"
    assert [one.user_purpose if isinstance(one, MailboxSettings) else None for one in purposes.values()] == [
        "room",
        "equipment",
        "user",
        None,
    ]
    assert isinstance(purposes["nobody@wharf.example"], errors.NotFound)


def test_a_room_declines_and_the_organiser_hears_of_it(wharf):
    wharf.simulator.person(ADA).create_event("Review", datetime(2026, 3, 4, 9, tzinfo=UTC), attendees=[AQUARIUM])
    wharf.simulator.settle()
    (page,) = events.view(wharf.line(), calendar=None, since=SINCE, until=UNTIL)

    events.decline(wharf.line(), page.items[0].id, calendar=None, comment="Flooded")
    wharf.simulator.settle()

    (left,) = events.view(wharf.line(), calendar=None, since=SINCE, until=UNTIL)
    assert left.items == []


def test_a_token_is_replaced_when_it_ends(wharf):
    before = made(wharf)
    wharf.clock.sleep(timedelta(hours=3).total_seconds())

    assert made(wharf).id != before.id  # the old token is over: only a new one could have written this
