"""Calendars and their mailboxes as plain facts, read without a lease: for looking, comparing and telling.

Decides nothing. What a worker does under a lease starts from `lease.take`, which reads the same facts.
"""

from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from holdfast.database.transactions import in_workspace
from holdfast.mirror.lease import CalendarFacts, MailboxFacts

_FACTS = """
SELECT to_jsonb(b)::text, (to_jsonb(c) || jsonb_build_object(
    'connection', to_jsonb(k) - 'sealed_secret', 'has_unsettled', false,
    'mappings', (SELECT coalesce(jsonb_agg(to_jsonb(m) || jsonb_build_object('zone', r.zone)
                                           ORDER BY m.created_at, m.id), '[]')
                   FROM mirror_mapping m JOIN directory_resource r ON r.id = m.resource_id
                  WHERE m.calendar_id = c.id AND m.state = ANY(%(states)s))))::text
FROM mirror_calendar c
JOIN mirror_connection k ON k.id = c.connection_id
JOIN mirror_mailbox b ON b.id = c.mailbox_id
WHERE EXISTS (SELECT FROM mirror_mapping m WHERE m.calendar_id = c.id AND m.state = ANY(%(states)s)
              AND (%(mapping)s::uuid IS NULL OR m.id = %(mapping)s)
              AND (%(resource)s::uuid IS NULL OR m.resource_id = %(resource)s))
ORDER BY b.address, c.id
"""
ACTIVE = ("working", "paused")
_mailbox = msgspec.json.Decoder(MailboxFacts)
_calendar = msgspec.json.Decoder(CalendarFacts)

Standing = tuple[MailboxFacts, CalendarFacts]


def calendars(
    workspace_id: UUID, mapping_id: UUID | None = None, *, states: tuple[str, ...] = ACTIVE
) -> list[Standing]:
    """The calendars of one mapping, or of all of the workspace."""
    with in_workspace(workspace_id):
        return _read({"mapping": mapping_id, "resource": None, "states": list(states)})


def calendars_of(workspace_id: UUID, resource_id: UUID) -> list[Standing]:
    """The calendars a resource is tied to."""
    with in_workspace(workspace_id):
        return _read({"mapping": None, "resource": resource_id, "states": ["working"]})


def _read(parameters: dict[str, Any]) -> list[Standing]:
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, parameters)
        return [(_mailbox.decode(mailbox), _calendar.decode(calendar)) for mailbox, calendar in cursor.fetchall()]
