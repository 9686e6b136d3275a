"""RBAC for Applications: service principals, scopes and role assignments (FACTS 1.10).

Written here; `sim365.http.reach` acts on it once the delay has passed. `Test-ServicePrincipalAuthorization` tells what
is assigned, whatever Graph still does.
"""

import re
from datetime import timedelta
from typing import Any

from sim365.http.reach import covers
from sim365.powershell.binding import Parameter
from sim365.powershell.cmdlets import Call, Cmdlet
from sim365.powershell.errors import PowerShellError, Refused, missing_parameter, not_found, wrong_value
from sim365.powershell.mailboxes import DETAILS
from sim365.powershell.records import Record
from sim365.state.app_access import MailboxScope, ManagementScope, RoleAssignment, ServicePrincipal

ROLES = (
    "Application Calendars.Read", "Application Calendars.ReadWrite", "Application MailboxSettings.Read",
    "Application MailboxSettings.ReadWrite",
)  # fmt: skip
"""The roles that are about what is modelled."""
CONDITIONS_MAX = 100
_CONDITION = re.compile(r"\(*\s*(?P<name>\w+)\s+-(?P<operator>\w+)\s+(?P<quote>['\"])(?P<value>.*?)(?P=quote)\s*\)*\s*")
_JOIN = re.compile(r"-(?P<join>and|or)\s+", re.IGNORECASE)


def cmdlets() -> tuple[Cmdlet, ...]:
    """Everything about roles of applications."""
    identity = Parameter("Identity", is_needed=True, position=1)
    maybe = Parameter("Identity", position=1)
    return (
        Cmdlet(
            "New-ServicePrincipal",
            new_principal,
            (
                Parameter("AppId", is_needed=True),
                Parameter("ObjectId", is_needed=True),
                Parameter("DisplayName"),
            ),
        ),
        Cmdlet("Get-ServicePrincipal", get_principals, (maybe,), changes=False),
        Cmdlet("Remove-ServicePrincipal", remove_principal, (identity,)),
        Cmdlet(
            "New-ManagementScope",
            new_scope,
            (
                Parameter("Name", is_needed=True, position=1),
                Parameter("RecipientRestrictionFilter", is_needed=True),
            ),
        ),
        Cmdlet("Get-ManagementScope", get_scopes, (maybe,), changes=False),
        Cmdlet("Remove-ManagementScope", remove_scope, (identity,)),
        Cmdlet(
            "New-ManagementRoleAssignment",
            new_assignment,
            (
                Parameter("Name", position=1),
                Parameter("App", is_needed=True),
                Parameter("Role", is_needed=True, choices=ROLES),
                Parameter("CustomResourceScope"),
                Parameter("RecipientGroupScope"),
                Parameter("RecipientAdministrativeUnitScope"),
            ),
        ),
        Cmdlet("Get-ManagementRoleAssignment", get_assignments, (maybe,), changes=False),
        Cmdlet("Remove-ManagementRoleAssignment", remove_assignment, (identity,)),
        Cmdlet(
            "Test-ServicePrincipalAuthorization",
            test_authorization,
            (identity, Parameter("Resource", is_needed=True)),
            changes=False,
        ),
    )


def new_principal(call: Call) -> list[Record]:
    """Make an application known to Exchange."""
    tenant, bound = call.office.tenant, call.bound
    app_id, oid = bound.text("AppId"), bound.text("ObjectId")
    app = tenant.apps.get(app_id)
    if app is None:
        raise not_found(app_id, call.office.server)
    if oid in tenant.service_principals or any(one.app_id == app_id for one in tenant.service_principals.values()):
        message = f"The service principal of the application '{app_id}' exists already."
        raise PowerShellError(message, category="ResourceExists")
    if app.oid and oid.lower() != app.oid.lower():
        message = f"'{oid}' is not the object id of the enterprise application '{app.display_name}'; that is {app.oid}."
        raise PowerShellError(message, category="InvalidArgument")
    principal = ServicePrincipal(app_id, oid, bound.text("DisplayName") or app.display_name)
    tenant.service_principals[oid] = principal
    return [_principal_record(principal)]


def get_principals(call: Call) -> list[Record]:
    """One application that Exchange knows, or all."""
    if "Identity" in call.bound or call.piped is not None:
        return [_principal_record(_principal(call, call.identity))]
    return [_principal_record(one) for one in call.office.tenant.service_principals.values()]


def remove_principal(call: Call) -> list[Record]:
    """Let Exchange forget an application."""
    principal = _principal(call, call.identity)
    del call.office.tenant.service_principals[principal.oid]
    return []


def new_scope(call: Call) -> list[Record]:
    """A named set of mailboxes."""
    tenant, bound = call.office.tenant, call.bound
    name = bound.text("Name")
    if name.lower() in tenant.management_scopes:
        message = f"The management scope '{name}' exists already."
        raise PowerShellError(message, category="ResourceExists")
    text = bound.text("RecipientRestrictionFilter")
    scope = ManagementScope(name, text, read_filter(call, text))
    tenant.management_scopes[name.lower()] = scope
    return [_scope_record(scope)]


def get_scopes(call: Call) -> list[Record]:
    """One scope, or all."""
    if "Identity" in call.bound or call.piped is not None:
        return [_scope_record(_scope(call, call.identity))]
    return [_scope_record(scope) for scope in call.office.tenant.management_scopes.values()]


def remove_scope(call: Call) -> list[Record]:
    """Remove a scope; assignments that were made with it keep what it covered."""
    scope = _scope(call, call.identity)
    del call.office.tenant.management_scopes[scope.name.lower()]
    return []


def new_assignment(call: Call) -> list[Record]:
    """Give an application a role in the mailboxes of a scope."""
    office, bound, world = call.office, call.bound, call.office.world
    if "RecipientAdministrativeUnitScope" in bound:
        what = "administrative units"
        raise Refused(what)
    principal = _principal(call, bound.text("App"))
    role = bound.text("Role")
    scope: MailboxScope | None = None
    if "CustomResourceScope" in bound:
        scope = _scope(call, bound.text("CustomResourceScope")).scope
    elif "RecipientGroupScope" in bound:
        scope = MailboxScope(group=office.group(bound.text("RecipientGroupScope")).address)
    name = bound.text("Name") or f"{role}-{principal.name}-{len(office.tenant.role_assignments) + 1}"
    held = office.tenant.role_assignments.get(name)
    if held is not None and held.until is None:
        message = f"The role assignment '{name}' exists already."
        raise PowerShellError(message, category="ResourceExists")
    since = world.now() + _delay(call)
    assignment = RoleAssignment(name, principal.app_id, role.removeprefix("Application "), scope, since)
    office.tenant.role_assignments[name] = assignment
    return [_assignment_record(assignment)]


def get_assignments(call: Call) -> list[Record]:
    """One assignment, or all that were not removed."""
    if "Identity" in call.bound or call.piped is not None:
        return [_assignment_record(_assignment(call))]
    held = call.office.tenant.role_assignments.values()
    return [_assignment_record(each) for each in held if each.until is None]


def remove_assignment(call: Call) -> list[Record]:
    """Take a role away; it acts on for a while."""
    _assignment(call).until = call.office.now + _delay(call)
    return []


def test_authorization(call: Call) -> list[Record]:
    """Which roles an application has, and whether a mailbox lies in their scopes."""
    office = call.office
    principal = _principal(call, call.identity)
    mailbox = office.mailbox(call.bound.text("Resource"))
    found: list[Record] = []
    for each in office.tenant.role_assignments.values():
        if each.app_id == principal.app_id and each.until is None:
            properties: dict[str, Any] = {
                "RoleName": f"Application {each.role}",
                "GrantedPermissions": each.role,
                "AllowedResourceScope": _scope_text(each.scope),
                "ScopeType": _scope_kind(each.scope),
                "InScope": covers(office.tenant, each.scope, mailbox),
            }
            found.append(Record("Authorization", each.name, properties))
    return found


def read_filter(call: Call, text: str) -> MailboxScope:
    """An OPATH filter, as far as a scope of this model can say it: kinds, addresses, a group."""
    conditions, joins = _conditions(text)
    kinds, names, groups = set[str](), set[str](), list[str]()
    for name, value in conditions:
        match name:
            case "recipienttypedetails":
                kinds.add(_purpose(value))
            case "primarysmtpaddress" | "emailaddresses" | "alias" | "displayname" | "name" | "userprincipalname":
                names.add(call.office.mailbox(value.removeprefix("smtp:").removeprefix("SMTP:")).oid)
            case "memberofgroup":
                groups.append(call.office.group(value).address)
            case _:
                what = f"recipient filters by {name}"
                raise Refused(what)
    sorts = sum(bool(each) for each in (kinds, names, groups))
    if len(groups) > 1 or (sorts > 1 and "or" in joins) or (sorts < len(conditions) and "and" in joins):
        what = "recipient filters that join conditions in this way"
        raise Refused(what)
    return MailboxScope(
        mailboxes=frozenset(names) or None,
        group=groups[0] if groups else None,
        purposes=frozenset(kinds) or None,
    )


def _conditions(text: str) -> tuple[list[tuple[str, str]], set[str]]:
    found: list[tuple[str, str]] = []
    joins: set[str] = set()
    at = 0
    for _ in range(CONDITIONS_MAX):
        match = _CONDITION.match(text, at)
        if match is None or match.group("operator").lower() != "eq":
            break
        found.append((match.group("name").lower(), match.group("value")))
        at = match.end()
        join = _JOIN.match(text, at)
        if join is None:
            break
        joins.add(join.group("join").lower())
        at = join.end()
    if at < len(text) or not found:
        near, example = text[at : at + 30], "RecipientTypeDetails -eq 'RoomMailbox'"
        why = f"Invalid filter syntax near '{near}'. Write conditions such as {example}."
        raise wrong_value("RecipientRestrictionFilter", why)
    return found, joins


def _purpose(value: str) -> str:
    known = {name.lower(): purpose.value for name, purpose in DETAILS.items()}
    if value.lower() not in known:
        raise wrong_value("RecipientRestrictionFilter", f"'{value}' is none of {', '.join(DETAILS)}.")
    return known[value.lower()]


def _delay(call: Call) -> timedelta:
    world = call.office.world
    low, high = world.switches.app_role_delay_min_s, world.switches.app_role_delay_max_s
    return timedelta(seconds=world.chance.uniform(low, high))


def _principal(call: Call, wanted: str) -> ServicePrincipal:
    if not wanted:
        raise missing_parameter(["App"])
    for one in call.office.tenant.service_principals.values():
        if wanted.lower() in {one.app_id.lower(), one.oid.lower(), one.name.lower()}:
            return one
    raise not_found(wanted, call.office.server)


def _scope(call: Call, wanted: str) -> ManagementScope:
    scope = call.office.tenant.management_scopes.get(wanted.lower())
    if scope is None:
        raise not_found(wanted, call.office.server)
    return scope


def _assignment(call: Call) -> RoleAssignment:
    held = call.office.tenant.role_assignments.get(call.identity)
    if held is None or held.until is not None:
        raise not_found(call.identity, call.office.server)
    return held


def _scope_text(scope: MailboxScope | None) -> str:
    if scope is None:
        return ""
    if scope.group is not None:
        return scope.group
    return ", ".join(sorted(scope.purposes or scope.mailboxes or ()))


def _scope_kind(scope: MailboxScope | None) -> str:
    if scope is None:
        return "Organization"
    return "Group" if scope.group is not None else "CustomRecipientScope"


def _principal_record(principal: ServicePrincipal) -> Record:
    properties = {"DisplayName": principal.name, "AppId": principal.app_id, "ObjectId": principal.oid}
    return Record("ServicePrincipal", principal.oid, properties)


def _scope_record(scope: ManagementScope) -> Record:
    properties = {"Name": scope.name, "ScopeRestrictionType": "RecipientScope", "RecipientFilter": scope.filter}
    return Record("ManagementScope", scope.name, properties)


def _assignment_record(assignment: RoleAssignment) -> Record:
    properties = {
        "Name": assignment.name,
        "Role": f"Application {assignment.role}",
        "App": assignment.app_id,
        "ResourceScope": _scope_text(assignment.scope),
        "ScopeType": _scope_kind(assignment.scope),
    }
    return Record("ManagementRoleAssignment", assignment.name, properties)
