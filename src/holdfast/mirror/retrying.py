"""Transactions that lost a race are made once more, a bounded number of times.

Decides which losses are worth it: a booking that changed while it was being settled, a deadlock or a failed
serialization that PostgreSQL resolved against us. Nothing is sent within what is repeated. (Unlike the doors'
`repeated` it opens no transaction itself: a worker's begin with the fence of its lease.)
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError

from holdfast.database.errors import Repeat
from holdfast.ports import chance, clock

ATTEMPTS_MAX = 8
PAUSE_S = 0.02
_RACES_LOST = frozenset({"40P01", "40001"})

T = TypeVar("T")


def retried(transaction: Callable[[], T]) -> T:
    """Run it until it is not overtaken; the last loss is raised."""
    for attempt in range(1, ATTEMPTS_MAX):
        try:
            return transaction()
        except Repeat:
            pass
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in _RACES_LOST:
                raise
        clock.sleep(chance.jitter(PAUSE_S * attempt))
    return transaction()
