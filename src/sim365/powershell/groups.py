"""Distribution groups and room lists: who is in them (FACTS 2.1, 9)."""

from sim365.powershell.binding import Parameter, Takes
from sim365.powershell.cmdlets import IDENTITY, RESULT_SIZE, Call, Cmdlet, texts
from sim365.powershell.errors import PowerShellError, not_found
from sim365.powershell.office import Group
from sim365.powershell.records import Record
from sim365.state import DistributionGroup, RoomList

MEMBERS_MAX = 10_000


def cmdlets() -> tuple[Cmdlet, ...]:
    """Everything about groups."""
    member = Parameter("Member", is_needed=True, position=2)
    return (
        Cmdlet(
            "New-DistributionGroup",
            new_group,
            (
                Parameter("Name", is_needed=True, position=1),
                Parameter("RoomList", Takes.SWITCH),
                Parameter("DisplayName"),
                Parameter("Alias"),
                Parameter("PrimarySmtpAddress"),
                Parameter("Type", choices=("Distribution", "Security")),
                texts("Members"),
            ),
        ),
        Cmdlet("Get-DistributionGroup", get_groups, (Parameter("Identity", position=1), RESULT_SIZE), changes=False),
        Cmdlet("Remove-DistributionGroup", remove_group, (IDENTITY,)),
        Cmdlet("Add-DistributionGroupMember", add_member, (IDENTITY, member)),
        Cmdlet("Remove-DistributionGroupMember", remove_member, (IDENTITY, member)),
        Cmdlet("Get-DistributionGroupMember", get_members, (IDENTITY, RESULT_SIZE), changes=False),
    )


def new_group(call: Call) -> list[Record]:
    """A new group; a room list takes only rooms and workspaces."""
    office, bound = call.office, call.bound
    name = bound.text("Name")
    address = office.free_address(name, wanted=bound.text("PrimarySmtpAddress") or bound.text("Alias"))
    oid, shown = office.new_id("group", address), bound.text("DisplayName") or name
    members = [office.address_of(one) for one in bound.texts("Members")]
    group: Group
    if bound.get("RoomList"):
        group = RoomList(address=address, display_name=shown, oid=oid)
        for member in members:
            _check_place(call, member)
        group.members = members
        office.tenant.add_room_list(group)
    else:
        group = DistributionGroup(address, shown, oid, members, is_security=bound.text("Type") == "Security")
        office.tenant.groups[address.lower()] = group
    return [_record(group)]


def get_groups(call: Call) -> list[Record]:
    """One group, or all."""
    if "Identity" in call.bound or call.piped is not None:
        return [_record(call.office.group(call.identity))]
    tenant = call.office.tenant
    return [_record(group) for group in (*tenant.room_lists.values(), *tenant.groups.values())]


def remove_group(call: Call) -> list[Record]:
    """Remove a group; its members stay."""
    group, tenant = call.office.group(call.identity), call.office.tenant
    tenant.room_lists.pop(group.address.lower(), None)
    tenant.groups.pop(group.address.lower(), None)
    return []


def add_member(call: Call) -> list[Record]:
    """Put somebody or something into a group."""
    group = call.office.group(call.identity)
    address = call.office.address_of(call.bound.text("Member"))
    if isinstance(group, RoomList):
        _check_place(call, address)
    if address.lower() in {member.lower() for member in group.members}:
        message = (
            f'The recipient "{call.bound.text("Member")}" is already a member of the group "{group.display_name}".'
        )
        raise PowerShellError(message, category="ResourceExists", error_id="MemberAlreadyExistsException")
    if len(group.members) >= MEMBERS_MAX:
        message = f'The group "{group.display_name}" has {MEMBERS_MAX} members; it takes no more.'
        raise PowerShellError(message, category="LimitsExceeded")
    group.members.append(address)
    return []


def remove_member(call: Call) -> list[Record]:
    """Take somebody or something out of a group."""
    group = call.office.group(call.identity)
    address = call.office.address_of(call.bound.text("Member")).lower()
    left = [member for member in group.members if member.lower() != address]
    if len(left) == len(group.members):
        message = f'The recipient "{call.bound.text("Member")}" isn\'t a member of the group "{group.display_name}".'
        raise PowerShellError(message, category="ObjectNotFound", error_id="MemberNotFoundException")
    group.members = left
    return []


def get_members(call: Call) -> list[Record]:
    """Who is in a group."""
    office = call.office
    found: list[Record] = []
    for address in office.group(call.identity).members:
        mailbox = office.tenant.find(address)
        name = address if mailbox is None else mailbox.display_name
        found.append(Record("Member", address, {"Name": name, "PrimarySmtpAddress": address}))
    return found


def _check_place(call: Call, address: str) -> None:
    mailbox = call.office.tenant.find(address)
    if mailbox is None:
        raise not_found(address, call.office.server)
    if mailbox.place is None:
        message = f"'{mailbox.display_name}' is neither a room nor a workspace; a room list takes no others."
        raise PowerShellError(message, category="InvalidArgument")


def _record(group: Group) -> Record:
    is_list = isinstance(group, RoomList)
    kind = (
        "RoomList"
        if is_list
        else "MailUniversalSecurityGroup"
        if group.is_security
        else "MailUniversalDistributionGroup"
    )
    properties = {
        "Identity": group.display_name,
        "Name": group.display_name,
        "DisplayName": group.display_name,
        "PrimarySmtpAddress": group.address,
        "RecipientTypeDetails": kind,
        "ExternalDirectoryObjectId": group.oid,
    }
    return Record("Group", group.address, properties)
