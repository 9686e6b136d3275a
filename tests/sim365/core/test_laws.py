"""Laws that hold after any history: what follows from what, whoever did it and in whatever order messages came."""

import os
from datetime import UTC, datetime, timedelta

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sim365.serving.state_file import bring_back, kept_bytes
from sim365.simulator import Simulator
from sim365.state import Principal
from sim365.transport import SimTransport
from tests.sim365.core.harbour import APP, PERMISSIONS, START, TENANT, Graph, KnownTokens, a_company

WINDOW = "startDateTime=2026-03-02T00:00:00Z&endDateTime=2026-03-16T00:00:00Z"
NAMES = ("ada", "ben", "aquarium", "boathouse")
DAYS = some.integers(-3, 18)
HOURS = some.integers(6, 16)
PICK = some.integers(0, 10_000)
EXAMPLES = int(os.environ.get("SIM365_LAW_EXAMPLES", "25"))
"""How many histories are tried; a longer hunt sets more."""
HARMLESS = ("item_again", "page_repeated", "empty_page", "unknown_removed")
"""What the weather may do to delta without misleading a client that follows the rules."""


def address(name):
    return f"{name}@harbour.test"


class Company(RuleBasedStateMachine):
    """People and an app change calendars; a client follows each mailbox by delta."""

    @initialize(seed=some.integers(0, 1000))
    def open_the_doors(self, seed):
        tokens = KnownTokens()
        tokens.issue("good", Principal(TENANT, APP, frozenset(PERMISSIONS), "sp-1"))
        self.sim = Simulator(a_company(), seed=seed, start=START, identity=tokens)
        self.client = httpx.Client(transport=SimTransport(self.sim))
        self.graph = Graph(self.client, self.sim, {"Authorization": "Bearer good"})
        self.links = {}
        self.followed = {name: {} for name in NAMES}
        self.meetings = {}
        """Every id that was ever seen, with what it named."""
        self.archives = {}

    def teardown(self):
        if hasattr(self, "client"):
            self.the_client_follows(3)
            self.in_the_end_copies_agree()
            self.the_client_follows(1)
            self.client.close()

    def pick(self, name, number):
        shown = self.sim.person(address(name)).events(START - timedelta(days=5), START + timedelta(days=30))
        return shown[number % len(shown)] if shown else None

    @rule(name=some.sampled_from(NAMES), day=DAYS, hour=HOURS, guests=some.sets(some.sampled_from(NAMES), max_size=2))
    def somebody_creates(self, name, day, hour, guests):
        event = self.sim.person(address(name)).create_event(
            f"{name} {day}", at(day, hour), attendees=[address(guest) for guest in sorted(guests - {name})]
        )
        assert event["id"] not in self.meetings
        self.name_ids()

    @rule(name=some.sampled_from(("ada", "aquarium")), day=some.integers(0, 5), hour=HOURS, count=some.integers(2, 6))
    def somebody_creates_a_series(self, name, day, hour, count):
        recurrence = {
            "pattern": {"type": "daily", "interval": 1},
            "range": {"type": "numbered", "startDate": at(day, hour).date().isoformat(), "numberOfOccurrences": count},
        }
        guests = [address("boathouse")] if name == "ada" else []
        self.sim.person(address(name)).create_event(
            "Series", at(day, hour), time_zone="UTC", attendees=guests, recurrence=recurrence
        )

    @rule(name=some.sampled_from(NAMES), number=PICK, day=DAYS, hour=HOURS)
    def somebody_moves(self, name, number, day, hour):
        """The organiser moves: what an attendee moves in a copy stays there, and the copies differ for good."""
        event = self.pick(name, number)
        if event is not None and event["type"] == "singleInstance" and event["isOrganizer"]:
            self.sim.person(address(name)).move_event(event, at(day, hour))

    @rule(name=some.sampled_from(NAMES), number=PICK, title=some.sampled_from(["A", "B", "C"]))
    def the_app_renames(self, name, number, title):
        event = self.pick(name, number)
        if event is not None:
            self.graph.patch(f"/users/{address(name)}/events/{event['id']}", {"subject": title})

    @rule(name=some.sampled_from(NAMES), number=PICK, minutes=some.integers(-90, 90))
    def the_app_moves_an_occurrence(self, name, number, minutes):
        """By less than a day, so that it never meets its neighbours."""
        event = self.pick(name, number)
        if event is not None and event["type"] == "occurrence" and event["isOrganizer"]:
            moved = {side: shifted(event[side], minutes) for side in ("start", "end")}
            self.graph("PATCH", f"/users/{address(name)}/events/{event['id']}", moved)

    @rule(name=some.sampled_from(NAMES), number=PICK)
    def somebody_files_away(self, name, number):
        """Into another calendar of the mailbox: removed here, and there under another id."""
        event = self.pick(name, number)
        if event is None or event["type"] != "singleInstance" or not event["isOrganizer"] or event["attendees"]:
            return
        person = self.sim.person(address(name))
        if name not in self.archives:
            self.archives[name] = person.add_calendar("Archive")
        assert person.move_to_calendar(event, "Archive")["id"] not in self.meetings

    @rule(name=some.sampled_from(NAMES), number=PICK)
    def somebody_deletes(self, name, number):
        event = self.pick(name, number)
        if event is not None:
            self.sim.person(address(name)).delete_event(event)

    @rule(
        name=some.sampled_from(NAMES),
        number=PICK,
        response=some.sampled_from(["accepted", "tentativelyAccepted", "declined"]),
    )
    def somebody_answers(self, name, number, response):
        event = self.pick(name, number)
        if event is not None and not event["isOrganizer"] and not event["isCancelled"]:
            self.sim.person(address(name)).respond(event, response)

    @rule(seconds=some.integers(1, 30))
    def time_passes(self, seconds):
        self.sim.advance(timedelta(seconds=seconds))

    @rule(size=some.integers(1, 6))
    def the_client_follows(self, size):
        """Delta replayed over what is known equals the calendar view, in every mailbox."""
        for name in NAMES:
            self.follow(name, size)
        self.name_ids()

    @rule(fault=some.sampled_from(HARMLESS), size=some.integers(1, 4))
    def the_client_follows_in_bad_weather(self, fault, size):
        """Repeats, empty pages and removals of strangers change nothing of what the client ends up knowing."""
        self.sim.weather.add(fault, rate=0.3, path="/delta")
        self.the_client_follows(size)
        self.sim.weather.clear()

    @rule(number=PICK)
    def a_late_change_comes_with_the_next_round(self, number):
        name = NAMES[number % len(NAMES)]
        if name in self.links:
            self.sim.weather.next("change_late", path="/delta")
            self.read(name, size=50)
            self.sim.weather.clear()
            self.follow(name, size=50)

    @rule(name=some.sampled_from(NAMES))
    def sync_states_are_forgotten(self, name):
        """410: the client begins anew, and what it knew counts for nothing."""
        self.sim.forget_sync_states(address(name))
        if name in self.links:
            assert self.graph("GET", self.links.pop(name)).status_code == 410
        self.followed[name] = {}

    def name_ids(self):
        """An id names one item for ever: never reused, not even for an item of the same meeting."""
        for name in NAMES:
            for event in self.sim.person(address(name)).events(START - timedelta(days=5), START + timedelta(days=30)):
                named = (name, event["iCalUId"], event.get("occurrenceId"))
                assert self.meetings.setdefault(event["id"], named) == named

    def follow(self, name, size):
        known = self.read(name, size)
        view = self.graph.get(f"/users/{address(name)}/calendarView?{WINDOW}&$top=1000")["value"]

        expected = {event["id"]: (event["start"], event["end"]) for event in view}
        assert {item: (event["start"], event["end"]) for item, event in occurrences(known).items()} == expected

    def read(self, name, size):
        """One round of delta, laid over what is known."""
        known = self.followed[name]
        headers = {"Prefer": f"odata.maxpagesize={size}"}
        page = self.graph.get(self.links.get(name, f"/users/{address(name)}/calendarView/delta?{WINDOW}"), **headers)
        for _ in range(200):
            apply(known, page["value"])
            if "@odata.deltaLink" in page:
                break
            page = self.graph.get(page["@odata.nextLink"], **headers)
        self.links[name] = page["@odata.deltaLink"]
        return known

    @rule(hour=HOURS)
    def a_snapshot_is_taken_and_restored(self, hour):
        """Identity, and not only to look at: what comes afterwards comes the same way again."""
        saved, before = self.sim.snapshot(), everything(self.sim)
        self.sim.restore(saved)
        assert everything(self.sim) == before

        futures = []
        for _ in range(2):
            self.sim.person(address("ada")).create_event("After", at(3, hour), attendees=[address("aquarium")])
            self.sim.settle()
            futures.append(everything(self.sim))
            self.sim.restore(saved)
        assert futures[0] == futures[1]
        assert everything(self.sim) == before

    @rule()
    def the_state_is_kept_and_brought_back(self):
        kept = kept_bytes(self.sim)
        other = Simulator(a_company(), seed=99, start=START, identity=self.sim.identity)
        bring_back(kept, other, name="kept")

        assert everything(other) == everything(self.sim)
        other.settle()
        saved = self.sim.snapshot()
        self.sim.settle()
        assert everything(other) == everything(self.sim)
        self.sim.restore(saved)

    @precondition(lambda self: hasattr(self, "sim"))
    @invariant()
    def nothing_is_mailed_twice(self):
        assert self.sim.ledger.repeated() == []
        assert self.sim.bugs == []

    @rule()
    def in_the_end_copies_agree(self):
        """Once messages have arrived, every attendee who is still invited sees the organiser's time."""
        self.sim.settle()
        for name in NAMES:
            for event in self.sim.person(address(name)).events():
                if event["isOrganizer"]:
                    for guest in event["attendees"]:
                        self.check_copy(event, guest)

    def check_copy(self, event, guest):
        held = self.sim.person(guest["emailAddress"]["address"]).events()
        for copy in held:
            if copy["iCalUId"] == event["iCalUId"] and not copy["isCancelled"]:
                assert (copy["start"], copy["end"]) == (event["start"], event["end"])
                assert copy["recurrence"] == event["recurrence"]


def everything(sim):
    """All that can be told apart of two simulators: every mailbox, mail, subscription, waiting task, and chance."""
    world = sim.world
    return {
        "now": world.now(),
        "numbers": (world.serial, world.sequence, world.ties, world.tags),
        "chance": world.chance.getstate(),
        "calendars": {
            mailbox.address: {
                calendar.name: (list(calendar.events.values()), calendar.starts, calendar.masters, calendar.log)
                for calendar in mailbox.calendars.values()
            }
            for tenant in sim.company.tenants
            for mailbox in tenant.mailboxes.values()
        },
        "mails": list(sim.ledger.mails),
        "due": sorted((when, number, repr(task)) for when, number, task in world.due),
        "tokens": dict(world.sync_states),
        "notices": (dict(sim.notices.subscriptions), sim.notices.numbers, dict(sim.notices.collected)),
    }


def shifted(side, minutes):
    moment = datetime.fromisoformat(side["dateTime"][:26]) + timedelta(minutes=minutes)
    return {"dateTime": moment.isoformat(), "timeZone": side["timeZone"]}


def at(day, hour):
    return datetime(2026, 3, 2, hour, tzinfo=UTC) + timedelta(days=day)


def apply(known, items):
    """What a client does with a page: masters bring their occurrences anew, removals cascade."""
    for item in items:
        gone = item["id"] if "@removed" in item or item.get("type") == "seriesMaster" else None
        if gone is not None:
            for held in [held for held, event in known.items() if event.get("seriesMasterId") == gone]:
                del known[held]
            known.pop(gone, None)
        if "@removed" not in item:
            known[item["id"]] = item


def occurrences(known):
    return {item: event for item, event in known.items() if event["type"] != "seriesMaster"}


TestLaws = Company.TestCase
TestLaws.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
