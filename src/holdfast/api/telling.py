"""Rows and records as they are told on the wire. Decides names and forms; reads the mirror's ties in one statement."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from holdfast.api.problems import Problem
from holdfast.api.shapes import ProblemBody
from holdfast.bookings.outcomes import Code, Refused
from holdfast.bookings.reading import Seen
from holdfast.bookings.record import Record
from holdfast.directory.models import Resource
from holdfast.mirror.models import Link

Json = dict[str, Any]
ONLY_HERE: Json = {"state": "only_here", "since": None, "reason": "", "event_id": ""}
_CODES = {
    Code.TAKEN: "taken",
    Code.INVALID: "invalid",
    Code.NOT_FOUND: "not_found",
    Code.NOT_ALLOWED: "not_allowed",
    Code.CHANGED_MEANWHILE: "changed_meanwhile",
    Code.OVER: "over",
    Code.NOT_BOOKABLE: "not_bookable",
}
_FIELDS = {"when": "start"}


def answers(shape: Any, *, status: int = 200, problems: tuple[int, ...] = ()) -> dict[Any, Any]:
    """What an operation may answer, for the reference: its shape, and problem details for each status."""
    return {status: shape, frozenset({401, 403, *problems}): ProblemBody}


def signs(booking_ids: Iterable[UUID]) -> dict[UUID, Json]:
    """How each booking and its event stand, one statement. Needs `in_workspace`."""
    rows = Link.objects.filter(booking_id__in=list(booking_ids), is_shadow=False, closed_at__isnull=True)
    names = ("booking_id", "is_unsettled", "parked", "confirmed_at", "event_id")
    return {booking_id: _sign(*rest) for booking_id, *rest in rows.values_list(*names)}


def _sign(is_unsettled: bool, parked: str, confirmed_at: Any, event_id: str) -> Json:  # noqa: FBT001  a row's columns
    state = "asks" if parked else "under_way" if is_unsettled or confirmed_at is None else "in_step"
    return {"state": state, "since": confirmed_at, "reason": parked, "event_id": event_id}


def booking(record: Record, *, overlaps: bool, sync: Json) -> Json:
    """A booking, already masked for who asks."""
    told: Json = msgspec.to_builtins(record)
    when = record.when
    for name in ("when", "place", "claim", "claimed_at", "cancelled_at"):
        told.pop(name)
    told["people"] = [{"address": one.address, "name": one.name, "role": one.role.value} for one in record.people]
    wall = {"start": when.start.isoformat(), "end": when.end.isoformat(), "zone": when.zone, "all_day": when.all_day}
    return {**told, **wall, "overlaps": overlaps, "sync": sync}


def bookings(seen: Iterable[Seen]) -> list[Json]:
    found = list(seen)
    by_id = signs(one.booking.id for one in found)
    return [booking(one.booking, overlaps=one.overlaps, sync=by_id.get(one.booking.id, ONLY_HERE)) for one in found]


def resource(row: Resource) -> Json:
    names = ("id", "name", "kind", "sharing", "zone", "address", "seats", "location_id", "parent_id", "buffer_after_s")
    return {name: getattr(row, name) for name in (*names, "live_look", "active", "version")}


def refusal(refused: Refused, *, alternatives: list[Json] | None = None) -> Problem:
    """A verb's no as a problem, with what stands in the way as far as the asker may know."""
    more: Mapping[str, Any] = {}
    if refused.clashes:
        clashes = [msgspec.to_builtins(clash) for clash in refused.clashes]
        more = {"clashes": clashes, "alternatives": alternatives or []}
    fields = [_FIELDS.get(name, name) for name in refused.fields]
    return Problem(
        _CODES[refused.code], refused.sentence, field=fields[0] if fields else "", remedy=refused.remedy, **more
    )
