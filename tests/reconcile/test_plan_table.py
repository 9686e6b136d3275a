"""The plan as a table: what each side says, what they agreed, and the step.

Letters are titles of one booking at nine in Aquarium. ours: `never` no booking was made yet, `-` cancelled. theirs: `?`
never seen, `-` confirmed to be gone. agreed: `-` nothing. The four columns: ours to write there or not, and each with
the change refused by the house's rules.
"""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.reconcile.outlook import MONDAYS, NOON, at

TABLE = """
    agreed | ours  | theirs | ours to write        | …refused             | not ours to write    | …refused
    -------|-------|--------|----------------------|----------------------|----------------------|---------------------
    -      | never | ?      | Nothing              | Nothing              | Nothing              | Nothing
    -      | never | -      | Nothing              | Nothing              | Nothing              | Nothing
    -      | never | a      | PullNew              | Delete               | PullNew              | Decline
    -      | -     | ?      | Nothing              | Nothing              | Nothing              | Nothing
    -      | -     | -      | Nothing              | Nothing              | Nothing              | Nothing
    -      | -     | a      | Park came_back       | Park came_back       | Park came_back       | Park came_back
    -      | a     | ?      | Create               | Create               | Create               | Create
    -      | a     | -      | Create               | Create               | Create               | Create
    -      | a     | a      | Agree                | Agree                | Agree                | Agree
    -      | a     | b      | Pull                 | Park contested       | Pull                 | Park contested
    a      | -     | -      | Agree                | Agree                | Agree                | Agree
    a      | -     | a      | Delete               | Delete               | Decline              | Decline
    a      | -     | b      | Park cancelled_here  | Park cancelled_here  | Park cancelled_here  | Park cancelled_here
    a      | a     | -      | PullGone             | Park refused         | PullGone             | Park refused
    a      | a     | a      | Nothing              | Nothing              | Nothing              | Nothing
    a      | a     | b      | Pull                 | Patch                | Pull                 | Decline
    a      | b     | -      | Park deleted_there   | Park deleted_there   | Park deleted_there   | Park deleted_there
    a      | b     | a      | Patch                | Patch                | Park locked          | Park locked
    a      | b     | b      | Agree                | Agree                | Agree                | Agree
    a      | b     | c      | Pull                 | Patch                | Pull                 | Decline
"""
COLUMNS = ((True, False), (True, True), (False, False), (False, True))


def _rows():
    for line in TABLE.strip().splitlines()[2:]:
        agreed, ours, theirs, *steps = (cell.strip() for cell in line.split("|"))
        yield agreed, ours, theirs, steps


def _title(core, letter):
    return core.Snapshot(at(9), letter)


def _link(core, agreed, ours, theirs, *, may_write):
    said = None if theirs == "-" else _title(core, theirs)
    sight = None if theirs == "?" else core.Sight("e1", said, "v1", NOON, may_write=may_write)
    return core.LinkState(
        key="aquarium-1",
        ours={"never": core.Absence.NEVER, "-": None}[ours] if ours in ("never", "-") else _title(core, ours),
        theirs=sight,
        agreed=core.NOTHING if agreed == "-" else core.Pair(_title(core, agreed), _title(core, agreed)),
        generation=1,
        known=("e1",) if sight else (),
        absent=("e1",) if theirs == "-" else (),
    )


def _named(core, step):
    return f"Park {step.reason.value}" if isinstance(step, core.Park) else type(step).__name__


@pytest.mark.invariant("I9", "I10")
def test_every_row_of_the_table(core):
    """One step for each, and the same one when asked again."""
    for agreed, ours, theirs, steps in _rows():
        for (may_write, refused), expected in zip(COLUMNS, steps, strict=True):
            link = _link(core, agreed, ours, theirs, may_write=may_write)
            verdict = core.Refused((core.Field.TITLE,), "closed") if refused else None
            said = [_named(core, core.plan(link, core.Rules(), now=NOON, verdict=verdict)) for _ in range(2)]

            assert said == [expected, expected], (agreed, ours, theirs, may_write, refused)


def test_the_table_is_whole():
    """Every combination of the states is there, apart from those that cannot be."""
    there = {(agreed, ours, theirs) for agreed, ours, theirs, _ in _rows()}
    possible = {
        (agreed, ours, theirs)
        for agreed in "-a"
        for ours in ("never", "-", "a", "b")
        for theirs in ("?", "-", "a", "b", "c")
        if not (agreed == "a" and (ours == "never" or theirs == "?"))  # who agreed has seen both
        if not (agreed == "-" and (ours == "b" or theirs == "c"))  # without agreement a and b are as good
        if not (agreed == "-" and theirs == "b" and ours in ("never", "-"))
        if not (agreed == "a" and ours in ("-", "a") and theirs == "c")
    }
    assert there == possible


# The mapping's settings


def _settled(core, **facts):
    link = _link(core, "a", "a", "a", may_write=True)
    return replace(link, theirs=replace(link.theirs, **facts))


def _ours(core, link, **values):
    return core.edited(link, replace(link.ours, **values))


def _theirs(link, **values):
    return replace(link, theirs=replace(link.theirs, said=replace(link.theirs.said, **values)))


def _plan(core, link, verdict=None, **settings):
    return core.plan(link, core.Rules(**settings), now=NOON, verdict=verdict)


def test_up_puts_changes_of_theirs_back_and_imports_nothing(core):
    up = {"direction": core.Direction.UP}
    put_back = _plan(core, _theirs(_settled(core), title="b"), **up)

    assert isinstance(put_back, core.Patch)
    assert put_back.put_back
    assert put_back.after.title == "a"
    assert put_back.conflicts[0].theirs.title == "b"
    assert _plan(core, _link(core, "-", "never", "a", may_write=True), **up) == core.Nothing()
    assert _plan(core, _link(core, "a", "a", "-", may_write=True), **up).reason is core.Reason.REFUSED
    assert _plan(core, _theirs(_settled(core), reply=core.Reply.ACCEPTED), **up) == core.Nothing()
    assert _plan(core, _theirs(_settled(core, may_write=False), title="b"), **up).reason is core.Reason.REFUSED


def test_down_writes_nothing_at_all(core):
    down = {"direction": core.Direction.DOWN}

    assert _plan(core, _ours(core, _settled(core), title="b"), **down).reason is core.Reason.LOCKED
    assert _plan(core, core.edited(_settled(core), None), **down).reason is core.Reason.LOCKED
    assert _plan(core, _link(core, "-", "a", "?", may_write=True), **down).reason is core.Reason.LOCKED
    assert isinstance(_plan(core, _theirs(_settled(core), title="b"), **down), core.Pull)
    refused = core.Refused((core.Field.TITLE,))
    assert _plan(core, _theirs(_settled(core), title="b"), verdict=refused, **down).reason is core.Reason.REFUSED


def test_a_mapping_without_a_sink_makes_no_event(core):
    """Also not by repeating an open create."""
    link = _link(core, "-", "a", "?", may_write=True)
    assert _plan(core, link, may_create=False).reason is core.Reason.LOCKED
    opened, _ = core.send(link, _plan(core, link), now=NOON)
    assert _plan(core, opened, may_create=False).reason is core.Reason.LOCKED


def test_direction_none_pauses_and_coming_back_plans_from_what_was_agreed(core):
    link = _ours(core, _settled(core), title="b")
    paused = _plan(core, link, direction=core.Direction.NONE)
    assert paused.reason is core.Reason.PAUSED
    link = core.done(link, paused, now=NOON)

    assert _plan(core, link, direction=core.Direction.NONE) == core.Nothing()
    assert core.rest(link, core.Rules(direction=core.Direction.NONE), now=NOON) is core.Rest.PARKED
    assert isinstance(_plan(core, link), core.Patch)
    assert _plan(core, _settled(core), direction=core.Direction.NONE) == core.Nothing()


def test_a_locked_link_goes_on_when_the_right_to_write_comes(core):
    link = _ours(core, _settled(core, may_write=False), title="b")
    link = core.done(link, _plan(core, link), now=NOON)
    assert link.parked.reason is core.Reason.LOCKED
    assert _plan(core, link) == core.Nothing()

    link = replace(link, theirs=replace(link.theirs, may_write=True))
    assert isinstance(_plan(core, link), core.Patch)


def test_a_locked_link_goes_on_when_the_mapping_changes(core):
    link = _ours(core, _settled(core), title="b")
    link = core.done(link, _plan(core, link, direction=core.Direction.DOWN), now=NOON)
    assert link.parked.reason is core.Reason.LOCKED

    assert isinstance(_plan(core, link), core.Patch)


def test_a_refused_move_that_was_declined_already_cancels_the_booking(core):
    """The copy is still listed, with our no on it: nothing is sent a second time."""
    link = _theirs(_settled(core, may_write=False), when=at(3), reply=core.Reply.DECLINED)
    link = core.done(link, _plan(core, link, core.Refused((core.Field.WHEN,), "closed")), now=NOON)

    assert link.agreed.theirs.reply is core.Reply.DECLINED, "the answer came in first"
    assert _plan(core, link, core.Refused((core.Field.WHEN,), "closed")) == core.PullGone()


def test_edits_here_of_what_was_born_in_outlook_follow_the_mapping(core):
    """`inbound_edit`: propagate, keep here, or lock; bookings that were made here are never held back by it."""
    for born_there, setting, expected in (
        (True, core.InboundEdit.PROPAGATE, core.Patch),
        (True, core.InboundEdit.LOCAL_ONLY, core.Agree),
        (True, core.InboundEdit.LOCKED, core.Park),
        (False, core.InboundEdit.LOCKED, core.Patch),
        (False, core.InboundEdit.LOCAL_ONLY, core.Patch),
    ):
        link = replace(_ours(core, _settled(core), title="b"), generation=0 if born_there else 1)
        assert type(_plan(core, link, inbound_edit=setting)) is expected, (born_there, setting)


def test_what_is_kept_here_only_is_settled_and_not_asked_again(core):
    local = {"inbound_edit": core.InboundEdit.LOCAL_ONLY}
    link = _ours(core, _settled(core, may_write=False), title="b")
    link = core.done(link, _plan(core, link, **local), now=NOON)

    assert link.ours.title == "b"
    assert link.theirs.said.title == "a"
    assert _plan(core, link, **local) == core.Nothing()


@pytest.mark.museum("Z-P02")
def test_a_rooms_copy_is_not_believed_about_texts_unless_its_attendant_keeps_them(core):
    """Z-P02: seconds after it accepts, the room's copy is called after its organiser."""
    link = _theirs(_settled(core, copied=True), title="Ann Smith", note="", sensitivity=core.Sensitivity.PRIVATE)

    assert _plan(core, link) == core.Nothing()
    assert isinstance(_plan(core, link, attendant_keeps=True), core.Pull)
    moved = _plan(core, _theirs(link, when=at(11)))
    assert moved.fields == (core.Field.WHEN,)
    assert moved.after.title == "a"


@pytest.mark.museum("Z-C08")
def test_the_note_of_an_online_meeting_is_neither_written_nor_read(core):
    """Z-C08: its body is the join link."""
    link = _settled(core, online=True)

    assert _plan(core, _ours(core, link, note="agenda")) == core.Nothing()
    assert _plan(core, _theirs(link, note="join here")) == core.Nothing()
    assert _plan(core, _ours(core, link, note="agenda", title="b")).fields == (core.Field.TITLE,)


def test_an_answer_flows_in_and_never_out(core):
    pulled = _plan(core, _theirs(_settled(core), reply=core.Reply.ACCEPTED))
    assert pulled.fields == (core.Field.REPLY,)
    assert _plan(core, _ours(core, _settled(core), reply=core.Reply.ACCEPTED)) == core.Nothing()


@pytest.mark.museum("Z-C09")
def test_categories_flow_out_and_a_persons_own_survive(core):
    """Z-C09: we send theirs, with ours in it."""
    link = _theirs(_settled(core), categories=("Ben's", "Green"))
    assert _plan(core, link) == core.Nothing()

    sent = _plan(core, _ours(core, link, categories=("Holdfast",)))
    assert sent.fields == (core.Field.CATEGORIES,)
    assert sent.after.categories == ("Ben's", "Green", "Holdfast")


@pytest.mark.museum("Z-C10")
def test_every_field_that_flows_out_is_pushed_alone(core):
    """Z-C10: all fields are compared, and only the changed one is sent (I17)."""
    values = {
        core.Field.WHEN: at(14), core.Field.TITLE: "b", core.Field.NOTE: "n", core.Field.SHOW_AS: core.ShowAs.AWAY,
        core.Field.SENSITIVITY: core.Sensitivity.PRIVATE, core.Field.PLACE: "Pier",
        core.Field.PEOPLE: (core.Person("ada@holdfast.test"),), core.Field.CATEGORIES: ("Holdfast",),
        core.Field.PATTERN: MONDAYS,
    }  # fmt: skip
    assert set(values) == {row.field for row in core.TABLE if row.out}
    for name, value in values.items():
        step = _plan(core, _ours(core, _settled(core), **{str(name): value}))

        assert isinstance(step, core.Patch)
        assert step.fields == (name,)
        assert getattr(step.after, name) == value
        assert step.target == core.Writable("e1", "v1")


def test_every_field_that_flows_in_is_pulled_alone(core):
    values = {
        core.Field.WHEN: at(14), core.Field.TITLE: "b", core.Field.NOTE: "n", core.Field.SHOW_AS: core.ShowAs.FREE,
        core.Field.SENSITIVITY: core.Sensitivity.PRIVATE, core.Field.PLACE: "Pier",
        core.Field.PEOPLE: (core.Person("ada@holdfast.test"),), core.Field.REPLY: core.Reply.ACCEPTED,
        core.Field.PATTERN: MONDAYS,
    }  # fmt: skip
    assert set(values) == {row.field for row in core.TABLE if row.into}
    for name, value in values.items():
        step = _plan(core, _theirs(_settled(core), **{str(name): value}))

        assert isinstance(step, core.Pull)
        assert step.fields == (name,)
        assert getattr(step.after, name) == value


def test_the_stricter_privacy_wins(core):
    """Where both changed it, nobody is exposed by a merge."""
    private, personal = core.Sensitivity.PRIVATE, core.Sensitivity.PERSONAL
    for ours, theirs in ((private, personal), (personal, private)):
        link = _theirs(_ours(core, _settled(core), sensitivity=ours), sensitivity=theirs)
        step = _plan(core, link)
        link = core.done(link, step, now=NOON)
        assert link.ours.sensitivity is private
        assert step.conflicts[0].kept == ("ours" if ours is private else "theirs")


def test_the_mapping_may_say_who_wins(core):
    link = _theirs(_ours(core, _settled(core), title="b", place="Pier"), title="c", place="Deck")

    ours = _plan(core, link, both_edited=core.Winner.OURS)
    theirs = _plan(core, link, both_edited=core.Winner.OUTLOOK)
    asks = _plan(core, link, both_edited=core.Winner.ASK)

    assert isinstance(ours, core.Agree)
    assert {one.kept for one in ours.conflicts} == {"ours"}
    assert (theirs.after.title, theirs.after.place) == ("c", "Deck")
    assert asks.reason is core.Reason.CONTESTED


def test_a_refusal_that_names_nothing_of_theirs_refuses_all_of_it(core):
    """Otherwise the same verb would be asked for ever (I22)."""
    link = _theirs(_settled(core), title="b", place="Deck")
    step = _plan(core, link, verdict=core.Refused((core.Field.WHEN,), "full"))

    assert isinstance(step, core.Patch)
    assert step.fields == (core.Field.TITLE, core.Field.PLACE)
    assert (step.after.title, step.after.place) == ("a", "")


def test_refused_values_and_our_own_edits_go_back_in_one_request(core):
    """One write, one mail."""
    link = _theirs(_ours(core, _settled(core), note="n"), title="b")
    step = _plan(core, link, verdict=core.Refused((core.Field.TITLE,), "words"))

    assert step.fields == (core.Field.TITLE, core.Field.NOTE)
    assert (step.after.title, step.after.note) == ("a", "n")
    assert [one.field for one in step.conflicts] == [core.Field.TITLE]
    assert step.conflicts[0].reason == "words"


def test_refused_guests_go_back_and_ours_stay(core):
    ada, ben, chidi = (core.Person(f"{name}@holdfast.test") for name in ("ada", "ben", "chidi"))
    link = _theirs(_ours(core, _settled(core), people=(ada,)), people=(ben, chidi))
    step = _plan(core, link, verdict=core.Refused((core.Field.PEOPLE,), "guests"))

    assert [one.address for one in step.after.people] == ["ada@holdfast.test"]


def test_what_was_put_back_three_times_in_an_hour_is_parked(core):
    link, refused = _settled(core), core.Refused((core.Field.TITLE,), "words")
    for minute in (0, 10, 20):
        now = NOON + timedelta(minutes=minute)
        changed = _theirs(link, title=f"b{minute}")
        step = core.plan(changed, core.Rules(), now=now, verdict=refused)
        assert isinstance(step, core.Patch)
        sent, offer = core.send(changed, step, now=now)
        back = replace(link.theirs, etag=f"v2{minute}", modified=now)
        link = core.answer(sent, offer.number, core.Landed(back), now=now)
    insists = _theirs(link, title="again")

    assert (
        core.plan(insists, core.Rules(), now=NOON + timedelta(minutes=59), verdict=refused).reason
        is core.Reason.PUT_BACK
    )
    assert isinstance(core.plan(insists, core.Rules(), now=NOON + timedelta(minutes=61), verdict=refused), core.Patch)


def test_closed_and_unwatched_links_are_never_planned(core):
    link = _ours(core, _settled(core), title="b")
    closed = core.done(link, core.Close("unmapped"), now=NOON, who="dora")

    assert _plan(core, closed) == core.Nothing()
    assert (closed.closed.reason, closed.closed.who, closed.closed.at) == ("unmapped", "dora", NOON)
    assert core.rest(closed, core.Rules(), now=NOON) is core.Rest.CLOSED
    assert _plan(core, core.edited(link, core.Absence.NOT_WATCHED)) == core.Nothing()


def test_too_many_writes_without_an_answer_stop(core):
    """I22: one link never sends without end."""
    link = _ours(core, _settled(core), title="b")
    sent = 0
    while isinstance(step := _plan(core, link), core.Patch):
        link, _ = core.send(link, step, now=NOON)
        link, sent = replace(link, must_look=False), sent + 1
        assert sent < 50
    assert step.reason is core.Reason.FAILED
    assert sent == core.OFFERS_MAX + 1


def test_parked_until_a_time_goes_on_at_that_time(core):
    link = _ours(core, _settled(core), title="b")
    until = NOON + timedelta(minutes=5)
    link = core.done(link, core.Park(core.Reason.QUARANTINE, until), now=NOON)

    assert _plan(core, link) == core.Nothing()
    assert core.plan(link, core.Rules(), now=until - timedelta(seconds=1)) == core.Nothing()
    assert isinstance(core.plan(link, core.Rules(), now=until), core.Patch)


def test_unparked_links_are_planned_at_once(core):
    link = core.done(_ours(core, _settled(core), title="b"), core.Park(core.Reason.BRAKE), now=NOON)
    assert _plan(core, link) == core.Nothing()
    assert core.rest(link, core.Rules(), now=NOON) is core.Rest.PARKED
    assert isinstance(_plan(core, core.unparked(link)), core.Patch)


def test_rest_tells_settled_from_unsettled(core):
    assert core.rest(_settled(core), core.Rules(), now=NOON) is core.Rest.SETTLED
    assert core.rest(_ours(core, _settled(core), title="b"), core.Rules(), now=NOON) is core.Rest.UNSETTLED


@pytest.mark.museum("Z-D14", "Z-D19")
def test_adoption_joins_people_and_takes_nothing_away(core):
    """Z-D14, Z-D19: both entered it; the pair is tied, and neither side loses a guest."""
    ada, ben = core.Person("ada@holdfast.test"), core.Person("ben@holdfast.test")
    link = _link(core, "-", "a", "a", may_write=True)
    link = _theirs(_ours(core, link, people=(ada,), categories=("Holdfast",)), people=(ben,), categories=("Green",))
    step = _plan(core, link)
    link = core.done(link, step, now=NOON)

    assert isinstance(step, core.Pull)
    assert {one.address for one in link.ours.people} == {"ada@holdfast.test", "ben@holdfast.test"}
    sent = _plan(core, link)
    assert sent.fields == (core.Field.PEOPLE, core.Field.CATEGORIES)
    assert len(sent.after.people) == 2
    assert sent.after.categories == ("Green", "Holdfast")


def test_adoption_keeps_what_it_overwrites(core):
    step = _plan(core, _link(core, "-", "a", "b", may_write=True))
    assert [(one.field, one.ours.title, one.theirs.title) for one in step.conflicts] == [(core.Field.TITLE, "a", "b")]


def test_a_create_says_nothing_about_answers(core):
    link = core.edited(
        _link(core, "-", "a", "?", may_write=True), replace(_title(core, " a "), reply=core.Reply.ACCEPTED)
    )
    step = _plan(core, link)

    assert step.body.reply is core.Reply.NONE
    assert step.body.title == "a"
    assert step.pair == core.Pair(link.ours, step.body)
    assert (step.generation, step.transaction_id) == (2, "holdfast/aquarium-1/2")


def test_a_zombie_of_a_cancelled_booking_is_removed_only_while_nobody_touched_it(core):
    """An event that an error reply hid (Z-D02), of a booking that was cancelled since."""
    body = _title(core, "a")
    link = replace(_link(core, "-", "-", "?", may_write=True), made=(core.fingerprint(body),))
    zombie = core.Sight("z", body, "v1", NOON, may_write=True, transaction_id="holdfast/aquarium-1/1")

    for sight, expected in (
        (zombie, "Delete"),
        (replace(zombie, said=_title(core, "b")), "Park extra"),
        (replace(zombie, transaction_id=""), "Park came_back"),
        (replace(zombie, transaction_id="holdfast/boathouse/1"), "Park came_back"),
    ):
        seen, _ = core.observe(link, core.Seen(sight, core.Source.DELTA))
        assert _named(core, _plan(core, seen)) == expected


def test_a_declined_event_stays_declined(core):
    """We said no, the copy is still listed: nothing more is sent, until the organiser moves it."""
    link = core.edited(_settled(core, may_write=False), None)
    declined = _theirs(link, reply=core.Reply.DECLINED)
    agreed = core.done(declined, _plan(core, declined), now=NOON)

    assert agreed.agreed == core.Pair(None, declined.theirs.said)
    assert _plan(core, agreed) == core.Nothing()
    assert _plan(core, _theirs(agreed, when=at(15))).reason is core.Reason.CAME_BACK
    assert isinstance(_plan(core, link), core.Decline)


def test_who_is_asked_is_shown_both_sides(core):
    """The question goes into the conflict list with the content of both, and is open."""
    for agreed, ours, theirs, steps in _rows():
        link = _link(core, agreed, ours, theirs, may_write=True)
        step = core.plan(link, core.Rules(), now=NOON)
        if steps[0].startswith("Park"):
            [asked] = step.conflicts
            assert (asked.kept, asked.reason) == ("asked", step.reason.value)
            assert asked.ours == (link.ours if isinstance(link.ours, core.Snapshot) else None)
            assert asked.theirs == link.theirs.said


def test_a_cancelled_event_that_is_delivered_again_asks_nothing_more(core):
    """An attendee's copy stays, cancelled: it says nothing, and its version is known."""
    link = _settled(core)
    sight = replace(link.theirs, said=None, etag="v2", modified=NOON + timedelta(seconds=1))
    link, _ = core.observe(link, core.Seen(sight, core.Source.DELTA))
    assert isinstance(_plan(core, link), core.PullGone)
    assert core.observe(link, core.Seen(sight, core.Source.DELTA)) == (link, core.Outcome.SAME)
    assert core.observe(link, core.Seen(replace(sight, etag="v3"), core.Source.DELTA))[1] is core.Outcome.ASK
