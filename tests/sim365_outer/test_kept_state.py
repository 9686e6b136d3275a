"""What is written to the state directory comes back as it was, and nothing strange does."""

from __future__ import annotations

import stat
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest

from sim365.company import CompanyFile, read_company, sample_company
from sim365.ledger import Ledger
from sim365.notices import NoticeBook
from sim365.serving import StateUnusable
from sim365.serving.certificates import certificates_in
from sim365.serving.keeping import StateDirectory
from sim365.serving.moving_in import monday_of, move_in
from sim365.serving.state_file import bring_back, kept_bytes
from sim365.simulator import Simulator
from sim365.state.world import World
from sim365.weather import Weather

START = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
QUAY = """
company: {name: Quay, domain: quay.example, time_zone: Europe/Sofia}
people: [{name: Ada}, {name: Ben}]
rooms: [{name: Aquarium, capacity: 8}]
events:
  - {in: Ada, title: Round, from: "08:00", to: "08:30", rooms: [Aquarium], repeats: {every: week, on: [monday, thursday], times: 8}}
  - {in: Aquarium, title: Painting, day: 5, all_day: true, days: 2}
"""


def quay(seed: int = 3) -> Simulator:
    described = read_company(QUAY)
    sim = Simulator(described.company, seed=seed, start=START)
    move_in(sim, described)
    return sim


def calendars(sim: Simulator) -> dict[str, list[dict[str, object]]]:
    span = (START - timedelta(days=14), START + timedelta(days=60))
    return {box.address: sim.person(box.address).events(*span) for box in sim.company.tenants[0].mailboxes.values()}


def reborn(sim: Simulator) -> Simulator:
    fresh = Simulator(read_company(QUAY).company, seed=99, start=START)
    bring_back(kept_bytes(sim), fresh, name="the state")
    return fresh


def test_a_company_moves_in_before_anybody_looks():
    sim = quay()

    shown = sim.person("aquarium@quay.example").events(START - timedelta(days=3), START + timedelta(days=30))
    assert {event["responseStatus"]["response"] for event in shown} == {"accepted", "organizer"}
    assert sim.clock.now() == START
    assert len(sim.ledger) == 0
    assert sim.next_due() is None


def test_planned_days_count_from_the_monday_of_the_companys_week():
    """At one in the morning of a Monday in Sofia it is still Sunday in UTC."""
    assert monday_of(datetime(2026, 3, 1, 23, 30, tzinfo=UTC), "Europe/Sofia").isoformat() == "2026-03-02"


def test_what_was_kept_comes_back_with_its_ids_and_times():
    sim = quay()
    ada = sim.person("ada@quay.example")
    occurrence = next(event for event in ada.events(START, START + timedelta(days=7)) if event["type"] == "occurrence")
    ada.move_event(occurrence, datetime(2026, 3, 5, 14, 0, tzinfo=UTC))
    ada.create_event(
        "Lunch", datetime(2026, 3, 6, 12, 0, tzinfo=UTC), attendees=["ben@quay.example"], transactionId="t-1"
    )
    sim.weather.add("throttled", rate=0.5, mailbox="aquarium@quay.example")

    fresh = reborn(sim)

    assert calendars(fresh) == calendars(sim)
    assert fresh.ledger.mails == sim.ledger.mails
    assert fresh.clock.now() == sim.clock.now()
    assert fresh.weather.rules == sim.weather.rules
    assert fresh.company.tenants[0].apps == sim.company.tenants[0].apps


def test_work_that_was_waiting_is_done_after_the_restart_in_the_same_way():
    sim = quay()
    sim.person("ada@quay.example").create_event(
        "Lunch", datetime(2026, 3, 6, 12, 0, tzinfo=UTC), attendees=["aquarium@quay.example"]
    )
    fresh = reborn(sim)
    assert fresh.next_due() == sim.next_due() is not None

    for each in (sim, fresh):
        each.settle()

    assert calendars(fresh) == calendars(sim)
    assert [(mail.kind, mail.recipient) for mail in fresh.ledger.mails] == [
        (mail.kind, mail.recipient) for mail in sim.ledger.mails
    ]


def test_the_whole_sample_company_is_kept():
    described = sample_company(1)
    sim = Simulator(described.company, seed=1, start=START)
    move_in(sim, described)
    fresh = Simulator(CompanyFile(read_company(QUAY).company, (), "UTC").company, start=START)

    bring_back(kept_bytes(sim), fresh, name="the state")

    assert calendars(fresh) == calendars(sim)
    assert sum(map(len, calendars(fresh).values())) > 300


def test_nothing_new_in_the_state_is_forgotten():
    """A field added to the state must be added to the file, or here, with a thought."""
    kept = {"company", "seed", "serial", "sequence", "due", "ties", "tags", "chance", "clock", "switches", "ledger"}
    kept |= {"sync_states", "uploads"}
    emptied_before_the_lock_is_free = {"outbox"}
    assert {one.name for one in fields(World)} == kept | emptied_before_the_lock_is_free
    assert {one.name for one in fields(Ledger)} == {"mails"}
    notices = {"subscriptions", "delivered", "dropped", "attempts", "numbers", "collected", "endpoints", "under_way"}
    derived = {"_watchers"}
    assert {one.name for one in fields(NoticeBook)} == notices | derived
    assert {one.name for one in fields(Weather)} == {"chance", "rules", "struck", "latency"}


def test_switches_stay_as_they_were_turned():
    sim = quay()
    sim.switches.set("delta_page_size", value=7)
    sim.switches.loopback_webhooks = True

    fresh = reborn(sim)

    assert fresh.switches.delta_page_size == 7
    assert not fresh.switches.loopback_webhooks


@pytest.mark.parametrize("saved", [b"", b"not a state", b"\x80\x05cos\nsystem\n(S'true'\ntR."])
def test_a_damaged_state_is_refused_with_the_remedy(saved):
    with pytest.raises(StateUnusable, match="Move it away"):
        bring_back(saved, quay(), name="the state")


def test_half_a_state_is_refused():
    sim = quay()

    with pytest.raises(StateUnusable, match="cannot be read"):
        bring_back(kept_bytes(sim)[:-200], quay(), name="the state")


def test_a_state_directory_has_one_owner_at_a_time(tmp_path):
    first = StateDirectory(tmp_path / "state")
    with pytest.raises(StateUnusable, match="in use by another sim365"):
        StateDirectory(tmp_path / "state")
    first.close()

    StateDirectory(tmp_path / "state").close()


def test_a_state_is_replaced_whole(tmp_path):
    directory = StateDirectory(tmp_path)
    assert directory.read() is None
    directory.write(b"one")
    directory.write(b"two")

    assert directory.read() == b"two"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "state"]
    directory.close()


def test_the_authority_is_made_once_and_its_keys_are_private(tmp_path):
    first = certificates_in(tmp_path / "tls")
    before = first.ca_file.read_bytes()
    second = certificates_in(tmp_path / "tls")

    assert second.ca_file.read_bytes() == before
    for key in (tmp_path / "tls" / "ca.key", second.server.key):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
