"""sim365 in a process of its own, over loopback HTTP, and somebody at Outlook in it.

Its CPU is therefore never counted with ours. Follows the wall clock; fair weather.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from bench.calendars import Entry

_ROOMS = "company: {name: Bench, domain: bench.test, time_zone: UTC}\nrooms:\n"
_APP = """apps:
  - name: Holdfast
    client_id: 11111111-2222-4333-8444-555555555555
    permissions: [Calendars.ReadWrite, Place.Read.All, User.Read.All, MailboxSettings.Read]
    secrets: [{value: bench-only, expires: 2036-01-01}]
"""
READY_WITHIN_S = 60
REQUESTS_MAX = 2_000


@dataclass(slots=True)
class Outlook:
    """A served simulator. `board` is what it told of itself."""

    board: dict[str, Any]
    process_id: int
    _client: httpx.Client

    def create(self, room: str, entry: Entry, **more: object) -> str:
        """An event made by a person; answers its id."""
        body = {
            "subject": entry.title,
            "start": entry.starts.isoformat(),
            "end": entry.ends.isoformat(),
            "timeZone": "UTC",
            "isAllDay": entry.all_day,
            "showAs": "free" if entry.all_day else "busy",
            "body": {"contentType": "text", "content": entry.note},
            **more,
        }
        return str(self._ask("POST", self._events(room), body)["id"])

    def fill(self, room: str, entries: Sequence[Entry]) -> list[str]:
        return [self.create(room, entry) for entry in entries]

    def edit(self, room: str, event_id: str, **properties: object) -> None:
        self._ask("PATCH", f"{self._events(room)}/{quote(event_id, safe='')}", properties)

    def delete(self, room: str, event_id: str) -> None:
        self._ask("DELETE", f"{self._events(room)}/{quote(event_id, safe='')}")

    def event_count(self, room: str) -> int:
        mailboxes = self._ask("GET", "/state")["tenants"][0]["mailboxes"]
        (found,) = [each for each in mailboxes if each["address"] == address_of(room)]
        return sum(calendar["events"] for calendar in found["calendars"])

    def last_number(self) -> int:
        """The number of the last Graph request."""
        return max((int(each["number"]) for each in self._requests(last=1)), default=0)

    def requests_since(self, number: int) -> list[dict[str, Any]]:
        """Graph requests after that one: the items of a batch stand apart and are marked `in_batch`."""
        return [each for each in self._requests(last=REQUESTS_MAX) if int(each["number"]) > number]

    def offences(self) -> list[dict[str, Any]]:
        return list(self._ask("GET", "/conduct")["offences"])

    def switch(self, **switches: float | bool) -> None:
        self._ask("POST", "/switches", switches)

    def _requests(self, *, last: int) -> list[dict[str, Any]]:
        return list(self._ask("GET", f"/requests?last={last}")["requests"])

    def _events(self, room: str) -> str:
        return f"/people/{address_of(room)}/events"

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        answer = self._client.request(method, path, json=body)
        if answer.status_code >= 400:
            sys.exit(f"sim365 refused {method} {path}: {answer.text}")
        return answer.json()


def address_of(room: str) -> str:
    return f"{room}@bench.test"


@contextmanager
def serving(rooms: Sequence[str]) -> Iterator[Outlook]:
    """A company with these rooms, for the length of a block."""
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-sim-") as folder:
        company = Path(folder) / "company.yaml"
        listed = "".join(
            f"  - {{name: {room}, address: {room}, building: Pier, floor: 0, capacity: 8}}\n" for room in rooms
        )
        company.write_text(_ROOMS + listed + _APP)
        program = Path(sys.executable).parent / "sim365"
        command = [str(program), "serve", "--port", "0", "--company", str(company), "--json", "--loopback-webhooks"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                board = json.loads(process.stdout.readline())
                with httpx.Client(base_url=board["control"], timeout=READY_WITHIN_S) as client:
                    yield Outlook(board, process.pid, client)
            finally:
                process.terminate()
