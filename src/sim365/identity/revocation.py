"""Continuous access evaluation: which tokens Graph refuses early, and the challenge it answers (FACTS 1.8).

Only tokens of clients that declared themselves able are asked about; all others stay good until they expire.
"""

from __future__ import annotations

import base64
import json

from sim365.state import Company, Principal, Tenant


def challenge_to(company: Company, principal: Principal, *, issued: int) -> str | None:
    """The claims that the caller must bring with a new token; None where the token is still good."""
    tenant = next((each for each in company.tenants if each.tenant_id == principal.tenant_id), None)
    if tenant is None:
        return None
    border = _of_app(tenant, principal) if principal.user_oid is None else _of_person(company, principal.user_oid)
    if border is None or issued > border:
        return None
    after = {"access_token": {"nbf": {"essential": True, "value": str(int(min(border, issued)) + 1)}}}
    return base64.b64encode(json.dumps(after).encode()).decode()


def _of_app(tenant: Tenant, principal: Principal) -> float | None:
    app = tenant.apps.get(principal.app_id)
    return float("inf") if app is None or not app.enabled else None


def _of_person(company: Company, oid: str) -> float | None:
    home = next((tenant for tenant in company.tenants if oid in tenant.mailboxes), None)
    if home is None:
        return float("inf")
    account, mailbox = home.accounts.get(oid), home.mailboxes[oid]
    if mailbox.account_enabled is False or (account is not None and account.is_deleted):
        return float("inf")
    if account is None or account.shows_access_from is None:
        return None
    # Tokens say whole seconds: one of the same second as the revocation came before it, unless it says otherwise.
    return int(account.shows_access_from.timestamp())
