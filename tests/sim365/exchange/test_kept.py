"""Everything that Exchange remembers survives a snapshot and the kept state: messages on their way, Inboxes, claims."""

from datetime import timedelta

import pytest

from sim365.serving.state_file import bring_back, kept_bytes
from sim365.simulator import Simulator
from tests.sim365.core.harbour import START, a_company
from tests.sim365.exchange.harbourmaster import Harbourmaster, at_harbour

SETTINGS = "-AllBookInPolicy $false -AllRequestInPolicy $true -ResourceDelegates ben -EnableAutoRelease $true"


def busy_harbour():
    """Requests undecided, one waiting for its delegate, an outsider's meeting, a forward under way."""
    sim = Simulator(a_company(), seed=11, start=START)
    harbour = Harbourmaster(sim, None)
    sim.powershell(f"Set-CalendarProcessing aquarium {SETTINGS}\nNew-DistributionGroup Crew -Members ben,chidi")
    harbour.set("boathouse", enable_auto_release=True, process_external_meeting_messages=True)
    nine = START + timedelta(hours=2)
    harbour.invite("ada", nine, "aquarium", "crew")
    sim.outsider("guest@elsewhere.test", "Guest").invites("Visit", nine, attendees=["boathouse@harbour.test"])
    harbour.invite("ada", nine + timedelta(hours=3), "boathouse", times=3)
    harbour.ask("ben", nine + timedelta(days=1), "boathouse", "aquarium", subject="Late")
    copy = sim.person(at_harbour("chidi")).events()[0]
    sim.person(at_harbour("chidi")).respond(copy, "accepted")
    sim.advance(timedelta(seconds=2))
    return sim


def future(sim):
    """What happens from now on: the delegate decides, claims run out, everything settles."""
    [item] = [one for one in sim.inbox(at_harbour("ben")).items() if one.kind == "approval"][:1]
    sim.inbox(at_harbour("ben")).answers(item.number, "accepted")
    sim.settle()
    sim.advance(timedelta(hours=30))
    people = ("ada", "ben", "chidi", "aquarium", "boathouse")
    shown = [sim.person(at_harbour(who)).events(START, START + timedelta(days=9)) for who in people]
    return shown, sim.ledger.mails, sim.company.outside


@pytest.mark.parametrize("way", ["snapshot", "state file"])
def test_what_was_kept_goes_on_as_if_nothing_had_happened(way):
    sim = busy_harbour()
    other = Simulator(a_company(), seed=99, start=START)
    if way == "snapshot":
        other.restore(sim.snapshot())
    else:
        bring_back(kept_bytes(sim), other, name="the state")

    assert future(sim) == future(other)
