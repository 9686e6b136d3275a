"""Outlook's side of the tour: somebody with Outlook open, as sim365's control interface acts it out.

Decides how the tour speaks to sim365: over HTTP like anybody outside, never through Holdfast. It also reads what only
the other side can know: how many Graph requests came, and how many mails Exchange would have sent.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import quote

import httpx

TIMEOUT_S = 10.0
QUIET = timedelta(minutes=10)
"""What falls due later than this (a subscription's end) is nobody's echo."""

Json = dict[str, Any]


class Outlook:
    """The people of the sample company, and the referee's books."""

    def __init__(self, control_url: str) -> None:
        self._http = httpx.Client(base_url=control_url + "/", timeout=TIMEOUT_S, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def write(self, address: str, title: str, start: datetime, end: datetime) -> str:
        """Somebody writes an event straight into a calendar; answers its id."""
        body = {"subject": title, "start": start.isoformat(), "end": end.isoformat()}
        return str(self._ask("POST", _events(address), body)["id"])

    def move(self, address: str, event_id: str, start: datetime, end: datetime) -> None:
        body = {"start": start.isoformat(), "end": end.isoformat()}
        self._ask("POST", f"{_events(address)}/{quote(event_id, safe='')}/move", body)

    def delete(self, address: str, event_id: str) -> None:
        self._ask("DELETE", f"{_events(address)}/{quote(event_id, safe='')}")

    def events(self, address: str, start: datetime, end: datetime) -> list[Json]:
        """What stands in a calendar between two instants, cancelled or not."""
        span = {"start": start.isoformat(), "end": end.isoformat()}
        return cast("list[Json]", self._ask("GET", _events(address), arguments=span)["value"])

    def count(self) -> int:
        """Events in all calendars, series counted once."""
        (tenant,) = self._ask("GET", "state")["tenants"]
        return sum(calendar["events"] for mailbox in tenant["mailboxes"] for calendar in mailbox["calendars"])

    def requests(self) -> int:
        """Graph requests so far."""
        return int(self._ask("GET", "conduct")["requests"])

    def subscriptions(self) -> int:
        """How many calendars it will ring for."""
        return len(self._ask("GET", "subscriptions")["subscriptions"])

    def offences(self) -> list[Json]:
        """What a well-behaved client would not have done."""
        return cast("list[Json]", self._ask("GET", "conduct")["offences"])

    def mails(self) -> int:
        """Mails that Exchange would have sent."""
        return int(self._ask("GET", "ledger")["count"])

    def lose_notices(self, address: str) -> None:
        self._ask("POST", "weather", {"fault": "notice_lost", "mailbox": address})

    def lost_notices(self) -> int:
        return int(self._ask("GET", "weather")["struck"].get("notice_lost", 0))

    def delay_notice(self, address: str, seconds: float) -> None:
        """The next notice about this mailbox comes so much later."""
        self._ask("POST", "weather", {"fault": "notice_late", "mailbox": address, "times": 1, "parameter": seconds})

    def clear_weather(self) -> None:
        self._ask("DELETE", "weather")

    def is_quiet(self) -> bool:
        """Whether nothing is under way: no notice, no message, no attendant at work."""
        told = self._ask("GET", "clock")
        if told["nextDue"] is None:
            return True
        ahead = datetime.fromisoformat(told["nextDue"]) - datetime.fromisoformat(told["now"])
        return ahead > QUIET

    def deliver_notices_within(self, seconds: float) -> None:
        self._ask("POST", "switches", {"notice_delay_max_s": seconds})

    def _ask(
        self, method: str, path: str, body: Json | None = None, arguments: Mapping[str, str] | None = None
    ) -> Json:
        answer = self._http.request(method, path, json=body, params=arguments)
        answer.raise_for_status()
        return cast("Json", answer.json())


def begins(event: Json) -> datetime:
    """The start of an event as sim365 shows it, in UTC."""
    return datetime.fromisoformat(event["start"]["dateTime"][: len("2026-03-03T10:00:00")]).replace(tzinfo=UTC)


def _events(address: str) -> str:
    return f"people/{quote(address)}/events"
