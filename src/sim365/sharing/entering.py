"""From the path of a request to the calendar it means: a shared calendar of one's own mailbox leads to its owner.

Called by the door once per request that names a mailbox; afterwards handlers deal with the owner's mailbox alone, and
know from the call what its visitor may see.
"""

from sim365 import ids
from sim365.errors import access_denied, item_not_found
from sim365.http.routing import Call, Reach, Route
from sim365.sharing.access import Access, access_to, may
from sim365.state import Calendar, Mailbox, SharedCalendar

_READING = frozenset({"GET", "HEAD"})


def entered(call: Call, route: Route, mailbox: Mailbox) -> Mailbox:
    """The mailbox that the operation works on; refuses what the caller may not do there."""
    share = _share_named(call, mailbox)
    if share is not None:
        return _through_share(call, route, mailbox, share)
    visitor = call.principal.user_oid
    if visitor is None or visitor == mailbox.oid:
        return mailbox
    match route.reach:
        case Reach.ANYONE:
            return mailbox
        case Reach.OWNER:
            raise access_denied()
        case Reach.SHARED | Reach.HANGING:
            _visit(call, mailbox)
            return mailbox


def _visit(call: Call, mailbox: Mailbox) -> None:
    """Without a calendar in the path a visitor is in the owner's default one, and nowhere else."""
    default = call.world.default_calendar(mailbox)
    calendar = _named(call, mailbox) if "calendar" in call.params else default
    access = may(call.principal, call.held, mailbox, calendar, writing=call.request.method not in _READING)
    if access is None:
        raise access_denied()
    if calendar is not None:
        call.params["calendar"] = ids.calendar_id(mailbox.tag, calendar.serial)
    call.sight = access.sight


def _through_share(call: Call, route: Route, mailbox: Mailbox, share: SharedCalendar) -> Mailbox:
    owner = call.tenant.mailboxes.get(share.owner)
    calendar = None if owner is None else owner.calendars.get(share.calendar)
    if owner is None or calendar is None or not owner.has_mailbox:
        raise item_not_found()
    access = access_to(calendar, owner, mailbox.oid)
    if not access.may_open:
        raise item_not_found()
    if route.reach is Reach.SHARED and not _suffices(call, access):
        raise access_denied()
    call.params["calendar"] = ids.calendar_id(owner.tag, calendar.serial)
    call.sight, call.share, call.visitor = access.sight, share, mailbox
    return owner


def _suffices(call: Call, access: Access) -> bool:
    is_person = call.principal.user_oid is not None
    if is_person and not any(scope.endswith(".Shared") for scope in call.held):
        return False
    return call.request.method in _READING or access.may_write


def _share_named(call: Call, mailbox: Mailbox) -> SharedCalendar | None:
    if not mailbox.shared or "calendar" not in call.params:
        return None
    key = ids.read_id(call.params["calendar"])
    if key is None or key.mailbox != mailbox.tag or key.folder != ids.CALENDAR_FOLDER:
        return None
    return mailbox.shared.get(key.serial)


def _named(call: Call, mailbox: Mailbox) -> Calendar | None:
    key = ids.read_id(call.params["calendar"])
    if key is None or key.mailbox != mailbox.tag or key.folder != ids.CALENDAR_FOLDER:
        return None
    return mailbox.calendars.get(key.serial)
