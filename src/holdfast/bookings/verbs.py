"""The only way in: orders are judged and done here, many in one transaction."""

from collections.abc import Sequence

from holdfast.bookings.orders import Order
from holdfast.bookings.outcomes import Outcome
from holdfast.directory.roles import Actor


def apply(actor: Actor, orders: Sequence[Order]) -> list[Outcome]:
    """Do what can be done in one durable transaction; one outcome for each order, in their order."""
    raise NotImplementedError


def apply_within(actor: Actor, orders: Sequence[Order]) -> list[Outcome]:
    """The same, inside the caller's `in_workspace` transaction; the caller retries deadlocks."""
    raise NotImplementedError
