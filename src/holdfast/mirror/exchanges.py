"""The middle of a booking's story: what was sent to Microsoft, and what was answered.

Decides what of a write is kept: kind, fields, times, outcome, Microsoft's request id. Never a title or a body.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from holdfast.mirror.desk import Desk
from holdfast.mirror.errands import Read, Reply, Write
from holdfast.mirror.links import Row
from holdfast.mirror.models import Exchange
from holdfast.ports import clock

CONFIRMED = "confirmed"
UNANSWERED = "unanswered"
REFUSED = "refused"
_DETAIL_CHARS_MAX = 500


def note(desk: Desk, rows: Mapping[UUID, Row], replies: Sequence[Reply]) -> None:
    """One row for each write that was sent."""
    written = [_exchange(desk, rows.get(reply.errand.link_id), reply) for reply in replies if _is_write(reply)]
    if written:
        Exchange.objects.bulk_create(written)


def _is_write(reply: Reply) -> bool:
    match reply.errand:
        case Write():
            return True
        case Read(decline=offer):
            return offer is not None and reply.event is None
        case _:
            return False


def _exchange(desk: Desk, row: Row | None, reply: Reply) -> Exchange:
    errand = reply.errand
    assert isinstance(errand, (Write, Read))
    offer = errand.offer if isinstance(errand, Write) else errand.decline
    assert offer is not None
    detail = str(reply.error) if reply.error is not None else reply.request_id
    return Exchange(
        workspace_id=desk.workspace_id,
        link_id=errand.link_id,
        booking_id=None if row is None else row.booking_id,
        number=offer.number,
        kind=offer.kind.value,
        fields=",".join(offer.fields),
        sent_at=reply.sent_at,
        answered_at=clock.now(),
        outcome=_outcome(reply),
        detail=detail[:_DETAIL_CHARS_MAX],
    )


def _outcome(reply: Reply) -> str:
    if reply.error is None:
        return CONFIRMED
    return UNANSWERED if reply.error.may_have_landed else REFUSED
