"""A booking made on either side holds on both: create, move, rename, cancel, from here and from there."""

import pytest

from holdfast.bookings import scene
from holdfast.bookings.models import Booking
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.states import Origin, State
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from tests.cast import at
from tests.mirror.harbour import utc

pytestmark = pytest.mark.database


def bookings(cast, **conditions):
    with in_workspace(cast.workspace_id):
        return list(Booking.objects.filter(**conditions).order_by("starts_at"))


def stored(cast, record):
    with in_workspace(cast.workspace_id):
        return scene.records(cast.workspace_id, [record.id])[record.id]


@pytest.mark.rule("S059", "S108")
def test_a_booking_made_here_is_an_event_there(harbour, cast):
    """S059, S108: a one-off booking of a mapped resource appears in its calendar without a manual step."""
    harbour.map("Aquarium")
    harbour.work()

    cast.book("Aquarium", at(9), title="Harbour tour")
    harbour.work()

    (event,) = harbour.room().events()
    assert event["subject"] == "Harbour tour"
    assert event["start"]["dateTime"].startswith("2026-03-03T08:00")
    assert event["categories"] == ["Holdfast"]


@pytest.mark.rule("S069", "S070")
def test_an_event_made_there_is_a_booking_here(harbour, cast):
    """S069, S070: what is created in Outlook appears here, as a booking."""
    harbour.map("Aquarium")
    harbour.work()

    harbour.room().create_event("Walk-in", utc(10), utc(11))
    harbour.sync("Aquarium")

    (booking,) = bookings(cast)
    assert (booking.title, booking.origin, booking.starts_at) == ("Walk-in", Origin.OUTLOOK, utc(10))
