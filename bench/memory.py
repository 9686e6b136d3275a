"""The largest resident set of a worker process, fresh for each calendar: five hundred events, and ten times as many.

Half of the room's events come from Outlook and half of its bookings from here, so that the worker reads and writes.
"""

from bench import hands, outlook
from bench.calendars import calendar
from bench.figures import Figure
from bench.office import Office
from bench.place import peak_mib
from holdfast.host.postgres import EmbeddedPostgres

SMALL, LARGE = 500, 5_000
_PEAK_MOST_MIB, _GROWTH_MOST = 150.0, 1.15
_LONGEST_S = 300


def measure(_cluster: EmbeddedPostgres) -> list[Figure]:
    rooms = [f"{side}{size}" for size in (SMALL, LARGE) for side in ("pull", "push")]
    with outlook.serving(rooms) as there:
        office = Office(there, rooms, by_hand=False)
        idle = _peak(office, there, 0)
        small, large = _peak(office, there, SMALL), _peak(office, there, LARGE)
    return [
        Figure(f"peak after {LARGE:,} pulled and {LARGE:,} pushed", large, "MiB", _PEAK_MOST_MIB, "resident set"),
        Figure(f"peak after {SMALL:,} and {SMALL:,}", small, "MiB", _PEAK_MOST_MIB, f"an idle worker: {idle:.0f} MiB"),
        Figure("ten times the calendar", large / small, "×", _GROWTH_MOST, "peak ÷ peak, fresh process each"),
    ]


def _peak(office: Office, there: outlook.Outlook, size: int) -> float:
    entries = calendar(size)
    if size:
        there.fill(f"pull{size}", entries)
        office.book(f"push{size}", entries)
    with hands.at_work(["holdfast.host.worker_process", "bench"], there) as (worker,):
        if size:
            rooms = [f"pull{size}", f"push{size}"]
            for room in rooms:
                office.map(room)
            hands.await_rest(lambda: office.is_at_rest(rooms, links=size), most_s=_LONGEST_S)
        hands.settle_down()
        return peak_mib(worker)
