"""Get- and Set-CalendarProcessing (FACTS 9): every setting of the attendant by its parameter's name."""

from dataclasses import fields
from typing import Any

from sim365.powershell.binding import Edit, Parameter, Takes
from sim365.powershell.cmdlets import IDENTITY, RESULT_SIZE, Call, Cmdlet
from sim365.powershell.errors import PowerShellError
from sim365.powershell.records import Record
from sim365.state import CalendarProcessing, Mailbox
from sim365.state.processing import CHOICES, NUMBERS

SETTINGS = {"".join(part.title() for part in one.name.split("_")): one.name for one in fields(CalendarProcessing)}
"""`DeleteSubject` to `delete_subject`."""
MINUTES_MAX = 2_147_483_647


def cmdlets() -> tuple[Cmdlet, ...]:
    """The two of them."""
    parameters = tuple(_parameter(name, attribute) for name, attribute in SETTINGS.items())
    return (
        Cmdlet("Get-CalendarProcessing", get_processing, (IDENTITY, RESULT_SIZE), changes=False),
        Cmdlet("Set-CalendarProcessing", set_processing, (IDENTITY, *parameters)),
    )


def get_processing(call: Call) -> list[Record]:
    """The settings of a mailbox; a person's are fixed."""
    return [_record(call.office.mailbox(call.identity))]


def set_processing(call: Call) -> list[Record]:
    """Change the settings of a resource mailbox."""
    mailbox = call.office.mailbox(call.identity)
    given = {name: value for name, value in call.bound.values.items() if name in SETTINGS}
    if mailbox.processing is None:
        _refuse_person(mailbox, given)
        return []
    changes: dict[str, Any] = {}
    for name, value in given.items():
        attribute = SETTINGS[name]
        changes[attribute] = _value(call, mailbox.processing, attribute, value)
    for attribute, value in changes.items():
        setattr(mailbox.processing, attribute, value)
    if mailbox.place is not None and "booking_type" in changes:
        mailbox.place.booking_type = str(changes["booking_type"]).lower()
    return []


def _parameter(name: str, attribute: str) -> Parameter:
    default = getattr(CalendarProcessing(), attribute)
    match default:
        case bool():
            return Parameter(name, Takes.FLAG)
        case int():
            low, high = NUMBERS.get(attribute, (0, MINUTES_MAX))
            return Parameter(name, Takes.NUMBER, low=low, high=high)
        case tuple():
            return Parameter(name, Takes.TEXTS)
        case _:
            return Parameter(name, choices=CHOICES.get(attribute, ()))


def _value(call: Call, processing: CalendarProcessing, attribute: str, value: Any) -> Any:
    """Lists name people and groups by any identity and are kept as addresses."""
    if isinstance(value, Edit):
        edit = Edit(
            tuple(call.office.address_of(one) for one in value.add),
            tuple(call.office.address_of(one) for one in value.remove),
        )
        return edit.applied_to(getattr(processing, attribute))
    if isinstance(value, tuple):
        return tuple(call.office.address_of(str(one)) for one in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return value


def _refuse_person(mailbox: Mailbox, given: dict[str, Any]) -> None:
    """A user's mailbox is AutoUpdate for ever (FACTS 9); anything else about it has no effect."""
    wanted = given.get("AutomateProcessing", "AutoUpdate")
    if wanted != "AutoUpdate":
        message = (
            f"AutomateProcessing of the user mailbox '{mailbox.display_name}' is AutoUpdate and cannot be changed."
        )
        raise PowerShellError(message, category="InvalidArgument")


def _record(mailbox: Mailbox) -> Record:
    processing = mailbox.processing or CalendarProcessing(automate_processing="AutoUpdate")
    shown: dict[str, Any] = {name: getattr(processing, attribute) for name, attribute in SETTINGS.items()}
    return Record(
        "CalendarProcessing", mailbox.address, {"Identity": mailbox.display_name, **dict(sorted(shown.items()))}
    )
