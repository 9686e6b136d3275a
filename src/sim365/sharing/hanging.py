"""Calendar groups, and other people's calendars as they hang in a mailbox (FACTS 3.1, 3.3).

A mailbox has its built-in groups from the beginning; they are made when first asked for. A calendar that was shared
with somebody in the organisation hangs in that person's mailbox at once, under an id of its own, until the share ends.
"""

from sim365 import ids
from sim365.state import Calendar, CalendarGroup, CalendarShare, Mailbox, SharedCalendar, Tenant
from sim365.state.world import World

_BUILT_IN = (
    ("My Calendars", "0006f0b7-0000-0000-c000-000000000046"),
    ("Other Calendars", "0006f0b8-0000-0000-c000-000000000046"),
    ("People's Calendars", "0006f0b9-0000-0000-c000-000000000046"),
)
"""Names and class ids; the first is documented, the others are unverified: behaviour `calendar-group-class-ids`."""


def groups_of(world: World, mailbox: Mailbox) -> dict[int, CalendarGroup]:
    """The groups of a mailbox by serial, the built-in ones first."""
    if not mailbox.groups:
        for name, class_id in _BUILT_IN:
            add_group(world, mailbox, name=name, class_id=class_id, is_built_in=True)
    return mailbox.groups


def add_group(
    world: World, mailbox: Mailbox, *, name: str, class_id: str = "", is_built_in: bool = False
) -> CalendarGroup:
    """A new group, with a class id of its own."""
    serial = world.next_serial()
    class_id = class_id or ids.guid("calendar group", mailbox.oid, serial)
    group = CalendarGroup(serial, name, class_id, is_built_in=is_built_in, sequence=world.next_sequence())
    mailbox.groups[serial] = group
    return group


def group_of(world: World, mailbox: Mailbox, entry: Calendar | SharedCalendar) -> CalendarGroup:
    """The group in which a calendar is listed; one's own in the first, others' in the last."""
    groups = groups_of(world, mailbox)
    if entry.group in groups:
        return groups[entry.group]
    built_in = [group for group in groups.values() if group.is_built_in]
    return built_in[0] if isinstance(entry, Calendar) else built_in[-1]


def share(world: World, tenant: Tenant, owner: Mailbox, calendar: Calendar, given: CalendarShare) -> None:
    """Give somebody a role, and hang the calendar into that mailbox where it is one of this organisation."""
    calendar.shares[given.address.lower()] = given
    sharee = tenant.mailboxes.get(given.oid)
    if sharee is None or not sharee.has_mailbox or _hanging(sharee, owner, calendar) is not None:
        return
    world.default_calendar(sharee)
    name = owner.display_name if calendar.is_default else calendar.name
    hung = SharedCalendar(world.next_serial(), owner.oid, calendar.serial, name, sequence=world.next_sequence())
    hung.color = calendar.color
    sharee.shared[hung.serial] = hung


def unshare(tenant: Tenant, owner: Mailbox, calendar: Calendar, address: str) -> None:
    """End a share; the calendar is gone from the sharee's mailbox."""
    given = calendar.shares.pop(address.lower(), None)
    sharee = None if given is None else tenant.mailboxes.get(given.oid)
    hung = None if sharee is None else _hanging(sharee, owner, calendar)
    if sharee is not None and hung is not None:
        del sharee.shared[hung.serial]


def unshare_all(tenant: Tenant, owner: Mailbox, calendar: Calendar) -> None:
    """End every share, as when the calendar itself is deleted."""
    for address in list(calendar.shares):
        unshare(tenant, owner, calendar, address)


def _hanging(sharee: Mailbox, owner: Mailbox, calendar: Calendar) -> SharedCalendar | None:
    wanted = (owner.oid, calendar.serial)
    return next((hung for hung in sharee.shared.values() if (hung.owner, hung.calendar) == wanted), None)
