"""What becomes of a user: deleted and restored, licence lost and regained, mailbox moved (FACTS 0.2, 2.2, 3.9).

A deleted user waits thirty days and then is gone; so does the mailbox of a user who lost the licence. Whoever comes
back in time finds everything, with the ids it had.
"""

from datetime import datetime, timedelta

from sim365.directory.users import USUAL_LICENCE
from sim365.errors import GraphError
from sim365.state import Calendar, Mailbox, Tenant
from sim365.state.world import World

RETENTION = timedelta(days=30)


def delete_user(world: World, tenant: Tenant, mailbox: Mailbox) -> None:
    """Out of the directory, into its deleted items; the names stay taken by nobody."""
    tenant.take_out(mailbox)
    mailbox.deleted_at = world.now()
    tenant.deleted_users[mailbox.oid] = mailbox


def deleted_users(world: World, tenant: Tenant) -> list[Mailbox]:
    """Who can still be restored; those whose time is over are forgotten now."""
    for oid, mailbox in list(tenant.deleted_users.items()):
        if _is_over(mailbox.deleted_at, world.now()):
            del tenant.deleted_users[oid]
    return list(tenant.deleted_users.values())


def restore_user(world: World, tenant: Tenant, oid: str) -> Mailbox:
    """Back into the directory with all that was there; its names must still be free."""
    mailbox = next((each for each in deleted_users(world, tenant) if each.oid == oid), None)
    if mailbox is None:
        text = f"Resource '{oid}' does not exist or one of its queried reference-property objects are not present."
        raise GraphError(404, "Request_ResourceNotFound", text)
    taken = [name for name in mailbox.names() if name in tenant.names]
    if taken:
        text = f"Another object with the same value for property userPrincipalName already exists: {taken[0]}."
        raise GraphError(400, "Request_BadRequest", text)
    del tenant.deleted_users[oid]
    mailbox.deleted_at = None
    return tenant.add_mailbox(mailbox)


def forget_user(tenant: Tenant, oid: str) -> None:
    """For good."""
    del tenant.deleted_users[oid]


def take_licence(world: World, mailbox: Mailbox) -> None:
    """Without a licence there is no mailbox that Graph reaches, though its content is kept for a while."""
    mailbox.licences = ()
    mailbox.has_mailbox = False
    mailbox.without_licence_since = world.now()


def give_licence(world: World, mailbox: Mailbox) -> None:
    """The mailbox is there again; after thirty days it is a new and empty one."""
    if _is_over(mailbox.without_licence_since, world.now()):
        empty(world, mailbox)
    mailbox.licences = (USUAL_LICENCE,)
    mailbox.has_mailbox = True
    mailbox.without_licence_since = None


def move_on_premises(mailbox: Mailbox) -> None:
    """Onto the organisation's own servers: the user stays, Graph finds no mailbox."""
    mailbox.is_on_premises = True
    mailbox.has_mailbox = False


def move_online(world: World, mailbox: Mailbox) -> None:
    """Back into the cloud. A mailbox that came from elsewhere has new ids for all that is in it (FACTS 3.9)."""
    mailbox.is_on_premises = False
    mailbox.has_mailbox = True
    world.retag(mailbox)
    if mailbox.place is not None:
        mailbox.place.generation += 1
    for calendar in mailbox.calendars.values():
        calendar.generation += 1


def empty(world: World, mailbox: Mailbox) -> None:
    """A new mailbox for the same user."""
    world.retag(mailbox)
    mailbox.calendars, mailbox.default_calendar = dict[int, Calendar](), 0
    for held in (mailbox.transactions, mailbox.homes, mailbox.by_uid, mailbox.groups, mailbox.shared, mailbox.stale):
        held.clear()
    for kept in (mailbox.departed, mailbox.inbox, mailbox.claims, mailbox.watched, mailbox.origins, mailbox.returned):
        kept.clear()
    mailbox.categories = mailbox.replies = None


def _is_over(since: datetime | None, now: datetime) -> bool:
    return since is not None and now - since > RETENTION
