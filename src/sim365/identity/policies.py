"""Whether a sign-in may go on: the account's state, the app's assignment, the organisation's sign-in policies.

Pure: from what is known to a refusal or nothing (FACTS 1.7). Whether a refusal becomes a page, a redirect or a token
error is the caller's matter.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sim365.identity.directory import Known
from sim365.identity.errors import Refusal, SignInRefused
from sim365.identity.people_catalogue import (
    ACCOUNT_DISABLED,
    APP_NOT_APPROVED,
    BLOCKED,
    BLOCKED_BY_DEFAULTS,
    BLOCKED_BY_TENANT,
    BLOCKED_SOMEHOW,
    DEVICE_NOT_COMPLIANT,
    DEVICE_NOT_JOINED,
    MFA_ENROL,
    MFA_EXPIRED,
    MFA_REQUIRED,
    NOT_ASSIGNED,
    TOO_OLD_SIGN_IN,
)
from sim365.state import AppRegistration, Tenant
from sim365.state.sign_ins import Demand, SignedIn, SignInPolicy

SECOND_FACTOR = frozenset({MFA_REQUIRED, MFA_ENROL, MFA_EXPIRED})
"""What a second factor on a page cures."""

_STOPS: dict[Demand, Refusal] = {
    Demand.COMPLIANT_DEVICE: DEVICE_NOT_COMPLIANT,
    Demand.JOINED_DEVICE: DEVICE_NOT_JOINED,
    Demand.APPROVED_APP: APP_NOT_APPROVED,
    Demand.BLOCK: BLOCKED,
    Demand.GENERIC_BLOCK: BLOCKED_SOMEHOW,
    Demand.TENANT_BLOCK: BLOCKED_BY_TENANT,
    Demand.SECURITY_DEFAULTS: BLOCKED_BY_DEFAULTS,
}


def check_account(who: Known) -> None:
    """Whether the account is in use at all."""
    if who.mailbox.account_enabled is False:
        raise SignInRefused(ACCOUNT_DISABLED, user=who.upn)


def check_assignment(who: Known, app: AppRegistration) -> None:
    """An app may demand that its people are assigned to it."""
    if app.assignment_required and who.oid not in app.assigned:
        raise SignInRefused(NOT_ASSIGNED, user=who.upn, app=app.display_name)


def check_policies(tenant: Tenant, who: Known, app: AppRegistration, signed_in: SignedIn, *, now: datetime) -> None:
    """Conditional access: blocks first, then demands in the order in which they were set."""
    policies = [policy for policy in tenant.sign_in_policies.values() if _concerns(policy, who, app)]
    for policy in sorted(policies, key=lambda policy: policy.demand not in _STOPS):
        refusal = _refusal(policy, who, signed_in, now)
        if refusal is not None:
            raise SignInRefused(refusal, claims=challenge(policy), user=who.upn, app=app.display_name)


def check_app_alone(tenant: Tenant, app: AppRegistration) -> None:
    """Policies that bind an app signing in by itself."""
    for policy in tenant.sign_in_policies.values():
        named = policy.apps is None or app.app_id in policy.apps
        if policy.binds_apps and named and policy.demand in _STOPS:
            raise SignInRefused(
                _STOPS[policy.demand], claims=challenge(policy), user=app.display_name, app=app.display_name
            )


def challenge(policy: SignInPolicy) -> str:
    """The claims that the next sign-in must bring: the policy by its id."""
    return json.dumps({"access_token": {"capolids": {"essential": True, "values": [policy.id]}}})


def _concerns(policy: SignInPolicy, who: Known, app: AppRegistration) -> bool:
    return (
        not policy.binds_apps
        and (policy.people is None or who.oid in policy.people)
        and (policy.apps is None or app.app_id in policy.apps)
    )


def _refusal(policy: SignInPolicy, who: Known, signed_in: SignedIn, now: datetime) -> Refusal | None:
    oldest = now - timedelta(hours=policy.hours) if policy.hours else None
    if policy.demand is Demand.FREQUENCY:
        return TOO_OLD_SIGN_IN if oldest is not None and signed_in.at < oldest else None
    if policy.demand is not Demand.MFA:
        return _STOPS[policy.demand]
    factor = signed_in.second_factor_at
    if factor is None:
        return MFA_REQUIRED if who.account.has_second_factor else MFA_ENROL
    return MFA_EXPIRED if oldest is not None and factor < oldest else None
