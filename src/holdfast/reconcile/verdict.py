"""What the verbs of `bookings` say to a change that comes from Outlook.

This module decides the shape of a refusal. Which changes are refused is decided by `bookings`, what follows by `plan`.
"""

from dataclasses import dataclass

from holdfast.reconcile.snapshot import Field


@dataclass(frozen=True, slots=True)
class Refused:
    """The rules of the house refuse these fields; all of them where an event is new or a deletion is refused."""

    fields: tuple[Field, ...]
    reason: str = ""  # a stable code of `bookings`, shown with the conflict


Verdict = Refused | None
"""None: nothing was refused, or nobody was asked yet."""
