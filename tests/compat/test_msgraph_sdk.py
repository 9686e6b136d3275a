"""Microsoft's own library for Python, told nothing but another address, host list and authority."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from azure.identity import ClientSecretCredential
from kiota_abstractions.api_error import APIError
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.attendee import Attendee
from msgraph.generated.models.attendee_type import AttendeeType
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.day_of_week import DayOfWeek
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.event import Event
from msgraph.generated.models.event_type import EventType
from msgraph.generated.models.free_busy_status import FreeBusyStatus
from msgraph.generated.models.location import Location
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.patterned_recurrence import PatternedRecurrence
from msgraph.generated.models.recurrence_pattern import RecurrencePattern
from msgraph.generated.models.recurrence_pattern_type import RecurrencePatternType
from msgraph.generated.models.recurrence_range import RecurrenceRange
from msgraph.generated.models.recurrence_range_type import RecurrenceRangeType
from msgraph.generated.models.response_type import ResponseType
from msgraph.generated.models.subscription import Subscription
from msgraph.generated.users.item.calendar.get_schedule.get_schedule_post_request_body import (
    GetSchedulePostRequestBody,
)
from msgraph.generated.users.item.calendar_view.delta.delta_request_builder import DeltaRequestBuilder
from msgraph.generated.users.item.events.events_request_builder import EventsRequestBuilder
from msgraph.generated.users.item.events.item.instances.instances_request_builder import InstancesRequestBuilder
from msgraph_core import GraphClientFactory
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.tasks.page_iterator import PageIterator

from tests.compat.conftest import ADA, APP, AQUARIUM, SECRET

SCOPES = ["https://graph.microsoft.com/.default"]


@pytest.fixture
def run():
    """One event loop for all of a test: the client keeps its connections."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def graph(quay, run):
    credential = ClientSecretCredential(
        quay.tenant, APP, SECRET, authority=quay.served.login_root, disable_instance_discovery=True,
        connection_verify=quay.ca,
    )  # fmt: skip
    provider = AzureIdentityAuthenticationProvider(credential, scopes=SCOPES, allowed_hosts=["127.0.0.1"])
    http = GraphClientFactory.create_with_default_middleware()
    adapter = GraphRequestAdapter(provider, http)
    adapter.base_url = quay.graph
    yield GraphServiceClient(request_adapter=adapter)
    run(closed(http))
    credential.close()


async def closed(http: httpx.AsyncClient) -> None:
    """The library's transport does not hand the closing on to the one that holds the connections."""
    await http._transport.transport.aclose()
    await http.aclose()


def at(hour: int, day: int = 3) -> DateTimeTimeZone:
    return DateTimeTimeZone(date_time=f"2026-03-{day:02}T{hour:02}:00:00", time_zone="Europe/Sofia")


def a_meeting(subject: str = "Tides", *guests: str) -> Event:
    invited = [
        Attendee(email_address=EmailAddress(address=guest), type=AttendeeType.Resource if guest == AQUARIUM else None)
        for guest in guests
    ]
    return Event(
        subject=subject, start=at(9), end=at(10), attendees=invited, location=Location(display_name="Aquarium")
    )


def test_it_signs_in_and_lists_people_and_rooms(graph, run):
    async def told():
        people = await graph.users.get()
        rooms = await graph.places.graph_room.get()
        return {each.display_name for each in people.value}, {each.display_name for each in rooms.value}

    people, rooms = run(told())

    assert people >= {"Ada Lindqvist", "Ben Okafor"}
    assert rooms == {"Aquarium", "Crow's Nest"}


def test_it_creates_reads_changes_and_deletes_an_event(graph, run):
    async def told():
        events = graph.users.by_user_id(ADA).events
        made = await events.post(a_meeting())
        seen = await events.by_event_id(made.id).get()
        changed = await events.by_event_id(made.id).patch(Event(subject="Tides and winds"))
        await events.by_event_id(made.id).delete()
        with pytest.raises(ODataError) as refused:
            await events.by_event_id(made.id).get()
        return made, seen, changed, refused.value

    made, seen, changed, refused = run(told())

    assert (seen.subject, seen.show_as, seen.type) == ("Tides", FreeBusyStatus.Busy, EventType.SingleInstance)
    assert (changed.id, changed.subject) == (made.id, "Tides and winds")
    assert (refused.response_status_code, refused.error.code) == (404, "ErrorItemNotFound")


def test_a_room_that_it_invites_accepts(graph, run, quay):
    async def made():
        return await graph.users.by_user_id(ADA).events.post(a_meeting("Tides", AQUARIUM))

    async def seen(event):
        return await graph.users.by_user_id(ADA).events.by_event_id(event.id).get()

    event = run(made())
    quay.pass_time()

    assert run(seen(event)).attendees[0].status.response == ResponseType.Accepted


def test_it_pages_through_events_with_its_own_iterator(graph, run, quay):
    ada = quay.sim.person(ADA)
    for number in range(7):
        ada.create_event(f"Watch {number}", datetime(2026, 3, 4, 8 + number, tzinfo=UTC))

    async def told():
        query = EventsRequestBuilder.EventsRequestBuilderGetQueryParameters(top=3)
        first = await graph.users.by_user_id(ADA).events.get(RequestConfiguration(query_parameters=query))
        subjects = []

        def keep(event):
            subjects.append(event.subject)
            return True

        await PageIterator(first, graph.request_adapter).iterate(keep)
        return subjects

    assert sorted(run(told())) == [f"Watch {number}" for number in range(7)]


def test_it_makes_a_series_sees_its_instances_and_moves_one(graph, run):
    weekly = RecurrencePattern(type=RecurrencePatternType.Weekly, interval=1, days_of_week=[DayOfWeek.Tuesday])
    span = RecurrenceRange(
        type=RecurrenceRangeType.Numbered, start_date=datetime(2026, 3, 3).date(), number_of_occurrences=3
    )

    async def told():
        events = graph.users.by_user_id(ADA).events
        series = a_meeting("Round")
        series.recurrence = PatternedRecurrence(pattern=weekly, range=span)
        made = await events.post(series)
        query = InstancesRequestBuilder.InstancesRequestBuilderGetQueryParameters(
            start_date_time="2026-03-01T00:00:00Z", end_date_time="2026-04-01T00:00:00Z"
        )
        instances = events.by_event_id(made.id).instances
        before = (await instances.get(RequestConfiguration(query_parameters=query))).value
        await events.by_event_id(before[1].id).patch(Event(start=at(14, 10), end=at(15, 10)))
        after = (await instances.get(RequestConfiguration(query_parameters=query))).value
        return made, before, after

    made, before, after = run(told())

    assert made.type == EventType.SeriesMaster
    assert [each.start.date_time[:10] for each in before] == ["2026-03-03", "2026-03-10", "2026-03-17"]
    assert [each.type for each in after] == [EventType.Occurrence, EventType.Exception, EventType.Occurrence]
    assert after[1].original_start == datetime(2026, 3, 10, 7, tzinfo=UTC)


def test_it_follows_delta_to_its_link_and_is_told_of_a_change_only(graph, run, quay):
    ada = quay.sim.person(ADA)
    for number in range(3):
        ada.create_event(f"Watch {number}", datetime(2026, 3, 4, 8 + number, tzinfo=UTC))
    delta = graph.users.by_user_id(ADA).calendar_view.delta
    query = DeltaRequestBuilder.DeltaRequestBuilderGetQueryParameters(
        start_date_time="2026-03-01T00:00:00Z", end_date_time="2026-03-31T00:00:00Z"
    )
    wishes = RequestConfiguration(query_parameters=query)
    wishes.headers.add("Prefer", "odata.maxpagesize=2")

    async def round_of(page):
        rows = list(page.value)
        while page.odata_next_link:
            page = await delta.with_url(page.odata_next_link).get()
            rows += page.value
        return rows, page.odata_delta_link

    async def told():
        first, link = await round_of(await delta.get(wishes))
        ada.create_event("Storm", datetime(2026, 3, 5, 8, tzinfo=UTC))
        second, _ = await round_of(await delta.with_url(link).get())
        return first, second

    first, second = run(told())

    assert {each.subject for each in first} == {"Watch 0", "Watch 1", "Watch 2"}
    assert [each.subject for each in second] == ["Storm"]


def test_it_subscribes_and_hears_of_a_new_event(graph, run, quay, webhook):
    async def subscribed():
        return await graph.subscriptions.post(
            Subscription(
                change_type="created,updated,deleted",
                notification_url=webhook.url,
                resource=f"users/{AQUARIUM}/events",
                expiration_date_time=quay.sim.clock.now() + timedelta(days=1),
                client_state="not-for-everybody",
            )
        )

    async def unsubscribed(subscription):
        await graph.subscriptions.by_subscription_id(subscription.id).delete()
        return await graph.subscriptions.get()

    subscription = run(subscribed())
    quay.sim.person(AQUARIUM).create_event("Walk-in", datetime(2026, 3, 4, 8, tzinfo=UTC))
    quay.pass_time()

    notice = webhook.hears()

    assert webhook.handshakes == 1
    assert (notice["changeType"], notice["clientState"]) == ("created", "not-for-everybody")
    assert notice["subscriptionId"] == str(subscription.id)
    assert run(unsubscribed(subscription)).value == []


def test_it_sends_a_batch(graph, run, quay):
    async def told():
        users = graph.users
        requests = [
            users.by_user_id(ADA).calendar.to_get_request_information(),
            users.by_user_id("nobody@quay.example").calendar.to_get_request_information(),
        ]
        for request in requests:
            request.path_parameters["baseurl"] = graph.request_adapter.base_url
        items = {str(number): BatchRequestItem(request, str(number)) for number, request in enumerate(requests)}
        for item in items.values():
            # The library leaves the host in, which the service refuses: its users take it out (msgraph-sdk-python#1015).
            item.url = item.url.removeprefix(quay.graph)
        content = BatchRequestContent(items)
        answer = await BatchRequestBuilder(graph.request_adapter).post(content)
        return {name: item.status for name, item in answer.responses.items()}

    assert run(told()) == {"0": 200, "1": 404}


def test_it_asks_for_schedules(graph, run, quay):
    quay.sim.person(AQUARIUM).create_event("Walk-in", datetime(2026, 3, 3, 8, tzinfo=UTC))

    async def told():
        body = GetSchedulePostRequestBody(
            schedules=[AQUARIUM], start_time=at(9), end_time=at(12), availability_view_interval=60
        )
        return await graph.users.by_user_id(ADA).calendar.get_schedule.post(body)

    [aquarium] = run(told()).value

    assert aquarium.schedule_id == AQUARIUM
    assert aquarium.availability_view == "020"
    assert [item.status for item in aquarium.schedule_items] == [FreeBusyStatus.Busy]


def test_a_missing_token_is_an_error_that_it_understands(quay, run):
    class Nobody:
        async def authenticate_request(self, request, additional_authentication_context=None):
            """Sends no token."""

    http = GraphClientFactory.create_with_default_middleware()
    adapter = GraphRequestAdapter(Nobody(), http)
    adapter.base_url = quay.graph

    async def told():
        with pytest.raises(APIError) as refused:
            await GraphServiceClient(request_adapter=adapter).users.get()
        await closed(http)
        return refused.value

    assert run(told()).response_status_code == 401
