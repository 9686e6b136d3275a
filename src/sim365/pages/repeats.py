"""Between the repeat fields of a form and Graph's recurrence, both ways, and a recurrence in words.

Decides which patterns the form can say; what a mailbox allows is decided by the calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

EVERY_MAX = 99
TIMES_MAX = 999
MONTH_DAYS_MAX = 31

WEEKDAYS = {
    "monday": "Monday",
    "tuesday": "Tuesday",
    "wednesday": "Wednesday",
    "thursday": "Thursday",
    "friday": "Friday",
    "saturday": "Saturday",
    "sunday": "Sunday",
}
DAY_SETS = {"day": tuple(WEEKDAYS), "weekday": tuple(WEEKDAYS)[:5], "weekend": tuple(WEEKDAYS)[5:]}
DAY_NAMES = {**WEEKDAYS, "day": "day", "weekday": "working day", "weekend": "day of the weekend"}
KINDS = {
    "": "Does not repeat",
    "daily": "Every day",
    "weekly": "Every week",
    "monthly": "Every month",
    "yearly": "Every year",
}
UNITS = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}
INDEXES = {"first": "first", "second": "second", "third": "third", "fourth": "fourth", "last": "last"}
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repeat:
    """The repeat fields."""

    kind: str = ""
    every: int = 1
    days: tuple[str, ...] = ()
    """Of a weekly series."""
    by: str = "date"
    """Of a monthly or yearly one: on a date, or on a weekday such as the first Monday."""
    month_day: int = 1
    month: int = 1
    index: str = "first"
    weekday: str = "monday"
    ends: str = "never"
    until: str = ""
    times: int = 10

    def words(self) -> str:
        """The pattern in a sentence."""
        if not self.kind:
            return KINDS[""]
        unit = UNITS[self.kind]
        parts = [f"Every {unit}" if self.every == 1 else f"Every {self.every} {unit}s"]
        if self.kind == "weekly":
            parts.append("on " + ", ".join(WEEKDAYS[day] for day in self.days))
        elif self.kind in {"monthly", "yearly"}:
            on = f"on day {self.month_day}" if self.by == "date" else f"on the {self.index} {DAY_NAMES[self.weekday]}"
            parts.append(f"{on} of {MONTHS[self.month - 1]}" if self.kind == "yearly" else on)
        ends = {"date": f"until {self.until}", "count": f"{self.times} times"}.get(self.ends, "without end")
        return f"{' '.join(parts)}, {ends}."


def usual_for(day: date) -> Repeat:
    """What is offered for an entry that does not repeat yet: its own weekday, date and month."""
    names = tuple(WEEKDAYS)
    number = (day.day - 1) // 7
    return Repeat(
        days=(names[day.weekday()],),
        month_day=day.day,
        month=day.month,
        index=tuple(INDEXES)[min(number, 4)],
        weekday=names[day.weekday()],
    )


def repeat_of(recurrence: Mapping[str, Any] | None, day: date) -> Repeat:
    """The fields for a recurrence as Graph shows it."""
    usual = usual_for(day)
    if recurrence is None:
        return usual
    pattern, span = recurrence["pattern"], recurrence["range"]
    kind: str = pattern["type"]
    days = tuple(pattern.get("daysOfWeek") or ())
    short = {
        "absoluteMonthly": "monthly",
        "relativeMonthly": "monthly",
        "absoluteYearly": "yearly",
        "relativeYearly": "yearly",
    }.get(kind, kind)
    return Repeat(
        kind=short,
        every=pattern["interval"],
        days=days if kind == "weekly" else usual.days,
        by="weekday" if kind.startswith("relative") else "date",
        month_day=pattern.get("dayOfMonth") or usual.month_day,
        month=pattern.get("month") or usual.month,
        index=pattern.get("index") or usual.index if kind.startswith("relative") else usual.index,
        weekday=_set_named(days) if kind.startswith("relative") else usual.weekday,
        ends={"endDate": "date", "numbered": "count"}.get(span["type"], "never"),
        until=span["endDate"] if span["type"] == "endDate" else "",
        times=span.get("numberOfOccurrences") or 10,
    )


def repeat_in(form: MultiDict[str, str], day: date, problems: dict[str, str]) -> Repeat:
    """The fields as they were sent; what is wrong goes into `problems`."""
    usual = usual_for(day)
    kind = form.get("repeat", "")
    if kind not in KINDS:
        problems["repeat"] = "Choose how it repeats from the list."
        kind = ""
    if not kind:
        return usual
    read = Repeat(
        kind=kind,
        every=_number(form, "every", EVERY_MAX, problems),
        days=tuple(name for name in WEEKDAYS if name in form.getlist("on")) if kind == "weekly" else usual.days,
        by="weekday" if form.get("by") == "weekday" else "date",
        month_day=_number(form, "month_day", MONTH_DAYS_MAX, problems, usual.month_day),
        month=_number(form, "month", len(MONTHS), problems, usual.month),
        index=form.get("index", usual.index) if form.get("index") in INDEXES else usual.index,
        weekday=form.get("weekday", usual.weekday) if form.get("weekday") in DAY_NAMES else usual.weekday,
        ends=form.get("ends", "never") if form.get("ends") in {"date", "count"} else "never",
        until=form.get("until", ""),
        times=_number(form, "times", TIMES_MAX, problems) if form.get("ends") == "count" else 10,
    )
    if kind == "weekly" and not read.days:
        problems["on"] = "Choose at least one day of the week."
    if read.ends == "date":
        _check_until(read.until, day, problems)
    return read


def recurrence_in(repeat: Repeat, start: date) -> dict[str, Any] | None:
    """Graph's recurrence for the fields."""
    if not repeat.kind:
        return None
    relative = repeat.by == "weekday"
    pattern: dict[str, Any] = {"type": repeat.kind, "interval": repeat.every}
    if repeat.kind == "weekly":
        pattern |= {"daysOfWeek": list(repeat.days), "firstDayOfWeek": "monday"}
    elif repeat.kind in {"monthly", "yearly"}:
        pattern["type"] = ("relative" if relative else "absolute") + repeat.kind.capitalize()
        if relative:
            days = DAY_SETS.get(repeat.weekday, (repeat.weekday,))
            pattern |= {"daysOfWeek": list(days), "index": repeat.index}
        else:
            pattern["dayOfMonth"] = repeat.month_day
        if repeat.kind == "yearly":
            pattern["month"] = repeat.month
    span: dict[str, Any] = {"type": "noEnd", "startDate": start.isoformat()}
    if repeat.ends == "date":
        span |= {"type": "endDate", "endDate": repeat.until}
    elif repeat.ends == "count":
        span |= {"type": "numbered", "numberOfOccurrences": repeat.times}
    return {"pattern": pattern, "range": span}


def is_same(one: Repeat, other: Repeat) -> bool:
    """Whether two sets of fields say the same pattern; fields that the pattern does not use do not count."""
    start = date.min
    return recurrence_in(one, start) == recurrence_in(other, start)


def _number(form: MultiDict[str, str], name: str, most: int, problems: dict[str, str], usual: int = 1) -> int:
    text = form.get(name, str(usual)).strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(most)) else 0
    if not 1 <= number <= most:
        problems[name] = f"Write a whole number from 1 to {most}."
        return usual
    return number


def _check_until(text: str, day: date, problems: dict[str, str]) -> None:
    try:
        until = date.fromisoformat(text)
    except ValueError:
        problems["until"] = "Write the last day as year-month-day, such as 2026-06-30."
        return
    if until < day:
        problems["until"] = "The series ends before it begins; choose a later day."


def _set_named(days: tuple[str, ...]) -> str:
    return next(
        (name for name, members in DAY_SETS.items() if set(members) == set(days)), days[0] if days else "monday"
    )
