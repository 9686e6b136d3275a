"""What stands in a mailbox's own calendar in a span, and which status wins where several overlap.

Only the default calendar counts (FACTS 6). One that nobody has opened yet is empty, and looking does not make it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sim365.calendars.series import Instance, instances
from sim365.state import Mailbox

DIGITS = {"free": "0", "tentative": "1", "busy": "2", "oof": "3", "workingElsewhere": "4"}
"""How `availabilityView` writes a status."""
_RANK = {"free": 0, "unknown": 0, "workingElsewhere": 1, "tentative": 2, "busy": 3, "oof": 4}
"""Which status wins where several overlap; the place of workingElsewhere is unverified (K)."""


def occupied(mailbox: Mailbox, start: datetime, end: datetime) -> list[Instance]:
    """The entries that intersect the span, by start."""
    calendar = mailbox.calendars.get(mailbox.default_calendar)
    if calendar is None:
        return []
    found = [Instance(event, event.start, event.end) for event in calendar.singles_between(start, end)]
    for serial in calendar.masters:
        found.extend(instances(calendar.events[serial], start, end))
    found.sort(key=lambda shown: (shown.start, shown.event.serial))
    return found


def strongest(statuses: Iterable[str]) -> str:
    """The status that wins; free where there is none."""
    return max(statuses, key=lambda status: _RANK[status], default="free")


def view(entries: list[Instance], start: datetime, *, slots: int, interval: timedelta) -> str:
    """`availabilityView`: one digit per interval, the strongest status that touches it."""
    ranks = ["free"] * slots
    for entry in entries:
        status = entry.event.show_as
        if _RANK[status] == 0 or entry.end <= entry.start:
            continue
        first = max(0, (entry.start - start) // interval)
        last = min(slots - 1, -((start - entry.end) // interval) - 1)
        for slot in range(first, last + 1):
            if _RANK[status] > _RANK[ranks[slot]]:
                ranks[slot] = status
    return "".join(DIGITS[status] for status in ranks)


def merged(views: Iterable[str]) -> str:
    """The view of a group: in each interval the strongest of its members."""
    names = {digit: status for status, digit in DIGITS.items()}
    return "".join(DIGITS[strongest(names[digit] for digit in column)] for column in zip(*views, strict=True))
