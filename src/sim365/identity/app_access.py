"""Confining apps to some mailboxes, as Exchange's administrators do it (FACTS 1.10).

Sets and removes what `sim365.http.reach` then acts on. A change acts on Graph some time after it was made, while the
`Test-…` cmdlets answer by what is set: that they disagree meanwhile is documented, and shown here, too.

    access = AppAccess(simulator)
    access.restrict(app_id, MailboxScope(group="rooms@fjord.example"))
    access.assign_role(app_id, "Calendars.ReadWrite", scope=MailboxScope(purposes=frozenset({"room"})))
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sim365.errors import SimulatorError
from sim365.http.reach import covers, is_confined
from sim365.simulator import Simulator
from sim365.state import Mailbox, Tenant
from sim365.state.app_access import AccessPolicy, AccessRight, MailboxScope, RoleAssignment

#: "About 300" access policies per tenant.
POLICIES_MAX = 300
ASSIGNMENTS_MAX = 1000

#: `Application Calendars.ReadWrite` and its kind: the roles of RBAC for Applications that concern this simulator.
APPLICATION_ROLES = frozenset(
    {"Calendars.Read", "Calendars.ReadWrite", "MailboxSettings.Read", "MailboxSettings.ReadWrite"}
)


class AppAccess:
    """Access policies and role assignments of one simulator; with one tenant it need not be named."""

    def __init__(self, simulator: Simulator, *, tenant_id: str | None = None) -> None:
        self._simulator = simulator
        self._tenant_id = tenant_id

    @property
    def tenant(self) -> Tenant:
        """The tenant whose rules these are."""
        tenants = self._simulator.company.tenants
        found = [each for each in tenants if self._tenant_id in {None, each.tenant_id}]
        if len(found) != 1:
            message = "the company has several tenants: name one by its id"
            raise SimulatorError(message)
        return found[0]

    def restrict(
        self, app_id: str, scope: MailboxScope, right: AccessRight = AccessRight.RESTRICT, *, description: str = ""
    ) -> AccessPolicy:
        """`New-ApplicationAccessPolicy`; acts after a random time of up to the switch's maximum."""
        with self._simulator.lock:
            policies, tenant = self.tenant.access_policies, self.tenant
            if sum(each.until is None for each in policies.values()) >= POLICIES_MAX:
                message = f"a tenant has at most {POLICIES_MAX} application access policies"
                raise SimulatorError(message)
            self._forget_ended()
            number = self._next()
            policy = AccessPolicy(
                identity=f"{tenant.tenant_id}\\{app_id}:{number}",
                app_id=app_id,
                right=right,
                scope=scope,
                since=self._policy_acts(),
                description=description,
            )
            policies[policy.identity] = policy
            return policy

    def remove_restriction(self, identity: str) -> AccessPolicy:
        """`Remove-ApplicationAccessPolicy`; Graph goes on acting on it for a while."""
        with self._simulator.lock:
            policy = self.tenant.access_policies.get(identity)
            if policy is None or policy.until is not None:
                message = f"there is no application access policy {identity}"
                raise SimulatorError(message)
            policy.until = max(self._policy_acts(), policy.since)
            return policy

    def restrictions(self) -> list[AccessPolicy]:
        """`Get-ApplicationAccessPolicy`: what is set, whether it acts yet or not."""
        return [each for each in self.tenant.access_policies.values() if each.until is None]

    def test_restriction(self, app_id: str, mailbox: Mailbox) -> bool:
        """`Test-ApplicationAccessPolicy`: whether the app is granted access, by what is set, at once."""
        return not is_confined(self.tenant, app_id, mailbox, now=None)

    def assign_role(
        self, app_id: str, role: str, *, scope: MailboxScope | None = None, name: str | None = None
    ) -> RoleAssignment:
        """`New-ManagementRoleAssignment -App … -Role "Application …"`; no scope is the whole organisation."""
        plain = role.removeprefix("Application ")
        if plain not in APPLICATION_ROLES:
            message = f"'{role}' is no application role here; these are: {', '.join(sorted(APPLICATION_ROLES))}"
            raise SimulatorError(message)
        with self._simulator.lock:
            held = self.tenant.role_assignments
            self._forget_ended()
            if len(held) >= ASSIGNMENTS_MAX:
                message = f"a tenant has at most {ASSIGNMENTS_MAX} role assignments here"
                raise SimulatorError(message)
            called = name or f"Application {plain}-{self._next()}"
            if called in held and held[called].until is None:
                message = f"a role assignment called {called} exists"
                raise SimulatorError(message)
            held[called] = RoleAssignment(called, app_id, plain, scope, since=self._role_acts())
            return held[called]

    def remove_role(self, name: str) -> RoleAssignment:
        """`Remove-ManagementRoleAssignment`; Graph goes on acting on it for a while."""
        with self._simulator.lock:
            assignment = self.tenant.role_assignments.get(name)
            if assignment is None or assignment.until is not None:
                message = f"there is no role assignment {name}"
                raise SimulatorError(message)
            assignment.until = max(self._role_acts(), assignment.since)
            return assignment

    def roles(self) -> list[RoleAssignment]:
        """`Get-ManagementRoleAssignment`: what is set."""
        return [each for each in self.tenant.role_assignments.values() if each.until is None]

    def test_roles(self, app_id: str, mailbox: Mailbox) -> list[tuple[RoleAssignment, bool]]:
        """`Test-ServicePrincipalAuthorization`: each role of the app, and whether the mailbox is in its scope."""
        return [(each, covers(self.tenant, each.scope, mailbox)) for each in self.roles() if each.app_id == app_id]

    def _forget_ended(self) -> None:
        """Rules that act no more."""
        now, tenant = self._simulator.clock.now(), self.tenant
        for rules in (tenant.access_policies, tenant.role_assignments):
            for name in [name for name, rule in rules.items() if rule.until is not None and rule.until <= now]:
                del rules[name]

    def _policy_acts(self) -> datetime:
        return self._after(0.0, self._simulator.switches.access_policy_delay_max_s)

    def _role_acts(self) -> datetime:
        switches = self._simulator.switches
        return self._after(switches.app_role_delay_min_s, switches.app_role_delay_max_s)

    def _after(self, least_s: float, most_s: float) -> datetime:
        chance = self._simulator.world.chance
        return self._simulator.clock.now() + timedelta(seconds=chance.uniform(min(least_s, most_s), most_s))

    def _next(self) -> int:
        self._simulator.company.sign_ins.serial += 1
        return self._simulator.company.sign_ins.serial
