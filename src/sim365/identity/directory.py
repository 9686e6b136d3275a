"""What the login host looks up: the tenant that an address names, and the app that a request names.

Reads the company at every call, so that a restored or changed company is seen at once. Decides nothing about
credentials.
"""

from __future__ import annotations

import uuid

from sim365.identity.errors import APP_DISABLED, UNKNOWN_APP, UNKNOWN_TENANT, SignInRefused
from sim365.state import AppRegistration, Company, Tenant

#: Names in place of a tenant; they name no directory (FACTS 1.1).
TENANTLESS = frozenset({"common", "organizations", "consumers"})

_SERVICE_PRINCIPALS = uuid.UUID("5a7d6b1e-6a43-5f6e-9f57-8f4a6d0a3365")


def tenant_called(company: Company, name: str) -> Tenant:
    """The tenant with this id or verified domain."""
    wanted = name.lower()
    for tenant in company.tenants:
        if wanted == tenant.tenant_id.lower() or wanted in (domain.lower() for domain in tenant.domains):
            return tenant
    raise SignInRefused(UNKNOWN_TENANT, tenant=name)


def app_called(tenant: Tenant, client_id: str) -> AppRegistration:
    """The app as this tenant sees it; refused where it is unknown here or switched off."""
    for app in tenant.apps.values():
        if app.app_id.lower() == client_id.lower():
            if not app.enabled:
                raise SignInRefused(APP_DISABLED, client=client_id)
            return app
    raise SignInRefused(UNKNOWN_APP, client=client_id, tenant=tenant.name)


def service_principal_id(tenant: Tenant, app: AppRegistration) -> str:
    """The object id of the app's service principal: as given, else derived, the same in every run of the company."""
    return app.oid or str(uuid.uuid5(_SERVICE_PRINCIPALS, f"{tenant.tenant_id}/{app.app_id}".lower()))
