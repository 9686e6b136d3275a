"""What administrators, operators and tests do to the login host: `simulator.identity.admin`.

Puts accounts, apps and policies into the situations that the login host then refuses (FACTS 1.7). People are named by
address, user principal name or object id, apps by client id or name, tenants by id or domain; with one tenant it need
not be named. Every call takes the simulator's lock; a name that is unknown is a SimulatorError.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

from sim365.errors import SimulatorError
from sim365.identity.accounts import revoke, set_password
from sim365.identity.app_admin import AppAdmin
from sim365.identity.directory import account_of
from sim365.identity.people_catalogue import TRANSIENT
from sim365.state.sign_ins import Demand, PasswordState, SignInPolicy

TROUBLES_MAX = 1000
POLICIES_MAX = 195
"""Conditional access takes so many policies per tenant."""


class IdentityAdmin(AppAdmin):
    """Everything an administrator may do; the part about apps is inherited."""

    def reset_password(self, user: str, password: str, *, must_change: bool = True) -> None:
        """As in the Entra admin center: every session and refresh token ends, also those of web apps (FACTS 1.3)."""
        with self.lock:
            who = self.person(user)
            set_password(who, password, now=self.now)
            revoke(who, now=self.now)
            if must_change:
                account_of(who).password_state = PasswordState.MUST_CHANGE

    def change_password(self, user: str, password: str) -> None:
        """As the person does, or by self-service: refresh tokens of web apps survive it."""
        with self.lock:
            set_password(self.person(user), password, now=self.now)

    def expire_password(self, user: str, *, on_premises: bool = False) -> None:
        """It must be changed at the next sign-in; kept on premises it cannot be changed here."""
        state = PasswordState.EXPIRED_ON_PREMISES if on_premises else PasswordState.EXPIRED
        self.set_password_state(user, state)

    def set_password_state(self, user: str, state: PasswordState | str) -> None:
        """Any state of a password."""
        with self.lock:
            account_of(self.person(user)).password_state = PasswordState(state)

    def lock_account(self, user: str, *, for_s: float = 60.0) -> None:
        """As after too many wrong passwords, or from an address with a bad name."""
        with self.lock:
            account_of(self.person(user)).locked_until = self.now + timedelta(seconds=for_s)

    def disable_account(self, user: str) -> None:
        """Block a person's sign-in."""
        with self.lock:
            self.person(user).mailbox.account_enabled = False

    def enable_account(self, user: str) -> None:
        """Let a person sign in again."""
        with self.lock:
            self.person(user).mailbox.account_enabled = True

    def delete_account(self, user: str) -> None:
        """The person is gone from the login host; the mailbox is another matter."""
        with self.lock:
            account_of(self.person(user)).is_deleted = True

    def restore_account(self, user: str) -> None:
        """Bring a deleted account back."""
        with self.lock:
            for tenant in self.company.tenants:
                mailbox = tenant.find(user)
                if mailbox is not None and mailbox.oid in tenant.accounts:
                    tenant.accounts[mailbox.oid].is_deleted = False
                    return
        message = f"nobody called {user} was deleted"
        raise SimulatorError(message)

    def revoke_sessions(self, user: str) -> None:
        """Take back every session and refresh token of a person; revocable access tokens, too."""
        with self.lock:
            revoke(self.person(user), now=self.now)

    def revoke_all(self, tenant: str | None = None) -> int:
        """The same for everybody of a tenant; answers how many people that were."""
        with self.lock:
            there = self.tenant(tenant)
            people = [self.person(oid) for oid in there.mailboxes if self.is_known(oid)]
            for who in people:
                revoke(who, now=self.now)
            return len(people)

    def enrol_second_factor(self, user: str, *, on: bool = True) -> None:
        """Whether the person has a second factor set up."""
        with self.lock:
            account_of(self.person(user)).has_second_factor = on

    def invite_guest(self, user: str, tenant: str) -> None:
        """Invite another tenant's person, who does not accept."""
        with self.lock:
            self.tenant(tenant).invited_guests.add(self.person(user).oid)

    def require(
        self,
        demand: Demand | str,
        *,
        people: Collection[str] | None = None,
        apps: Collection[str] | None = None,
        hours: float = 0.0,
        binds_apps: bool = False,
        tenant: str | None = None,
    ) -> str:
        """Set a sign-in policy; answers its id."""
        with self.lock:
            there = self.tenant(tenant)
            if len(there.sign_in_policies) >= POLICIES_MAX:
                message = f"a tenant has at most {POLICIES_MAX} sign-in policies"
                raise SimulatorError(message)
            self.company.sign_ins.serial += 1
            policy = SignInPolicy(
                id=f"{self.company.sign_ins.serial:08x}-0ca0-4000-8000-000000000365",
                demand=Demand(demand),
                people=None if people is None else {self.person(name).oid for name in people},
                apps=None if apps is None else {self.app(name, tenant).app_id for name in apps},
                hours=hours,
                binds_apps=binds_apps,
            )
            there.sign_in_policies[policy.id] = policy
            return policy.id

    def require_mfa(self, *people: str, apps: Iterable[str] | None = None, hours: float = 0.0) -> str:
        """A second factor for these people, or for everybody; `hours` is how long one is good."""
        return self.require(Demand.MFA, people=people or None, apps=None if apps is None else list(apps), hours=hours)

    def drop_policy(self, policy_id: str, *, tenant: str | None = None) -> None:
        """Remove a sign-in policy."""
        with self.lock:
            if self.tenant(tenant).sign_in_policies.pop(policy_id, None) is None:
                message = f"there is no sign-in policy {policy_id}"
                raise SimulatorError(message)

    def trouble(self, number: int, *, times: int = 1) -> None:
        """Let the next token requests fail with a transient AADSTS number."""
        if number not in TRANSIENT:
            message = f"AADSTS{number} is not transient; these are: {', '.join(map(str, sorted(TRANSIENT)))}"
            raise SimulatorError(message)
        with self.lock:
            waiting = self.company.sign_ins.troubles
            waiting += [number] * max(0, min(times, TROUBLES_MAX - len(waiting)))
