"""What one person may see of another's booking. Decides; reads nothing.

Everything but `normal` is masked: the time stays, the content goes.
"""

import msgspec

from holdfast.bookings.record import Record
from holdfast.directory.roles import Actor, Permission
from holdfast.reconcile.snapshot import Sensitivity

PRIVATE_TITLE = "Private"


def may_read(actor: Actor, record: Record) -> bool:
    if record.sensitivity is Sensitivity.NORMAL or actor.may(Permission.VIEW_PRIVATE):
        return True
    return record.owner_id is not None and record.owner_id == actor.person_id


def masked(actor: Actor, record: Record) -> Record:
    """The booking as this actor may see it."""
    if may_read(actor, record):
        return record
    return msgspec.structs.replace(
        record,
        title=PRIVATE_TITLE,
        note="",
        place="",
        people=(),
        owner_id=None,
        organiser_name="",
        organiser_address="",
        own=(),
    )
