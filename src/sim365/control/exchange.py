"""What the control API does to Exchange itself: an administrator's PowerShell, people outside, Inboxes, rooms' panels.

Each order is one request below `/_sim`; `ROUTES` says which, `do` carries one out.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, cast

from werkzeug.routing import Rule

from sim365.meetings.answers import Answer
from sim365.reception import Outsider
from sim365.simulator import Simulator
from sim365.state import InboxItem

Json = dict[str, Any]

ROUTES = [
    Rule("/_sim/powershell", methods=["POST"], endpoint="powershell"),
    Rule("/_sim/people/<address>/inbox", methods=["GET"], endpoint="inbox"),
    Rule("/_sim/people/<address>/inbox/<number>", methods=["POST"], endpoint="inbox_answer"),
    Rule("/_sim/outside/<address>/meetings", methods=["POST"], endpoint="outside_invite"),
    Rule("/_sim/outside/<address>/meetings/<event>", methods=["GET"], endpoint="outside_answers"),
    Rule("/_sim/outside/<address>/meetings/<event>", methods=["PATCH"], endpoint="outside_change"),
    Rule("/_sim/outside/<address>/meetings/<event>", methods=["DELETE"], endpoint="outside_cancel"),
    Rule("/_sim/outside/<address>/meetings/<event>/respond", methods=["POST"], endpoint="outside_respond"),
    Rule("/_sim/outside/<address>/mails", methods=["POST"], endpoint="outside_mail"),
    Rule("/_sim/rooms/<address>/reserve", methods=["POST"], endpoint="reserve"),
    Rule("/_sim/rooms/<address>/check-in", methods=["POST"], endpoint="check_in"),
    Rule("/_sim/bookings/<address>/appointments", methods=["POST"], endpoint="appoint"),
    Rule("/_sim/bookings/<address>/appointments/<event>", methods=["DELETE"], endpoint="call_off"),
]
ENDPOINTS = frozenset(rule.endpoint for rule in ROUTES)
_OWN = frozenset({"subject", "start", "end", "attendees", "name"})


def do(simulator: Simulator, endpoint: str, places: dict[str, Any], body: Json) -> Json:
    """One order."""
    address = str(places.get("address", ""))
    if endpoint == "powershell":
        outcome = simulator.powershell(_text(body, "lines"))
        errors = [asdict(error) | {"text": error.text} for error in outcome.errors]
        return {"output": outcome.output, "errors": errors}
    if endpoint.startswith("inbox"):
        return _inbox(simulator, endpoint, places, body)
    if endpoint.startswith("outside"):
        outsider = simulator.outsider(address, str(body.get("name", "")))
        return _outside(outsider, endpoint, str(places.get("event", "")), body)
    return _at_the_door(simulator, endpoint, places, body)


def _inbox(simulator: Simulator, endpoint: str, places: dict[str, Any], body: Json) -> Json:
    owner = simulator.inbox(str(places["address"]))
    if endpoint == "inbox_answer":
        owner.answers(int(places["number"]), _answer(body), comment=str(body.get("comment", "")))
    return {"items": [_item(item) for item in owner.items()]}


def _outside(outsider: Outsider, endpoint: str, meeting: str, body: Json) -> Json:
    more = {name: value for name, value in body.items() if name not in _OWN}
    match endpoint:
        case "outside_invite":
            end = body.get("end")
            return {
                "meeting": outsider.invites(
                    _text(body, "subject"),
                    _moment(body["start"]),
                    None if end is None else _moment(end),
                    attendees=[str(one) for one in cast("list[object]", body["attendees"])],
                    **more,
                )
            }
        case "outside_change":
            outsider.changes(meeting, **{name: value for name, value in body.items() if name != "name"})
        case "outside_cancel":
            outsider.cancels(meeting)
            return {"cancelled": meeting}
        case "outside_respond":
            outsider.answers(meeting, _answer(body))
            return {"response": body["response"]}
        case "outside_mail":
            return {"kept": outsider.writes(_text(body, "to"), _text(body, "subject"))}
        case _:
            pass
    return {"meeting": meeting, "answers": outsider.answers_to(meeting)}


def _at_the_door(simulator: Simulator, endpoint: str, places: dict[str, Any], body: Json) -> Json:
    address = str(places["address"])
    match endpoint:
        case "reserve":
            subject = str(body.get("subject", "Reserved"))
            return {"meeting": simulator.panel(address).reserve(int(body.get("minutes", 30)), subject=subject)}
        case "check_in":
            return {"checkedIn": simulator.panel(address).check_in()}
        case "appoint":
            end = body.get("end")
            made = simulator.bookings(address).appoint(
                _text(body, "service"),
                _moment(body["start"]),
                None if end is None else _moment(end),
                customer=_text(body, "customer"),
                staff=[str(one) for one in cast("list[object]", body.get("staff", []))],
            )
            return {"appointment": made}
        case _:
            simulator.bookings(address).call_off(str(places["event"]))
            return {"cancelled": places["event"]}


def _item(item: InboxItem) -> Json:
    return {
        "number": item.number,
        "at": item.at,
        "kind": item.kind,
        "from": item.sender.address,
        "subject": item.subject,
        "meeting": item.uid or None,
        "room": item.room or None,
    }


def _answer(body: Json) -> Answer:
    response = _text(body, "response")
    if response not in {"accepted", "tentativelyAccepted", "declined"}:
        message = f"'{response}' is no answer to an invitation"
        raise ValueError(message)
    return cast("Answer", response)


def _text(body: Json, name: str) -> str:
    value = body[name]
    if not isinstance(value, str):
        message = f"'{name}' must be a text"
        raise TypeError(message)
    return value


def _moment(text: object) -> datetime:
    moment = datetime.fromisoformat(str(text))
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
