"""The brake on deletions, and what a booking says to Outlook by its state."""

import pytest

from tests.reconcile.outlook import at


@pytest.mark.invariant("I8")
@pytest.mark.museum("Z-X01", "Z-X02", "Z-X03")
def test_the_brake_stops_what_is_no_ordinary_hour(core):
    """I8; Z-X01 to Z-X03: an empty calendar is mostly a fault of the reading."""
    for asked, lately, future, goes in (
        (0, 0, 0, True),
        (1, 0, 1, True),
        (2, 0, 2, True),
        (3, 0, 3, False),  # all of three
        (2, 0, 3, True),
        (1, 2, 1, False),  # the last of three, one by one
        (1, 1, 1, True),  # the second of two
        (10, 0, 100, True),
        (11, 0, 100, False),
        (5, 5, 95, True),
        (6, 5, 95, False),
        (10, 0, 10, False),
        (50, 0, 1000, True),
        (51, 0, 1000, False),
        (50, 0, 999, False),
        (25, 25, 975, True),
        (26, 25, 975, False),
        (0, 500, 0, True),
    ):
        said = core.brake(asked=asked, lately=lately, future=future)
        assert isinstance(said, core.Go) is goes, (asked, lately, future, said)


def test_the_brake_names_its_numbers(core):
    assert core.brake(asked=60, lately=5, future=995) == core.Stop(60, 5, 995, 50)


def test_what_each_state_says(core):
    booking = core.Snapshot(at(9), "Stand-up", people=(core.Person("ada@holdfast.test"),))
    tentative = core.Snapshot(at(9), "Stand-up", show_as=core.ShowAs.TENTATIVE)
    expected = {
        core.Standing.PENDING: None,
        core.Standing.HOLDING: tentative,
        core.Standing.OFFERED: None,
        core.Standing.WAITLISTED: None,
        core.Standing.CONFIRMED: booking,
        core.Standing.CHECKED_IN: booking,
        core.Standing.NO_SHOW: None,
        core.Standing.CANCELLED: None,
        core.Standing.DECLINED: None,
        core.Standing.EXPIRED: None,
        core.Standing.NOT_WATCHED: core.Absence.NOT_WATCHED,
    }
    assert set(expected) == set(core.Standing)
    for standing, says in expected.items():
        assert core.says(booking, standing) == says, standing
    assert core.says(booking, core.Standing.NO_SHOW, no_show_stays=True) == booking
