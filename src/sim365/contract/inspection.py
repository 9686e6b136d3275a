"""Whether a mailbox may be used at all: not if its calendar has anything ahead that the suite did not make."""

from __future__ import annotations

from datetime import datetime, timedelta

from sim365.contract.errors import RefusedError
from sim365.contract.marks import query, run_in, user
from sim365.contract.wire import Wire

VIEW_DAYS = 1825
"""The longest window that a calendarView takes (FACTS 3.7)."""


def inspect(wire: Wire, mailboxes: tuple[str, ...], now: datetime) -> None:
    """Refuse the first mailbox that somebody uses."""
    for mailbox in mailboxes:
        _inspect_one(wire, mailbox, now)


def _inspect_one(wire: Wire, mailbox: str, now: datetime) -> None:
    end = now + timedelta(days=VIEW_DAYS)
    near = query(startDateTime=_stamp(now), endDateTime=_stamp(end), _select="subject,start,isAllDay", _top=5)
    far = query(_filter=f"start/dateTime ge '{_stamp(end - timedelta(days=1))}'", _select="subject,start", _top=5)
    for path in (f"calendarView{near}", f"events{far}"):
        reply = wire.send("GET", f"{user(mailbox)}/{path}")
        if reply.status != 200:
            message = (
                f"The calendar of {mailbox} cannot be read: {reply}. "
                "Check the address, and that the application may read and write this mailbox's calendar."
            )
            raise RefusedError(message)
        for event in reply.items:
            start = event.get("start")
            day = str(start.get("dateTime", ""))[:10] if isinstance(start, dict) else "?"  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
            raise RefusedError(_sentence(mailbox, day, run_in(event.get("subject"))))


def _sentence(mailbox: str, day: str, run: str | None) -> str:
    if run is not None:
        return (
            f"{mailbox} holds an event on {day} that carries the mark of run {run}, whose file is not here. "
            f"Remove what it left: sim365 contract-clean --run {run} (with the same options). Nothing was written."
        )
    return (
        f"{mailbox} has an event on {day} that this suite did not make, so it is not a test mailbox. "
        "Name mailboxes that exist for tests only, or empty this calendar yourself. Nothing was written."
    )


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
