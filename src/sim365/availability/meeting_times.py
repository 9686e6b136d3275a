"""`findMeetingTimes`: slots in which enough of those invited are free, best first (FACTS 6).

A person who is free counts 100, one whose availability is unknown 49, one who is busy 0; the confidence of a slot is
the mean. The organiser must be free unless declared optional, and a required place must be free too. Everything here is
decided from a `Wanted`; reading the request is the route's affair.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from sim365.availability.occupied import occupied, strongest
from sim365.sharing.access import access_to
from sim365.sharing.sight import Sight
from sim365.state import Mailbox, PlaceKind, Tenant
from sim365.zones import at_wall, zone

STEP = timedelta(minutes=30)
CANDIDATES_MAX = 3000
"""About two months of half hours; later ones are not looked at."""
ROOMS_SUGGESTED_MAX = 5
"""How many free rooms one suggestion names; unverified: behaviour `meeting-times-rooms-suggested`."""
CHANCE = {"free": 100.0, "workingElsewhere": 100.0, "unknown": 49.0}
CERTAIN = 100.0
WEEKEND = ("saturday", "sunday")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Invited:
    """One attendee of the request."""

    address: str
    name: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Spot:
    """One location that the request names."""

    name: str
    address: str = ""
    must_be_free: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked, checked."""

    organizer: Mailbox
    invited: tuple[Invited, ...]
    slots: tuple[tuple[datetime, datetime], ...]
    length: timedelta
    domain: str
    candidates: int
    is_organizer_optional: bool
    least: float
    spots: tuple[Spot, ...]
    needs_place: bool
    suggests_place: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One slot that would do."""

    start: datetime
    end: datetime
    confidence: float
    organizer: str
    attendees: tuple[tuple[Invited, str], ...]
    spots: tuple[Spot, ...]

    @property
    def reason(self) -> str:
        """`suggestionReason`."""
        statuses = [status for _, status in self.attendees]
        if all(status in {"free", "workingElsewhere"} for status in statuses):
            return "Suggested because it is one of the nearest times when all attendees are available."
        free = sum(status in {"free", "workingElsewhere"} for status in statuses)
        return (
            f"Suggested because it is one of the nearest times when {free} of {len(statuses)} attendees are available."
        )


@dataclass(frozen=True, slots=True)
class Found:
    """The suggestions, or why there are none."""

    suggestions: tuple[Suggestion, ...]
    empty_reason: str = ""


def find(tenant: Tenant, wanted: Wanted) -> Found:
    """The best slots: by confidence, then by time."""
    good: list[Suggestion] = []
    refused: list[str] = []
    for start in _candidates(wanted):
        suggestion, reason = _judge(tenant, wanted, start)
        if suggestion is not None:
            good.append(suggestion)
            if sum(each.confidence >= CERTAIN for each in good) >= wanted.candidates:
                break  # nothing later can be better
        else:
            refused.append(reason)
    if not good:
        return Found((), _why(refused))
    good.sort(key=lambda each: (-each.confidence, each.start))
    return Found(tuple(good[: wanted.candidates]))


def _judge(tenant: Tenant, wanted: Wanted, start: datetime) -> tuple[Suggestion | None, str]:
    end = start + wanted.length
    organizer = _status(wanted.organizer, start, end)
    if organizer not in {"free", "workingElsewhere"} and not wanted.is_organizer_optional:
        return None, "organizerUnavailable"
    people = tuple((each, _known(tenant, wanted, each.address, start)) for each in wanted.invited)
    counted = [CHANCE.get(status, 0.0) for each, status in people if each.kind != "resource"] or [100.0]
    confidence = sum(counted) / len(counted)
    if confidence < wanted.least:
        unknown = any(status == "unknown" for _, status in people)
        return None, "attendeesUnavailableOrUnknown" if unknown else "attendeesUnavailable"
    spots = _spots(tenant, wanted, start)
    if wanted.needs_place and not spots:
        return None, "locationsUnavailable"
    return Suggestion(start, end, confidence, organizer, people, spots), ""


def _why(refused: list[str]) -> str:
    """The reason that kept most slots back; where there was no slot at all it is not known."""
    return max(sorted(set(refused)), key=refused.count) if refused else "unknown"


def _known(tenant: Tenant, wanted: Wanted, address: str, start: datetime) -> str:
    """What the organiser can know of somebody: nothing of those outside, or who show nobody when they are free."""
    mailbox = tenant.find(address)
    if mailbox is None or not mailbox.has_mailbox:
        return "unknown"
    calendar = mailbox.calendars.get(mailbox.default_calendar)
    if access_to(calendar, mailbox, wanted.organizer.oid).sight is Sight.NOTHING:
        return "unknown"
    return _status(mailbox, start, start + wanted.length)


def _status(mailbox: Mailbox, start: datetime, end: datetime) -> str:
    return strongest(each.event.show_as for each in occupied(mailbox, start, end) if each.end > start)


def _spots(tenant: Tenant, wanted: Wanted, start: datetime) -> tuple[Spot, ...]:
    """The places of a suggestion: those named, unless they are taken; rooms that are free where some are asked for."""
    named = tuple(spot for spot in wanted.spots if not spot.must_be_free or _is_free(tenant, wanted, spot, start))
    if wanted.spots or not (wanted.suggests_place or wanted.needs_place):
        return named
    return tuple(_free_rooms(tenant, wanted, start))


def _is_free(tenant: Tenant, wanted: Wanted, spot: Spot, start: datetime) -> bool:
    return _known(tenant, wanted, spot.address, start) == "free"


def _free_rooms(tenant: Tenant, wanted: Wanted, start: datetime) -> Iterator[Spot]:
    seats = 1 + sum(each.kind != "resource" for each in wanted.invited)
    found = 0
    for mailbox in tenant.mailboxes.values():
        place = mailbox.place
        if place is None or place.kind is not PlaceKind.ROOM or mailbox.is_hidden or (place.capacity or 0) < seats:
            continue
        if _known(tenant, wanted, mailbox.address, start) == "free":
            yield Spot(mailbox.display_name, mailbox.address, must_be_free=True)
            found += 1
            if found == ROOMS_SUGGESTED_MAX:
                return


def _candidates(wanted: Wanted) -> Iterator[datetime]:
    """Where a meeting could begin: at the beginning of each slot and every half hour after it, at suitable hours."""
    looked_at = 0
    seen: set[datetime] = set()
    for start, end in wanted.slots:
        for begins, ends in _suitable(wanted, start, end):
            moment = begins
            while moment + wanted.length <= ends and looked_at < CANDIDATES_MAX:
                looked_at += 1
                if moment not in seen:
                    seen.add(moment)
                    yield moment
                moment = _next_step(moment)


def _next_step(moment: datetime) -> datetime:
    """The next full or half hour."""
    past = timedelta(minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond)
    return moment - past + STEP


def _suitable(wanted: Wanted, start: datetime, end: datetime) -> Iterable[tuple[datetime, datetime]]:
    """The parts of a slot in the hours that the activity allows."""
    if wanted.domain == "unrestricted":
        return [(start, end)]
    organizer = wanted.organizer
    where = zone(organizer.hours_zone or organizer.time_zone)
    days = set(organizer.working_days) | (set(WEEKEND) if wanted.domain == "personal" else set[str]())
    return _joined(_of_each_day(organizer, where, days, start, end))


def _of_each_day(
    organizer: Mailbox, where: tzinfo, days: set[str], start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    opens, closes = (time.fromisoformat(each) for each in organizer.working_hours)
    first, last = start.astimezone(where).date(), end.astimezone(where).date()
    for ordinal in range(first.toordinal(), min(last.toordinal(), first.toordinal() + CANDIDATES_MAX) + 1):
        day = date.fromordinal(ordinal)
        if _DAYS[day.weekday()] not in days:
            continue
        begins = max(start, at_wall(datetime.combine(day, opens), where))
        ends = min(end, at_wall(datetime.combine(day, closes), where))
        if begins < ends:
            yield begins.astimezone(start.tzinfo), ends.astimezone(start.tzinfo)


def _joined(parts: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Parts that touch are one, as working hours round the clock."""
    found = list(parts)
    if all(one[1] < other[0] for one, other in pairwise(found)):
        return found
    joined: list[tuple[datetime, datetime]] = []
    for part in found:
        if joined and part[0] <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], part[1]))
        else:
            joined.append(part)
    return joined
