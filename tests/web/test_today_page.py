"""The first screen: what is free, what is on, is everything in step."""

import pytest

from tests.cast import Cast, at

pytestmark = pytest.mark.database


def test_today_shows_a_booking_and_who_made_it(cast: Cast, visitor) -> None:
    cast.book("Aquarium", at(9), title="Stand-up", owner_id=cast.people["Ben"].id)
    page = visitor("Ben").get("/").content.decode()
    assert "Stand-up" in page
    assert "Aquarium" in page
    assert "booked here" in page


PLACES = (
    "/",
    "/day/2026-03-05",
    "/calendar",
    "/bookings",
    "/conflicts",
    "/resources",
    "/sync",
    "/settings",
    "/keys",
    "/bookings/new",
    "/resources/new",
    "/workspaces",
)


def test_every_place_of_the_rail_opens(cast: Cast, visitor, subtests) -> None:
    cast.book("Aquarium", at(9), title="Stand-up")
    ada = visitor("Ada")
    for address in PLACES:
        with subtests.test(address):
            answer = ada.get(address, follow=True)
            assert answer.status_code == 200
            assert b"<h1" in answer.content or b"<h2" in answer.content
