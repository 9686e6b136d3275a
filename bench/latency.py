"""How long a change takes under load: 20 a second over 200 calendars, with 100 ms for each Graph request.

Worker processes as in use answer wake-ups from the queue; notices come in over HTTP at our own doorbell. Half of the
changes are bookings made here: timed from the commit to Microsoft's acceptance, the distance included. Half are events
made in Outlook: timed from the notice's arrival to the commit of the booking. Microsoft's own delay of a notice is
left out.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

import psycopg

from bench import doors, hands, outlook
from bench.calendars import Entry, later
from bench.figures import Figure
from bench.office import Office
from holdfast.host.config import load
from holdfast.host.postgres import SUPERUSER, EmbeddedPostgres

CALENDARS = 200
CHANGES_PER_S = 20
LASTS_S = 30
DISTANCE_MS = 100
_OUT_MOST, _IN_MOST = (200, 1000), (350, 2000)
_LONGEST_S = 240
_TELL = """
CREATE FUNCTION bench_tell() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_notify('bench', NEW.title); RETURN NULL; END $$;
CREATE TRIGGER bench_tell AFTER INSERT ON bookings_booking FOR EACH ROW EXECUTE FUNCTION bench_tell();
"""
Times = dict[str, float]


def measure(cluster: EmbeddedPostgres) -> list[Figure]:
    rooms = [f"berth{n:03}" for n in range(CALENDARS)]
    log = cluster.directory / "sent.log"
    worker = ["bench.slow_worker", str(DISTANCE_MS), str(log)]
    processes = load().worker.processes
    with (
        outlook.serving(rooms) as there,
        doors.doorbell() as bell,
        _seen(cluster) as visible,
        hands.at_work(worker, there, count=processes, notices_url=bell.url),
    ):
        there.switch(notice_delay_max_s=0.0)
        office = Office(there, rooms, public_url=bell.url, by_hand=False)
        _prove_push(office, rooms)
        bell.await_quiet()
        hands.await_rest(office.is_quiet, most_s=_LONGEST_S)
        subscriptions = office.subscriptions()
        committed, created = _load(office, rooms)
        hands.settle_down()
        hands.await_rest(lambda: office.unsettled() == 0, most_s=_LONGEST_S)
        bell.await_quiet()
        accepted = _accepted(log)
        outward = [accepted[title] - at for title, at in committed.items() if title in accepted]
        inward = [
            visible[title] - rung
            for title, (room, at) in created.items()
            if title in visible and (rung := bell.first_after(subscriptions[room], at)) is not None
        ]
    return [
        Figure("changes made here and not accepted", len(committed) - len(outward), "", 0, f"of {len(committed)}"),
        *_figures("our commit → accepted by Graph", outward, _OUT_MOST),
        Figure("changes in Outlook and not visible", len(created) - len(inward), "", 0, f"of {len(created)}"),
        *_figures("notice → visible", inward, _IN_MOST),
    ]


def _figures(name: str, seconds: list[float], most: tuple[float, float]) -> list[Figure]:
    ordered = sorted(each * 1000 for each in seconds)
    beside = (
        f"{CHANGES_PER_S} changes/s, {CALENDARS} calendars, {DISTANCE_MS} ms per request; longest {ordered[-1]:.0f} ms"
    )
    return [
        Figure(f"{name}, half of them", ordered[len(ordered) // 2], "ms", most[0], beside),
        Figure(f"{name}, 99 of 100", ordered[int(len(ordered) * 0.99)], "ms", most[1]),
    ]


def _prove_push(office: Office, rooms: list[str]) -> None:
    """Tie every room, and write once to each: a notice for an own write is what push is measured by."""
    for room in rooms:
        office.map(room)
    hands.await_rest(lambda: office.is_at_rest(rooms, links=0), most_s=_LONGEST_S)
    (first,) = later(1)
    for room in rooms:
        office.book(room, [first])
    hands.await_rest(lambda: office.is_at_rest(rooms, links=1) and office.is_push_measured(), most_s=_LONGEST_S)


def _load(office: Office, rooms: list[str]) -> tuple[Times, dict[str, tuple[str, float]]]:
    """The changes at their pace; answers when ours were committed, and where and when theirs were made."""
    committed: Times = {}
    created: dict[str, tuple[str, float]] = {}
    chance = Random(1)
    free = {room: later(1 + CHANGES_PER_S * LASTS_S // CALENDARS * 4)[1:] for room in rooms}

    def here(number: int, room: str) -> None:
        title = f"ours-{number:04}"
        office.book(room, [_called(free[room].pop(), title)])
        committed[title] = monotonic()

    def there(number: int, room: str) -> None:
        title = f"theirs-{number:04}"
        created[title] = (room, monotonic())
        office.outlook.create(room, _called(free[room].pop(), title))

    turns = [room for _ in range(CHANGES_PER_S * LASTS_S // CALENDARS + 1) for room in chance.sample(rooms, len(rooms))]
    half = CHANGES_PER_S * LASTS_S // 2
    threads = [
        threading.Thread(target=_at_pace, args=(act, turns[part * half : (part + 1) * half], CHANGES_PER_S / 2))
        for part, act in enumerate((here, there))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return committed, created


def _at_pace(act: Callable[[int, str], None], rooms: list[str], per_s: float) -> None:
    began = monotonic()
    for number, room in enumerate(rooms):
        sleep(max(0.0, began + number / per_s - monotonic()))
        act(number, room)


def _called(entry: Entry, title: str) -> Entry:
    return Entry(title, title, "", entry.starts, entry.ends, all_day=False)


@contextmanager
def _seen(cluster: EmbeddedPostgres) -> Iterator[Times]:
    """When each booking became visible, by its title: PostgreSQL tells at the commit."""
    seen: Times = {}
    ended = threading.Event()

    def listen() -> None:
        with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as connection:
            connection.execute("LISTEN bench")
            while not ended.is_set():
                for notify in connection.notifies(timeout=0.5):
                    seen.setdefault(notify.payload, monotonic())

    with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as sure:
        sure.execute(_TELL)
    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _accepted(log: Path) -> Times:
    """When the first accepted request that names a title was answered; a batch names several."""
    found: Times = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        at, body = json.loads(line)
        for title in _titles(body):
            found.setdefault(title, at)
    return found


def _titles(body: str) -> Iterator[str]:
    if not body.startswith("{"):  # the sign-in is a form
        return
    told: dict[str, Any] = json.loads(body)
    for each in [told, *(item.get("body") or {} for item in told.get("requests", []))]:
        if "subject" in each:
            yield str(each["subject"])
