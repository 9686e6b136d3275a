"""Who may see and change a calendar folder: Get-, Add-, Set- and Remove-MailboxFolderPermission (FACTS 3.1, 9.2).

The same permissions that Graph shows as `calendarPermission`; `Default` is the whole organisation.
"""

from dataclasses import dataclass

from sim365.powershell.binding import Parameter
from sim365.powershell.cmdlets import Call, Cmdlet, texts
from sim365.powershell.errors import PowerShellError, Refused, not_found, wrong_value
from sim365.powershell.records import Record
from sim365.state import Calendar, CalendarRole, CalendarShare, Mailbox

RIGHTS = {
    "None": CalendarRole.NONE,
    "AvailabilityOnly": CalendarRole.FREE_BUSY_READ,
    "LimitedDetails": CalendarRole.LIMITED_READ,
    "Reviewer": CalendarRole.READ,
    "Editor": CalendarRole.WRITE,
}
"""The rights that a calendar knows as roles."""
UNMODELLED = ("Author", "Contributor", "NonEditingAuthor", "Owner", "PublishingAuthor", "PublishingEditor")
DELEGATES = (CalendarRole.DELEGATE_WITHOUT_PRIVATE, CalendarRole.DELEGATE_WITH_PRIVATE)
EVERYBODY, STRANGERS = "default", "anonymous"


@dataclass(frozen=True, slots=True)
class _Folder:
    mailbox: Mailbox
    calendar: Calendar
    name: str


def cmdlets() -> tuple[Cmdlet, ...]:
    """The four of them."""
    identity = Parameter("Identity", is_needed=True, position=1)
    user = Parameter("User", is_needed=True)
    rights = Parameter("AccessRights", is_needed=True)
    delegate = texts("SharingPermissionFlags")
    return (
        Cmdlet("Get-MailboxFolderPermission", get_permissions, (identity, Parameter("User")), changes=False),
        Cmdlet("Add-MailboxFolderPermission", add_permission, (identity, user, rights, delegate)),
        Cmdlet("Set-MailboxFolderPermission", set_permission, (identity, user, rights, delegate)),
        Cmdlet("Remove-MailboxFolderPermission", remove_permission, (identity, user)),
    )


def get_permissions(call: Call) -> list[Record]:
    """Who has which rights in a calendar."""
    folder = _folder(call)
    calendar = folder.calendar
    everybody = _record(folder, "Default", calendar.organization_role)
    rest = [_record(folder, share.name or share.address, share.role) for share in calendar.shares.values()]
    found = [everybody, _record(folder, "Anonymous", CalendarRole.NONE), *rest]
    wanted = call.bound.text("User").lower()
    if not wanted:
        return found
    if wanted not in {EVERYBODY, STRANGERS}:
        wanted = (_share(call, folder).name or wanted).lower()
    return [record for record in found if str(record.properties["User"]).lower() == wanted]


def add_permission(call: Call) -> list[Record]:
    """Share a calendar with somebody new."""
    folder, role = _folder(call), _role(call)
    if call.bound.text("User").lower() in {EVERYBODY, STRANGERS} or _sharee(call) in folder.calendar.shares:
        message = f"An existing permission entry was found for user: {call.bound.text('User')}."
        raise PowerShellError(
            message, category="ResourceExists", error_id="UserAlreadyExistsInPermissionEntryException"
        )
    address = _sharee(call)
    known = call.office.find_mailbox(address)
    share = CalendarShare(
        address if known is None else known.address,
        address if known is None else known.display_name,
        role,
        "" if known is None else known.oid,
    )
    folder.calendar.shares[share.address.lower()] = share
    return [_record(folder, share.name, role)]


def set_permission(call: Call) -> list[Record]:
    """Change the rights of somebody who has some, or of everybody."""
    folder, role = _folder(call), _role(call)
    user = call.bound.text("User").lower()
    if user == EVERYBODY:
        folder.calendar.organization_role = role
    elif user == STRANGERS:
        if role is not CalendarRole.NONE:
            what = "calendars that are open to anonymous visitors"
            raise Refused(what)
    else:
        _share(call, folder).role = role
    return []


def remove_permission(call: Call) -> list[Record]:
    """Share a calendar no longer with somebody."""
    folder = _folder(call)
    if call.bound.text("User").lower() in {EVERYBODY, STRANGERS}:
        message = "The permissions of Default and Anonymous can be set, not removed."
        raise PowerShellError(message, category="InvalidArgument", error_id="CannotRemoveSpecialUserException")
    share = _share(call, folder)
    del folder.calendar.shares[share.address.lower()]
    return []


def _folder(call: Call) -> _Folder:
    r"""`room:\Calendar`, or the mailbox alone for its default calendar."""
    identity = call.identity
    name, _, path = identity.partition(":")
    mailbox = call.office.mailbox(name)
    default = call.office.world.default_calendar(mailbox)
    wanted = path.strip("\\").lower()
    if not wanted:
        return _Folder(mailbox, default, default.name)
    for calendar in mailbox.calendars.values():
        if wanted in {calendar.name.lower(), f"{default.name}\\{calendar.name}".lower()}:
            return _Folder(mailbox, calendar, calendar.name)
    raise not_found(identity, call.office.server)


def _sharee(call: Call) -> str:
    user = call.bound.text("User")
    known = call.office.find_mailbox(user)
    if known is None and "@" not in user:
        raise not_found(user, call.office.server)
    return (user if known is None else known.address).lower()


def _share(call: Call, folder: _Folder) -> CalendarShare:
    share = folder.calendar.shares.get(_sharee(call))
    if share is None:
        message = f"There is no existing permission entry found for user: {call.bound.text('User')}."
        raise PowerShellError(message, category="ObjectNotFound", error_id="UserNotFoundInPermissionEntryException")
    return share


def _role(call: Call) -> CalendarRole:
    wanted = call.bound.text("AccessRights")
    if wanted.lower() in {name.lower() for name in UNMODELLED}:
        what = f"the access right {wanted} of a calendar"
        raise Refused(what)
    role = next((role for name, role in RIGHTS.items() if name.lower() == wanted.lower()), None)
    if role is None:
        why = f"'{wanted}' is none of {', '.join((*RIGHTS, *UNMODELLED))}."
        raise wrong_value("AccessRights", why)
    flags = {flag.strip().lower() for text in call.bound.texts("SharingPermissionFlags") for flag in text.split(",")}
    if role is CalendarRole.WRITE and "delegate" in flags:
        return DELEGATES["canviewprivateitems" in flags]
    return role


def _record(folder: _Folder, user: str, role: CalendarRole) -> Record:
    rights = next((name for name, held in RIGHTS.items() if held is role), "Editor")
    flags: tuple[str, ...] = ()
    if role in DELEGATES:
        flags = ("Delegate", "CanViewPrivateItems") if role is CalendarRole.DELEGATE_WITH_PRIVATE else ("Delegate",)
    properties = {
        "FolderName": folder.name,
        "User": user,
        "AccessRights": (rights,),
        "SharingPermissionFlags": ", ".join(flags) or None,
    }
    return Record("MailboxFolderPermission", f"{folder.mailbox.address}:\\{folder.name}", properties)
