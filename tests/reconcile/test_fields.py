"""The field table: what Exchange makes of values, and how differences are found."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from holdfast.timetable.when import When
from tests.reconcile.core import real
from tests.reconcile.outlook import NOON, at

CORE = real()
texts = st.text(max_size=300)
zones = st.sampled_from(("UTC", "Europe/Helsinki", "Europe/Kiev", "America/New_York", "Asia/Kolkata", "Nowhere/Land"))
people = st.builds(
    CORE.Person, st.sampled_from(("Ada@holdfast.test", "ada@holdfast.test", "ben@holdfast.test", "")), texts,
    st.sampled_from(CORE.Role),
)  # fmt: skip


@st.composite
def whens(draw):
    start = draw(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
    return When(start, start + timedelta(minutes=draw(st.integers(0, 4000))), draw(zones), draw(st.booleans()))


snapshots = st.builds(
    CORE.Snapshot, whens(), texts, texts, st.sampled_from(CORE.ShowAs), st.sampled_from(CORE.Sensitivity), texts,
    st.lists(people, max_size=4).map(tuple), st.lists(st.sampled_from(("Green", " Green", "")), max_size=2).map(tuple),
    st.sampled_from(CORE.Reply),
)  # fmt: skip
sides = st.one_of(st.none(), snapshots)


@st.composite
def links(draw):
    theirs = draw(sides)
    theirs = None if theirs is None else CORE.read_back(theirs)
    sight = CORE.Sight("e1", theirs, "v1", NOON, may_write=draw(st.booleans()), copied=draw(st.booleans()),
                       online=draw(st.booleans()))  # fmt: skip
    base, their_base = draw(snapshots), CORE.read_back(draw(snapshots))
    return CORE.LinkState(
        key="aquarium-1",
        ours=draw(st.one_of(sides, st.sampled_from(CORE.Absence))),
        theirs=draw(st.sampled_from((None, sight))),
        agreed=draw(st.sampled_from((CORE.NOTHING, CORE.Pair(base, their_base)))),
        generation=draw(st.integers(0, 2)),
        must_look=draw(st.booleans()),
        absent=draw(st.sampled_from(((), ("e1",)))),
    )


rules = st.builds(
    CORE.Rules, direction=st.sampled_from(CORE.Direction), may_create=st.booleans(), attendant_keeps=st.booleans(),
    inbound_edit=st.sampled_from(CORE.InboundEdit), both_edited=st.sampled_from(CORE.Winner),
)  # fmt: skip
verdicts = st.one_of(
    st.none(), st.lists(st.sampled_from(CORE.Field)).map(lambda names: CORE.Refused(tuple(names), "x"))
)


@pytest.mark.invariant("I10")
@given(links(), rules, verdicts)
def test_the_plan_is_total_and_deterministic(link, settings, verdict):
    """Whatever the state: one step, the same one again, and the link untouched."""
    kept = CORE.encode(link)
    step = CORE.plan(link, settings, now=NOON, verdict=verdict)

    assert isinstance(step, CORE.Step.__args__)
    assert CORE.plan(CORE.decode_link(kept), settings, now=NOON, verdict=verdict) == step
    assert CORE.encode(link) == kept


@pytest.mark.invariant("I10")
@given(links(), rules, verdicts)
def test_no_write_is_planned_without_the_right_or_without_a_difference(link, settings, verdict):
    step = CORE.plan(link, settings, now=NOON, verdict=verdict)
    if isinstance(step, CORE.Patch):
        assert link.theirs.may_write
        assert settings.direction in (CORE.Direction.BOTH, CORE.Direction.UP)
        assert step.fields
        assert CORE.changed(link.theirs.said, step.after, tuple(CORE.Field)) == step.fields
    if isinstance(step, CORE.Delete | CORE.Decline | CORE.Create):
        assert settings.direction in (CORE.Direction.BOTH, CORE.Direction.UP)
    if isinstance(step, CORE.Pull):
        assert step.fields == CORE.changed(link.ours, step.after, tuple(CORE.Field))


@pytest.mark.invariant("I10")
@given(links(), rules)
def test_doing_a_local_step_leads_on(link, settings):
    """Agree and the verbs come to rest, or to another step, within a few; never to themselves for ever."""
    for _ in range(8):
        step = CORE.plan(link, settings, now=NOON)
        if not isinstance(step, CORE.Agree | CORE.Pull | CORE.PullNew | CORE.PullGone | CORE.Park):
            return
        link = CORE.done(link, step, now=NOON)
    raise AssertionError(step)


@given(snapshots)
def test_reading_back_twice_changes_nothing_more(snapshot):
    once = CORE.read_back(snapshot)
    assert CORE.read_back(once) == once


@given(snapshots, snapshots, snapshots)
def test_changes_move_onto_another_snapshot(base, now, onto):
    names = CORE.changed(base, now, tuple(CORE.Field))
    moved = CORE.moved(base, now, onto, names)
    for row in CORE.TABLE:
        value = getattr(moved, row.field)
        if row.field not in names:
            assert value == getattr(onto, row.field)
        elif not row.is_set:
            assert value == getattr(now, row.field)


@given(links())
def test_what_is_stored_is_read_again(link):
    assert CORE.decode_link(CORE.encode(link)) == link
    if isinstance(link.ours, CORE.Snapshot):
        assert CORE.decode_snapshot(CORE.encode(link.ours)) == link.ours
    assert CORE.decode_pair(CORE.encode(link.agreed)) == link.agreed


def test_the_parts_of_a_link_are_read_again(core):
    link = core.LinkState(key="aquarium-1", ours=core.Snapshot(at(9), "a"))
    link, offer = core.send(link, core.plan(link, core.Rules(), now=NOON), now=NOON)
    link = core.done(link, core.Park(core.Reason.BRAKE, NOON, "x"), now=NOON)
    sight = core.Sight("e1", link.ours, "v1", NOON, marker=3)

    assert core.decode_offers(core.encode(link.offers)) == (offer,)
    assert core.decode_parked(core.encode(link.parked)) == link.parked
    assert core.decode_sight(core.encode(sight)) == sight


@pytest.mark.museum("Z-C07", "Z-T16")
def test_what_exchange_makes_of_values(core):
    """Z-C07, Z-T16: white space, line ends, fractions of a second, and what no calendar can hold (F93)."""
    said = core.read_back(
        core.Snapshot(
            When(datetime(2026, 3, 9, 9, 0, 0, 123), datetime(2026, 3, 9, 10, 0, 0, 999), "FLE Standard Time"),
            title=" Stand-up\r\nDaily\x00 ",
            note="one \r\n\ttwo\x07\r\n\r\n",
            place="Pier\u00a07 ",
            people=(core.Person(" Ben@Holdfast.test "), core.Person("ada@holdfast.test"), core.Person("", "Chidi")),
            categories=("b", " a", "b"),
        )
    )
    assert said.when == When(datetime(2026, 3, 9, 9), datetime(2026, 3, 9, 10), "Europe/Kiev")
    assert said.title == "Stand-up Daily"
    assert said.note == "one\n\ttwo"
    assert said.place == "Pier 7"
    assert [one.address for one in said.people] == ["ada@holdfast.test", "ben@holdfast.test"]
    assert said.categories == ("a", "b")


def test_titles_are_cut_in_exchanges_units_and_never_through_a_character(core):
    assert core.read_title("x" * 300) == "x" * 255
    assert core.read_title("x" * 254 + "😀") == "x" * 254
    assert core.read_title("x" * 253 + "😀") == "x" * 253 + "😀"
    assert core.read_title("👩\u200d🔧 \u202eabc\u202c") == "👩\u200d🔧 \u202eabc\u202c"
    assert core.read_title("\ud800broken") == "broken"
    assert core.read_title("x" * 254 + " y") == "x" * 254


@pytest.mark.museum("Z-O03")
def test_people_are_the_same_by_address_whatever_exchange_calls_them(core):
    """Z-O03: capitals and display names are no difference; another role is."""
    ada = (core.Person("Ada@holdfast.test", "Ada"),)
    assert core.same(core.Field.PEOPLE, ada, (core.Person("ada@holdfast.test", "Ada Lovelace"),))
    assert not core.same(core.Field.PEOPLE, ada, (core.Person("ada@holdfast.test", role=core.Role.OPTIONAL),))
    assert not core.same(core.Field.PEOPLE, ada, ())


@pytest.mark.museum("Z-O09", "Z-O12")
def test_a_person_without_address_stays_here_and_is_never_sent(core):
    """Z-O09, Z-O12: one such attendee must not block the booking."""
    link = core.LinkState(key="aquarium-1", ours=core.Snapshot(at(9), "a"))
    said = core.Sight("e1", core.read_back(link.ours), "v1", NOON, may_write=True)
    link = replace(link, theirs=said, agreed=core.Pair(link.ours, said.said))
    link = core.edited(link, replace(link.ours, people=(core.Person("", "Chidi"),)))

    step = core.plan(link, core.Rules(), now=NOON)
    assert isinstance(step, core.Agree)
    assert core.done(link, step, now=NOON).ours.people == (core.Person("", "Chidi"),)


def test_both_changing_one_guest_differently_is_a_conflict_and_theirs_stands(core):
    ada = core.Person("ada@holdfast.test")
    optional = core.Person("ada@holdfast.test", role=core.Role.OPTIONAL)
    base = core.Snapshot(at(9), "a", people=(ada,))
    link = core.LinkState(
        key="aquarium-1", ours=replace(base, people=()), agreed=core.Pair(base, base),
        theirs=core.Sight("e1", replace(base, people=(optional,)), "v1", NOON, may_write=True),
    )  # fmt: skip
    step = core.plan(link, core.Rules(), now=NOON)

    assert step.after.people == (optional,)
    assert [(one.field, one.kept) for one in step.conflicts] == [(core.Field.PEOPLE, "theirs")]


def test_times_come_in_under_the_name_we_use(core):
    """Kyiv is what Exchange calls Helsinki's clocks; the booking goes on saying Helsinki."""
    helsinki = When(datetime(2026, 3, 9, 9), datetime(2026, 3, 9, 10), "Europe/Helsinki")
    kyiv = When(datetime(2026, 3, 9, 11), datetime(2026, 3, 9, 12), "Europe/Kiev")
    base = core.Snapshot(helsinki, "a")
    link = core.LinkState(
        key="aquarium-1", ours=base, agreed=core.Pair(base, core.read_back(base)),
        theirs=core.Sight("e1", replace(core.read_back(base), when=kyiv), "v1", NOON, may_write=True),
    )  # fmt: skip

    assert core.plan(link, core.Rules(), now=NOON).after.when == When(kyiv.start, kyiv.end, "Europe/Helsinki")
    new = replace(link, ours=core.Absence.NEVER, agreed=core.NOTHING)
    assert core.plan(new, core.Rules(zone="Europe/Helsinki"), now=NOON).after.when.zone == "Europe/Helsinki"
    assert core.plan(new, core.Rules(zone="Europe/London"), now=NOON).after.when.zone == "Europe/Kiev"


def test_what_a_verb_made_of_a_value_is_our_half_of_the_agreement(core):
    """A rule of the house rounds to full hours: that is no edit of ours to push."""
    base = core.Snapshot(at(9), "a")
    link = core.LinkState(
        key="aquarium-1", ours=base, agreed=core.Pair(base, base),
        theirs=core.Sight("e1", replace(base, when=at(11, 7)), "v1", NOON, may_write=True),
    )  # fmt: skip
    step = core.plan(link, core.Rules(), now=NOON)
    link = core.done(link, step, now=NOON, result=replace(step.after, when=at(11)))

    assert link.ours.when == at(11)
    assert link.agreed.theirs.when == at(11, 7)
    assert core.plan(link, core.Rules(), now=NOON) == core.Nothing()


def test_an_edit_made_while_the_verb_ran_is_still_ours_to_push(core):
    base = core.Snapshot(at(9), "a")
    link = core.LinkState(
        key="aquarium-1", ours=base, agreed=core.Pair(base, base),
        theirs=core.Sight("e1", replace(base, when=at(11)), "v1", NOON, may_write=True),
    )  # fmt: skip
    step = core.plan(link, core.Rules(), now=NOON)
    link = core.done(link, step, now=NOON, result=replace(step.after, title="b"))

    assert core.plan(link, core.Rules(), now=NOON).fields == (core.Field.TITLE,)


def test_only_what_may_be_written_gives_a_right_to_write(core):
    sight = core.Sight("e1", core.Snapshot(at(9), "a"), "v1", NOON, may_write=True)
    assert core.writable(sight) == core.Writable("e1", "v1")
    for other in (None, replace(sight, may_write=False), replace(sight, said=None)):
        assert core.writable(other) is None


def test_the_table_documents_itself(core):
    page = core.as_markdown()
    assert page.count("\n") == len(core.TABLE) + 2
    assert [row.field for row in core.TABLE] == list(core.Field)
    assert list(core.Snapshot.__struct_fields__) == [str(name) for name in core.Field]
    assert "| reply | answer | responseStatus | as read | in only | theirs | never |" in page
    assert "| categories | colour of origin |" in page
