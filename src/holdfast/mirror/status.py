"""How each mapping stands, in the words people use: in step, on its way, waiting for Outlook, asks you.

This module decides when "in step" may be said: nothing unsettled, nothing rung and unheard, the last reading complete
and not older than promised (I30). It reads and never asks Microsoft.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import connection

from holdfast.database.transactions import in_workspace
from holdfast.directory.roles import Actor, Permission
from holdfast.mirror import push, standing
from holdfast.mirror.lease import CalendarFacts, MailboxFacts, MappingFacts
from holdfast.mirror.models import MailboxState, MappingState
from holdfast.ports import clock


class Stand(StrEnum):
    IN_STEP = "in_step"
    ON_ITS_WAY = "on_its_way"
    WAITING = "waiting_for_outlook"
    ASKS = "asks_you"
    PAUSED = "paused"
    PLANNED = "planned"


WORDS = {
    Stand.IN_STEP: "In step.",
    Stand.ON_ITS_WAY: "On its way.",
    Stand.WAITING: "Waiting for Outlook.",
    Stand.ASKS: "Asks you.",
    Stand.PAUSED: "Paused by you; nothing flows.",
    Stand.PLANNED: "Planned; nothing flows before it is started.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One mapping. `lag` is how long the oldest unsettled change has waited, `age` how old the last reading is."""

    mapping_id: UUID
    resource_id: UUID
    address: str
    calendar: str
    stand: Stand
    words: str
    links: int
    unsettled: int
    parked: int
    quarantined: int
    lag: timedelta | None
    observed_at: datetime | None
    age: timedelta | None
    is_push_healthy: bool
    mailbox_state: str
    brake_since: datetime | None


_COUNTS = (
    "SELECT mapping_id, count(*) FILTER (WHERE closed_at IS NULL), "
    "count(*) FILTER (WHERE is_unsettled AND (parked = '' OR due_at IS NULL)), "
    "count(*) FILTER (WHERE parked NOT IN ('', 'paused') AND closed_at IS NULL), "
    "min(changed_at) FILTER (WHERE is_unsettled) FROM mirror_link GROUP BY mapping_id"
)
_QUARANTINED = "SELECT calendar_id, count(*) FROM mirror_quarantine GROUP BY calendar_id"


def statuses(actor: Actor) -> list[Status]:
    """Every mapping of the workspace."""
    actor.require(Permission.VIEW)
    found = standing.calendars(actor.workspace_id, states=(MappingState.PLANNED.value, *standing.ACTIVE))
    with in_workspace(actor.workspace_id), connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        counts = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(_QUARANTINED)
        quarantined = dict(cursor.fetchall())
    return [
        _status(mailbox, calendar, mapping, counts.get(mapping.id, (0, 0, 0, None)), quarantined.get(calendar.id, 0))
        for mailbox, calendar in found
        for mapping in calendar.mappings
    ]


def _status(
    mailbox: MailboxFacts,
    calendar: CalendarFacts,
    mapping: MappingFacts,
    counts: tuple[int, int, int, datetime | None],
    quarantined: int,
) -> Status:
    now = clock.now()
    linked, unsettled, parked, oldest = counts
    is_healthy = push.is_healthy(mailbox, now=now)
    stand = _stand(mailbox, calendar, mapping, (unsettled, parked), now)
    return Status(
        mapping_id=mapping.id,
        resource_id=mapping.resource_id,
        address=mailbox.address,
        calendar=calendar.name,
        stand=stand,
        words=mailbox.words or WORDS[stand],
        links=linked,
        unsettled=unsettled,
        parked=parked,
        quarantined=quarantined,
        lag=None if oldest is None else now - oldest,
        observed_at=calendar.observed_at,
        age=None if calendar.observed_at is None else now - calendar.observed_at,
        is_push_healthy=is_healthy,
        mailbox_state=mailbox.state,
        brake_since=mapping.brake_since,
    )


def _stand(
    mailbox: MailboxFacts, calendar: CalendarFacts, mapping: MappingFacts, counts: tuple[int, int], now: datetime
) -> Stand:
    unsettled, parked = counts
    if mapping.state == MappingState.PLANNED:
        return Stand.PLANNED
    if mapping.state == MappingState.PAUSED:
        return Stand.PAUSED
    if mailbox.state in (MailboxState.SIGNED_OUT, MailboxState.STOPPED, MailboxState.NO_ACCESS, MailboxState.UNUSABLE):
        return Stand.ASKS
    if mailbox.state != MailboxState.WORKING or _is_unknown(mailbox, calendar, now):
        return Stand.WAITING
    if unsettled or mailbox.rung_count > mailbox.heard_count or calendar.is_round_open:
        return Stand.ON_ITS_WAY
    return Stand.ASKS if parked or mapping.brake_since is not None else Stand.IN_STEP


def _is_unknown(mailbox: MailboxFacts, calendar: CalendarFacts, now: datetime) -> bool:
    if calendar.observed_at is None:
        return True
    promised = push.SAFETY_POLL if push.is_healthy(mailbox, now=now) else push.POLL
    return now - calendar.observed_at > 2 * promised
