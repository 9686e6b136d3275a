"""The verbs in bulk: this process's CPU for each booking, in batches of a thousand, everything included.

Everything is: rules, claims, slots, the journal's chain, the followers that look for links. PostgreSQL's CPU stands
beside it.
"""

from collections.abc import Sequence
from datetime import timedelta
from statistics import median

from bench.figures import Figure
from bench.place import Meter
from holdfast.bookings.orders import Cancel, Edit, Order
from holdfast.bookings.outcomes import Done
from holdfast.bookings.verbs import apply
from holdfast.host.postgres import EmbeddedPostgres
from holdfast.timetable.when import When
from tests.cast import TUESDAY, Cast, company

BATCH = 1_000
BATCHES = 10
_MAKE_MOST_US = 40.0


def measure(cluster: EmbeddedPostgres) -> list[Figure]:
    cast = company("Bench")
    cast.add("Quay")
    made = [_batch(cast, number) for number in range(BATCHES)]
    outcomes, *costs = _each(cluster, cast, made)
    figures = [_told("making a booking", *costs, most=_MAKE_MOST_US)]
    ids = [[outcome.booking.id for outcome in batch] for batch in outcomes]
    edits = [[Edit(booking_id=one, changes={"title": "Moved"}) for one in batch] for batch in ids]
    figures.append(_told("changing a booking", *_each(cluster, cast, edits)[1:]))
    cancels = [[Cancel(booking_id=one) for one in batch] for batch in ids]
    figures.append(_told("cancelling a booking", *_each(cluster, cast, cancels)[1:]))
    return figures


def _batch(cast: Cast, number: int) -> list[Order]:
    first = TUESDAY + timedelta(days=7 * number)
    return [
        cast.make(
            "Quay",
            When(first + timedelta(minutes=10 * n), first + timedelta(minutes=10 * n + 10), "UTC", all_day=False),
            title=f"Meeting {n}",
            note="An agenda of usual length. " * 5,
        )
        for n in range(BATCH)
    ]


def _each(
    cluster: EmbeddedPostgres, cast: Cast, batches: Sequence[Sequence[Order]]
) -> tuple[list[list[Done]], list[float], list[float]]:
    """What each batch came to, and microseconds for each booking: ours, PostgreSQL's."""
    found: list[list[Done]] = []
    spent: list[float] = []
    postgres: list[float] = []
    for orders in batches:
        with Meter(cluster) as meter:
            outcomes = apply(cast.outlook, orders)
        found.append([outcome for outcome in outcomes if isinstance(outcome, Done)])
        assert len(found[-1]) == BATCH, "an order was refused"
        spent.append(meter.spent.own / BATCH * 1e6)
        postgres.append(meter.spent.postgres / BATCH * 1e6)
    return found, spent, postgres


def _told(name: str, spent: list[float], postgres: list[float], *, most: float | None = None) -> Figure:
    beside = f"batches of {BATCH:,}, median of {len(spent)}; PostgreSQL {sum(postgres) / len(postgres):.0f} µs"
    return Figure(f"{name}: own CPU", median(spent), "µs", most, beside)
