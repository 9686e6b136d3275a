"""Somebody in another organisation: invites people and rooms here by mail, answers invitations, writes plain mail.

No mailbox of theirs can be read here; what they organise is kept so that they can change it and call it off.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sim365.calendars.fields import read_event
from sim365.errors import SimulatorError
from sim365.meetings.answers import Answer
from sim365.meetings.inbox import keep_mail
from sim365.meetings.outside import outsider_answers, outsider_cancels, outsider_changes, outsider_invites
from sim365.outlook import Desk
from sim365.state import Attendee, OutsideMeeting, Party
from sim365.state.world import World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outsider:
    """One person outside, by name and address."""

    desk: Desk
    party: Party

    def invites(
        self,
        subject: str,
        start: datetime,
        end: datetime | None = None,
        *,
        attendees: Iterable[str],
        **properties: Any,
    ) -> str:
        """Send an invitation; answers the meeting's iCalUId. Other properties are those of a Graph event."""
        with self.desk.lock:
            finish = end or start + timedelta(hours=1)
            body: Json = {"subject": subject, "start": _utc(start), "end": _utc(finish), **properties}
            fields = read_event(body) | {"attendees": _attendees(self.desk.world, attendees)}
            made = outsider_invites(self.desk.world, self.party, fields)
            return made.uid

    def changes(self, meeting: str, **properties: Any) -> None:
        """Send an update; `attendees` are addresses, all other properties those of a Graph event."""
        with self.desk.lock:
            held = self._meeting(meeting)
            attendees = properties.pop("attendees", None)
            fields = read_event(properties, old=held.event)
            if attendees is not None:
                fields["attendees"] = _attendees(self.desk.world, attendees)
            outsider_changes(self.desk.world, meeting, fields)

    def cancels(self, meeting: str) -> None:
        """Call a meeting off."""
        with self.desk.lock:
            self._meeting(meeting)
            outsider_cancels(self.desk.world, meeting)

    def answers(self, meeting: str, response: Answer) -> None:
        """Answer an invitation that came from here."""
        with self.desk.lock:
            outsider_answers(self.desk.world, self.party, meeting, response=response)

    def writes(self, recipient: str, subject: str) -> bool:
        """Send mail about no meeting; whether it was kept."""
        with self.desk.lock:
            found = self.desk.world.find(recipient)
            if found is None or not found.has_mailbox:
                message = f"nobody here has a mailbox called {recipient}"
                raise SimulatorError(message)
            return keep_mail(self.desk.world, found, sender=self.party, subject=subject) is not None

    def answers_to(self, meeting: str) -> dict[str, str]:
        """Who has answered what, by address."""
        with self.desk.lock:
            return {each.party.address: each.response for each in self._meeting(meeting).event.attendees}

    def _meeting(self, uid: str) -> OutsideMeeting:
        held = self.desk.world.company.outside.get(uid)
        if held is None or held.organizer.address.lower() != self.party.address.lower():
            message = f"{self.party.address} organises no meeting {uid}"
            raise SimulatorError(message)
        return held


def _attendees(world: World, addresses: Iterable[str]) -> tuple[Attendee, ...]:
    found: list[Attendee] = []
    for address in addresses:
        mailbox = world.find(address)
        name = address if mailbox is None else mailbox.display_name
        kind = "resource" if mailbox is not None and mailbox.processing is not None else "required"
        found.append(Attendee(Party(name, address if mailbox is None else mailbox.address), kind))
    return tuple(found)


def _utc(moment: datetime) -> Json:
    return {"dateTime": moment.astimezone(UTC).replace(tzinfo=None).isoformat(), "timeZone": "UTC"}
