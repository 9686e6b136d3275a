"""The mailbox page: shows a mailbox's calendar, and carries out what its owner does on it.

Views only: each reads the request, lets `Hands` act as the person, and renders. A refusal of the calendar is shown in
the drawer with the values that were entered, and nothing is lost.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from jinja2 import Environment
from werkzeug.wrappers import Request, Response

from sim365 import ids
from sim365.errors import GraphError
from sim365.meetings.answers import Answer
from sim365.pages.addresses import SERIAL_DIGITS_MAX, Place, moment_in, place_in
from sim365.pages.colours import CALENDAR_COLOURS
from sim365.pages.drawers import Drawer, Trouble, Visit, as_asked, drawer_of, guests_of
from sim365.pages.errors import BadForm, NoSuchPage
from sim365.pages.forms import (
    REPLIES,
    SENSITIVITY,
    SHOW_AS,
    Json,
    Sent,
    body_in,
    changes_in,
    own_changes_in,
    proposal_in,
)
from sim365.pages.hands import Hands
from sim365.pages.people import first_mailbox, invitable_in
from sim365.pages.reminders import SNOOZE_MINUTES, reminders_of
from sim365.pages.shown import content_of, frame_of
from sim365.simulator import Simulator
from sim365.state import CalendarColor, Mailbox
from sim365.zones import at_wall, zone

#: A word to those concerned, in an answer or a cancellation.
COMMENT_MAX = 2000

NAMES = {"show_as": SHOW_AS, "sensitivity": SENSITIVITY}


class MailboxPage:
    """All views under `/calendar`."""

    def __init__(self, simulator: Simulator, templates: Environment) -> None:
        self._simulator = simulator
        self._hands = Hands(simulator)
        self._templates = templates

    def home(self, _: Request) -> Response:
        """The first person's calendar."""
        first = first_mailbox(self._simulator.company)
        if first is None:
            raise NoSuchPage(
                "This company has no mailboxes yet. Describe some in its file, under 'people' and 'rooms'."
            )
        return _see_other(Place(first.address).address)

    def show(self, request: Request, *, mailbox: str) -> Response:
        """The page, or the one part of it that was asked for."""
        box = self._mailbox(mailbox)
        return self._page(request, box, place_in(box.address, request.args))

    def guests(self, request: Request, *, mailbox: str) -> Response:
        """Who can be invited, for a form that is still being filled in."""
        box = self._mailbox(mailbox)
        place = place_in(box.address, request.args)
        visit = self._visit(box, place)
        event, held = None, None
        if place.event and place.form == "event":
            event = self._hands.event(box, place.event, zone_name=visit.zone_name, scope=place.scope)
            held = self._hands.held(box, place.event)
        shown = as_asked(request.form, place, visit.now)
        places = self._places(box, place, Drawer()) | {"shown": shown, "editable": True}
        places |= guests_of(visit, shown, event, held)
        return _html(self._templates.get_template("form_guests.html").render(places))

    def create(self, request: Request, *, mailbox: str) -> Response:
        box = self._mailbox(mailbox)
        asked = place_in(box.address, request.args)
        place = asked.going(form="new", event=asked.event)
        try:
            body = body_in(self._sent(request, box, self._zone(request, box)))
            self._hands.create(box, body, calendar=self._calendar(request, box))
        except (BadForm, GraphError) as error:
            return self._again(request, box, place, error)
        return _see_other(place.going().address)

    def change(self, request: Request, *, mailbox: str, event: str) -> Response:
        """Save the form, or answer the invitation."""
        box = self._mailbox(mailbox)
        asked = place_in(box.address, request.args)
        place = asked.going(form="event", event=event, scope=asked.scope)
        try:
            self._act(request, box, place)
        except (BadForm, GraphError) as error:
            return self._again(request, box, place, error)
        return _see_other(place.going().address)

    def move(self, request: Request, *, mailbox: str, event: str) -> Response:
        """A new time by drag or key; the answer is a sentence where it was refused."""
        box = self._mailbox(mailbox)
        start, end = moment_in(request.form.get("start", "")), moment_in(request.form.get("end", ""))
        if start is None or end is None or end < start:
            return Response("The new time is not one. The entry stays where it was.", 400, mimetype="text/plain")
        zone_name = self._zone(request, box)
        body = {
            name: {"dateTime": at.isoformat(), "timeZone": zone_name} for name, at in (("start", start), ("end", end))
        }
        try:
            self._hands.change(box, event, body)
        except GraphError as error:
            sentence = f"The calendar refused: {error.message} The entry stays where it was."
            return Response(sentence, error.status, mimetype="text/plain")
        return Response(status=204)

    def delete(self, request: Request, *, mailbox: str, event: str) -> Response:
        box = self._mailbox(mailbox)
        asked = place_in(box.address, request.args)
        place = asked.going(form="delete", event=event, scope=asked.scope)
        comment = request.form.get("comment", "")[:COMMENT_MAX]
        try:
            self._hands.remove(box, event, scope=asked.scope, comment=comment)
        except GraphError as error:
            return self._again(request, box, place, error)
        return _see_other(place.going().address)

    def restore(self, request: Request, *, mailbox: str, event: str) -> Response:
        """Take an entry out of Deleted Items."""
        box = self._mailbox(mailbox)
        self._hands.restore(box, event)
        return _see_other(place_in(box.address, request.args).going().address)

    def remind(self, request: Request, *, mailbox: str, event: str) -> Response:
        """Put a reminder off, or dismiss it."""
        box = self._mailbox(mailbox)
        minutes = request.form.get("minutes", "")
        if request.form.get("verb") == "snooze" and minutes in SNOOZE_MINUTES:
            self._hands.snooze(box, event, self._simulator.clock.now() + timedelta(minutes=int(minutes)))
        else:
            self._hands.dismiss(box, event)
        return _see_other(place_in(box.address, request.args).going().address)

    def calendars(self, request: Request, *, mailbox: str) -> Response:
        """A new calendar, another name or colour for one, or none of it any more."""
        box = self._mailbox(mailbox)
        place = place_in(box.address, request.args).going(form="calendar")
        try:
            self._edit_calendars(request, box)
        except (BadForm, GraphError) as error:
            return self._again(request, box, place, error)
        return _see_other(place.address)

    def _edit_calendars(self, request: Request, box: Mailbox) -> None:
        form = request.form
        colour, name = form.get("colour", "auto"), form.get("name", "")
        if colour not in {member.value for member in CALENDAR_COLOURS}:
            raise BadForm({"colour": "Choose a colour from the list."})
        chosen = self._calendar(request, box)
        match form.get("verb"), chosen:
            case "delete", str():
                self._hands.delete_calendar(box, chosen)
            case "save", str():
                self._hands.edit_calendar(box, chosen, name=name, color=CalendarColor(colour))
            case _:
                self._hands.add_calendar(box, name, CalendarColor(colour))

    def _act(self, request: Request, box: Mailbox, place: Place) -> None:
        verb = request.form.get("verb", "save")
        if verb in REPLIES:
            self._answer(request, box, place, REPLIES[verb])
            return
        before = self._hands.event(box, place.event, zone_name=self._zone(request, box), scope=place.scope)
        if before["isOrganizer"]:
            zone_name = self._zone(request, box) if before["isAllDay"] else before["start"]["timeZone"]
            sent = self._sent(request, box, zone_name)
            changes = changes_in(body_in(sent), before, sent)
        else:
            changes = own_changes_in(request.form, before)
        if changes:
            self._hands.change(box, place.event, changes, scope=place.scope)
        target = self._calendar(request, box)
        if target is not None and place.scope != "following":
            home = self._hands.held(box, place.event).calendar
            if ids.calendar_id(box.tag, home.serial) != target:
                self._hands.put_into(box, place.event, target)

    def _answer(self, request: Request, box: Mailbox, place: Place, response: Answer) -> None:
        where = zone(self._zone(request, box))
        proposed = proposal_in(request.form)
        self._hands.answer(
            box,
            place.event,
            response,
            scope=place.scope,
            comment=request.form.get("comment", "")[:COMMENT_MAX],
            tells=request.form.get("tells") == "on",
            proposed=None if proposed is None else (at_wall(proposed[0], where), at_wall(proposed[1], where)),
        )

    def _sent(self, request: Request, box: Mailbox, zone_name: str) -> Sent:
        return Sent(request.form, zone_name, invitable_in(self._simulator.company, besides=box))

    def _calendar(self, request: Request, box: Mailbox) -> str | None:
        """The id of the calendar that the form names by its number; None: the usual one."""
        named = request.form.get("calendar", "")
        if not named:
            return None
        if not (named.isascii() and named.isdigit()) or int(named[:SERIAL_DIGITS_MAX]) not in box.calendars:
            raise BadForm({"calendar": "This calendar is gone; choose another."})
        return ids.calendar_id(box.tag, int(named))

    def _zone(self, request: Request, box: Mailbox) -> str:
        return place_in(box.address, request.args).zone or box.time_zone

    def _mailbox(self, name: str) -> Mailbox:
        found = self._hands.mailbox(name)
        if found is None or not found.has_mailbox:
            raise NoSuchPage(f"Nobody here has a mailbox called {name}.")
        return found

    def _again(self, request: Request, box: Mailbox, place: Place, error: BadForm | GraphError) -> Response:
        trouble = Trouble(request.form, error)
        answer = self._page(request, box, place, trouble)
        answer.status_code = 422 if isinstance(error, BadForm) else error.status
        return answer

    def _page(self, request: Request, box: Mailbox, place: Place, trouble: Trouble | None = None) -> Response:
        visit = self._visit(box, place)
        shown, now = visit.place, visit.now
        drawer = drawer_of(visit, trouble=trouble)
        part = request.headers.get("X-Part", "")
        places = self._places(box, shown, drawer)
        if part == "drawer":
            return _html(self._templates.get_template(drawer.template or "missing.html").render(places))
        places |= reminders_of(self._simulator, box, zone_name=visit.zone_name)
        if part == "reminders":
            return _html(self._templates.get_template("reminders.html").render(places))
        places |= content_of(self._simulator, self._hands, box, shown, now=now)
        if part == "grid":
            return _html(self._templates.get_template(places["content"]).render(places))
        places |= frame_of(self._simulator, self._hands, box, shown, today=now.date())
        return _html(self._templates.get_template("calendar.html").render(places))

    def _visit(self, box: Mailbox, place: Place) -> Visit:
        now = self._simulator.clock.now().astimezone(zone(place.zone or box.time_zone))
        return Visit(self._simulator, self._hands, box, replace(place, day=place.day or now.date()), now)

    def _places(self, box: Mailbox, place: Place, drawer: Drawer) -> Json:
        def address(mailbox: str | None = None, **changes: Any) -> str:
            return place.going(mailbox, **changes).address

        macros: Any = self._templates.get_template("macros.html").module

        def field(name: str, words: str) -> Any:
            return macros.field(name, words, drawer.problems)

        def problem_of(name: str) -> Any:
            return macros.problem_of(name, drawer.problems)

        return {
            "mailbox": box,
            "place": place,
            "address": address,
            "names": NAMES,
            "drawer": drawer.template,
            "field": field,
            "problem_of": problem_of,
            "options": macros.options,
            **drawer.places,
        }


def _see_other(address: str) -> Response:
    return Response(status=303, headers={"Location": address})


def _html(text: str) -> Response:
    return Response(text, mimetype="text/html")
