"""The record, rebuilt from nothing but the journal: the proof that each change was written down whole (I27)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from holdfast.bookings.record import Record
from holdfast.bookings.series.master import Master
from holdfast.journal.reading import Told

_CHANGES = frozenset({"edited", "cancelled", "restored", "advanced", "rolled"})


def replay(told: Iterable[Told]) -> dict[UUID, Record]:
    """The bookings as the journal tells them. A row whose payload was erased cannot be replayed: ValueError."""
    states = _states(told, "booking")
    return {booking_id: msgspec.convert(state, Record, strict=False) for booking_id, state in states.items()}


def replay_series(told: Iterable[Told]) -> dict[UUID, Master]:
    """The series as the journal tells them. Raises ValueError as `replay` does."""
    states = _states(told, "series")
    return {series_id: msgspec.convert(state, Master, strict=False) for series_id, state in states.items()}


def _states(told: Iterable[Told], kind: str) -> dict[UUID, dict[str, Any]]:
    states: dict[UUID, dict[str, Any]] = {}
    for each in told:
        if each.subject_kind != kind:
            continue
        if each.is_erased:
            raise ValueError(f"change {each.number} has lost its payload")
        if each.verb == "made":
            states[each.subject_id] = dict(each.after.get("booking", each.after))
        elif each.verb in _CHANGES:
            states[each.subject_id].update({name: value for name, value in each.after.items() if name != "cut"})
    return states
