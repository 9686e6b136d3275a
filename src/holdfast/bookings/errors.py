"""What the record cannot do. Refusals of single orders are values (`outcomes.Refused`), not errors.

BookingsError
├── TooMany        a batch larger than one transaction should carry
├── Raced          a slot was taken by somebody who did not lock its unit; the whole transaction is to be repeated
├── Busy           the database kept asking to repeat the transaction
├── NotFound       nothing of that id in this workspace
└── KeyReused      an idempotency key came back with another request
"""

from holdfast.database.errors import Repeat


class BookingsError(Exception):
    """The record cannot do this."""


class TooMany(BookingsError):
    """Too many orders for one batch; send them in several."""


class Raced(BookingsError, Repeat):
    """Somebody took the time without asking first; try again."""


class NotFound(BookingsError):
    """There is no such booking or conflict here."""


class KeyReused(BookingsError):
    """This idempotency key was used for another request; take a fresh one."""


class CursorInvalid(BookingsError):
    """This cursor is none of ours; start from the first page."""
