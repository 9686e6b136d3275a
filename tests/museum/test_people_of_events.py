"""Organisers and guests as odd mailboxes write them: none of it costs the event, and what is said of them is kept."""

import pytest

from tests.cast import at
from tests.mirror.harbour import utc
from tests.museum.shore import assert_at_rest, bend, standing, titled

pytestmark = pytest.mark.database

X500 = "/O=HARBOUR/OU=EXCHANGE ADMINISTRATIVE GROUP (FYDIBOHF23SPDLT)/CN=RECIPIENTS/CN=ADA"


def person(name=None, address=None, **more):
    return {"emailAddress": {"name": name, "address": address}, **more}


def guest(name=None, address=None):
    return person(name, address, type="required", status={"response": "none", "time": "0001-01-01T00:00:00Z"})


ODD = {
    "Z-O09 an address of another age": {"organizer": person("Ada", X500)},
    "Z-O09 no address at all": {"organizer": person("Ada")},
    "no organiser": {"organizer": None},
    "Z-O10 a name with an at sign": {"attendees": [guest("ada@example.org <a@b>", "ada@example.org")]},
    "Z-O12 a guest without address": {"attendees": [guest("Somebody"), guest("Ben", "ben@example.org")]},
    "Z-O12 a guest without anything": {"attendees": [guest()]},
    "Z-O08 the same person three times": {
        "attendees": [guest("Ada", "ADA@example.org"), guest("Ada", "ada@Example.Org"), guest("ada", "ada@example.org")]
    },
    "a guest of a kind nobody knows": {"attendees": [{**guest("Ben", "ben@example.org"), "type": "spectator"}]},
}


@pytest.mark.museum("Z-O08", "Z-O09", "Z-O10", "Z-O12")
@pytest.mark.parametrize("changes", ODD.values(), ids=ODD.keys())
def test_odd_people_cost_an_event_nothing(synced, cast, changes):
    """Z-O08, Z-O09, Z-O10, Z-O12: the event is taken in, equal people once, its time is taken, nobody is written to."""
    synced.room().create_event("Odd company", utc(10), utc(11))
    bend(synced, titled("Odd company", lambda item: item.update(changes)))
    synced.sync("Aquarium")
    synced.pass_time(minutes=1)
    synced.sync("Aquarium")

    (booking,) = standing(cast)
    assert booking.title == "Odd company"
    addresses = [address.casefold() for address, *_ in booking.people if address]
    assert len(addresses) == len(set(addresses))
    cast.book("Aquarium", at(13), title="Ours")
    synced.work()
    assert_at_rest(synced, cast)


@pytest.mark.museum("Z-O10", "Z-M12")
def test_guests_of_a_booking_are_sent_from_their_fields_or_not_at_all(synced, cast):
    """Z-O10, Z-M12: a name with an at sign stays a name; and a room's own event invites nobody."""
    from holdfast.reconcile.snapshot import Person

    guests = (Person("ben@example.org", "ben@example.org <a@b>"), Person("", "No Address"))
    cast.book("Aquarium", at(9), title="Tour", people=guests)
    synced.work()

    (event,) = synced.room().events()
    assert [each["emailAddress"]["address"] for each in event["attendees"]] in ([], ["ben@example.org"])
    assert_at_rest(synced, cast)
