"""A sync beside vdirsyncer's, both measured in this run: the same 5,000 singles and all-day events.

Ours is the CPU of a worker that has synced before (warm), from its wake-up to its rest, against sim365 over loopback
HTTP. The peer's is that of its own process minus its start that does nothing, against an in-memory CalDAV server. Each
server is a process of its own and is not counted. A first pull ends with every event a booking with its time held; a
first push with every booking an event; the mixed changes are half made here and half there, on both sides alike.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from uuid import UUID

from bench import environment, outlook, peer
from bench.calendars import Entry, calendar, later, moved
from bench.figures import Figure
from bench.office import Office, when_of
from bench.peer import Cost, Peer
from bench.place import Meter, Spent
from holdfast.bookings.orders import Cancel, Edit, Order
from holdfast.host.postgres import EmbeddedPostgres

EVENTS = 5_000
WARMING = 300
ROUNDS = 3
CHANGES = 100
_ADDED, _EDITED, _REMOVED = 20, 20, 10  # on each side
_PULL_MOST, _PUSH_MOST, _MIXED_MOST = 0.5, 1.0, 1.0


def measure(cluster: EmbeddedPostgres) -> list[Figure]:
    pulls, pushes, mixed = _ours(cluster)
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-peer-") as folder, peer.serving() as port:
        theirs = _theirs(Peer(Path(folder), port, environment.program("vdirsyncer")), port)
    return [
        *_figures("first pull", pulls, theirs["pull"], most=_PULL_MOST, each=EVENTS),
        *_figures("first push", pushes, theirs["push"], most=_PUSH_MOST, each=EVENTS),
        *_figures(f"{CHANGES} mixed changes", mixed, theirs["mixed"], most=_MIXED_MOST, each=CHANGES),
    ]


def _figures(name: str, ours: list[Spent], theirs: list[Cost], *, most: float, each: int) -> list[Figure]:
    own, peers = median(one.own for one in ours), median(one.cpu_s for one in theirs)
    spread = ", ".join(f"{one.own:.2f}" for one in ours)
    return [
        Figure(f"{name}: CPU ÷ the peer's", own / peers, "×", most, f"{own:.2f} s beside {peers:.2f} s"),
        Figure(f"{name}: own CPU per event", own / each * 1e6, "µs", beside=f"rounds: {spread} s"),
        Figure(f"{name}: PostgreSQL's CPU", median(one.postgres for one in ours), "s"),
        Figure(
            f"{name}: on the wall",
            median(one.wall for one in ours),
            "s",
            beside=f"the peer {median(one.wall_s for one in theirs):.2f} s",
        ),
    ]


def _ours(cluster: EmbeddedPostgres) -> tuple[list[Spent], list[Spent], list[Spent]]:
    pulls, pushes = [f"pull{n}" for n in range(ROUNDS)], [f"push{n}" for n in range(ROUNDS)]
    rooms = ["warm-pull", "warm-push", *pulls, *pushes]
    spent: tuple[list[Spent], list[Spent], list[Spent]] = ([], [], [])
    with outlook.serving(rooms) as there:
        office = Office(there, rooms)
        for room in rooms:
            entries = calendar(WARMING if room.startswith("warm") else EVENTS)
            is_pull = "pull" in room
            event_ids = there.fill(room, entries) if is_pull else []
            if not is_pull:
                office.book(room, entries)
            office.map(room)
            with Meter(cluster) as meter:
                office.work()
            _check(office, room, len(entries))
            if not room.startswith("warm"):
                spent[0 if is_pull else 1].append(meter.spent)
            if is_pull:
                spent[2].append(_mixed(office, room, entries, event_ids, meter))
        del spent[2][0]  # the warming
        assert not there.offences(), there.offences()
    return spent


def _check(office: Office, room: str, count: int) -> None:
    assert office.booking_count(room) == count, f"{office.booking_count(room)} bookings of {count}"
    assert office.outlook.event_count(room) == count, f"{office.outlook.event_count(room)} events of {count}"
    assert office.unsettled() == 0, f"{office.unsettled()} links are not settled"


def _mixed(office: Office, room: str, entries: Sequence[Entry], event_ids: Sequence[str], meter: Meter) -> Spent:
    """Fifty changes here, fifty there, and one wake-up."""
    fresh = later(2 * _ADDED)
    ids = office.booking_ids(room)
    here = [ids[entry.title] for entry in entries[: _EDITED + _REMOVED]]
    orders: list[Order] = [office.order(room, entry) for entry in fresh[:_ADDED]]
    orders += [
        _edit(booking_id, moved(entry)) for booking_id, entry in zip(here[:_EDITED], entries[:_EDITED], strict=True)
    ]
    orders += [Cancel(booking_id=booking_id) for booking_id in here[_EDITED:]]
    office.apply(orders)
    there = list(zip(entries, event_ids, strict=True))[100 : 100 + _EDITED + _REMOVED]
    office.outlook.fill(room, fresh[_ADDED:])
    for entry, event_id in there[:_EDITED]:
        changed = moved(entry)
        end = {} if entry.all_day else {"end": {"dateTime": changed.ends.isoformat()[:19], "timeZone": "UTC"}}
        office.outlook.edit(room, event_id, subject=changed.title, **end)
    for _, event_id in there[_EDITED:]:
        office.outlook.delete(room, event_id)
    office.ring(room)
    with meter:
        office.work()
    _check(office, room, len(entries) + 2 * (_ADDED - _REMOVED))
    return meter.spent


def _edit(booking_id: UUID, after: Entry) -> Edit:
    return Edit(booking_id=booking_id, changes={"title": after.title, "when": when_of(after)})


def _theirs(the_peer: Peer, port: int) -> dict[str, list[Cost]]:
    """The peer's first push, mixed changes and first pull of the same entries, as often as ours."""
    found: dict[str, list[Cost]] = {"push": [], "mixed": [], "pull": []}
    for _ in range(ROUNDS):
        entries, fresh = calendar(EVENTS), later(2 * _ADDED)
        the_peer.write(entries)
        found["push"].append(the_peer.sync())
        the_peer.write([*fresh[:_ADDED], *map(moved, entries[:_EDITED])])
        the_peer.remove(entries[_EDITED : _EDITED + _REMOVED])
        elsewhere = entries[100 : 100 + _EDITED + _REMOVED]
        peer.change_there(port, [*fresh[_ADDED:], *map(moved, elsewhere[:_EDITED])], remove=elsewhere[_EDITED:])
        found["mixed"].append(the_peer.sync())
        count = EVENTS + 2 * (_ADDED - _REMOVED)
        assert the_peer.file_count == count, f"the peer holds {the_peer.file_count} files of {count}"
        the_peer.forget()
        found["pull"].append(the_peer.sync())
        assert the_peer.file_count == count, f"the peer holds {the_peer.file_count} files of {count}"
        peer.empty_there(port)
        the_peer.forget()
    return found
