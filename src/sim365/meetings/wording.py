"""What the attendant writes to the organiser, in our own words (FACTS 9: EnableResponseDetails, OrganizerInfo,
AdditionalResponse).

Pure: reasons in, text out. Times are told in the room's own zone.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from sim365.meetings.conflicts import Conflict
from sim365.meetings.policy import (
    FromOutside,
    NotAllowed,
    NotBookable,
    OutsideWorkHours,
    Reason,
    Recurring,
    Taken,
    TooFarAhead,
    TooLong,
    TooManyPeople,
    TooShort,
)
from sim365.state import CalendarProcessing, Mailbox
from sim365.zones import zone

CONFLICTS_TOLD_MAX = 50


def accepted_text(processing: CalendarProcessing, mailbox: Mailbox, refused: Iterable[Conflict]) -> str:
    """Of an acceptance."""
    lines = ["Your request was accepted."]
    told = tuple(refused)
    if told and processing.enable_response_details:
        lines.append("These dates are declined, because the resource is taken:")
        lines += _conflict_lines(mailbox, processing, told)
    return _signed(lines, processing)


def declined_text(mailbox: Mailbox, processing: CalendarProcessing, reasons: Iterable[Reason]) -> str:
    """Of a refusal."""
    lines = ["Your request was declined."]
    if processing.enable_response_details:
        for reason in reasons:
            lines += _because(mailbox, processing, reason)
    return _signed(lines, processing)


def pending_text(mailbox: Mailbox, processing: CalendarProcessing, reasons: Iterable[Reason]) -> str:
    """Of a request that waits for a delegate."""
    lines = ["Your request was received and waits for approval."]
    if processing.enable_response_details:
        for reason in reasons:
            lines += _because(mailbox, processing, reason)
    return _signed(lines, processing)


def released_text(minutes: int) -> str:
    """Of a reservation that nobody claimed."""
    return f"The reservation was released, because nobody checked in within {minutes} minutes of its start."


def _signed(lines: list[str], processing: CalendarProcessing) -> str:
    if processing.add_additional_response and processing.additional_response:
        lines = [*lines, processing.additional_response]
    return "\n".join(lines)


def _because(mailbox: Mailbox, processing: CalendarProcessing, reason: Reason) -> list[str]:  # noqa: C901, PLR0911  one case per reason
    match reason:
        case FromOutside():
            return ["The resource does not take requests from outside the organisation."]
        case NotBookable():
            return ["The resource cannot be booked."]
        case Recurring():
            return ["The resource does not take recurring meetings."]
        case TooLong(minutes):
            return [f"The longest reservation is {minutes} minutes."]
        case TooShort(minutes):
            return [f"The shortest reservation is {minutes} minutes."]
        case TooFarAhead(days, last):
            return [f"The resource can be reserved {days} days ahead, until {last.isoformat()}."]
        case OutsideWorkHours((opens, closes)):
            return [f"The resource can be reserved from {opens[:5]} to {closes[:5]} on its working days."]
        case NotAllowed():
            return ["You are not permitted to reserve the resource."]
        case TooManyPeople(capacity):
            return [f"The workspace has {capacity} seats, and not enough of them are free."]
        case Taken(conflicts):
            return ["The resource is taken:", *_conflict_lines(mailbox, processing, conflicts)]
        case _:
            assert_never(reason)


def _conflict_lines(mailbox: Mailbox, processing: CalendarProcessing, conflicts: Iterable[Conflict]) -> list[str]:
    lines: list[str] = []
    for conflict in tuple(conflicts)[:CONFLICTS_TOLD_MAX]:
        organizer = conflict.other.organizer
        name = mailbox.display_name if organizer is None else organizer.name
        by = f" by {name}" if processing.organizer_info else ""
        lines.append(f"- {_told(mailbox, conflict.slot.start)} to {_told(mailbox, conflict.slot.end)}{by}")
    return lines


def _told(mailbox: Mailbox, moment: datetime) -> str:
    return moment.astimezone(zone(mailbox.time_zone)).strftime("%Y-%m-%d %H:%M")
