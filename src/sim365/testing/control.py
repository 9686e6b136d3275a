"""The control API of a served simulator, from Python: what `/_sim` does, one method for each.

Decides nothing: it sends what it is asked and gives back what was answered. A refusal becomes `ControlRefused` with the
simulator's own sentence.

    control = ControlClient("http://127.0.0.1:8365")
    control.add_weather("throttled", times=3)
    ada = control.person("ada@fjord.example")
    event = ada.create_event("Planning", start, end, attendees=["aquarium@fjord.example"])
    control.advance(60)
    assert control.mails(to="ada@fjord.example")
"""

from __future__ import annotations

from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

Json = dict[str, Any]
TIMEOUT_S = 60.0


class ControlRefused(Exception):
    """The simulator refused an order; the message is its own sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ControlClient:
    """One served simulator, seen by an operator or a test. Times are aware datetimes, durations are seconds."""

    def __init__(self, root: str, *, transport: httpx.BaseTransport | None = None) -> None:
        """`root` is where the simulator stands, such as `http://127.0.0.1:8365`."""
        # The environment's proxies are for other machines; the simulator is on this one.
        self._http = httpx.Client(base_url=root, timeout=TIMEOUT_S, trust_env=False, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def now(self) -> datetime:
        """The simulator's present."""
        return datetime.fromisoformat(self.ask("GET", "clock")["now"])

    def advance(self, seconds: float) -> datetime:
        """Let time pass, and do what falls due on the way; answers the new present."""
        return datetime.fromisoformat(self.ask("POST", "clock/advance", {"seconds": seconds})["now"])

    def deliver(self) -> int:
        """Do what is due by now; answers how many pieces of work that were."""
        return self.ask("POST", "deliver")["done"]

    def settle(self) -> int:
        """Let time pass until no message or attendant is at work."""
        return self.ask("POST", "settle")["done"]

    def add_weather(self, fault: str, **settings: Any) -> Json:
        """Let something go wrong: `rate`, `times`, `mailbox`, `method`, `path`, `since`, `until`, `parameter`."""
        return self.ask("POST", "weather", {"fault": fault, **_texts(settings)})

    def clear_weather(self) -> None:
        """Fair weather from now on."""
        self.ask("DELETE", "weather")

    def switches(self) -> Json:
        """The named switches and how they stand."""
        return self.ask("GET", "switches")

    def switch(self, **values: bool | float) -> Json:
        """Turn switches by name; answers how all of them stand."""
        return self.ask("POST", "switches", values)

    def conduct(self) -> Json:
        """Requests counted by operation, `offences`, `unusedPermissions`, and `bugs` of the simulator itself."""
        return self.ask("GET", "conduct")

    def forget_conduct(self) -> None:
        """Count from zero: requests, offences and what an app was told to wait for."""
        self.ask("DELETE", "conduct")

    def requests(self, *, last: int = 100) -> list[Json]:
        """The last requests, oldest first."""
        return self.ask("GET", f"requests?last={last}")["requests"]

    def mails(self, *, to: str | None = None) -> list[Json]:
        """The mails that Exchange would have sent, oldest first."""
        return self.ask("GET", "ledger" if to is None else f"ledger?to={quote(to, safe='')}")["mails"]

    def subscriptions(self) -> list[Json]:
        """Every subscription to change notices."""
        return self.ask("GET", "subscriptions")["subscriptions"]

    def lifecycle(self, event: str, *, mailbox: str | None = None) -> int:
        """Send `missed`, `subscriptionRemoved` or `reauthorizationRequired`; answers to how many subscriptions."""
        return self.ask("POST", "lifecycle", {"event": event, "mailbox": mailbox})["sent"]

    def forget_sync_states(self, mailbox: str | None = None) -> None:
        """Make delta tokens answer 410: those of a mailbox, or all."""
        self.ask("POST", "forget-sync-states", {"mailbox": mailbox})

    def state(self, *, events: bool = False) -> Json:
        """Tenants, mailboxes and calendars; with `events` also every event in them, as Graph shows it."""
        return self.ask("GET", "state?events=true" if events else "state")

    def snapshot(self) -> str:
        """Save the whole state; answers the name to restore it by."""
        return self.ask("POST", "snapshots")["snapshot"]

    def restore(self, name: str) -> None:
        """Go back to a saved state."""
        self.ask("POST", f"snapshots/{quote(name, safe='')}/restore")

    def person(self, address: str) -> PersonClient:
        """Somebody at Outlook, or a room's calendar as its owner sees it."""
        return PersonClient(self, address)

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        """Any order of the control API, by its path below `/_sim/`; raises `ControlRefused`."""
        answer = self._http.request(method, f"/_sim/{path}", json=body)
        told = answer.json()
        if answer.is_error:
            raise ControlRefused(answer.status_code, str(told.get("error", answer.text)))
        return told


class PersonClient:
    """One person's hand in Outlook; nothing of it counts as a client's request."""

    def __init__(self, control: ControlClient, address: str) -> None:
        self._control = control
        self.address = address

    def events(self, start: datetime | None = None, end: datetime | None = None) -> list[Json]:
        """What stands in the default calendar, or only what touches the span."""
        if start is None or end is None:
            return self._ask("GET", "events")["value"]
        return self._ask("GET", f"events?start={_query(start)}&end={_query(end)}")["value"]

    def create_event(self, subject: str, start: datetime, end: datetime | None = None, **properties: Any) -> Json:
        """Write an event; `attendees` are addresses, `timeZone` and other properties are Graph's."""
        body = {"subject": subject, "start": start, "end": end, **properties}
        return self._ask("POST", "events", _texts({name: value for name, value in body.items() if value is not None}))

    def edit_event(self, event: str, **properties: Any) -> Json:
        """Change properties of an event, by Graph's names."""
        return self._ask("PATCH", f"events/{quote(event, safe='')}", _texts(properties))

    def move_event(self, event: str, start: datetime, end: datetime | None = None) -> Json:
        """Drag an event to another time."""
        body: Json = {"start": start.isoformat()}
        if end is not None:
            body["end"] = end.isoformat()
        return self._ask("POST", f"events/{quote(event, safe='')}/move", body)

    def respond(self, event: str, response: str, *, comment: str = "", tells: bool = True) -> None:
        """Answer an invitation: `accepted`, `tentativelyAccepted` or `declined`."""
        self._ask(
            "POST",
            f"events/{quote(event, safe='')}/respond",
            {"response": response, "comment": comment, "tells": tells},
        )

    def delete_event(self, event: str) -> None:
        """Delete an event."""
        self._ask("DELETE", f"events/{quote(event, safe='')}")

    def empty_calendar(self) -> int:
        """Delete everything in the default calendar; answers how many events that were."""
        return self._ask("DELETE", "events")["deleted"]

    def _ask(self, method: str, path: str, body: Json | None = None) -> Json:
        return self._control.ask(method, f"people/{quote(self.address, safe='@')}/{path}", body)


def _query(moment: datetime) -> str:
    return quote(moment.isoformat(), safe="")


def _texts(settings: Json) -> Json:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in settings.items()}
