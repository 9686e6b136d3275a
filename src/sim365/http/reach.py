"""Whether a caller may do an operation, and in which mailboxes (FACTS 1.9, 1.10).

An app has its consented permissions everywhere, save where access policies confine it, and those of RBAC for
Applications in the mailboxes of their scopes besides. A person's app has what the person consented to, in the person's
own mailbox; what is shared with the person besides, `sim365.sharing` decides.
"""

import functools
from collections.abc import Iterable
from datetime import datetime

from sim365.errors import GraphError, access_denied, directory_denied
from sim365.http.routing import Call, Route
from sim365.state import Mailbox, Tenant
from sim365.state.app_access import AccessPolicy, AccessRight, MailboxScope, RoleAssignment

#: Permissions that access policies are about; others pass them by (FACTS 1.10).
CONFINED = ("Mail.", "MailboxSettings.", "Contacts.")
CONFINED_CALENDARS = frozenset({"Calendars.Read", "Calendars.ReadWrite"})

_HIGHER = {
    "Calendars.ReadBasic": ("Calendars.Read.Shared", "Calendars.ReadWrite.Shared"),
    "Calendars.Read": ("Calendars.Read.Shared", "Calendars.ReadWrite.Shared"),
    "Calendars.ReadWrite": ("Calendars.ReadWrite.Shared",),
}

OWN_PROFILE = frozenset({"User.Read", "User.ReadWrite"})

RAOP = "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."


@functools.cache
def needed_scopes(route: Route) -> tuple[str, ...]:
    """The delegated permissions of which any one suffices: the route's own, or those that its roles stand for."""
    if route.scopes is not None:
        return route.scopes
    named = tuple(role for role in route.roles if not role.startswith("Calendars.ReadBasic."))
    higher = (more for role in named for more in _HIGHER.get(role, ()))
    return tuple(dict.fromkeys((*named, *higher)))


def held_permissions(call: Call, route: Route) -> tuple[str, ...]:
    """Which of the needed permissions the caller holds: by its token, or by a role assigned in Exchange."""
    principal = call.principal
    if principal.user_oid is not None:
        return tuple(scope for scope in needed_scopes(route) if scope in principal.scopes)
    assigned = {each.role for each in _assignments(call.tenant, principal.app_id, call.world.now())}
    return tuple(role for role in route.roles if role in principal.roles or role in assigned)


def check_reach(call: Call, mailbox: Mailbox) -> None:
    """Refuse a mailbox that an app's permissions do not cover."""
    if call.principal.user_oid is not None:
        return
    tenant, now, app_id = call.tenant, call.world.now(), call.principal.app_id
    by_token = [role for role in call.held if role in call.principal.roles]
    refusal = _confined(tenant, app_id, mailbox, held=by_token, now=now) if by_token else access_denied()
    if refusal is None:
        return
    for each in _assignments(tenant, app_id, now):
        if each.role in call.held and covers(tenant, each.scope, mailbox):
            return
    raise refusal


def check_profile(call: Call, mailbox: Mailbox) -> None:
    """A person's `User.Read` is about the person's own profile."""
    principal = call.principal
    if principal.user_oid not in {None, mailbox.oid} and set(call.held) <= OWN_PROFILE:
        raise directory_denied()


def is_confined(tenant: Tenant, app_id: str, mailbox: Mailbox, *, now: datetime | None) -> bool:
    """Whether access policies keep the app out of the mailbox; without a time, as they stand, whatever their delay."""
    policies = [
        each
        for each in tenant.access_policies.values()
        if each.app_id == app_id and (each.until is None if now is None else _acts(each, now))
    ]
    matching = {each.right for each in policies if covers(tenant, each.scope, mailbox)}
    if AccessRight.DENY in matching:
        return True
    return AccessRight.RESTRICT not in matching and any(each.right is AccessRight.RESTRICT for each in policies)


def covers(tenant: Tenant, scope: MailboxScope | None, mailbox: Mailbox) -> bool:
    """Whether a mailbox lies in a scope; no scope is the whole organisation."""
    if scope is None:
        return True
    if scope.mailboxes is not None and mailbox.oid not in scope.mailboxes:
        return False
    if scope.purposes is not None and mailbox.purpose.value not in scope.purposes:
        return False
    return scope.group is None or mailbox.oid in _members(tenant, scope.group)


def _confined(
    tenant: Tenant, app_id: str, mailbox: Mailbox, *, held: Iterable[str], now: datetime
) -> GraphError | None:
    app = tenant.apps.get(app_id)
    if app is not None and app.allowed_mailboxes is not None and mailbox.oid not in app.allowed_mailboxes:
        return access_denied(RAOP)
    if not tenant.access_policies or not all(_is_confinable(role) for role in held):
        return None
    return access_denied(RAOP) if is_confined(tenant, app_id, mailbox, now=now) else None


def _is_confinable(role: str) -> bool:
    return role in CONFINED_CALENDARS or role.startswith(CONFINED)


def _assignments(tenant: Tenant, app_id: str, now: datetime) -> list[RoleAssignment]:
    held = tenant.role_assignments
    return [each for each in held.values() if each.app_id == app_id and _acts(each, now)] if held else []


def _acts(rule: AccessPolicy | RoleAssignment, now: datetime) -> bool:
    return rule.since <= now and (rule.until is None or now < rule.until)


def _members(tenant: Tenant, group: str) -> set[str]:
    """The direct members of a group: nested groups are not followed (FACTS 1.10)."""
    held = tenant.room_lists.get(group.lower()) or tenant.groups.get(group.lower())
    found = () if held is None else (tenant.find(address) for address in held.members)
    return {mailbox.oid for mailbox in found if mailbox is not None}
