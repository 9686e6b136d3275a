"""Events that cannot be understood: each stands alone, named, and the rest of its calendar goes on (Z-K08)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from holdfast.mirror.desk import Desk

WHY_CHARS_MAX = 500
_NOTE = (
    "INSERT INTO mirror_quarantine (workspace_id, calendar_id, event_id, why, at) VALUES (%s, %s, %s, %s, %s) "
    "ON CONFLICT (calendar_id, event_id) DO UPDATE SET why = excluded.why, at = excluded.at"
)
_FORGET = "DELETE FROM mirror_quarantine WHERE calendar_id = %s AND event_id = ANY(%s)"


def forget(desk: Desk, event_ids: Sequence[str]) -> None:
    """These came again or went: what is still wrong with them is noted anew by whoever reads them."""
    if event_ids:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [desk.calendar.id, list(event_ids)])


def note(desk: Desk, event_id: str, why: str, now: datetime) -> None:
    """Say which event, and what is wrong with it; never its contents."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [desk.workspace_id, desk.calendar.id, event_id, why[:WHY_CHARS_MAX], now])
