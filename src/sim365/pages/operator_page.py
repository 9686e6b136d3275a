"""The operator's page: clock, weather, switches, traffic, subscriptions, mails, misconduct, snapshots, PowerShell.

Views only; the simulator's parts decide. What was refused is said beside the field, and what was typed stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta

from jinja2 import Environment
from werkzeug.wrappers import Request, Response

from sim365.pages import operator_panels as panels
from sim365.pages.errors import NoSuchPage
from sim365.pages.fault_words import words_of
from sim365.pages.forms import Json
from sim365.pages.people import groups_of
from sim365.simulator import Simulator
from sim365.switches import Switches
from sim365.weather import Fault
from sim365.weather.faults import AFTER, BEFORE, INSIDE, NOTICES

STEP_MAX = timedelta(days=400)
STEPS = ((60, "1 minute"), (600, "10 minutes"), (3600, "1 hour"), (86_400, "1 day"), (604_800, "1 week"))
FAULT_GROUPS = (
    ("The request never arrives", BEFORE),
    ("The answer is spoilt", AFTER),
    ("The operation acts oddly", INSIDE),
    ("Notices", NOTICES),
)
LIFECYCLE = {
    "reauthorizationRequired": "Ask for reauthorization",
    "subscriptionRemoved": "Remove them, and say so",
    "missed": "Say that notices were missed",
}
METHODS = ("GET", "POST", "PATCH", "DELETE")
PARAMETER_MAX = 200
TIMES_MAX = 100_000
MINUTES_MAX = 525_600
POWERSHELL_MAX = 20_000


class OperatorPage:
    """All views under `/operator`."""

    def __init__(self, simulator: Simulator, templates: Environment) -> None:
        self._simulator = simulator
        self._templates = templates

    def show(
        self, request: Request, *, problems: Mapping[str, str] | None = None, shown: Mapping[str, str] | None = None
    ) -> Response:
        """The page, or the one panel that was asked for."""
        part = request.headers.get("X-Part", "")
        with self._simulator.lock:
            if part in panels.LIVE:
                return self._html(f"operator_{part}.html", panels.LIVE[part](self._simulator))
            reading = (*panels.LIVE.values(), panels.switches, panels.accounts)
            places = {name: value for panel in reading for name, value in panel(self._simulator).items()}
        places |= self._frame() | {
            "problems": problems or {},
            "entered": request.form if problems or shown else {},
            "shown": shown or {},
            "snapshots": list(reversed(self._simulator.kept_snapshots.held)),
        }
        return self._html("operator.html", places, 422 if problems else 200)

    def advance(self, request: Request) -> Response:
        """Let time pass; everything that falls due on the way is done."""
        seconds = _number(request, "seconds")
        if seconds is None or not 0 < seconds <= STEP_MAX.total_seconds():
            problem = f"Time can pass by 1 second to {STEP_MAX.days} days at once."
            return self.show(request, problems={"clock": problem})
        self._simulator.advance(timedelta(seconds=seconds))
        return _back("clock")

    def run(self, request: Request) -> Response:
        """Run until everything waiting is done, or let the clock run or stand."""
        match request.form.get("run"):
            case "settle":
                self._simulator.settle()
            case "follow" | "stand" as wish:
                with self._simulator.lock:
                    # The hands stay where they are; only whether they move changes.
                    now = self._simulator.clock.now()
                    self._simulator.clock.follows = wish == "follow"
                    self._simulator.clock.set_to(now)
            case _:
                return self.show(request, problems={"clock": "Choose what the clock is to do."})
        return _back("clock")

    def add_weather(self, request: Request) -> Response:
        """A new rule."""
        form = request.form
        problems = _weather_problems(request)
        if problems:
            return self.show(request, problems=problems)
        now = self._simulator.clock.now()
        begins, lasts, times = (_number(request, name) for name in ("begins", "lasts", "times"))
        since = now + timedelta(minutes=begins or 0)
        with self._simulator.lock:
            self._simulator.weather.add(
                form["fault"],
                rate=_number(request, "rate") or 1.0,
                times=None if times is None else int(times),
                mailbox=form.get("mailbox") or None,
                method=form.get("method") or None,
                path=form.get("path", "").strip()[:PARAMETER_MAX] or None,
                since=since if begins else None,
                until=None if lasts is None else since + timedelta(minutes=lasts),
                parameter=_parameter(form.get("parameter", "")),
            )
        return _back("weather")

    def clear_weather(self, _: Request) -> Response:
        with self._simulator.lock:
            self._simulator.weather.clear()
        return _back("weather")

    def end_weather(self, _: Request, *, number: int) -> Response:
        """End one rule; rules are named by their place, which the list shows afresh every time."""
        with self._simulator.lock:
            rules = self._simulator.weather.rules
            if number >= len(rules):
                raise NoSuchPage("This weather has ended already.")
            del rules[number]
        return _back("weather")

    def turn(self, request: Request, *, name: str) -> Response:
        """Turn a switch."""
        if name not in {field.name for field in fields(Switches)}:
            raise NoSuchPage(f"There is no switch {name}.")
        usual = getattr(self._simulator.switches, name)
        value: bool | float | None = request.form.get("value") == "on"
        if not isinstance(usual, bool):
            value = _number(request, "value")
            if value is None or not 0 <= value <= TIMES_MAX:
                problem = f"{name.replace('_', ' ')} is a number from 0 to {TIMES_MAX}."
                return self.show(request, problems={"switches": problem})
        with self._simulator.lock:
            self._simulator.switch(name, value=value)
        return _back("switches")

    def lifecycle(self, request: Request) -> Response:
        """Let Microsoft speak of the subscriptions themselves."""
        event = request.form.get("event", "")
        if event not in LIFECYCLE:
            return self.show(request, problems={"subscriptions": "Choose what happens from the list."})
        self._simulator.lifecycle(event, mailbox=request.form.get("mailbox") or None)
        return _back("subscriptions")

    def forget(self, request: Request) -> Response:
        """Make every client of a mailbox, or of all, begin its delta anew."""
        self._simulator.forget_sync_states(request.form.get("mailbox") or None)
        return _back("subscriptions")

    def snapshot(self, request: Request) -> Response:
        """Keep the whole state."""
        simulator, name = self._simulator, request.form.get("name", "")
        with simulator.lock:
            simulator.kept_snapshots.keep(simulator.snapshot(), at=simulator.clock.now(), name=name)
        return _back("snapshots")

    def restore(self, _: Request, *, number: int) -> Response:
        """Go back to a kept state."""
        kept = self._simulator.kept_snapshots.find(number)
        if kept is not None:
            self._simulator.restore(kept.content)
            return _back("snapshots")
        raise NoSuchPage("This snapshot is gone; the oldest make room for new ones.")

    def powershell(self, request: Request) -> Response:
        """Carry out what an administrator types."""
        lines = request.form.get("lines", "")
        if not lines.strip():
            return self.show(request, problems={"powershell": "Type a line, such as Get-Mailbox."})
        if len(lines) > POWERSHELL_MAX:
            return self.show(request, problems={"powershell": f"At most {POWERSHELL_MAX} characters at once."})
        outcome = self._simulator.powershell(lines)
        errors = "\n".join(error.text for error in outcome.errors)
        return self.show(request, shown={"output": outcome.output or ("" if errors else "Done."), "errors": errors})

    def _frame(self) -> Json:
        company = self._simulator.company
        return {
            "company": ", ".join(tenant.name for tenant in company.tenants),
            "here": "operator",
            "steps": STEPS,
            "faults": [
                {
                    "name": name,
                    "faults": [{"value": fault.value, "words": words_of(fault)} for fault in Fault if fault in faults],
                }
                for name, faults in FAULT_GROUPS
            ],
            "mailboxes": {box.address: box.display_name for group in groups_of(company) for box in group.mailboxes},
            "methods": METHODS,
            "lifecycle": LIFECYCLE,
        }

    def _html(self, template: str, places: Json, status: int = 200) -> Response:
        return Response(self._templates.get_template(template).render(places), status, mimetype="text/html")


def _weather_problems(request: Request) -> dict[str, str]:
    form = request.form
    found: dict[str, str] = {}
    rate, times = _number(request, "rate"), _number(request, "times")
    if form.get("fault") not in set(Fault):
        found["fault"] = "Choose what goes wrong from the list."
    if rate is None or not 0 < rate <= 1:
        found["rate"] = "How often is a share between 0 and 1."
    if form.get("times") and (times is None or not 1 <= times <= TIMES_MAX):
        found["times"] = f"How many times is a number from 1 to {TIMES_MAX}, or empty for ever."
    for name in ("begins", "lasts"):
        minutes = _number(request, name)
        if form.get(name) and (minutes is None or not 0 <= minutes <= MINUTES_MAX):
            found[name] = f"Write minutes, from 0 to {MINUTES_MAX}, or nothing."
    return found


def _number(request: Request, name: str) -> float | None:
    try:
        return float(request.form.get(name, ""))
    except ValueError:
        return None


def _parameter(text: str) -> float | str | None:
    """Seconds where it is a number; else the words themselves, such as an odd Retry-After."""
    text = text.strip()[:PARAMETER_MAX]
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _back(panel: str) -> Response:
    return Response(status=303, headers={"Location": f"/operator#{panel}"})
