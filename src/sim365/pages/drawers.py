"""What stands in the drawer: a new entry, an entry, the question before deleting one, or that it is gone.

Reads and decides; it changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from sim365.errors import GraphError
from sim365.pages.addresses import Place, moment_in
from sim365.pages.colours import palette_of
from sim365.pages.errors import BadForm
from sim365.pages.forms import Json, Shown, shown_of
from sim365.pages.hands import Hands
from sim365.pages.people import groups_of, invitable
from sim365.simulator import Simulator
from sim365.state import Mailbox

LENGTH_USUAL = timedelta(minutes=30)
ANSWERS = (("accept", "Accept"), ("tentativelyAccept", "Perhaps"), ("decline", "Decline"))
REPLY_WORDS = {
    "accepted": "accepted",
    "tentativelyAccepted": "perhaps",
    "declined": "declined",
    "notResponded": "no answer yet",
    "none": "no answer yet",
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


def drawer_of(
    simulator: Simulator, hands: Hands, box: Mailbox, place: Place, *, now: datetime, trouble: Trouble | None
) -> Drawer:
    """The drawer of a place."""
    if not place.form:
        return Drawer()
    event = None
    if place.form != "new":
        try:
            event = hands.event(box, place.event, zone_name=place.zone or box.time_zone)
        except GraphError:
            return Drawer("missing.html")
    shown = _new(place, now) if event is None else shown_of(event)
    if trouble is not None:
        shown = _as_entered(trouble.form, shown)
    places = {
        "event": event,
        "shown": shown,
        "action": place.action,
        "problem": None if trouble is None else trouble.refusal,
    }
    if place.form == "delete" and event is not None:
        return Drawer("delete.html", places | _consequence(event))
    places |= {
        "editable": event is None or event["isOrganizer"],
        "repeats": "" if event is None else _repeats(event),
        "categories": _categories(box, shown),
        "invitable": _invitable(simulator, box, shown),
        "replies": {} if event is None else _replies(event),
        "answers": ANSWERS,
    }
    return Drawer("form.html", places, {} if trouble is None else trouble.problems)


def _new(place: Place, now: datetime) -> Shown:
    """A new entry: as long as was dragged, else the next half hour of the day shown."""
    start, end = moment_in(place.start), moment_in(place.end)
    if start is None:
        day = place.day or now.date()
        minute = 30 * (1 + (now.hour * 60 + now.minute) // 30) if day == now.date() else 9 * 60
        start = datetime.combine(day, time()) + timedelta(minutes=min(minute, 23 * 60))
    if end is None or end < start:
        end = start + LENGTH_USUAL
    return Shown(title="", all_day=False, start=start, end=end)


def _as_entered(form: MultiDict[str, str], before: Shown) -> Shown:
    """What the person had entered, so that nothing is typed twice."""
    start = moment_in(f"{form.get('start_day', '')}T{form.get('start_time', '')}") or before.start
    end = moment_in(f"{form.get('end_day', '')}T{form.get('end_time', '')}") or before.end
    return Shown(
        title=form.get("title", before.title),
        all_day=form.get("all_day") == "on",
        start=start,
        end=end,
        show_as=form.get("show_as", before.show_as),
        sensitivity=form.get("sensitivity", before.sensitivity),
        categories=tuple(form.getlist("categories")),
        note=form.get("note", before.note),
        invited=frozenset(form.getlist("invite")),
    )


def _consequence(event: Json) -> Json:
    attendees: Sequence[Any] = event["attendees"]
    if event["isOrganizer"] and attendees:
        told = "1 mail goes" if len(attendees) == 1 else f"{len(attendees)} mails go"
        return {
            "consequence": f"{told} out to cancel it, and the time in the rooms becomes free.",
            "verb": "Delete and cancel",
        }
    if not event["isOrganizer"]:
        organiser = event["organizer"]["emailAddress"]["name"]
        return {
            "consequence": f"It leaves this calendar only. {organiser} is not told; to tell them, decline it.",
            "verb": "Delete",
        }
    return {"consequence": "Nobody was invited, so nobody is told.", "verb": "Delete"}


def _repeats(event: Json) -> str:
    match event["type"]:
        case "occurrence" | "exception":
            return "One of a series. What you change or delete here concerns this day alone."
        case "seriesMaster":
            return "The whole series. What you change or delete here concerns every day of it."
        case _:
            return ""


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


def _invitable(simulator: Simulator, box: Mailbox, shown: Shown) -> list[Json]:
    groups: list[Json] = []
    for group in groups_of(simulator.company):
        members = [invitable(one) for one in group.mailboxes if one is not box and one.tenant_id == box.tenant_id]
        chosen = ", ".join(one.name for one in members if one.address in shown.invited)
        if members:
            groups.append({"name": group.name, "members": members, "chosen": chosen})
    # Rooms first: inviting one is what most people open the form for.
    return sorted(groups, key=lambda group: not group["name"].startswith("Rooms"))
