"""A series over the wire when both sides move, answers are lost, and Exchange refuses: nobody's edit goes unasked."""

from datetime import date, timedelta

import pytest

from sim365.weather.faults import Fault
from tests.mirror.series.outlook_room import RoomInOutlook, moved
from tests.mirror.series.series_desk import SeriesDesk
from tests.mirror.series.test_histories_on_the_wire import (
    FIFTH,
    FIRST,
    FOURTH,
    LAST,
    SECOND,
    THIRD,
    agreed,
    at,
    in_step,
    requests,
    weekly,
)

LOST = [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER, Fault.TIMEOUT_LATE,
        Fault.BAD_GATEWAY, Fault.CUT_JSON, Fault.HTML_PAGE, Fault.INTERNAL_ERROR, Fault.UNAVAILABLE, Fault.THROTTLED,
        Fault.CONNECT_REFUSED, Fault.CHANGE_KEY_RACE]  # fmt: skip


def strikes(wharf, fault, method):
    wharf.simulator.weather.next(fault, method=method, path="/events")


def goes_on(wharf, desk, *, rounds=4):
    """Time passes and the series is tended until nothing is left to do."""
    for _ in range(rounds):
        wharf.simulator.advance(timedelta(minutes=3))
        desk.sync()
    assert desk.sync() == []


@pytest.mark.museum("Z-D01")
@pytest.mark.parametrize("fault", LOST)
def test_a_series_whose_creation_was_not_answered_is_made_once(core, wharf, fault):
    """Z-D01: the same bytes under the same transaction are harmless."""
    outlook, desk = RoomInOutlook(wharf.simulator), SeriesDesk(core, wharf, weekly(core))
    strikes(wharf, fault, "POST")
    desk.settle()

    goes_on(wharf, desk)

    assert outlook.master is not None
    assert in_step(core, desk, outlook)


@pytest.mark.invariant("I3", "I14")
@pytest.mark.parametrize("fault", [*LOST, Fault.STALE_READ])
def test_a_date_whose_write_was_not_answered_is_written_once_and_a_later_edit_survives(core, wharf, fault):
    desk, outlook = agreed(core, wharf)
    strikes(wharf, fault, "PATCH")
    desk.edit_date(THIRD, title="With Dora")
    desk.settle()
    outlook.edits_date(THIRD, place="Pier")

    goes_on(wharf, desk)

    assert (desk.said(THIRD).title, desk.said(THIRD).place) == ("With Dora", "Pier")
    assert in_step(core, desk, outlook)


@pytest.mark.parametrize("fault", LOST)
def test_a_date_set_back_there_after_our_lost_answer_stays_so(core, wharf, fault):
    """The marker on the date tells whether ours had landed before. Where it had not, it is sent once more."""
    desk, outlook = agreed(core, wharf)
    desk.edit_date(THIRD, title="With Dora")
    strikes(wharf, fault, "PATCH")
    desk.settle()
    had_landed = outlook.shown()[THIRD]["subject"] == "With Dora"
    outlook.edits_date(THIRD, title="Stand-up")

    goes_on(wharf, desk)

    assert desk.said(THIRD).title == ("Stand-up" if had_landed else "With Dora")
    assert in_step(core, desk, outlook)


@pytest.mark.parametrize("keeps", [False, True])
@pytest.mark.parametrize("fault", LOST)
def test_a_new_hour_and_a_renamed_date_survive_a_lost_answer(core, wharf, fault, keeps):
    wharf.simulator.switch("master_change_keeps_exceptions", value=keeps)
    desk, outlook = agreed(core, wharf)
    desk.edit_date(THIRD, title="With Dora")
    desk.edit(when=at(14))
    strikes(wharf, fault, "PATCH")
    desk.settle()

    goes_on(wharf, desk)

    shown = outlook.shown()
    assert (desk.said(FIRST).when.start.hour, desk.said(THIRD).when.start.hour) == (14, 14)
    assert shown[THIRD]["subject"] == "With Dora"
    assert in_step(core, desk, outlook)


@pytest.mark.parametrize("fault", LOST)
def test_a_deletion_of_a_date_that_was_not_answered_is_found_out(core, wharf, fault):
    desk, outlook = agreed(core, wharf)
    desk.cancel_date(THIRD)
    strikes(wharf, fault, "DELETE")
    desk.settle()

    goes_on(wharf, desk)

    assert outlook.deleted == {THIRD}
    assert in_step(core, desk, outlook)


def test_a_date_changed_there_since_it_was_read_is_read_again(core, wharf):
    """412, one read, one write: both edits stand."""
    desk, outlook = agreed(core, wharf)
    desk.edit_date(THIRD, title="With Dora")
    desk.settle()
    desk.edit_date(THIRD, title="With Chidi")
    outlook.edits_date(THIRD, place="Pier")
    requests(wharf)

    desk.settle()

    assert requests(wharf) == 3
    assert (desk.said(THIRD).title, desk.said(THIRD).place) == ("With Chidi", "Pier")
    assert in_step(core, desk, outlook)


@pytest.mark.parametrize("whole", [True, False])
def test_a_write_that_was_told_to_wait_is_sent_again_without_another_read(core, wharf, whole):
    """429 is said instead of an attempt: it certainly did not land, and nothing has to be found out."""
    desk, outlook = agreed(core, wharf)
    desk.edit_date(THIRD, place="Pier")
    desk.settle()
    desk.sync()
    strikes(wharf, Fault.THROTTLED, "PATCH")
    desk.edit(title="Planning") if whole else desk.edit_date(THIRD, title="Planning")
    desk.settle()
    wharf.simulator.advance(timedelta(minutes=3))

    assert desk.settle() == [("Patch", None if whole else THIRD)]
    assert in_step(core, desk, outlook)


@pytest.mark.parametrize(("choice", "hour", "title"), [("ours", 9, "With Dora"), ("theirs", 14, "Stand-up")])
def test_a_new_hour_there_against_a_renamed_date_here_is_asked_and_the_answer_stands(core, wharf, choice, hour, title):
    desk, outlook = agreed(core, wharf)
    desk.edit_date(THIRD, title="With Dora")
    outlook.edits(when=at(14))

    desk.sync()
    assert desk.series.parked.reason is core.Reason.REPATTERNED
    requests(wharf)
    assert desk.settle() == []
    assert requests(wharf) == 0

    desk.choose(choice)
    desk.settle()
    desk.sync()
    assert (desk.said(THIRD).when.start.hour, desk.said(THIRD).title) == (hour, title)
    assert in_step(core, desk, outlook)
    assert desk.sync() == []


def test_a_new_hour_there_comes_in_and_our_exceptions_go(core, wharf):
    desk, outlook = agreed(core, wharf)
    desk.edit_date(THIRD, title="With Dora")
    desk.settle()
    desk.sync()

    outlook.edits(when=at(14))

    assert desk.sync() == [("Pull", None)]
    assert desk.own == {}
    assert in_step(core, desk, outlook)


def test_two_moves_that_cross_are_asked_before_any_request(core, wharf):
    desk, outlook = agreed(core, wharf)
    desk.edit_date(SECOND, when=moved(desk.said(SECOND).when, days=4))
    outlook.edits_date(THIRD, when=moved(desk.said(THIRD).when, days=-5))
    requests(wharf)

    desk.sync()

    assert desk.series.parked.reason is core.Reason.CROSSING
    assert requests(wharf) == 1
    desk.choose("theirs")
    desk.sync()
    assert in_step(core, desk, outlook)


def test_a_neighbour_moved_unseen_lets_the_date_wait_for_a_person(core, wharf):
    """Exchange refuses the move; the series is read, and nothing is sent again by itself."""
    desk, outlook = agreed(core, wharf)
    desk.edit_date(THIRD, place="Pier")
    desk.settle()
    outlook.edits_date(SECOND, when=moved(desk.said(SECOND).when, days=4))
    desk.edit_date(THIRD, when=moved(desk.said(THIRD).when, days=-5))

    desk.settle()

    assert core.date_of(desk.series, THIRD).parked.reason is core.Reason.CROSSING
    assert desk.said(SECOND).when.start.date() == date(2026, 3, 20)
    assert desk.sync() == []
    desk.choose("theirs")
    desk.sync()
    assert in_step(core, desk, outlook)


def test_moves_go_out_in_an_order_in_which_no_date_meets_its_neighbour(core, wharf):
    desk, outlook = agreed(core, wharf)
    desk.edit_date(SECOND, when=moved(desk.said(SECOND).when, days=7))
    desk.edit_date(THIRD, when=moved(desk.said(THIRD).when, days=6))
    desk.edit_date(LAST, when=moved(desk.said(LAST).when, days=-6))

    desk.settle()

    assert in_step(core, desk, outlook)
    assert not any(each.parked for each in desk.series.dates)


def test_a_date_that_two_neighbours_step_aside_for_stays_itself(core, wharf):
    """Which date it is never follows from where it stands."""
    desk, outlook = agreed(core, wharf)
    outlook.edits_date(FOURTH, when=moved(desk.said(FOURTH).when, days=6))
    desk.sync()
    desk.edit_date(FOURTH, title="With Dora")

    desk.settle()

    assert outlook.shown()[FOURTH]["subject"] == "With Dora"
    assert in_step(core, desk, outlook)


def test_a_series_deleted_there_goes_here(core, wharf):
    desk, outlook = agreed(core, wharf)
    desk.edit_date(THIRD, title="With Dora")
    desk.settle()

    outlook.deletes()
    desk.sync()

    assert desk.ours is None
    assert desk.series.dates == ()


@pytest.mark.parametrize("reads_first", [True, False])
def test_a_series_deleted_there_while_a_date_was_edited_here_is_asked(core, wharf, reads_first):
    """Whether its absence is met by reading the series or by writing one of its dates."""
    desk, outlook = agreed(core, wharf)
    desk.edit_date(THIRD, place="Pier")
    desk.settle()
    desk.edit_date(THIRD, title="With Dora")
    outlook.deletes()

    if not reads_first:
        desk.settle()
    desk.sync()

    assert desk.series.parked.reason is core.Reason.DELETED_THERE
    desk.choose("ours")
    goes_on(wharf, desk)
    assert outlook.shown()[THIRD]["subject"] == "With Dora"
    assert in_step(core, desk, outlook)


def test_a_series_cancelled_here_while_a_date_was_edited_there_is_asked(core, wharf):
    desk, outlook = agreed(core, wharf)
    desk.cancel()
    outlook.edits_date(THIRD, title="With Dora")

    desk.sync()

    assert desk.series.parked.reason is core.Reason.CANCELLED_HERE
    desk.choose("theirs")
    goes_on(wharf, desk)
    assert desk.said(THIRD).title == "With Dora"
    assert in_step(core, desk, outlook)


def test_a_date_deleted_there_and_edited_here_cannot_be_written_again(core, wharf):
    desk, outlook = agreed(core, wharf)
    desk.edit_date(THIRD, title="With Dora")
    outlook.deletes_date(THIRD)

    desk.sync()

    assert core.date_of(desk.series, THIRD).parked.reason is core.Reason.DELETED_THERE
    assert isinstance(desk.choose("ours"), core.NotPossible)
    desk.choose("theirs")
    desk.sync()
    assert desk.said(THIRD) is None
    assert in_step(core, desk, outlook)


def test_a_shorter_series_forgets_the_exception_behind_its_end(core, wharf):
    desk, outlook = agreed(core, wharf)
    desk.edit_date(FIFTH, title="With Chidi")
    desk.edit_date(LAST, title="With Dora")
    desk.settle()
    desk.sync()

    desk.edit(pattern=core.replace(desk.ours.pattern, count=5))
    desk.settle()

    assert list(desk.own) == [FIFTH]
    assert in_step(core, desk, outlook)
    assert desk.sync() == []
