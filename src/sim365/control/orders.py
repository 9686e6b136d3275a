"""What the control API does: clock, weather, switches, snapshots, and people at Outlook."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sim365.errors import SimulatorError
from sim365.meetings.answers import Answer
from sim365.outlook import Person
from sim365.simulator import Simulator

Json = dict[str, Any]


class Orders:
    """Carries out orders on one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def do(self, endpoint: str, places: dict[str, str], *, body: Json, arguments: dict[str, str]) -> Json:
        """One order."""
        if "address" in places:
            person = self._simulator.person(places["address"])
            if "event" in places:
                return _with_event(person, endpoint, places["event"], body)
            return _with_calendar(person, endpoint, body, arguments)
        if endpoint in {"clock", "advance", "deliver", "settle"}:
            return self._time(endpoint, body)
        if endpoint in {"snapshot", "restore"}:
            return self._snapshot(endpoint, places, str(body.get("name") or ""))
        return self._conditions(endpoint, body)

    def _time(self, endpoint: str, body: Json) -> Json:
        simulator = self._simulator
        done = 0
        match endpoint:
            case "advance":
                done = simulator.advance(timedelta(seconds=float(body["seconds"])))
            case "deliver":
                done = simulator.deliver_due()
            case "settle":
                done = simulator.settle()
            case _:
                pass
        return {
            "now": simulator.clock.now(),
            "follows": simulator.clock.follows,
            "nextDue": simulator.next_due(),
            "done": done,
        }

    def _conditions(self, endpoint: str, body: Json) -> Json:
        simulator = self._simulator
        match endpoint:
            case "add_weather":
                with simulator.lock:
                    rule = simulator.weather.add(**_rule(body))
                    return asdict(rule)
            case "clear_weather":
                simulator.weather.clear()
                return {"rules": []}
            case "set_switches":
                for name, value in body.items():
                    simulator.switch(name, value=value)
                return asdict(simulator.switches)
            case "switches":
                return asdict(simulator.switches)
            case "lifecycle":
                return {"sent": simulator.lifecycle(str(body["event"]), mailbox=body.get("mailbox"))}
            case "forget_conduct":
                simulator.forget_clients()
            case _:
                simulator.forget_sync_states(body.get("mailbox"))
        return {"forgotten": True}

    def _snapshot(self, endpoint: str, places: dict[str, str], name: str) -> Json:
        simulator = self._simulator
        if endpoint == "snapshot":
            with simulator.lock:
                kept = simulator.kept_snapshots.keep(simulator.snapshot(), at=simulator.clock.now(), name=name)
            return {"snapshot": str(kept.number)}
        saved = simulator.kept_snapshots.find(places["name"])
        if saved is None:
            message = f"there is no snapshot {places['name']}"
            raise SimulatorError(message)
        simulator.restore(saved.content)
        return {"snapshot": places["name"], "now": self._simulator.clock.now()}


def _with_calendar(person: Person, endpoint: str, body: Json, arguments: dict[str, str]) -> Json:
    match endpoint:
        case "create":
            more = {name: value for name, value in body.items() if name not in _OWN}
            end = body.get("end")
            return person.create_event(
                str(body["subject"]),
                _moment(body["start"]),
                None if end is None else _moment(end),
                attendees=cast("list[str]", body.get("attendees", [])),
                calendar=body.get("calendar"),
                time_zone=body.get("timeZone"),
                **more,
            )
        case "empty":
            return {"deleted": person.empty_calendar(arguments.get("calendar"))}
        case _:
            start, end = arguments.get("start"), arguments.get("end")
            if start is None or end is None:
                return {"value": person.events()}
            return {"value": person.events(_moment(start), _moment(end))}


def _with_event(person: Person, endpoint: str, event: str, body: Json) -> Json:
    match endpoint:
        case "edit":
            return person.edit_event(event, **body)
        case "move" if "calendar" in body:
            return person.move_to_calendar(event, str(body["calendar"]))
        case "move":
            end = body.get("end")
            return person.move_event(
                event, _moment(body["start"]), None if end is None else _moment(end), time_zone=body.get("timeZone")
            )
        case "respond":
            response = str(body["response"])
            if response not in {"accepted", "tentativelyAccepted", "declined"}:
                message = f"'{response}' is no answer to an invitation"
                raise ValueError(message)
            person.respond(
                event,
                cast("Answer", response),
                comment=str(body.get("comment", "")),
                tells=bool(body.get("tells", True)),
            )
            return {"response": response}
        case _:
            person.delete_event(event)
            return {"deleted": event}


_OWN = frozenset({"subject", "start", "end", "attendees", "calendar", "timeZone"})


def _rule(body: Json) -> Json:
    settings = dict(body)
    for name in ("since", "until"):
        if settings.get(name) is not None:
            settings[name] = _moment(settings[name])
    return settings


def _moment(text: object) -> datetime:
    moment = datetime.fromisoformat(str(text))
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
