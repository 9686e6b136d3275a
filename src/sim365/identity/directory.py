"""What the login host looks up: the tenant an address names, the app a request names, the person behind a name.

Reads the company at every call, so that a restored or changed company is seen at once. Decides nothing about
credentials or consent.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, replace

from sim365.identity.catalogue import (
    APP_DISABLED,
    APP_NOT_IN_TENANT,
    BAD_TENANT_NAME,
    NO_TENANT_NAMED,
    NOT_FOR_PERSONAL,
    SINGLE_TENANT,
    UNKNOWN_APP,
    UNKNOWN_TENANT,
)
from sim365.identity.errors import SignInRefused
from sim365.identity.people_catalogue import FOREIGN_USER, PENDING_GUEST, UNKNOWN_USER
from sim365.state import AppRegistration, Company, Mailbox, Tenant
from sim365.state.sign_ins import Account

#: Names in place of a tenant; they name no directory (FACTS 1.1).
TENANTLESS = frozenset({"common", "organizations", "consumers"})

_SERVICE_PRINCIPALS = uuid.UUID("5a7d6b1e-6a43-5f6e-9f57-8f4a6d0a3365")
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+|[0-9a-f-]{32,36}")
_NAME_LENGTH_MAX = 255


@dataclass(frozen=True, slots=True)
class Known:
    """A person of the directory, with the tenant the account is at home in."""

    tenant: Tenant
    mailbox: Mailbox

    @property
    def oid(self) -> str:
        return self.mailbox.oid

    @property
    def upn(self) -> str:
        return self.mailbox.upn

    @property
    def account(self) -> Account:
        """The account's settings, to read; `account_of` makes one that can be changed."""
        return self.tenant.accounts.get(self.mailbox.oid) or Account()


def tenant_called(company: Company, name: str) -> Tenant:
    """The tenant with this id or verified domain."""
    wanted = name.lower()
    for tenant in company.tenants:
        if wanted == tenant.tenant_id.lower() or wanted in (domain.lower() for domain in tenant.domains):
            return tenant
    if not name:
        raise SignInRefused(NO_TENANT_NAMED)
    if len(name) > _NAME_LENGTH_MAX or _DOMAIN.fullmatch(wanted) is None:
        raise SignInRefused(BAD_TENANT_NAME, tenant=name[:_NAME_LENGTH_MAX])
    raise SignInRefused(UNKNOWN_TENANT, tenant=name)


def app_called(tenant: Tenant, client_id: str, *, company: Company | None = None) -> AppRegistration:
    """The app as this tenant sees it; refused where it is unknown here or switched off."""
    app = _in_tenant(tenant, client_id)
    if app is not None:
        if not app.enabled:
            raise SignInRefused(APP_DISABLED, client=client_id)
        return app
    registered = None if company is None else registration(company, client_id)
    missing = APP_NOT_IN_TENANT if registered is not None and registered.multi_tenant else UNKNOWN_APP
    raise SignInRefused(missing, client=client_id, tenant=tenant.name)


def app_for_sign_in(company: Company, authority: str, client_id: str) -> AppRegistration:
    """The app at whose sign-in a person arrives; in a tenant that has no part in it yet, a several-tenant app's own."""
    if authority.lower() not in TENANTLESS:
        tenant = tenant_called(company, authority)
        here, elsewhere = _in_tenant(tenant, client_id), registration(company, client_id)
        if here is None and elsewhere is not None and elsewhere.multi_tenant:
            return elsewhere
        return app_called(tenant, client_id)
    app = registration(company, client_id)
    if app is None:
        raise SignInRefused(UNKNOWN_APP, client=client_id, tenant=authority)
    if not app.enabled:
        raise SignInRefused(APP_DISABLED, client=client_id)
    if authority.lower() == "consumers" and not app.takes_personal:
        raise SignInRefused(NOT_FOR_PERSONAL, client=client_id)
    if not app.multi_tenant:
        raise SignInRefused(SINGLE_TENANT, client=client_id, authority=authority.lower())
    return app


def app_in(tenant: Tenant, app: AppRegistration) -> AppRegistration:
    """The app as a tenant sees it: its own, or what its service principal will be once somebody consents."""
    held = _in_tenant(tenant, app.app_id)
    if held is not None:
        if not held.enabled:
            raise SignInRefused(APP_DISABLED, client=app.app_id)
        return held
    if not app.multi_tenant:
        raise SignInRefused(UNKNOWN_APP, client=app.app_id, tenant=tenant.name)
    # Credentials stay with the registration; see `credentials_of`.
    blank = replace(app, permissions=set(), consents={}, assigned=set(), oid="", delays={})
    return replace(blank, secrets=[], certificates=[], home_tenant=app.home_tenant)


def settle_in(tenant: Tenant, app: AppRegistration, company: Company) -> AppRegistration:
    """Make the app's service principal in this tenant, as the first consent does."""
    held = _in_tenant(tenant, app.app_id)
    if held is not None:
        return held
    home = next((each for each in company.tenants if _in_tenant(each, app.app_id) is not None), tenant)
    return tenant.add_app(replace(app_in(tenant, app), home_tenant=home.tenant_id))


def credentials_of(company: Company, app: AppRegistration) -> AppRegistration:
    """Where an app's credentials stand: in its registration at home, beside those added to the service principal."""
    home = next((each for each in company.tenants if each.tenant_id == app.home_tenant), None)
    registered = None if home is None else _in_tenant(home, app.app_id)
    if registered is None or registered is app:
        return app
    secrets = [*registered.secrets, *(one for one in app.secrets if one not in registered.secrets)]
    return replace(registered, secrets=secrets)


def registration(company: Company, client_id: str) -> AppRegistration | None:
    """The app where it was registered."""
    found = [app for tenant in company.tenants if (app := _in_tenant(tenant, client_id)) is not None]
    return next((app for app in found if not app.home_tenant), found[0] if found else None)


def person_called(company: Company, name: str, *, authority: str) -> Known:
    """Who signs in under this name at this address; SignInRefused where nobody does."""
    asked = None if authority.lower() in TENANTLESS else tenant_called(company, authority)
    at = "consumers" if authority.lower() == "consumers" else ""
    found = None if at else person(company, name, first=asked)
    if found is None:
        raise SignInRefused(UNKNOWN_USER, user=name[:_NAME_LENGTH_MAX], tenant=asked.name if asked else authority)
    if asked is not None:
        check_member(asked, found)
    return found


def check_member(tenant: Tenant, who: Known) -> None:
    """Whether the person has an account in the tenant."""
    if who.tenant is tenant:
        return
    number = PENDING_GUEST if who.oid in tenant.invited_guests else FOREIGN_USER
    raise SignInRefused(number, user=who.upn, tenant=tenant.name)


def person(company: Company, name: str, *, first: Tenant | None = None) -> Known | None:
    """The person with this user principal name, address or object id, in the given tenant rather than in another."""
    ordered = sorted(company.tenants, key=lambda tenant: tenant is not first)
    for tenant in ordered:
        mailbox = tenant.find(name.strip())
        if mailbox is not None:
            known = Known(tenant, mailbox)
            return None if known.account.is_deleted else known
    return None


def account_of(who: Known) -> Account:
    """The account's settings, to be changed."""
    return who.tenant.accounts.setdefault(who.oid, Account())


def service_principal_id(tenant: Tenant, app: AppRegistration) -> str:
    """The object id of the app's service principal: as given, else derived, the same in every run of the company."""
    return app.oid or str(uuid.uuid5(_SERVICE_PRINCIPALS, f"{tenant.tenant_id}/{app.app_id}".lower()))


def _in_tenant(tenant: Tenant, client_id: str) -> AppRegistration | None:
    wanted = client_id.lower()
    return tenant.apps.get(wanted) or next((app for app in tenant.apps.values() if app.app_id.lower() == wanted), None)
