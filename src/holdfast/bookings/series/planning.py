"""What a series and each of its dates would become if an order were done. Decides; knows no other booking.

Rights, versions and contents are judged by the rules of a single booking: the master stands for its first occurrence.
What is said here besides is what only a series knows: which dates there are, and which follow.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

import msgspec

from holdfast.bookings import acceptance, candidates
from holdfast.bookings.candidates import Candidate
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.outcomes import Code, Refused
from holdfast.bookings.record import Record
from holdfast.bookings.series import exceptions, master
from holdfast.bookings.series.exceptions import Dropped, Why
from holdfast.bookings.series.master import Master
from holdfast.bookings.series.orders import All, BookSeries, CancelSeries, EditSeries, Policy, Scope
from holdfast.bookings.states import OVER, State
from holdfast.directory.roles import Actor, ActorKind
from holdfast.ports import ids
from holdfast.timetable import recurrence, zones
from holdfast.timetable.recurrence import OCCURRENCES_MAX, Fault, Pattern
from holdfast.timetable.when import YEAR_MAX, When

AHEAD = timedelta(days=731)
"""How far the dates of an endless series are rows; two years of a weekly one are 105."""

Dates = Mapping[date, Record]

_FAULTS = {
    Fault.INTERVAL: ("The interval must lie between 1 and 99.", "Choose a smaller interval."),
    Fault.NO_DAYS: ("No weekday was chosen.", "Choose one weekday at least."),
    Fault.DAYS: ("One of the weekdays is none.", "Choose among Monday to Sunday."),
    Fault.DAY_OF_MONTH: ("The day of the month must lie between 1 and 31.", "Choose another day."),
    Fault.MONTH: ("The month must lie between January and December.", "Choose another month."),
    Fault.PLACE: ("Only the first to fourth and the last of a weekday can be chosen.", "Choose one of them."),
    Fault.TWO_ENDS: ("The series has two ends, a number of dates and a last day.", "Choose one of them."),
    Fault.COUNT: ("The number of dates is less than none.", "Choose a number from 1 on."),
    Fault.ENDS_BEFORE_START: ("The series ends before it begins.", "Choose a later end."),
    Fault.NEVER: ("No date fits this pattern.", "Choose a later end or another pattern."),
    Fault.TOO_MANY: (
        f"A series that ends has at most {OCCURRENCES_MAX} dates.",
        "Let it end earlier, or never; a second series can follow it.",
    ),
    Fault.OVERLAPS_ITSELF: (
        "One date would not be over when the next begins.",
        "Make it shorter, or let dates be rarer.",
    ),
    Fault.OUT_OF_YEARS: ("Its dates lie outside the years that Outlook can keep.", f"Stay before {YEAR_MAX + 1}."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A series as it shall be. `dates` are the candidates of every date that changes, in the order of judging."""

    series: Master
    before: Master | None = None
    begun: Master | None = None
    dates: list[Candidate] = field(default_factory=list[Candidate])
    dropped: tuple[Dropped, ...] = ()
    cut: Mapping[str, str] = field(default_factory=dict[str, str])
    cause: str = ""

    @property
    def target(self) -> Master:
        """The series that the dates in scope belong to afterwards."""
        return self.begun or self.series


def book(actor: Actor, order: BookSeries, *, at: datetime) -> Plan | Refused:
    found = candidates.candidate(actor, order.first, {}, at=at)
    refused = found if isinstance(found, Refused) else _policy_refused(actor, order.policy)
    if refused is not None or isinstance(found, Refused):
        return refused or _nowhere()
    pattern = _pattern(order.pattern, found.after.when)
    if isinstance(pattern, Refused):
        return pattern
    first = msgspec.structs.replace(found.after, when=master.on_day(found.after.when, pattern.first))
    series = master.of_record(first, pattern=pattern, horizon=_horizon(pattern, first.when.zone, at=at))
    return Plan(
        series=series, dates=made(series, recurrence.dates(pattern, None, series.horizon), at=at), cut=found.cut
    )


def edit(actor: Actor, order: EditSeries, before: Master | None, dates: Dates, *, at: datetime) -> Plan | Refused:
    if before is None or before.is_over:
        return _nowhere() if before is None else _over()
    rest = _rest(before, order.scope)
    if isinstance(rest, Refused):
        return rest
    found = _after(actor, order, before, rest, at=at)
    if isinstance(found, Refused):
        return found
    after, cut = found
    if after is rest:
        return Plan(series=before, before=before)
    begins = rest is not before
    in_scope = {day: record for day, record in dates.items() if not begins or day >= rest.pattern.first}
    if begins:
        after = msgspec.structs.replace(after, id=order.begins, version=1, created_at=at)
    head = _head(before, rest, at=at) if begins else after
    staying = [record for day, record in dates.items() if day not in in_scope]
    refused = _passes_head(before, after, staying) if after.pattern != rest.pattern else None
    if refused is not None:
        return refused
    dropped = dropped_by(before, after, in_scope)
    return Plan(
        series=head,
        before=before,
        begun=after if begins else None,
        dates=_rehung(after, in_scope, dropped, at=at),
        dropped=dropped,
        cut=cut,
    )


def cancel(actor: Actor, order: CancelSeries, before: Master | None, dates: Dates, *, at: datetime) -> Plan | Refused:
    if before is None:
        return _nowhere()
    word = Cancel(booking_id=before.id, reason=order.reason, version=order.version)
    found = candidates.candidate(actor, word, {before.id: master.as_record(before)}, at=at)
    rest = _rest(before, order.scope)
    if isinstance(found, Refused):
        return found
    if isinstance(rest, Refused):
        return rest
    if before.is_over:
        return Plan(series=before, before=before)
    if rest is before:
        off = [_off(record, order.reason, at=at) for record in dates.values() if record.state not in OVER]
        return Plan(series=master.with_record(before, found.after), before=before, dates=off, cause=order.reason)
    gone = [_detached(record, at=at) for day, record in dates.items() if day >= rest.pattern.first]
    return Plan(series=_head(before, rest, at=at), before=before, dates=gone, cause=order.reason)


def dropped_by(before: Master, after: Master, dates: Dates) -> tuple[Dropped, ...]:
    """Which dates that say something of their own lose it by a change of the series; known before anything is saved."""
    places = {
        day: None if record.state in OVER else master.day_of(after, record.starts_at)
        for day, record in dates.items()
        if record.state in OVER or "when" in record.own
    }
    crossing = {each.day for each in exceptions.dropped(after.pattern, places) if each.why is Why.CROSSES}
    found = [
        Dropped(day, Why.CROSSES if day in crossing else Why.NO_DATE)
        for day, record in dates.items()
        if day in crossing or ((record.own or record.state in OVER) and not recurrence.has(after.pattern, day))
    ]
    return tuple(sorted(found, key=lambda each: each.day)) if after.pattern != before.pattern or crossing else ()


def made(series: Master, days: Iterable[date], *, at: datetime) -> list[Candidate]:
    """Candidates for dates that have no row yet."""
    fresh = (master.made(series, day, booking_id=ids.new(), at=at) for day in days)
    return [Candidate("made", "", None, record, {}, moves=True, claims=True) for record in fresh]


def left_out(plan: Plan, found: Candidate, *, at: datetime) -> Candidate:
    """A date whose time is taken: a new one is not part of the series; one that would move stays where it was.

    Where it was may be no place for it any more, between the neighbours that it has now: then it is off.
    """
    was, target, cause = found.before, plan.target, "its time was taken"
    over = msgspec.structs.replace(found.after, state=State.CANCELLED, cancelled_at=at)
    if was is None:
        return Candidate("made", cause, None, over, {}, moves=False, claims=False)
    if found.after.series_id == target.id and not _may_stay(plan, was):
        return _changed("cancelled", cause, was, over, at=at)
    stays = {"when": was.when, "starts_at": was.starts_at, "ends_at": was.ends_at, "resource_id": was.resource_id}
    after = msgspec.structs.replace(found.after, **stays, quantity=was.quantity, show_as=was.show_as)
    after = master.with_own(target, after) if after.series_id == target.id else after
    return Candidate(found.verb, cause, was, after, {}, moves=False, claims=False)


def _may_stay(plan: Plan, was: Record) -> bool:
    crossing = {each.day for each in plan.dropped if each.why is Why.CROSSES}
    if "when" in was.own:
        return was.original_day not in crossing
    return master.day_of(plan.target, was.starts_at) == was.original_day


def next_horizon(before: Master, *, at: datetime, most: int) -> date:
    """How far a series is rolled on: `most` more dates at once."""
    until = max(before.pattern.first, zones.wall(at, before.when.zone).date()) + AHEAD
    until = min(until, master.last_day(before.pattern) or until)
    days = list(islice(recurrence.dates(before.pattern, before.horizon + timedelta(days=1), until), most))
    return until if len(days) < most else days[-1]


def _after(
    actor: Actor, order: EditSeries, before: Master, rest: Master, *, at: datetime
) -> tuple[Master, Mapping[str, str]] | Refused:
    """The master of the dates in scope with the changes in it, and the texts that had to be cut."""
    changes = dict(order.changes)
    wish = changes.pop("pattern", rest.pattern)
    if not isinstance(wish, Pattern):
        return acceptance.invalid("pattern", "It is no pattern.", "Say how the dates follow each other.")
    if "pattern" in order.changes and "when" not in changes:
        changes["when"] = recurrence.occurrence(rest.when, wish.first)
    word = Edit(booking_id=before.id, changes=changes, version=order.version)
    found = candidates.candidate(actor, word, {before.id: master.as_record(rest)}, at=at)
    refused = found if isinstance(found, Refused) else _policy_refused(actor, order.policy)
    if refused is not None or isinstance(found, Refused):
        return refused or _nowhere()
    pattern = _pattern(wish, found.after.when, held=rest.pattern)
    if isinstance(pattern, Refused):
        return pattern
    after = master.with_record(rest, found.after)
    after = msgspec.structs.replace(after, pattern=pattern, when=master.on_day(after.when, pattern.first))
    horizon = rest.horizon
    if pattern != rest.pattern:
        horizon = _horizon(pattern, after.when.zone, at=at)
    if after == rest:
        return rest, found.cut
    after = msgspec.structs.replace(after, horizon=horizon, version=before.version + 1, updated_at=at)
    return after, found.cut


def _pattern(wish: Pattern, when: When, *, held: Pattern | None = None) -> Pattern | Refused:
    """The pattern as it is kept, or why it cannot be.

    The end of one that stays is judged no more: an endless series that is cut after years may have had more dates than
    a new one may have, and is not to be locked for that.
    """
    if wish.first != when.start.date():
        sentence = f"The pattern begins on {wish.first}, and the first date is on {when.start.date()}."
        return acceptance.invalid("pattern", sentence, "Let both begin on the same day.")
    judged = msgspec.structs.replace(wish, count=0, until=None) if wish == held else wish
    fault = recurrence.fault(judged, when)
    last = None if fault is not None else master.last_day(wish)
    if last is not None and last.year > YEAR_MAX:
        fault = Fault.OUT_OF_YEARS
    if fault is not None:
        sentence, remedy = _FAULTS[fault]
        return Refused(Code.INVALID, ("pattern",), sentence, remedy, name=fault.value)
    return recurrence.canonical(wish)


def _horizon(pattern: Pattern, zone: str, *, at: datetime) -> date:
    last = master.last_day(pattern)
    if last is not None:
        return last
    return max(pattern.first, zones.wall(at, zone).date()) + AHEAD


def _rest(before: Master, scope: Scope) -> Master | Refused:
    """The series from the first date in scope on; the series itself where that is all of it."""
    if isinstance(scope, All) or scope.day == before.pattern.first:
        return before
    if not recurrence.has(before.pattern, scope.day):
        sentence = f"{scope.day} is none of the dates of this series."
        return acceptance.invalid("scope", sentence, "Choose one of its dates by its original day.")
    pattern = recurrence.canonical(recurrence.beginning_at(before.pattern, scope.day))
    return msgspec.structs.replace(before, pattern=pattern, when=master.on_day(before.when, scope.day))


def _head(before: Master, rest: Master, *, at: datetime) -> Master:
    """What stays of a series that was cut."""
    pattern = recurrence.ending_before(before.pattern, rest.pattern.first)
    assert pattern is not None, "a series cut at its first date is changed as a whole"
    horizon = min(before.horizon, pattern.until or before.horizon)
    return msgspec.structs.replace(
        before, pattern=recurrence.canonical(pattern), horizon=horizon, version=before.version + 1, updated_at=at
    )


def _passes_head(before: Master, after: Master, staying: Iterable[Record]) -> Refused | None:
    """A rest that would begin on or before a day that the series keeps."""
    days = [master.day_of(before, record.starts_at) for record in staying if record.state not in OVER]
    if not days or after.pattern.first > max(days):
        return None
    sentence = f"The dates from {after.pattern.first} on would begin before others of the series are over."
    return Refused(
        Code.INVALID,
        ("when",),
        sentence,
        f"Choose a day after {max(days)}.",
        name=Why.CROSSES.value,
        dates=(max(days),),
    )


def _rehung(after: Master, dates: Dates, dropped: tuple[Dropped, ...], *, at: datetime) -> list[Candidate]:
    """Every date in scope under its new master: those that leave, those that stay, those that come."""
    crossing = {each.day for each in dropped if each.why is Why.CROSSES}
    wanted = set(recurrence.dates(after.pattern, None, after.horizon))
    leave: list[Candidate] = []
    stay: list[Candidate] = []
    for day, record in sorted(dates.items()):
        if day not in wanted:
            leave.append(_detached(record, at=at))
            continue
        loses = msgspec.structs.replace(record, own=tuple(name for name in record.own if name != "when"))
        held = loses if day in crossing else record
        follows = _tied(after, held) if record.state in OVER else master.following(after, held)
        stay.append(_changed("edited", "", record, follows, at=at))
    found = [*leave, *_stepping_aside(stay), *made(after, sorted(wanted - dates.keys()), at=at)]
    return [each for each in found if each.after != each.before]


def _stepping_aside(dates: list[Candidate]) -> list[Candidate]:
    """Who moves later goes from the last on, who moves sooner from the first on: none waits for one behind it."""
    later = [each for each in dates if each.before is not None and each.after.starts_at > each.before.starts_at]
    others = [each for each in dates if each.before is None or each.after.starts_at <= each.before.starts_at]
    return [*sorted(later, key=lambda each: each.after.starts_at, reverse=True), *others]


def _tied(after: Master, record: Record) -> Record:
    return msgspec.structs.replace(record, series_id=after.id)


def _detached(record: Record, *, at: datetime) -> Candidate:
    """A date that its series has no longer: off where it was still to come, a booking by itself where it is over."""
    changes = {"series_id": None, "original_day": None, "own": ()}
    if record.state not in OVER and not _is_past(record, at):
        changes |= {"state": State.CANCELLED, "cancelled_at": at}
        return _changed(
            "cancelled", "its series has it no longer", record, msgspec.structs.replace(record, **changes), at=at
        )
    return _changed("edited", "its series has it no longer", record, msgspec.structs.replace(record, **changes), at=at)


def _off(record: Record, reason: str, *, at: datetime) -> Candidate:
    """A date of a series that is off as a whole. What is over happened: it goes on as a booking by itself."""
    if _is_past(record, at):
        return _detached(record, at=at)
    after = msgspec.structs.replace(record, state=State.CANCELLED, cancelled_at=at)
    return _changed("cancelled", reason, record, after, at=at)


def _changed(verb: str, cause: str, before: Record, after: Record, *, at: datetime) -> Candidate:
    named = {name: getattr(after, name) for name in Record.__struct_fields__}
    return candidates.changed(verb, cause, before, named, at=at)


def _is_past(record: Record, at: datetime) -> bool:
    return record.ends_at <= at


def _policy_refused(actor: Actor, policy: Policy) -> Refused | None:
    if policy is not Policy.KEEP or actor.kind in {ActorKind.OUTLOOK, ActorKind.SYSTEM}:
        return None
    sentence = "A booking made here cannot take time that is taken."
    return Refused(Code.NOT_ALLOWED, ("policy",), sentence, "Leave the taken dates out, or choose others.")


def _nowhere() -> Refused:
    return Refused(Code.NOT_FOUND, ("series_id",), "There is no such series here.", "Look it up again.")


def _over() -> Refused:
    return Refused(Code.OVER, (), "The series is over.", "Make a new one.")
