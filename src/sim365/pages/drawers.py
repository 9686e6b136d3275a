"""What stands in the drawer: an entry, new or not, the question before deleting one, the calendars, or that it is gone.

Reads and decides; it changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from sim365.errors import GraphError
from sim365.pages.addresses import Place, moment_in
from sim365.pages.colours import CALENDAR_COLOURS, Palette, palette_of
from sim365.pages.entries import entry_of
from sim365.pages.errors import BadForm
from sim365.pages.forms import REMINDERS, Json, Shown, shown_of
from sim365.pages.guests import asked_block, guest_groups, question_of, strips_of
from sim365.pages.hands import Hands, Held
from sim365.pages.people import invitable_in
from sim365.pages.repeats import DAY_NAMES, INDEXES, KINDS, MONTHS, WEEKDAYS, repeat_in, usual_for
from sim365.pages.shared import event_of
from sim365.simulator import Simulator
from sim365.state import Mailbox
from sim365.zones import zone

LENGTH_USUAL = timedelta(minutes=30)
ANSWERS = (("accept", "Accept"), ("tentativelyAccept", "Tentative"), ("decline", "Decline"))
REPLY_WORDS = {
    "accepted": "accepted",
    "tentativelyAccepted": "tentative",
    "declined": "declined",
    "notResponded": "no answer yet",
    "none": "no answer yet",
    "organizer": "organises it",
}
SCOPES = (("one", "This one"), ("following", "This and following"), ("all", "All"))
CHOICES: Json = {
    "kinds": KINDS,
    "weekdays": WEEKDAYS,
    "indexes": INDEXES,
    "day_names": DAY_NAMES,
    "months": {str(number): name for number, name in enumerate(MONTHS, 1)},
    "answers": ANSWERS,
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """A form that was sent and could not be used."""

    form: MultiDict[str, str]
    error: BadForm | GraphError

    @property
    def problems(self) -> dict[str, str]:
        return self.error.problems if isinstance(self.error, BadForm) else {}

    @property
    def refusal(self) -> Json | None:
        if isinstance(self.error, BadForm):
            return None
        return {"sentence": f"The calendar refused: {self.error.message}", "code": self.error.code}


@dataclass(frozen=True, slots=True)
class Drawer:
    """A template and what it needs; without a template the drawer is closed."""

    template: str = ""
    places: Json = field(default_factory=dict[str, Any])
    problems: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who looks at a place, at an hour."""

    simulator: Simulator
    hands: Hands
    box: Mailbox
    place: Place
    now: datetime
    """By the viewer's wall clock."""

    @property
    def zone_name(self) -> str:
        return self.place.zone or self.box.time_zone

    def zone_of(self, event: Json | None) -> str:
        """In which zone the fields of an event are: a series keeps its own."""
        return self.zone_name if event is None or event["isAllDay"] else event["start"]["timeZone"]


def drawer_of(visit: Visit, *, trouble: Trouble | None) -> Drawer:
    """The drawer of a place."""
    place, hands, box = visit.place, visit.hands, visit.box
    if not place.form:
        return Drawer()
    problems = {} if trouble is None else trouble.problems
    places: Json = {"action": place.action, "problem": None if trouble is None else trouble.refusal}
    if place.form == "calendar":
        return Drawer("calendars.html", places | _calendars(hands, box, trouble), problems)
    if place.owner:
        return _somebody_elses(visit)
    event, held = None, None
    if place.form != "new" or place.event:
        try:
            event = hands.event(box, place.event, zone_name=visit.zone_name, scope=place.scope)
            held = hands.held(box, place.event)
        except GraphError:
            return Drawer("missing.html")
    if place.form == "delete" and event is not None and held is not None:
        places |= {"event": event, "held": held, "scopes": _scopes(place, held)}
        return Drawer("delete.html", places | _consequence(event, place.scope))
    if place.form == "new":
        shown = _new(place, visit.now, calendar=str(box.default_calendar))
        places |= _form(visit, shown if event is None else _like(visit, event, shown), trouble)
    elif event is not None and held is not None:
        shown = shown_of(event, invitable_in(visit.simulator.company, besides=box), calendar=str(held.calendar.serial))
        places |= _form(visit, _proposed(shown, place), trouble, event=event, held=held)
    return Drawer("form.html", places, problems)


def _somebody_elses(visit: Visit) -> Drawer:
    """An entry of a calendar that was shared: to look at, and the way to where it may be changed."""
    place, where = visit.place, zone(visit.zone_name)
    try:
        shared, event, may_change = event_of(
            visit.simulator, visit.box, place.owner, place.event, zone_name=visit.zone_name
        )
    except GraphError:
        return Drawer("missing.html")
    entry = entry_of(event, where, palette=Palette({}), calendar="", colour="auto")
    guests = [one["emailAddress"]["name"] for one in event["attendees"]]
    note = event["body"]["content"]
    places = {"shared": shared, "entry": entry, "may_change": may_change, "guests": guests, "note": note}
    return Drawer("shared.html", places)


def _form(
    visit: Visit, shown: Shown, trouble: Trouble | None, *, event: Json | None = None, held: Held | None = None
) -> Json:
    """What the entry's form needs, whether it is new or there is one."""
    place, box = visit.place, visit.box
    if trouble is not None:
        shown = _as_entered(trouble.form, shown)
    editable = event is None or event["isOrganizer"]
    odd_reminder = {} if shown.reminder in REMINDERS else {shown.reminder: f"{shown.reminder} minutes before"}
    return CHOICES | {
        "event": event,
        "held": held,
        "shown": shown,
        "scopes": [] if held is None else _scopes(place, held),
        "editable": editable,
        "repeatable": editable and (held is None or not held.is_series or place.scope in {"following", "all"}),
        "homes": {str(one.serial): one.name for one in visit.hands.calendars(box)},
        "categories": _categories(box, shown),
        "reminders": REMINDERS | odd_reminder,
        "proposals": [] if event is None else _proposals(visit, event),
        "zone_named": "" if zone(visit.zone_of(event)) == zone(visit.zone_name) else visit.zone_of(event),
        **guests_of(visit, shown, event, held),
    }


def guests_of(visit: Visit, shown: Shown, event: Json | None, held: Held | None) -> Json:
    """Who can be invited, with free/busy while the entry lasts."""
    simulator, box, place = visit.simulator, visit.box, visit.place
    zone_name = visit.zone_of(event)
    question = question_of(shown, zone_name, uid="" if held is None else held.uid)
    replies = {} if event is None else _replies(event)
    with simulator.lock:
        groups = guest_groups(simulator, box, shown, question, replies)
        chosen = [found for address in sorted(shown.invited) if (found := simulator.world.find(address)) is not None]
        strips = strips_of([box, *chosen], shown, question, zone_name)
    return {
        "guest_groups": groups,
        "strips": strips,
        "asked": asked_block(shown, zone_name, question),
        "replies": replies,
        "guests_at": f"{place.path}/guests?{place.address.partition('?')[2]}",
    }


def as_asked(form: MultiDict[str, str], place: Place, now: datetime) -> Shown:
    """The fields of a form that is still being filled in."""
    return _as_entered(form, _new(place, now, calendar=""))


def _new(place: Place, now: datetime, *, calendar: str) -> Shown:
    """A new entry: as long as was dragged, else the next half hour of the day shown."""
    start, end = moment_in(place.start), moment_in(place.end)
    all_day = len(place.start) == len("2026-03-02")
    if start is None:
        day = place.day or now.date()
        minute = 30 * (1 + (now.hour * 60 + now.minute) // 30) if day == now.date() else 9 * 60
        start = datetime.combine(day, time()) + timedelta(minutes=min(minute, 23 * 60))
    if end is None or end < start:
        end = start if all_day else start + LENGTH_USUAL
    reminder = "1080" if all_day else "15"
    return Shown("", all_day, start, end, usual_for(start.date()), calendar=calendar, reminder=reminder)


def _like(visit: Visit, model: Json, new: Shown) -> Shown:
    """A copy of an entry: everything but when it is, and whether it repeats."""
    others = invitable_in(visit.simulator.company, besides=visit.box)
    copied = shown_of(model, others, calendar=new.calendar)
    start = new.start if visit.place.start else copied.start
    return replace(copied, start=start, end=start + (copied.end - copied.start), repeat=usual_for(start.date()))


def _proposed(shown: Shown, place: Place) -> Shown:
    """The fields with the time that a guest asked for, where the address names one."""
    start, end = moment_in(place.start), moment_in(place.end)
    return shown if start is None or end is None or end < start else replace(shown, start=start, end=end)


def _as_entered(form: MultiDict[str, str], before: Shown) -> Shown:
    """What the person had entered, so that nothing is typed twice."""
    start = moment_in(f"{form.get('start_day', '')}T{form.get('start_time', '')}") or before.start
    end = moment_in(f"{form.get('end_day', '')}T{form.get('end_time', '')}") or before.end
    return Shown(
        title=form.get("title", before.title),
        all_day=form.get("all_day") == "on",
        start=start,
        end=max(end, start),
        repeat=repeat_in(form, start.date(), {}),
        show_as=form.get("show_as", before.show_as),
        sensitivity=form.get("sensitivity", before.sensitivity),
        categories=tuple(form.getlist("categories")),
        note=form.get("note", before.note),
        where=form.get("where", before.where),
        reminder=form.get("reminder", before.reminder),
        is_online=form.get("is_online") == "on",
        invited=frozenset(address.lower() for address in form.getlist("invite")),
        optional=frozenset(address.lower() for address in form.getlist("optional")),
        outsiders=form.get("outsiders", before.outsiders),
        allows_proposals=form.get("allows_proposals") == "on",
        hides_guests=form.get("hides_guests") == "on",
        calendar=form.get("calendar", before.calendar),
    )


def _calendars(hands: Hands, box: Mailbox, trouble: Trouble | None) -> Json:
    return {
        "own": hands.calendars(box),
        "colours": {colour.value: words for colour, words in CALENDAR_COLOURS.items()},
        "entered": {} if trouble is None else trouble.form,
    }


def _scopes(place: Place, held: Held) -> list[tuple[str, str, bool]]:
    if not held.is_series:
        return []
    now = place.scope or "one"
    return [(name, words, name == now) for name, words in SCOPES]


def _consequence(event: Json, scope: str) -> Json:
    attendees: Sequence[Any] = event["attendees"]
    what = {"following": "this and all following days", "all": "the whole series"}.get(scope, "it")
    if event["isOrganizer"] and attendees:
        told = "1 mail goes" if len(attendees) == 1 else f"{len(attendees)} mails go"
        return {
            "consequence": f"{told} out to cancel {what}, and the time in the rooms becomes free.",
            "verb": "Delete and cancel",
            "tells": True,
        }
    if not event["isOrganizer"]:
        organiser = event["organizer"]["emailAddress"]["name"]
        return {
            "consequence": f"It leaves this calendar only. {organiser} is not told; to tell them, decline it.",
            "verb": "Delete",
            "tells": False,
        }
    return {"consequence": "Nobody was invited, so nobody is told.", "verb": "Delete", "tells": False}


def _categories(box: Mailbox, shown: Shown) -> list[tuple[str, str]]:
    """The master list, and names that an entry carries beyond it."""
    known = palette_of(box).colours
    return [*known.items(), *((name, "none") for name in shown.categories if name not in known)]


def _replies(event: Json) -> dict[str, str]:
    attendees: Sequence[Any] = event["attendees"]
    return {
        one["emailAddress"]["address"].lower(): REPLY_WORDS.get(one["status"]["response"], "no answer yet")
        for one in attendees
    }


def _proposals(visit: Visit, event: Json) -> list[Json]:
    """Other times that guests asked for, each with the address of the form that would take it."""
    found: list[Json] = []
    for one in event["attendees"]:
        if (proposed := one.get("proposedNewTime")) is None:
            continue
        start, end = (_wall(proposed[name], visit.zone_of(event)) for name in ("start", "end"))
        taken = replace(visit.place, form="event", start=start.isoformat()[:16], end=end.isoformat()[:16])
        words = f"{start:%a} {start.day} {start:%b}, {start:%H:%M}–{end:%H:%M}"
        found.append({"name": one["emailAddress"]["name"], "words": words, "address": taken.address})
    return found


def _wall(moment: Json, zone_name: str) -> datetime:
    there = datetime.fromisoformat(moment["dateTime"][:19]).replace(tzinfo=zone(moment["timeZone"]))
    return there.astimezone(zone(zone_name)).replace(tzinfo=None)
