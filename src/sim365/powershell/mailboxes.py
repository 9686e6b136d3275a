"""Mailboxes: making, finding, converting, removing and restoring them (FACTS 2.2, 9, 10)."""

from datetime import timedelta
from typing import Any

from sim365.directory.lifecycle import delete_user, deleted_users, restore_user
from sim365.errors import GraphError
from sim365.powershell.binding import Edit, Parameter, Takes
from sim365.powershell.cmdlets import IDENTITY, RESULT_SIZE, Call, Cmdlet, flag, number, texts
from sim365.powershell.errors import PowerShellError, not_found, taken
from sim365.powershell.office import Office
from sim365.powershell.records import Record
from sim365.state import CalendarProcessing, Mailbox, Place, PlaceKind, UserPurpose

TYPES = ("Room", "Equipment", "Shared", "Regular", "Workspace")
DETAILS = {
    "RoomMailbox": UserPurpose.ROOM,
    "EquipmentMailbox": UserPurpose.EQUIPMENT,
    "SharedMailbox": UserPurpose.SHARED,
    "UserMailbox": UserPurpose.USER,
    "LinkedMailbox": UserPurpose.LINKED,
    "SchedulingMailbox": UserPurpose.OTHERS,
}
"""`RecipientTypeDetails`."""
_DETAILS_OF = {purpose: name for name, purpose in DETAILS.items()}
_SHOWN = ("Name", "Alias", "PrimarySmtpAddress", "RecipientTypeDetails", "ResourceType")

_LOOKS = (Parameter("DisplayName"), number("ResourceCapacity"), Parameter("Alias"), Parameter("PrimarySmtpAddress"))


def cmdlets() -> tuple[Cmdlet, ...]:
    """Everything about mailboxes themselves."""
    where = Parameter("Identity", position=1)
    kinds = texts("RecipientTypeDetails")
    return (
        Cmdlet(
            "Get-Mailbox",
            get_mailbox,
            (where, kinds, RESULT_SIZE, Parameter("SoftDeletedMailbox", Takes.SWITCH)),
            changes=False,
        ),
        Cmdlet(
            "New-Mailbox",
            new_mailbox,
            (
                Parameter("Name", is_needed=True, position=1),
                *(Parameter(kind, Takes.SWITCH) for kind in ("Room", "Equipment", "Shared")),
                *_LOOKS,
                Parameter("MicrosoftOnlineServicesID"),
                Parameter("Password"),
                flag("EnableRoomMailboxAccount"),
            ),
        ),
        Cmdlet(
            "Set-Mailbox",
            set_mailbox,
            (
                IDENTITY,
                Parameter("Type", choices=TYPES),
                Parameter("Name"),
                *_LOOKS,
                Parameter("WindowsEmailAddress"),
                texts("EmailAddresses"),
                flag("HiddenFromAddressListsEnabled"),
                flag("AccountDisabled"),
            ),
        ),
        Cmdlet("Remove-Mailbox", remove_mailbox, (IDENTITY, Parameter("PermanentlyDelete", Takes.SWITCH))),
        Cmdlet(
            "Undo-SoftDeletedMailbox", restore_mailbox, (Parameter("SoftDeletedObject", is_needed=True, position=1),)
        ),
        Cmdlet("Restore-Mailbox", restore_mailbox, (IDENTITY,)),
    )


def get_mailbox(call: Call) -> list[Record]:
    """One mailbox, or all of some kinds."""
    office, bound = call.office, call.bound
    if bound.get("SoftDeletedMailbox"):
        return [record(box) for box in deleted_users(office.world, office.tenant)]
    if "Identity" in bound or call.piped is not None:
        return [record(office.mailbox(call.identity))]
    wanted = _purposes(bound.texts("RecipientTypeDetails"))
    found = [box for box in office.tenant.mailboxes.values() if box.has_mailbox and box.purpose in wanted]
    limit = bound.text("ResultSize") or "1000"
    return [record(box) for box in found[: int(limit) if limit.isdigit() else None]]


def new_mailbox(call: Call) -> list[Record]:
    """A new mailbox; a resource's attendant accepts by itself (FACTS 9, AutomateProcessing)."""
    office, bound = call.office, call.bound
    name = bound.text("Name")
    kinds = [kind for kind in ("Room", "Equipment", "Shared") if bound.get(kind)]
    if len(kinds) > 1:
        message = f"Parameter set cannot be resolved: -{kinds[0]} and -{kinds[1]} exclude each other."
        raise PowerShellError(message, category="InvalidArgument", error_id="AmbiguousParameterSet")
    wanted = bound.text("PrimarySmtpAddress") or bound.text("MicrosoftOnlineServicesID") or bound.text("Alias")
    address = office.free_address(name, wanted=wanted)
    mailbox = Mailbox(
        oid=office.new_id("mailbox", address),
        address=address,
        display_name=bound.text("DisplayName") or name,
        purpose=_purpose_of(kinds[0] if kinds else "Regular"),
        password=bound.text("Password"),
        processing=None,
    )
    if "ResourceCapacity" in bound and mailbox.place is not None:
        mailbox.place.capacity = bound.get("ResourceCapacity")
    if mailbox.place is not None:
        # A new room shows in places a day or two later (FACTS 2.1).
        mailbox.listed_from = office.now + timedelta(hours=office.world.switches.places_lag_hours)
    office.world.retag(office.tenant.add_mailbox(mailbox))
    return [record(mailbox)]


def set_mailbox(call: Call) -> list[Record]:
    """Change a mailbox: its kind, names and addresses."""
    office, bound = call.office, call.bound
    mailbox = office.mailbox(call.identity)
    address = bound.text("PrimarySmtpAddress") or bound.text("WindowsEmailAddress")
    if address and address.lower() != mailbox.address.lower():
        holder = office.tenant.find(address)
        if (holder is not None and holder is not mailbox) or (holder is None and office.is_taken(address)):
            raise taken(address)
        office.tenant.rename(mailbox, address)
    if "EmailAddresses" in bound:
        _set_addresses(office, mailbox, bound.get("EmailAddresses"))
    if "Type" in bound:
        _convert(mailbox, bound.text("Type"))
    if name := bound.text("DisplayName") or bound.text("Name"):
        mailbox.display_name = name
    if "ResourceCapacity" in bound:
        mailbox.place = mailbox.place or Place()
        mailbox.place.capacity = bound.get("ResourceCapacity")
    if "HiddenFromAddressListsEnabled" in bound:
        mailbox.is_hidden = bound.get("HiddenFromAddressListsEnabled")
    if "AccountDisabled" in bound:
        mailbox.account_enabled = not bound.get("AccountDisabled")
    return []


def remove_mailbox(call: Call) -> list[Record]:
    """Into the deleted mailboxes, for thirty days; or for good."""
    office = call.office
    mailbox = office.mailbox(call.identity)
    delete_user(office.world, office.tenant, mailbox)
    if call.bound.get("PermanentlyDelete"):
        del office.tenant.deleted_users[mailbox.oid]
    return []


def restore_mailbox(call: Call) -> list[Record]:
    """Back from the deleted mailboxes."""
    office = call.office
    identity = call.bound.text("SoftDeletedObject") or call.identity
    wanted = identity.lower()
    for mailbox in deleted_users(office.world, office.tenant):
        if wanted in mailbox.names() | {mailbox.display_name.lower(), mailbox.address.partition("@")[0].lower()}:
            try:
                return [record(restore_user(office.world, office.tenant, mailbox.oid))]
            except GraphError as error:
                raise PowerShellError(error.message, category="ResourceExists") from error
    raise not_found(identity, office.server)


def record(mailbox: Mailbox) -> Record:
    """A mailbox as `Get-Mailbox` shows it."""
    properties: dict[str, Any] = {
        "Identity": mailbox.display_name,
        "Name": mailbox.display_name,
        "DisplayName": mailbox.display_name,
        "Alias": mailbox.address.partition("@")[0],
        "PrimarySmtpAddress": mailbox.address,
        "EmailAddresses": (f"SMTP:{mailbox.address}", *(f"smtp:{alias}" for alias in mailbox.aliases)),
        "UserPrincipalName": mailbox.upn,
        "ExternalDirectoryObjectId": mailbox.oid,
        "RecipientType": "UserMailbox",
        "RecipientTypeDetails": _DETAILS_OF[mailbox.purpose],
        "IsResource": mailbox.processing is not None,
        "ResourceType": _resource_type(mailbox),
        "ResourceCapacity": mailbox.place.capacity if mailbox.place else None,
        "HiddenFromAddressListsEnabled": mailbox.is_hidden,
        "AccountDisabled": not mailbox.account_enabled,
    }
    return Record("Mailbox", mailbox.address, properties, shown=_SHOWN)


def _purposes(names: tuple[str, ...]) -> set[UserPurpose]:
    if not names:
        return set(UserPurpose)
    known = {name.lower(): purpose for name, purpose in DETAILS.items()}
    unknown = [name for name in names if name.lower() not in known]
    if unknown:
        message = (
            f"Cannot convert value '{unknown[0]}' to the enumeration RecipientTypeDetails. "
            f"Specify one of the following names and try again: {', '.join(DETAILS)}"
        )
        raise PowerShellError(message, category="InvalidData", error_id="ParameterArgumentTransformationError")
    return {known[name.lower()] for name in names}


def _purpose_of(kind: str) -> UserPurpose:
    return {
        "Room": UserPurpose.ROOM,
        "Workspace": UserPurpose.ROOM,
        "Equipment": UserPurpose.EQUIPMENT,
        "Shared": UserPurpose.SHARED,
        "Regular": UserPurpose.USER,
    }[kind]


def _convert(mailbox: Mailbox, kind: str) -> None:
    """Another kind of mailbox: its calendar stays, its attendant begins or ends."""
    mailbox.purpose = _purpose_of(kind)
    is_place = kind in {"Room", "Workspace"}
    mailbox.processing = (mailbox.processing or CalendarProcessing()) if is_place or kind == "Equipment" else None
    if is_place:
        mailbox.place = mailbox.place or Place()
        mailbox.place.kind = PlaceKind.WORKSPACE if kind == "Workspace" else PlaceKind.ROOM
    else:
        mailbox.place = None
    mailbox.account_enabled = kind == "Regular"


def _set_addresses(office: Office, mailbox: Mailbox, wanted: Edit | tuple[str, ...]) -> None:
    """Aliases: entries as `smtp:name@domain`; the one in capitals is the primary address."""
    held = (f"SMTP:{mailbox.address}", *(f"smtp:{alias}" for alias in mailbox.aliases))
    entries = _tidied(wanted, held)
    primary = next((entry[5:] for entry in entries if entry.startswith("SMTP:")), mailbox.address)
    aliases = tuple(entry[5:] for entry in entries if entry.startswith("smtp:") and entry[5:] != primary)
    for address in (primary, *aliases):
        holder = office.tenant.find(address)
        if holder is not None and holder is not mailbox:
            raise taken(address)
    if primary.lower() != mailbox.address.lower():
        office.tenant.rename(mailbox, primary)
    office.tenant.take_out(mailbox)
    mailbox.aliases = aliases
    office.tenant.add_mailbox(mailbox)


def _tidied(wanted: Edit | tuple[str, ...], held: tuple[str, ...]) -> tuple[str, ...]:
    def whole(entry: str) -> str:
        return entry if entry[:5].lower() == "smtp:" else f"smtp:{entry}"

    if isinstance(wanted, Edit):
        edit = Edit(tuple(whole(one) for one in wanted.add), tuple(whole(one) for one in wanted.remove))
        return edit.applied_to(held)
    return tuple(whole(one) for one in wanted)


def _resource_type(mailbox: Mailbox) -> str | None:
    if mailbox.purpose is UserPurpose.EQUIPMENT:
        return "Equipment"
    if mailbox.place is None:
        return None
    return "Workspace" if mailbox.place.kind is PlaceKind.WORKSPACE else "Room"
