"""The mailbox page: shows a mailbox's calendar, and carries out what its owner does on it.

Views only: each reads the request, lets `Hands` act as the person, and renders. A refusal of the calendar is shown in
the drawer with the values that were entered, and nothing is lost.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jinja2 import Environment
from werkzeug.wrappers import Request, Response

from sim365.errors import GraphError
from sim365.pages.addresses import Place, moment_in, place_in
from sim365.pages.drawers import Drawer, Trouble, drawer_of
from sim365.pages.errors import BadForm, NoSuchPage
from sim365.pages.forms import REPLIES, SENSITIVITY, SHOW_AS, Json, body_in, changes_in
from sim365.pages.hands import Hands
from sim365.pages.people import first_mailbox, invitable_in
from sim365.pages.shown import content_of, frame_of
from sim365.simulator import Simulator
from sim365.state import Mailbox
from sim365.zones import zone

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

    def create(self, request: Request, *, mailbox: str) -> Response:
        box = self._mailbox(mailbox)
        place = place_in(box.address, request.args).going(form="new")
        try:
            self._hands.create(box, self._body(request, box))
        except (BadForm, GraphError) as error:
            return self._again(request, box, place, error)
        return _see_other(place.going().address)

    def change(self, request: Request, *, mailbox: str, event: str) -> Response:
        """Save the form, or answer the invitation."""
        box = self._mailbox(mailbox)
        place = place_in(box.address, request.args).going(form="event", event=event)
        try:
            self._act(request, box, event)
        except (BadForm, GraphError) as error:
            return self._again(request, box, place, error)
        return _see_other(place.going().address)

    def move(self, request: Request, *, mailbox: str, event: str) -> Response:
        """A new time by drag or key; the answer is a sentence where it was refused."""
        box = self._mailbox(mailbox)
        start, end = moment_in(request.form.get("start", "")), moment_in(request.form.get("end", ""))
        if start is None or end is None or end < start:
            return Response("The new time is not one. The entry stays where it was.", 400, mimetype="text/plain")
        body = {
            name: {"dateTime": at.isoformat(), "timeZone": place_in(box.address, request.args).zone or box.time_zone}
            for name, at in (("start", start), ("end", end))
        }
        try:
            self._hands.change(box, event, body)
        except GraphError as error:
            sentence = f"The calendar refused: {error.message} The entry stays where it was."
            return Response(sentence, error.status, mimetype="text/plain")
        return Response(status=204)

    def delete(self, request: Request, *, mailbox: str, event: str) -> Response:
        box = self._mailbox(mailbox)
        place = place_in(box.address, request.args).going(form="delete", event=event)
        try:
            self._hands.remove(box, event)
        except GraphError as error:
            return self._again(request, box, place, error)
        return _see_other(place.going().address)

    def _act(self, request: Request, box: Mailbox, event: str) -> None:
        verb = request.form.get("verb", "save")
        if verb in REPLIES:
            self._hands.answer(box, event, REPLIES[verb])
            return
        before = self._hands.event(box, event, zone_name=self._zone(request, box))
        if before["isOrganizer"]:
            changes = changes_in(self._body(request, box), before)
        else:
            # An attendee's own copy: only what is theirs to say.
            changes = {
                "showAs": request.form.get("show_as", before["showAs"]),
                "categories": request.form.getlist("categories"),
            }
            changes = {name: value for name, value in changes.items() if value != before[name]}
        if changes:
            self._hands.change(box, event, changes)

    def _body(self, request: Request, box: Mailbox) -> Json:
        invitable = invitable_in(self._simulator.company, besides=box)
        return body_in(request.form, zone=self._zone(request, box), invitable=invitable)

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
        zone_name = place.zone or box.time_zone
        now = self._simulator.clock.now().astimezone(zone(zone_name))
        shown = replace(place, day=place.day or now.date())
        drawer = drawer_of(self._simulator, self._hands, box, shown, now=now, trouble=trouble)
        part = request.headers.get("X-Part", "")
        places = self._places(box, shown, drawer)
        if part == "drawer":
            return _html(self._templates.get_template(drawer.template or "missing.html").render(places))
        places |= content_of(self._simulator, self._hands, box, shown, now=now)
        if part == "grid":
            return _html(self._templates.get_template(places["content"]).render(places))
        places |= frame_of(self._simulator.company, self._hands, box, shown, today=now.date())
        return _html(self._templates.get_template("calendar.html").render(places))

    def _places(self, box: Mailbox, place: Place, drawer: Drawer) -> Json:
        def address(mailbox: str | None = None, **changes: Any) -> str:
            return place.going(mailbox, **changes).address

        macros: Any = self._templates.get_template("macros.html").module

        def field(name: str, words: str) -> Any:
            return macros.field(name, words, drawer.problems)

        return {
            "mailbox": box,
            "place": place,
            "address": address,
            "names": NAMES,
            "drawer": drawer.template,
            "field": field,
            "options": macros.options,
            **drawer.places,
        }


def _see_other(address: str) -> Response:
    return Response(status=303, headers={"Location": address})


def _html(text: str) -> Response:
    return Response(text, mimetype="text/html")
