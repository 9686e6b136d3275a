"""How apps, people's accounts and sign-in policies are written in a company file.

Decides which permissions an app may ask for and what `consented` means: what the registration asks for is granted in
the whole company, unless the file says that an administrator, or the people, have yet to be asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from sim365.company.fields import Field, Section
from sim365.company.mailboxes import House
from sim365.state import AppRegistration, AppSecret, Mailbox
from sim365.state.sign_ins import Account, Demand, PasswordState, SignInPolicy
from sim365.state.tenants import EVERYBODY

APP_SETTINGS = (
    "name", "client_id", "permissions", "delegated", "consented", "secrets", "certificates", "redirect_uris",
    "spa_redirect_uris", "public", "multi_tenant", "assigned", "trusted_subjects", "risky", "property_lock", "enabled",
)  # fmt: skip
SECRET_SETTINGS = ("value", "expires")
POLICY_SETTINGS = ("demand", "people", "apps", "hours", "binds_apps")
HOURS_MAX = 24 * 365

#: Application permissions that this simulator knows; FACTS 1.9.
PERMISSIONS = (
    "Calendars.Read", "Calendars.ReadBasic", "Calendars.ReadBasic.All", "Calendars.ReadWrite", "MailboxSettings.Read",
    "MailboxSettings.ReadWrite", "Place.Read.All", "Place.ReadWrite.All", "User.Read.All", "User.ReadBasic.All",
)  # fmt: skip

#: Delegated permissions, and the OpenID scopes that every consent of an administrator brings along.
DELEGATED = (
    "User.Read", "User.ReadBasic.All", "User.Read.All", "Calendars.ReadBasic", "Calendars.Read",
    "Calendars.Read.Shared", "Calendars.ReadWrite", "Calendars.ReadWrite.Shared", "MailboxSettings.Read",
    "MailboxSettings.ReadWrite", "Place.Read.All", "Place.ReadWrite.All",
)  # fmt: skip
OPENID = ("openid", "profile", "email", "offline_access")

DeriveId = Callable[..., str]


def read_app(item: Field, house: House, derive: DeriveId) -> None:
    """Register one app; problems are noted."""
    section, tenant = item.section(APP_SETTINGS), house.tenant
    name = section.text("name", needed=True)
    app_id = _guid_or_derived(section, derive("app", tenant.tenant_id, name))
    if app_id in tenant.apps:
        item.wrong(f"an app with the client id {app_id} stands above already.")
    asked = {one.choice(PERMISSIONS) for one in section.items("permissions")}
    delegated = {one.choice(DELEGATED) for one in section.items("delegated")}
    consented = section.flag("consented", otherwise=True)
    people = section.get("assigned")
    tenant.add_app(
        AppRegistration(
            app_id=app_id,
            display_name=name,
            permissions=set(asked) if consented else set(),
            requested=asked,
            delegated=delegated,
            consents={EVERYBODY: {*delegated, *OPENID}} if consented and delegated else {},
            secrets=[_secret(one) for one in section.items("secrets")],
            certificates=[one.text(longest=10_000) for one in section.items("certificates")],
            redirect_uris=list(section.texts("redirect_uris")),
            spa_redirect_uris=list(section.texts("spa_redirect_uris")),
            allows_public=section.flag("public", otherwise=False),
            multi_tenant=section.flag("multi_tenant", otherwise=False),
            assignment_required=people is not None,
            assigned=_oids(people, house),
            trusted_subjects=list(section.texts("trusted_subjects")),
            is_risky=section.flag("risky", otherwise=False),
            locks_properties=section.flag("property_lock", otherwise=False),
            oid=derive("service principal", tenant.tenant_id, app_id),
            enabled=section.flag("enabled", otherwise=True),
        )
    )


def read_policy(item: Field, house: House, derive: DeriveId) -> None:
    """Set one sign-in policy."""
    section, tenant = item.section(POLICY_SETTINGS), house.tenant
    people, apps = section.get("people"), section.get("apps")
    policy = SignInPolicy(
        id=derive("sign-in policy", tenant.tenant_id, str(len(tenant.sign_in_policies))),
        demand=Demand(section.choice("demand", tuple(Demand), otherwise=Demand.MFA)),
        people=None if people is None else _oids(people, house),
        apps=None if apps is None else _app_ids(apps, house),
        hours=float(section.number("hours", least=1, most=HOURS_MAX) or 0),
        binds_apps=section.flag("binds_apps", otherwise=False),
    )
    section.need("demand")
    tenant.sign_in_policies[policy.id] = policy


def read_account(section: Section, mailbox: Mailbox, house: House) -> None:
    """What stands beside a person about signing in."""
    mailbox.password = section.text("password")
    state = PasswordState(section.choice("password_state", tuple(PasswordState), otherwise=PasswordState.USABLE))
    enrolled = section.flag("second_factor", otherwise=False)
    if enrolled or state is not PasswordState.USABLE:
        house.tenant.accounts[mailbox.oid] = Account(password_state=state, has_second_factor=enrolled)


def _oids(people: Field | None, house: House) -> set[str]:
    found = [] if people is None else [house.find(one) for one in people.items()]
    return {mailbox.oid for mailbox in found if mailbox is not None}


def _app_ids(apps: Field, house: House) -> set[str]:
    by_name = {app.display_name.lower(): app.app_id for app in house.tenant.apps.values()}
    found: set[str] = set()
    for one in apps.items():
        name = one.text().lower()
        if name in by_name or name in house.tenant.apps:
            found.add(by_name.get(name, name))
        else:
            one.wrong(f"no app here is called '{one.text()}'.")
    return found


def _secret(item: Field) -> AppSecret:
    section = item.section(SECRET_SETTINGS)
    expires = section.get("expires")
    moment = None if expires is None else expires.moment()
    return AppSecret(value=section.text("value", needed=True), expires=None if moment is None else _in_utc(moment))


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _guid_or_derived(section: Section, otherwise: str) -> str:
    given = section.get("client_id")
    if given is None:
        return otherwise
    try:
        return str(uuid.UUID(given.text()))
    except ValueError:
        given.wrong("must be a GUID such as 6f0c0d8e-0f0a-4b3e-8f7e-3f1d2c4b5a69, or be left out.")
        return otherwise
