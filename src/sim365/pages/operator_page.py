"""The operator's page: the clock, the weather, what clients asked for, the mails, and who misbehaved.

Views only; the simulator's parts decide. Lists are cut to the latest entries, and say of how many.
"""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import timedelta

from jinja2 import Environment
from werkzeug.wrappers import Request, Response

from sim365.pages.errors import NoSuchPage
from sim365.pages.fault_words import words_of
from sim365.pages.forms import Json
from sim365.pages.people import groups_of
from sim365.simulator import Simulator
from sim365.weather import Fault, Rule
from sim365.weather.faults import AFTER, BEFORE, INSIDE, NOTICES

ROWS_MAX = 60
OPERATIONS_MAX = 5
STEP_MAX = timedelta(days=400)
STEPS = ((60, "1 minute"), (600, "10 minutes"), (3600, "1 hour"), (86_400, "1 day"), (604_800, "1 week"))
FAULT_GROUPS = (
    ("The request never arrives", BEFORE),
    ("The answer is spoilt", AFTER),
    ("The operation acts oddly", INSIDE),
    ("Notices", NOTICES),
)
PARAMETER_MAX = 200
TIMES_MAX = 100_000


class OperatorPage:
    """All views under `/operator`."""

    def __init__(self, simulator: Simulator, templates: Environment) -> None:
        self._simulator = simulator
        self._templates = templates

    def show(self, request: Request, *, problem: str = "") -> Response:
        """The page, or the one panel that was asked for."""
        part = request.headers.get("X-Part", "")
        panels = {
            "clock": self._clock,
            "weather": self._weather,
            "traffic": self._traffic,
            "mails": self._mails,
            "conduct": self._conduct,
        }
        with self._simulator.lock:
            if part in panels:
                return self._html(f"operator_{part}.html", panels[part]())
            places = {name: value for panel in panels.values() for name, value in panel().items()}
        return self._html("operator.html", places | self._frame(problem))

    def advance(self, request: Request) -> Response:
        """Let time pass; everything that falls due on the way is done."""
        seconds = _number(request, "seconds")
        if seconds is None or not 0 < seconds <= STEP_MAX.total_seconds():
            return self.show(request, problem=f"Time can pass by 1 second to {STEP_MAX.days} days at once.")
        self._simulator.advance(timedelta(seconds=seconds))
        return _back()

    def add_weather(self, request: Request) -> Response:
        """A new rule."""
        form = request.form
        rate, times = _number(request, "rate"), _number(request, "times")
        if form.get("fault") not in set(Fault):
            return self.show(request, problem="Choose what goes wrong from the list.")
        if rate is None or not 0 < rate <= 1:
            return self.show(request, problem="How often is a share between 0 and 1.")
        if form.get("times") and (times is None or not 1 <= times <= TIMES_MAX):
            return self.show(request, problem=f"How many times is a number from 1 to {TIMES_MAX}, or empty for ever.")
        with self._simulator.lock:
            self._simulator.weather.add(
                form["fault"],
                rate=rate,
                times=None if times is None else int(times),
                mailbox=form.get("mailbox") or None,
                parameter=_parameter(form.get("parameter", "")),
            )
        return _back()

    def clear_weather(self, _: Request) -> Response:
        with self._simulator.lock:
            self._simulator.weather.clear()
        return _back()

    def end_weather(self, _: Request, *, number: int) -> Response:
        """End one rule; rules are named by their place, which the list shows afresh every time."""
        with self._simulator.lock:
            rules = self._simulator.weather.rules
            if number >= len(rules):
                raise NoSuchPage("This weather has ended already.")
            del rules[number]
        return _back()

    def _frame(self, problem: str) -> Json:
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
            "mailboxes": [box for group in groups_of(company) for box in group.mailboxes],
            "problem": problem,
        }

    def _clock(self) -> Json:
        clock = self._simulator.clock
        return {"now": clock.now(), "follows": clock.follows, "waiting": len(self._simulator.world.due)}

    def _weather(self) -> Json:
        weather = self._simulator.weather
        live = [(number, rule) for number, rule in enumerate(weather.rules) if rule.times != 0]
        rules = [
            {
                "number": number,
                "words": words_of(rule.fault),
                "extent": _extent(rule),
                "struck": weather.struck.get(rule.fault, 0),
            }
            for number, rule in live
        ]
        return {"rules": rules}

    def _traffic(self) -> Json:
        conduct = self._simulator.conduct
        latest = list(itertools.islice(reversed(conduct.entries), ROWS_MAX))
        return {
            "requests": conduct.requests,
            "operations": conduct.counts.most_common(OPERATIONS_MAX),
            "entries": latest,
        }

    def _mails(self) -> Json:
        mails = self._simulator.ledger.mails
        kinds = [(kind.value, count) for kind, count in self._simulator.ledger.counted().items()]
        return {"mails": list(reversed(mails[-ROWS_MAX:])), "total": len(mails), "kinds": kinds}

    def _conduct(self) -> Json:
        offences = self._simulator.conduct.offences
        kinds = Counter(offence.kind.value.replace("_", " ") for offence in offences).most_common()
        return {"offences": list(reversed(offences[-ROWS_MAX:])), "kinds": kinds, "bugs": self._simulator.bugs}

    def _html(self, template: str, places: Json) -> Response:
        return Response(self._templates.get_template(template).render(places), mimetype="text/html")


def _extent(rule: Rule) -> str:
    parts = ["every time" if rule.rate >= 1 else f"{rule.rate:.0%} of the time"]
    parts.append("for ever" if rule.times is None else f"{rule.times} more times")
    parts.append(f"for {rule.mailbox}" if rule.mailbox else "for every mailbox")
    if rule.parameter is not None:
        parts.append(f"with {rule.parameter}")
    return ", ".join(parts)


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


def _back() -> Response:
    return Response(status=303, headers={"Location": "/operator"})
