"""What administrators do to apps: credentials, permissions, consent, assignment, and what the tenant subscribed to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sim365.errors import SimulatorError
from sim365.identity.directory import Known, person, tenant_called
from sim365.identity.errors import SignInRefused
from sim365.identity.permissions import OIDC, canonical
from sim365.simulator import Simulator
from sim365.state import AppRegistration, AppSecret, Company, Tenant
from sim365.state.tenants import EVERYBODY

LOCKED = "the app's property lock forbids to change the credentials of its service principals in other tenants"


class AppAdmin:
    """Look-ups by name, and everything about apps."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    @property
    def lock(self) -> Any:
        """The simulator's lock."""
        return self._simulator.lock

    @property
    def company(self) -> Company:
        """As it is now; a restored company is another object."""
        return self._simulator.company

    @property
    def now(self) -> datetime:
        """The simulator's time."""
        return self._simulator.clock.now()

    def tenant(self, name: str | None = None) -> Tenant:
        """The tenant of this id or domain; the only one where none is named."""
        if name is None:
            if len(self.company.tenants) != 1:
                message = "the company has several tenants: name one by id or domain"
                raise SimulatorError(message)
            return self.company.tenants[0]
        try:
            return tenant_called(self.company, name)
        except SignInRefused as refusal:
            raise SimulatorError(refusal.sentence) from refusal

    def person(self, name: str) -> Known:
        """The person of this name."""
        found = person(self.company, name)
        if found is None:
            message = f"nobody here is called {name}"
            raise SimulatorError(message)
        return found

    def is_known(self, name: str) -> bool:
        """Whether a person of this name is there and not deleted."""
        return person(self.company, name) is not None

    def app(self, name: str, tenant: str | None = None) -> AppRegistration:
        """The app of this client id or name; without a tenant where it was registered."""
        wanted = name.lower()
        places = self.company.tenants if tenant is None else [self.tenant(tenant)]
        found = [
            app
            for place in places
            for app in place.apps.values()
            if wanted in {app.app_id.lower(), app.display_name.lower()}
        ]
        if found:
            return min(found, key=lambda app: bool(app.home_tenant))
        message = f"there is no app {name}"
        raise SimulatorError(message)

    def add_secret(self, app: str, value: str, *, expires: datetime | None = None, tenant: str | None = None) -> None:
        """Another secret beside those it has; the property lock keeps other tenants from it."""
        with self.lock:
            held = self.app(app, tenant)
            if held.home_tenant and held.locks_properties:
                raise SimulatorError(LOCKED)
            held.secrets.append(AppSecret(value, expires))

    def expire_secret(self, app: str, value: str | None = None) -> None:
        """Let one secret, or all, run out now."""
        with self.lock:
            for secret in self.app(app).secrets:
                if value is None or secret.value == value:
                    secret.expires = self.now

    def remove_secrets(self, app: str) -> None:
        """Take all secrets away, as a rotation that forgot somebody does."""
        with self.lock:
            self.app(app).secrets.clear()

    def add_certificate(self, app: str, pem: str) -> None:
        """Another certificate."""
        with self.lock:
            self.app(app).certificates.append(pem)

    def remove_certificates(self, app: str) -> None:
        """Take all certificates away."""
        with self.lock:
            self.app(app).certificates.clear()

    def disable_app(self, app: str, *, tenant: str | None = None) -> None:
        """Disable sign-in with an app."""
        with self.lock:
            self.app(app, tenant).enabled = False

    def enable_app(self, app: str, *, tenant: str | None = None) -> None:
        """Enable it again."""
        with self.lock:
            self.app(app, tenant).enabled = True

    def remove_app(self, app: str, *, tenant: str | None = None) -> None:
        """Remove the app from a tenant, with everything consented there."""
        with self.lock:
            place = self.tenant(tenant)
            del place.apps[self.app(app, place.tenant_id).app_id]

    def mark_risky(self, app: str, *, on: bool = True) -> None:
        """Microsoft finds the app risky, so that only administrators may consent to it."""
        with self.lock:
            self.app(app).is_risky = on

    def require_assignment(self, app: str, *, on: bool = True) -> None:
        """Only assigned people may use it."""
        with self.lock:
            self.app(app).assignment_required = on

    def assign(self, app: str, user: str) -> None:
        """Assign a person to an app."""
        with self.lock:
            self.app(app).assigned.add(self.person(user).oid)

    def unassign(self, app: str, user: str) -> None:
        """Take an assignment back."""
        with self.lock:
            self.app(app).assigned.discard(self.person(user).oid)

    def grant(self, app: str, *permissions: str, tenant: str | None = None) -> None:
        """Grant application permissions at once."""
        with self.lock:
            held = self.app(app, tenant)
            held.permissions.update(permissions)
            for name in permissions:
                held.delays.pop(name, None)

    def withdraw(self, app: str, *permissions: str, tenant: str | None = None) -> None:
        """Take application permissions back; tokens that carry them stay good until they expire."""
        with self.lock:
            self.app(app, tenant).permissions.difference_update(permissions)

    def consent(self, app: str, *scopes: str, user: str | None = None, tenant: str | None = None) -> None:
        """Consent to delegated permissions for a person, or for everybody."""
        unknown = [name for name in scopes if canonical(name) is None]
        if unknown:
            message = f"Graph has no delegated permission {', '.join(unknown)}"
            raise SimulatorError(message)
        with self.lock:
            whom = EVERYBODY if user is None else self.person(user).oid
            self.app(app, tenant).consents.setdefault(whom, set()).update(scopes, OIDC)

    def withdraw_consent(self, app: str, *, user: str | None = None, tenant: str | None = None) -> None:
        """Take every delegated consent of a person, or everybody's, back."""
        with self.lock:
            consents = self.app(app, tenant).consents
            if user is None:
                consents.clear()
            else:
                consents.pop(self.person(user).oid, None)

    def unsubscribe(self, resource: str = "https://graph.microsoft.com", *, tenant: str | None = None) -> None:
        """The organisation has no subscription to a service."""
        with self.lock:
            self.tenant(tenant).missing_services.add(resource)

    def use_consent_workflow(self, *, on: bool = True, tenant: str | None = None) -> None:
        """People may ask the administrators to approve an app."""
        with self.lock:
            self.tenant(tenant).has_consent_workflow = on
