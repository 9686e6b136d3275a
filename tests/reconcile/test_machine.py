"""Any history at all: two people, a sleeping worker, lost answers, stale and repeated and shuffled observations.

Checked at the end of each: convergence, one event at most, no lost write, no resurrection, and that a further pass
writes nothing. `HYPOTHESIS_PROFILE=night` looks for longer.
"""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.reconcile.core import real
from tests.reconcile.world import FATES, FIELDS, GUESTS, World, walk

CORE = real()
FIELD = st.sampled_from(FIELDS)
CHOICE = st.sampled_from(("ours", "theirs"))
WALKS = 1200


class Link(RuleBasedStateMachine):
    """Ada's booking and Ben's event, driven by hypothesis."""

    @initialize(
        remembers=st.booleans(),
        born_there=st.booleans(),
        may_write=st.booleans(),
        winner=st.sampled_from(CORE.Winner).map(str),
    )
    def begins(self, **facts):
        self.world = World(CORE, **facts)

    @rule(name=FIELD, back=st.booleans())
    def ada_edits(self, name, back):
        self.world.ada_edits(name, back=back)

    @rule(name=FIELD, back=st.booleans())
    def ben_edits(self, name, back):
        self.world.ben_edits(name, back=back)

    @rule()
    def window_slides(self):
        self.world.window_slides()

    @rule(guest=st.sampled_from(GUESTS), ada=st.booleans())
    def somebody_invites(self, guest, ada):
        (self.world.ada_invites if ada else self.world.ben_invites)(guest)

    @rule()
    def ada_cancels(self):
        self.world.ada_cancels()

    @rule()
    def ben_deletes(self):
        self.world.ben_deletes()

    @precondition(lambda self: self.world.outlook.trash)
    @rule()
    def ben_restores(self):
        self.world.ben_restores()

    @precondition(lambda self: self.world.desk.link.parked)
    @rule(choice=CHOICE)
    def somebody_chooses(self, choice):
        self.world.somebody_chooses(choice)

    @rule(strict=st.booleans())
    def house_turns(self, strict):
        self.world.house_turns_strict(strict=strict)

    @rule()
    def marker_is_lost(self):
        self.world.marker_is_lost()

    @rule(index=st.integers(0, 50))
    def page_arrives(self, index):
        self.world.page_arrives(-1 - index)

    @rule(index=st.integers(0, 50))
    def stale_read(self, index):
        self.world.stale_read(index)

    @rule(fate=st.sampled_from(FATES))
    def link_settles(self, fate):
        self.world.link_settles(fate)

    @rule()
    def one_step(self):
        self.world.one_step()

    @precondition(lambda self: self.world.desk.stalled)
    @rule()
    def worker_wakes(self):
        self.world.worker_wakes()

    def teardown(self):
        if hasattr(self, "world"):
            self.world.becomes_quiet("ours")
            self.world.check()


TestLink = pytest.mark.invariant("I3", "I4", "I5", "I6", "I7", "I10", "I11", "I14")(Link.TestCase)


@pytest.mark.invariant("I3", "I4", "I5", "I6", "I7", "I10", "I11", "I14")
def test_seeded_walks_end_settled(core):
    """The same world by plain seeds: quick, many, and repeatable by number."""
    for seed in range(WALKS):
        try:
            walk(core, seed)
        except AssertionError as wrong:
            message = f"walk {seed}: {wrong}"
            raise AssertionError(message) from wrong


@pytest.mark.invariant("I10")
def test_a_walk_is_the_same_every_time(core):
    """Deterministic: the same seed gives the same steps."""
    from random import Random

    from tests.reconcile.world import act

    traces = []
    for _ in range(2):
        chance, world = Random(7), World(core)
        for _ in range(60):
            act(world, chance)
        traces.append([repr(step) for step in world.desk.steps])
    assert traces[0] == traces[1]
    assert traces[0]
