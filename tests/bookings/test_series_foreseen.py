"""An order about a series as it would go: each date with what stands in its way, before anything is saved."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from holdfast.bookings import scene
from holdfast.bookings.models import Series
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.outcomes import Code, Refused
from holdfast.bookings.series import foresight, verbs
from holdfast.bookings.series.exceptions import Dropped, Why
from holdfast.bookings.series.orders import CancelSeries, EditSeries, Policy
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.directory.kinds import Kind as ResourceKind
from holdfast.ports import clock
from holdfast.reconcile.snapshot import Sensitivity
from tests.bookings.series_cast import ask, book, count, dates, endless, order, slots, told, week, weekly
from tests.cast import at

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("spring")]

FORESEE_STATEMENTS_MAX = 2
CLASHING_STATEMENTS_MAX = 6
BOOK_STATEMENTS_MAX = 7
EDIT_STATEMENTS_MAX = 11


def foresee(cast, one, *, by=None, **more):
    with in_workspace(cast.workspace_id):
        return foresight.foresee(by or cast.ben, one, **more)


def statements(work):
    """Without BEGIN, COMMIT and the naming of the workspace, and without what higher layers add."""
    with CaptureQueriesContext(connection) as captured:
        work()
    told_apart = ("BEGIN", "COMMIT", "SELECT set_config")
    return [each["sql"] for each in captured if not each["sql"].startswith(told_apart) and "mirror_" not in each["sql"]]


def test_each_date_is_shown_with_its_clash_and_what_is_free_instead(cast):
    """M17, X11: the plan of the complete series, date by date, before it is saved."""
    board = cast.book("Aquarium", at(9, day=14), title="Board")
    cast.book("Boathouse", at(9, day=14))
    cast.add("Loft", ResourceKind.ROOM, parent="Boathouse")

    seen = foresee(cast, order(cast))

    assert [each.day for each in seen.dates] == [week(n) for n in range(10)]
    (clashing,) = seen.clashing
    assert (clashing.day, clashing.when) == (week(2), at(9, day=14))
    assert [(clash.booking_id, clash.title) for clash in clashing.clashes] == [(board.id, "Board")]
    assert [each.name for each in clashing.alternatives] == ["Crow's Nest"], "neither a van nor a part of a room"
    assert (seen.horizon, seen.is_endless) == (week(9), False)


def test_nothing_is_written_by_looking_ahead(cast):
    foresee(cast, order(cast))

    assert count(cast) == 0
    with in_workspace(cast.workspace_id):
        assert not Series.objects.exists()


def test_a_clash_with_a_private_booking_says_only_that_the_time_is_taken(cast):
    apply(cast.ada, [cast.make("Aquarium", at(9), title="Surgery", sensitivity=Sensitivity.PRIVATE)])

    (clashing,) = foresee(cast, order(cast)).clashing
    assert [clash.title for clash in clashing.clashes] == ["Private"]

    (clashing,) = foresee(cast, order(cast), by=cast.ada).clashing
    assert [clash.title for clash in clashing.clashes] == ["Surgery"]


def test_what_outlook_would_overlap_is_told_as_well(cast):
    board = cast.book("Aquarium", at(9, day=14), title="Board")

    (clashing,) = foresee(cast, order(cast), by=cast.outlook).clashing

    assert clashing.day == week(2)
    assert [(each.booking_id, each.starts_at, each.title) for each in clashing.clashes] == [
        (board.id, board.starts_at, "Board")
    ]


def test_a_room_whose_calendar_is_unknown_is_not_offered(cast):
    cast.book("Aquarium", at(9))

    (clashing,) = foresee(cast, order(cast), unknown=frozenset({cast.resource("Boathouse")})).clashing

    assert [each.name for each in clashing.alternatives] == ["Crow's Nest"]


def test_a_pool_with_room_for_fewer_is_no_alternative_for_more(cast):
    cast.add("Attic desks", ResourceKind.DESK, sharing=cast.resources["Desks"].sharing, units=1)
    cast.book("Desks", at(9), quantity=3)

    (two,) = foresee(cast, order(cast, "Desks", quantity=2)).clashing
    (one,) = foresee(cast, order(cast, "Desks", quantity=1)).clashing

    assert [each.name for each in two.alternatives] == []
    assert [each.name for each in one.alternatives] == ["Attic desks"]


def test_what_a_change_of_pattern_drops_is_said_before_it_is_saved(cast):
    made = book(cast)
    rows = dates(cast, made)
    apply(cast.ben, [Edit(booking_id=rows[week(1)].id, changes={"title": "Odd"})])
    apply(cast.ben, [Cancel(booking_id=rows[week(3)].id)])
    change = EditSeries(series_id=made.id, changes={"pattern": weekly(interval=2, count=5)})

    seen = foresee(cast, change)

    assert seen.dropped == (Dropped(week(1), Why.NO_DATE), Dropped(week(3), Why.NO_DATE))
    assert told(cast, made).master == made
    assert ask(cast.ben, change).dropped == seen.dropped


def test_a_move_does_not_clash_with_the_dates_it_leaves(cast):
    made = book(cast)

    assert foresee(cast, EditSeries(series_id=made.id, changes={"when": at(9.5)})).clashing == ()
    assert foresee(cast, CancelSeries(series_id=made.id)).clashing == ()


def test_what_cannot_be_at_all_is_refused_in_the_same_words(cast):
    impossible = order(cast, pattern=weekly(interval=100))

    seen, done = foresee(cast, impossible), ask(cast.ben, impossible)

    assert seen == done
    assert isinstance(foresee(cast, order(cast, "Desks", quantity=9)), Refused)


def test_what_is_foreseen_is_what_happens(cast):
    cast.book("Aquarium", at(9, day=14))
    cast.book("Aquarium", at(9, day=35))

    seen = foresee(cast, order(cast))
    done = ask(cast.ben, order(cast, policy=Policy.SKIP))

    assert [each.day for each in seen.clashing] == [each.day for each in done.skipped] == [week(2), week(5)]


def test_two_years_of_a_weekly_series_are_compared_with_what_is_taken_in_one_statement(cast):
    orders = [cast.make("Aquarium", at(14, day=n)) for n in range(700)]
    apply(cast.outlook, orders)
    two_years = order(cast, pattern=weekly(count=104))

    found = statements(lambda: foresee(cast, two_years))

    assert len(found) <= FORESEE_STATEMENTS_MAX
    assert len([each for each in found if "FROM bookings_slot" in each and "unnest" in each]) == 1


def test_the_number_of_clashes_does_not_raise_the_number_of_statements(cast):
    apply(cast.outlook, [cast.make("Aquarium", at(9, day=7 * n)) for n in range(60)])

    found = statements(lambda: foresee(cast, order(cast, pattern=weekly(count=104))))

    assert len(found) <= CLASHING_STATEMENTS_MAX


def test_a_series_is_booked_and_changed_with_as_many_statements_as_it_has_parts_not_dates(cast):
    two_years = order(cast, pattern=weekly(count=104))
    assert len(statements(lambda: ask(cast.ben, two_years))) <= BOOK_STATEMENTS_MAX

    change = EditSeries(series_id=two_years.first.id, changes={"when": at(11)})
    assert len(statements(lambda: ask(cast.ben, change))) <= EDIT_STATEMENTS_MAX


def test_only_the_time_around_the_dates_is_read(cast):
    """What lies between the dates is not fetched: a room booked all day long costs a series no more."""
    apply(cast.outlook, [cast.make("Aquarium", at(7 + n % 2 * 6, day=n // 2)) for n in range(1400)])
    plan = order(cast, pattern=weekly(count=104))

    with in_workspace(cast.workspace_id):
        wanted = verbs.planned(cast.ben, plan, at=clock.now(), lock=False)
        facts, units = scene.units_of(cast.workspace_id, [cast.resource("Aquarium")])
        _, ground = scene.ground_at(cast.workspace_id, units, verbs.spans(wanted.dates, facts), claims=False)

    read = {taken.booking_id for unit in units for taken in ground.clashes(unit, start=0, end=2**60)}
    assert read == set()


def test_a_series_is_read_for_outlook_in_two_statements(cast):
    made = book(cast, pattern=endless())
    for n in range(1, 9):
        apply(cast.ben, [Edit(booking_id=dates(cast, made)[week(n)].id, changes={"title": f"Watch {n}"})])

    assert len(statements(lambda: told(cast, made))) == 2
    assert len(told(cast, made).exceptions) == 8


def test_an_order_of_nobody_is_not_found(cast):
    nothing = EditSeries(series_id=cast.resource("Heron"), changes={})

    assert foresee(cast, nothing).code is Code.NOT_FOUND
    assert slots(cast) == []
