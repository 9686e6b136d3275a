"""What became of a booking verb, in plain words for a page.

Decides the sentence on what a yes rests and how a refusal is told; must not change what the verb decided.
"""

from dataclasses import dataclass

from holdfast.bookings.outcomes import Code, Done, Refused
from holdfast.bookings.states import Basis


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal for a page: what happened, what to do, and the small code for the helpdesk."""

    sentence: str
    remedy: str
    code: str
    fields: tuple[str, ...] = ()


YES = {
    Basis.RECORD: "Booked. No calendar in Outlook is tied to this resource, so our record is the whole truth.",
    Basis.LOOKED: "Booked. Outlook was asked a moment ago and the time is free there too.",
    Basis.READING: "Booked. Outlook was read a moment ago and the time was free there too.",
    Basis.UNREAD: "Booked, but unconfirmed: Outlook could not be asked. You see here when it has confirmed.",
}
STATUS = {
    Code.TAKEN: 409,
    Code.CHANGED_MEANWHILE: 409,
    Code.OVER: 409,
    Code.NOT_BOOKABLE: 409,
    Code.INVALID: 422,
    Code.NOT_FOUND: 404,
    Code.NOT_ALLOWED: 403,
}


def yes(done: Done) -> str:
    return YES[done.booking.basis]


def refusal(refused: Refused) -> Told:
    return Told(refused.sentence, refused.remedy, refused.code.value, refused.fields)


def status(refused: Refused) -> int:
    return STATUS[refused.code]
