"""One hand for tests about Exchange: books rooms, changes settings, reads who answered what and which mails went out."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sim365.simulator import Simulator
from tests.sim365.core.harbour import Graph


def at_harbour(name: str) -> str:
    return name if "@" in name else f"{name}@harbour.test"


def daily(times: int | None, start) -> dict[str, Any]:
    span: dict[str, Any] = {"startDate": start.date().isoformat()}
    span |= {"type": "noEnd"} if times is None else {"type": "numbered", "numberOfOccurrences": times}
    return {"pattern": {"type": "daily", "interval": 1}, "range": span}


@dataclass
class Harbourmaster:
    sim: Simulator
    graph: Graph

    def set(self, room: str, **settings: Any) -> None:
        """Settings of the attendant, in our spelling."""
        processing = self.sim.person(at_harbour(room)).mailbox.processing
        for name, value in settings.items():
            assert hasattr(processing, name)
            setattr(processing, name, value)

    def invite(self, who: str, start, *guests: str, hours: float = 1, times: int | None = 0, **more: Any):
        """Somebody invites, and everything settles; answers the organiser's event."""
        if times != 0:
            more["recurrence"] = daily(times, start)
        event = self.ask(who, start, *guests, hours=hours, **more)
        self.sim.settle()
        return event

    def ask(self, who: str, start, *guests: str, hours: float = 1, subject: str = "Planning", **more: Any):
        """Somebody invites; nothing has travelled yet."""
        return self.sim.person(at_harbour(who)).create_event(
            subject,
            start,
            start + timedelta(hours=hours),
            attendees=[at_harbour(guest) for guest in guests],
            time_zone="UTC",
            **more,
        )

    def held(self, who: str) -> list[dict[str, Any]]:
        """What lies in a calendar, masters unexpanded."""
        return self.sim.person(at_harbour(who)).events()

    def copy(self, who: str) -> dict[str, Any]:
        [found] = self.held(who)
        return found

    def shown(self, who: str, start, days: int = 30) -> list[dict[str, Any]]:
        """What a calendar shows, occurrences expanded."""
        return self.sim.person(at_harbour(who)).events(start - timedelta(days=1), start + timedelta(days=days))

    def status(self, who: str, event, guest: str) -> str:
        """What the organiser's event says of a guest's answer."""
        found = self.sim.person(at_harbour(who)).event(event)
        assert found is not None
        [status] = [
            each["status"]["response"]
            for each in found["attendees"]
            if each["emailAddress"]["address"] == at_harbour(guest)
        ]
        return status

    def mails(self, kind: str, *, to: str | None = None) -> list[Any]:
        return [
            mail
            for mail in self.sim.ledger.mails
            if mail.kind == kind and (to is None or mail.recipient == at_harbour(to))
        ]

    def answer_text(self) -> str:
        """What the attendant wrote last."""
        return self.mails("response")[-1].text

    def inbox(self, who: str) -> list[tuple[str, str]]:
        return [(item.kind, item.subject) for item in self.sim.inbox(at_harbour(who)).items()]
