"""One booking or one resource by its id, as this visitor may see it; the same NotFound for what is not there and what
is not theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from holdfast.bookings.models import Booking, Slot
from holdfast.directory.errors import NotFound
from holdfast.directory.roles import Actor
from holdfast.web import board
from holdfast.web.shown import Row, Shown

OVERLAPS_MAX = 20


@dataclass(frozen=True, slots=True)
class Found:
    shown: Shown
    row: Row
    booking: Booking


def booking(actor: Actor, booking_id: UUID) -> Found:
    """Raises NotFound. Inside the caller's transaction."""
    found = board.with_marks(Booking.objects.filter(id=booking_id)).first()
    if found is None:
        raise NotFound
    row = resource(found.resource_id)
    return Found(board.show_all(actor, [found], rows=[row])[0], row, found)


def resource(resource_id: UUID) -> Row:
    """Raises NotFound. Inside the caller's transaction."""
    rows = board.read_rows(resource_id)
    if not rows:
        raise NotFound
    return rows[0]


def overlaps(actor: Actor, found: Shown) -> Sequence[Shown]:
    """Other bookings whose slots share a unit and time with those of this one, where one of the two is not held."""
    mine = Slot.objects.filter(booking_id=found.id)
    ids: set[UUID] = set()
    for slot in mine:
        others = Slot.objects.filter(unit_id=slot.unit_id, starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at)
        others = others if not slot.held else others.filter(held=False)
        ids.update(others.exclude(booking_id=found.id).values_list("booking_id", flat=True)[:OVERLAPS_MAX])
    if not ids:
        return []
    bookings = board.with_marks(Booking.objects.filter(id__in=ids).order_by("starts_at"))
    return board.show_all(actor, bookings, rows=board.read_rows())
