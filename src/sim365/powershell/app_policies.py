"""Application access policies: which mailboxes an application may reach by itself (FACTS 1.10).

Written here, acted on by the identity side after its delay; `Test-ApplicationAccessPolicy` answers at once and so
disagrees with Graph for a while.
"""

from datetime import timedelta
from typing import Any

from sim365.http.reach import is_confined
from sim365.powershell.binding import Parameter
from sim365.powershell.cmdlets import Call, Cmdlet
from sim365.powershell.errors import PowerShellError, not_found
from sim365.powershell.records import Record
from sim365.state.app_access import AccessPolicy, AccessRight, MailboxScope

POLICIES_MAX = 300
RIGHTS = tuple(right.value for right in AccessRight)


def cmdlets() -> tuple[Cmdlet, ...]:
    """The five of them."""
    identity = Parameter("Identity", is_needed=True, position=1)
    app = Parameter("AppId", is_needed=True)
    return (
        Cmdlet(
            "New-ApplicationAccessPolicy",
            new_policy,
            (
                app,
                Parameter("PolicyScopeGroupId", is_needed=True),
                Parameter("AccessRight", is_needed=True, choices=RIGHTS),
                Parameter("Description"),
            ),
        ),
        Cmdlet("Get-ApplicationAccessPolicy", get_policies, (Parameter("Identity", position=1),), changes=False),
        Cmdlet("Set-ApplicationAccessPolicy", set_policy, (identity, Parameter("Description", is_needed=True))),
        Cmdlet("Remove-ApplicationAccessPolicy", remove_policy, (identity,)),
        Cmdlet("Test-ApplicationAccessPolicy", test_policy, (identity, app), changes=False),
    )


def new_policy(call: Call) -> list[Record]:
    """A rule about one application."""
    tenant, bound, world = call.office.tenant, call.bound, call.office.world
    if len(tenant.access_policies) >= POLICIES_MAX:
        message = f"The organization has {POLICIES_MAX} application access policies; it takes no more."
        raise PowerShellError(message, category="LimitsExceeded")
    app_id = bound.text("AppId")
    group = _scope_address(call, bound.text("PolicyScopeGroupId"))
    identity = f"{tenant.tenant_id}\\{app_id}:{call.office.new_id('policy', group)}"
    known = tenant.find(group)
    scope = MailboxScope(group=group) if known is None else MailboxScope(mailboxes=frozenset({known.oid}))
    delay = timedelta(seconds=world.chance.uniform(0.0, world.switches.access_policy_delay_max_s))
    policy = AccessPolicy(
        identity, app_id, AccessRight(bound.text("AccessRight")), scope, world.now() + delay,
        description=bound.text("Description"),
    )  # fmt: skip
    tenant.access_policies[identity] = policy
    return [_record(policy, group)]


def get_policies(call: Call) -> list[Record]:
    """One rule, or all that were not removed."""
    policies = [policy for policy in call.office.tenant.access_policies.values() if policy.until is None]
    if "Identity" in call.bound or call.piped is not None:
        policies = [_policy(call)]
    return [_record(policy, _group_of(call, policy)) for policy in policies]


def set_policy(call: Call) -> list[Record]:
    """Only the description can be changed."""
    _policy(call).description = call.bound.text("Description")
    return []


def remove_policy(call: Call) -> list[Record]:
    """Take a rule away; it acts on for a while."""
    policy, world = _policy(call), call.office.world
    delay = timedelta(seconds=world.chance.uniform(0.0, world.switches.access_policy_delay_max_s))
    policy.until = world.now() + delay
    return []


def test_policy(call: Call) -> list[Record]:
    """Whether an app reaches a mailbox by the rules as they stand, whatever Graph still does."""
    mailbox = call.office.mailbox(call.identity)
    confined = is_confined(call.office.tenant, call.bound.text("AppId"), mailbox, now=None)
    properties = {
        "AppId": call.bound.text("AppId"),
        "Mailbox": mailbox.address,
        "MailboxId": mailbox.oid,
        "AccessCheckResult": "Denied" if confined else "Granted",
    }
    return [Record("AccessCheck", mailbox.address, properties)]


def _scope_address(call: Call, wanted: str) -> str:
    """A security group, or one mailbox."""
    known = call.office.find_mailbox(wanted)
    if known is not None:
        return known.address
    return call.office.group(wanted).address


def _policy(call: Call) -> AccessPolicy:
    policy = call.office.tenant.access_policies.get(call.identity)
    if policy is None or policy.until is not None:
        raise not_found(call.identity, call.office.server)
    return policy


def _group_of(call: Call, policy: AccessPolicy) -> str:
    if policy.scope.group is not None:
        return policy.scope.group
    found = [call.office.tenant.mailboxes.get(oid) for oid in policy.scope.mailboxes or ()]
    return next((box.address for box in found if box is not None), "")


def _record(policy: AccessPolicy, group: str) -> Record:
    properties: dict[str, Any] = {
        "Identity": policy.identity,
        "AppId": policy.app_id,
        "ScopeName": group.partition("@")[0],
        "ScopeIdentity": group,
        "AccessRight": policy.right.value,
        "ShardType": "All",
        "Description": policy.description,
    }
    return Record("ApplicationAccessPolicy", policy.identity, properties)
