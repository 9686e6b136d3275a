"""Histories of series: Ada here and Ben in Outlook, one stand-up on six Mondays, and what each edits of it."""

from datetime import date, datetime

import pytest

from tests.reconcile.outlook import MONDAYS, at
from tests.reconcile.series_outlook import SeriesDesk, SeriesOutlook, agreed_series, weekly

DAYS = [date(2026, 3, 9 + 7 * week) if week < 4 else date(2026, 4, 6 + 7 * (week - 4)) for week in range(6)]
FIRST, SECOND, THIRD, FOURTH, FIFTH, LAST = DAYS


def on(core, day, hour):
    """An hour of one of the dates."""
    return core.on_day(core.Snapshot(at(hour)), day).when


def writes(outlook):
    found, outlook.writes[:] = list(outlook.writes), []
    return found


def test_a_series_made_here_is_one_event_there(core):
    _desk, outlook = agreed_series(core)

    assert writes(outlook) == [("create", None)]
    assert outlook.master.pattern == MONDAYS


def test_a_series_made_there_is_one_series_here_with_its_exceptions(core):
    outlook = SeriesOutlook(core)
    desk = SeriesDesk(core, outlook)
    outlook.person_makes(weekly(core))
    outlook.person_edits_date(SECOND, title="With Chidi")
    outlook.person_deletes_date(FOURTH)

    desk.sync()

    assert desk.ours.pattern == MONDAYS
    assert desk.said(SECOND).title == "With Chidi"
    assert desk.said(FOURTH) is None
    assert (writes(outlook), desk.sync()) == ([], [])


def test_one_date_edited_here_is_one_look_and_one_write(core):
    desk, outlook = agreed_series(core)
    writes(outlook)
    desk.requests = 0

    desk.edit_date(THIRD, title="With Dora")

    assert desk.settle() == [("Look", THIRD), ("Patch", THIRD)]
    assert writes(outlook) == [("patch", THIRD)]
    assert desk.requests == 2
    assert outlook.said(THIRD).title == "With Dora"
    assert desk.sync() == []


def test_one_date_cancelled_here_goes_there_and_the_series_stays(core):
    desk, outlook = agreed_series(core)
    writes(outlook)

    desk.cancel_date(THIRD)
    desk.settle()

    assert writes(outlook) == [("delete", THIRD)]
    assert THIRD in outlook.deleted
    assert desk.sync() == []


@pytest.mark.museum("Z-R01")
def test_one_date_deleted_there_is_cancelled_here(core):
    """Z-R01: no tombstone tells of it; the read of the series does."""
    desk, outlook = agreed_series(core)

    outlook.person_deletes_date(THIRD)
    desk.sync()

    assert desk.said(THIRD) is None
    assert desk.said(SECOND) is not None


def test_a_title_of_the_series_keeps_the_dates_that_have_their_own(core):
    desk, outlook = agreed_series(core)
    desk.edit_date(THIRD, when=on(core, THIRD, 11))
    desk.settle()
    writes(outlook)

    desk.edit(title="Planning")
    desk.settle()

    assert writes(outlook) == [("patch", None)]
    assert outlook.said(THIRD).title == "Planning"
    assert outlook.said(THIRD).when.start.hour == 11
    assert desk.sync() == []


@pytest.mark.parametrize("remembers_dates", [False, True])
def test_a_new_hour_for_all_sends_our_exceptions_again_where_exchange_forgot_them(core, remembers_dates):
    """History 17: after the pattern the exceptions of both halves are empty, and ours are sent again."""
    desk, outlook = agreed_series(core, remembers_dates=remembers_dates)
    desk.edit_date(THIRD, title="With Dora")
    desk.cancel_date(FIFTH)
    desk.settle()
    writes(outlook)

    desk.edit(when=at(14))

    assert ("Look", None) in desk.settle()
    assert outlook.said(FIRST).when.start.hour == 14
    assert (outlook.said(THIRD).title, outlook.said(THIRD).when.start.hour) == ("With Dora", 14)
    assert FIFTH in outlook.deleted
    assert desk.sync() == []
    again = [("patch", THIRD)] if remembers_dates else [("delete", FIFTH), ("patch", THIRD)]
    assert writes(outlook) == [("patch", None), *again]


def test_a_date_moved_there_just_after_our_new_hour_is_an_edit_and_comes_in(core):
    """Exchange keeps exceptions with their old hour; one that somebody edited since our answer is not one of those."""
    desk, outlook = agreed_series(core, remembers_dates=True)
    desk.edit(when=at(14))
    desk.series, offer = core.send_of_series(desk.series, desk.plan(), now=desk.now)
    landed = core.Landed(outlook.patch(None, outlook.etags[None], {"when": at(14)}, offer.number))
    desk.series = core.answer_of_series(desk.series, None, offer.number, landed, now=desk.now)
    outlook.person_edits_date(THIRD, when=on(core, THIRD, 16))

    desk.sync()

    assert desk.said(THIRD).when.start.hour == outlook.said(THIRD).when.start.hour == 16


@pytest.mark.parametrize("fate", ["before", "after"])
def test_a_rename_of_one_date_and_a_new_pattern_survive_a_lost_answer(core, fate):
    """History 17: both edits, and a crash between them."""
    desk, outlook = agreed_series(core)
    desk.edit_date(THIRD, title="With Dora")
    desk.edit(when=at(14))

    desk.settle(fate=fate)
    desk.settle()
    desk.sync()

    assert (outlook.said(FIRST).when.start.hour, outlook.said(THIRD).title) == (14, "With Dora")
    assert desk.sync() == []


@pytest.mark.parametrize("fate", ["before", "after"])
def test_a_lost_answer_about_one_date_is_found_out(core, fate):
    desk, outlook = agreed_series(core)
    desk.edit_date(THIRD, title="With Dora")
    writes(outlook)

    desk.settle(fate=fate)
    desk.settle()

    assert writes(outlook) == [("patch", THIRD)]
    assert outlook.said(THIRD).title == "With Dora"
    assert desk.sync() == []


def test_a_pattern_changed_there_against_a_date_renamed_here_is_asked(core):
    """History 18: whichever side changed which, nobody's edit is dropped unasked."""
    desk, outlook = agreed_series(core)
    desk.edit_date(THIRD, title="With Dora")
    outlook.person_edits(when=at(14))
    writes(outlook)

    desk.sync()

    assert desk.series.parked.reason is core.Reason.REPATTERNED
    assert desk.series.parked.detail == THIRD.isoformat()
    assert (writes(outlook), desk.sync()) == ([], [])


def test_a_pattern_changed_here_against_a_date_moved_there_is_asked(core):
    desk, outlook = agreed_series(core)
    outlook.person_edits_date(THIRD, when=on(core, THIRD, 11))
    desk.edit(when=at(14))
    writes(outlook)

    desk.sync()

    assert desk.series.parked.reason is core.Reason.REPATTERNED
    assert writes(outlook) == []


def test_two_different_patterns_are_asked_and_two_equal_ones_agree(core):
    other = core.replace(MONDAYS, count=4)
    for theirs, reason in ((core.replace(MONDAYS, count=5), core.Reason.REPATTERNED), (other, None)):
        desk, outlook = agreed_series(core)
        desk.edit(pattern=other)
        outlook.person_edits(pattern=theirs)

        desk.sync()

        assert (desk.series.parked and desk.series.parked.reason) is reason


@pytest.mark.parametrize(("choice", "hour", "title"), [("ours", 9, "With Dora"), ("theirs", 14, "Stand-up")])
def test_the_answer_to_a_changed_pattern_stands_on_both_sides(core, choice, hour, title):
    desk, outlook = agreed_series(core)
    desk.edit_date(THIRD, title="With Dora")
    outlook.person_edits(when=at(14))
    desk.sync()

    desk.choose(choice)
    desk.settle()
    desk.sync()

    assert (outlook.said(THIRD).when.start.hour, outlook.said(THIRD).title) == (hour, title)
    assert (desk.said(THIRD).when.start.hour, desk.said(THIRD).title) == (hour, title)
    assert desk.sync() == []


def test_an_answer_about_a_series_that_moved_is_asked_anew(core):
    desk, outlook = agreed_series(core)
    desk.edit_date(THIRD, title="With Dora")
    outlook.person_edits(when=at(14))
    desk.sync()
    ours, theirs = core.series_fingerprints(desk.series)
    outlook.person_edits_date(SECOND, title="Moved on")
    desk.look()

    about = core.Next(None, core.Nothing(), is_whole=True)
    answer = core.Answer(core.Choice.OURS, ours, theirs)

    assert core.choose_of_series(desk.series, about, answer, desk.rules) == core.Moved()


def test_an_answer_to_another_question_is_asked_anew(core):
    desk, outlook = agreed_series(core)
    desk.edit_date(THIRD, title="With Dora")
    outlook.person_edits(when=at(14))
    desk.sync()

    about = core.Next(None, core.Nothing(), is_whole=True)
    answer = core.Answer(core.Choice.OURS, "another", "question")

    assert core.choose_of_series(desk.series, about, answer, desk.rules) == core.Moved()


def test_two_lawful_moves_that_cross_are_asked_before_any_request(core):
    """History 19: ours forward, theirs back."""
    desk, outlook = agreed_series(core)
    desk.edit_date(SECOND, when=on(core, date(2026, 3, 20), 9))
    outlook.person_edits_date(THIRD, when=on(core, date(2026, 3, 18), 9))
    writes(outlook)

    desk.sync()

    assert desk.series.parked.reason is core.Reason.CROSSING
    assert writes(outlook) == []
    assert isinstance(desk.choose("ours"), core.NotPossible)
    desk.choose("theirs")
    desk.sync()
    assert desk.said(SECOND).when.start.date() == SECOND
    assert desk.sync() == []


def test_moves_go_out_in_the_order_in_which_no_date_meets_its_neighbour(core):
    """Forward ones from the last, backward ones from the first; deletions before both."""
    desk, outlook = agreed_series(core)
    writes(outlook)
    for day, stands in ((SECOND, date(2026, 3, 23)), (THIRD, date(2026, 3, 29)), (LAST, date(2026, 4, 7))):
        desk.edit_date(day, when=on(core, stands, 9))
    desk.cancel_date(FIFTH)

    desk.settle()

    assert writes(outlook) == [("delete", FIFTH), ("patch", THIRD), ("patch", SECOND), ("patch", LAST)]


def test_a_date_may_be_moved_onto_the_day_of_one_that_was_cancelled(core):
    desk, outlook = agreed_series(core)
    desk.cancel_date(THIRD)
    desk.edit_date(SECOND, when=on(core, THIRD, 9))

    desk.settle()

    assert outlook.said(SECOND).when.start.date() == THIRD


def test_a_series_deleted_there_goes_here_with_all_its_dates(core):
    desk, outlook = agreed_series(core)
    desk.edit_date(THIRD, title="With Dora")
    desk.settle()

    outlook.person_deletes()
    desk.sync()

    assert desk.ours is None
    assert desk.series.dates == ()


def test_a_series_deleted_there_while_a_date_was_edited_here_is_asked(core):
    desk, outlook = agreed_series(core)
    desk.edit_date(THIRD, title="With Dora")
    outlook.person_deletes()

    desk.sync()

    assert desk.series.parked.reason is core.Reason.DELETED_THERE
    desk.choose("ours")
    desk.sync()
    desk.sync()
    assert outlook.said(THIRD).title == "With Dora"
    assert outlook.generation == 2


def test_a_series_cancelled_here_while_a_date_was_edited_there_is_asked(core):
    for choice, stands in (("ours", False), ("theirs", True)):
        desk, outlook = agreed_series(core)
        desk.cancel()
        outlook.person_edits_date(THIRD, title="With Dora")

        desk.sync()
        assert desk.series.parked.reason is core.Reason.CANCELLED_HERE
        desk.choose(choice)
        desk.settle()

        assert (outlook.master is not None) is stands
        assert (desk.ours is not None) is stands


def test_a_date_cancelled_here_and_edited_there_is_asked_alone(core):
    desk, outlook = agreed_series(core)
    desk.cancel_date(THIRD)
    outlook.person_edits_date(THIRD, title="With Dora")
    outlook.person_edits_date(SECOND, title="With Chidi")

    desk.sync()

    [held] = [each for each in desk.series.dates if each.parked]
    assert (held.day, held.parked.reason) == (THIRD, core.Reason.CANCELLED_HERE)
    assert desk.said(SECOND).title == "With Chidi"


def test_a_date_deleted_there_and_edited_here_cannot_be_written_again(core):
    desk, outlook = agreed_series(core)
    desk.edit_date(THIRD, title="With Dora")
    outlook.person_deletes_date(THIRD)
    desk.sync()
    assert core.date_of(desk.series, THIRD).parked.reason is core.Reason.DELETED_THERE

    assert isinstance(desk.choose("ours"), core.NotPossible)
    desk.choose("theirs")
    assert desk.sync() == []
    assert desk.said(THIRD) is None


def test_a_date_cancelled_on_both_sides_cannot_live_again_here_alone(core):
    desk, outlook = agreed_series(core)
    desk.cancel_date(THIRD)
    desk.sync()
    writes(outlook)

    desk.edit_date(THIRD)
    desk.sync()

    assert core.date_of(desk.series, THIRD).parked.reason is core.Reason.LOST_DATE
    assert writes(outlook) == []


def test_both_edit_different_fields_of_one_date(core):
    desk, outlook = agreed_series(core)
    desk.edit_date(THIRD, title="With Dora")
    outlook.person_edits_date(THIRD, place="Pier")

    desk.sync()

    for said in (desk.said(THIRD), outlook.said(THIRD)):
        assert (said.title, said.place) == ("With Dora", "Pier")
    assert desk.sync() == []


def test_a_date_set_back_to_the_series_follows_it_again(core):
    desk, outlook = agreed_series(core)
    desk.edit_date(THIRD, title="With Dora")
    desk.settle()
    desk.edit_date(THIRD, title="Stand-up")
    desk.settle()
    assert outlook.said(THIRD).title == "Stand-up"

    desk.sync()

    assert desk.own == {}
    assert desk.series.dates == ()


def test_a_new_title_for_all_there_comes_in_once(core):
    desk, outlook = agreed_series(core, born_there=True)
    outlook.person_edits_date(THIRD, when=on(core, THIRD, 11))
    desk.sync()
    outlook.person_edits(title="Planning")

    assert desk.sync() == [("Pull", None)]
    assert desk.said(THIRD).title == "Planning"


def test_a_stale_read_of_the_series_changes_nothing(core):
    desk, outlook = agreed_series(core)
    old = outlook.look()
    outlook.person_edits_date(THIRD, title="With Dora")
    desk.sync()

    before = desk.series
    desk.series, outcome = core.look_at_series(desk.series, old)

    assert (desk.series, outcome) == (before, core.Outcome.OLDER)


def test_what_is_stored_of_a_series_is_what_differs(core):
    desk, _outlook = agreed_series(core)
    assert desk.series.dates == ()
    desk.edit_date(THIRD, title="With Dora")
    desk.settle()

    assert [each.day for each in desk.series.dates] == [THIRD]
    assert core.decode_series(core.encode(desk.series)) == desk.series


@pytest.mark.parametrize("direction", ["up", "down"])
def test_where_only_one_side_may_speak_nobody_is_asked(core, direction):
    desk, outlook = agreed_series(core)
    desk.rules = core.Rules(zone="Europe/Kiev", direction=core.Direction(direction))
    desk.edit_date(THIRD, title="With Dora")
    outlook.person_edits(when=at(14))

    desk.sync()

    assert desk.series.parked is None
    assert outlook.said(FIRST).when.start.hour == (9 if direction == "up" else 14)


def test_backward_moves_begin_with_the_first(core):
    desk, outlook = agreed_series(core)
    writes(outlook)
    desk.edit_date(SECOND, when=on(core, date(2026, 3, 10), 9))
    desk.edit_date(THIRD, when=on(core, SECOND, 9))

    desk.settle()

    assert writes(outlook) == [("patch", SECOND), ("patch", THIRD)]


@pytest.mark.parametrize("day", [date(2026, 3, 18), date(2026, 3, 20)])
def test_a_date_moved_back_onto_or_past_one_that_was_moved_there_is_asked(core, day):
    desk, outlook = agreed_series(core)
    outlook.person_edits_date(SECOND, when=on(core, date(2026, 3, 20), 9))
    desk.edit_date(THIRD, when=on(core, day, 15))

    desk.sync()

    assert desk.series.parked.reason is core.Reason.CROSSING


def test_a_date_moved_onto_the_day_to_which_the_next_one_was_moved_is_asked(core):
    desk, outlook = agreed_series(core)
    outlook.person_edits_date(THIRD, when=on(core, date(2026, 3, 18), 9))
    desk.edit_date(SECOND, when=on(core, date(2026, 3, 18), 15))

    desk.sync()

    assert desk.series.parked.reason is core.Reason.CROSSING


def test_a_neighbour_moved_unseen_lets_the_date_wait_for_a_person(core):
    """Exchange refuses the move; the series is read, and nothing is sent again by itself."""
    desk, outlook = agreed_series(core)
    outlook.person_edits_date(SECOND, when=on(core, date(2026, 3, 20), 9))
    desk.edit_date(THIRD, when=on(core, date(2026, 3, 18), 9))
    writes(outlook)

    desk.settle()

    assert core.date_of(desk.series, THIRD).parked.reason is core.Reason.CROSSING
    assert desk.said(SECOND).when.start.date() == date(2026, 3, 20)
    assert (writes(outlook), desk.sync()) == ([], [])


def test_a_date_of_our_own_series_may_be_edited_where_arrivals_are_locked(core):
    desk, outlook = agreed_series(core)
    desk.rules = core.Rules(zone="Europe/Kiev", inbound_edit=core.InboundEdit.LOCKED)
    desk.edit_date(THIRD, title="With Dora")

    desk.settle()

    assert outlook.said(THIRD).title == "With Dora"


def test_an_exception_on_a_date_that_the_pattern_loses_is_forgotten(core):
    desk, outlook = agreed_series(core)
    desk.edit_date(LAST, title="With Dora")
    desk.settle()

    desk.edit(pattern=core.replace(MONDAYS, count=5))
    desk.settle()

    assert [each.day for each in desk.series.dates] == []
    assert outlook.days == DAYS[:5]
    assert desk.sync() == []


def test_a_date_that_somebody_insists_on_is_put_back_three_times_and_then_asked(core):
    desk, outlook = agreed_series(core)
    desk.rules = core.Rules(zone="Europe/Kiev", direction=core.Direction.UP)
    for number in range(4):
        outlook.person_edits_date(THIRD, title=f"Mine {number}")
        desk.sync()

    assert core.date_of(desk.series, THIRD).parked.reason is core.Reason.PUT_BACK


def test_a_date_set_back_there_after_our_lost_answer_stays_so(core):
    """History 1 on one date: the marker tells that ours had landed before."""
    desk, outlook = agreed_series(core)
    desk.edit_date(THIRD, title="With Dora")
    desk.settle(fate="after")
    outlook.person_edits_date(THIRD, title="Stand-up")

    desk.sync()

    assert desk.said(THIRD).title == outlook.said(THIRD).title == "Stand-up"


def test_what_a_moved_date_inherits_is_never_its_own(core):
    """Both give the whole series a place, and ours wins: the date that Ben moved gets it too."""
    desk, outlook = agreed_series(core)
    outlook.person_edits_date(THIRD, when=on(core, THIRD, 11))
    desk.sync()
    desk.edit(place="Pier")
    outlook.person_edits(place="Deck")

    desk.sync()

    assert outlook.said(THIRD).place == desk.said(THIRD).place == "Pier"
    assert desk.own[THIRD].fields == (core.Field.WHEN,)


def test_the_answer_to_a_write_does_not_make_inherited_words_a_dates_own(core):
    """The titles of the series are asked about meanwhile; a date's own edit goes on."""
    desk, outlook = agreed_series(core)
    outlook.person_edits_date(THIRD, when=on(core, THIRD, 11))
    desk.sync()
    desk.rules = core.Rules(zone="Europe/Kiev", both_edited=core.Winner.ASK)
    desk.edit(title="Planning")
    outlook.person_edits(title="Retrospective")
    desk.edit_date(THIRD, place="Pier")

    desk.sync()

    held = core.date_of(desk.series, THIRD)
    assert outlook.said(THIRD).place == "Pier"
    assert core.Field.TITLE not in held.agreed.theirs.fields


def test_a_new_hour_there_brings_one_change_here_and_our_exceptions_go(core):
    desk, outlook = agreed_series(core)
    desk.edit_date(THIRD, title="With Dora")
    desk.edit_date(FIFTH, title="With Chidi")
    desk.settle()
    outlook.person_edits(when=at(14))
    writes(outlook)

    assert desk.sync() == [("Pull", None)]
    assert desk.own == {}
    assert writes(outlook) == []


def test_a_title_on_the_day_that_skips_the_hour_of_the_series_is_no_move(core):
    """Kyiv has no 03:15 on 29 March: the calendar tells 04:15 there, and nobody moved it."""
    skipped = date(2026, 3, 29)
    start = datetime(2026, 3, 15, 3, 15)
    when = core.When(start, start.replace(minute=45), "Europe/Kiev")
    sundays = core.replace(MONDAYS, first=date(2026, 3, 15), days=(6,))
    outlook = SeriesOutlook(core)
    desk = SeriesDesk(core, outlook, core.Snapshot(when, "Stand-up", pattern=sundays))
    desk.settle()
    desk.sync()

    outlook.person_edits_date(skipped, title="With Chidi")
    desk.sync()

    assert desk.own[skipped].fields == (core.Field.TITLE,)
    assert desk.sync() == []


def test_a_date_that_waits_for_a_person_is_read_when_it_moves_there(core):
    """Its write is unanswered, so a read of the whole series does not tell enough of it; the date is asked by itself."""
    desk, outlook = agreed_series(core)
    desk.edit_date(THIRD, title="With Dora")
    desk.settle(fate="before")
    link = core.link_of(desk.series, THIRD)
    parked = core.Park(core.Reason.FAILED)
    desk.series = core.with_link(desk.series, THIRD, core.done(link, parked, now=desk.now))

    outlook.person_edits_date(THIRD, place="Pier")
    desk.sync()

    assert (outlook.said(THIRD).title, desk.said(THIRD).place) == ("With Dora", "Pier")
    assert desk.sync() == []
