"""What the login host remembers: accounts, sign-in policies, open sign-ins, codes on their way.

Pure data, part of the company, so that a snapshot and a kept state hold it. Refresh tokens are not here: they carry
what they say, sealed, and are taken back by instants (`Account.valid_from`), as at Microsoft.
"""

import enum
from dataclasses import dataclass, field
from datetime import datetime


class PasswordState(enum.StrEnum):
    """What stands between the right password and a sign-in (FACTS 1.7)."""

    USABLE = "usable"
    MUST_CHANGE = "mustChange"
    """Set by an administrator: good once, for choosing another one."""
    EXPIRED = "expired"
    EXPIRED_ON_PREMISES = "expiredOnPremises"
    """Kept in the company's own directory, so it cannot be changed on the page."""
    NONE = "none"
    UNVERIFIABLE = "unverifiable"
    """The place where it is checked does not answer for this account."""


@dataclass(slots=True)
class Account:
    """What an account has besides its mailbox; absent means all defaults."""

    password: str = ""
    """Empty is the test password."""
    password_state: PasswordState = PasswordState.USABLE
    password_changed: datetime | None = None
    valid_from: datetime | None = None
    """Sessions and refresh tokens from before this instant are revoked."""
    locked_until: datetime | None = None
    wrong_passwords: int = 0
    has_second_factor: bool = False
    is_deleted: bool = False
    shows_access_from: datetime | None = None
    """Revocable access tokens from before this instant are refused by Graph (FACTS 1.8)."""


class Demand(enum.StrEnum):
    """What a sign-in policy demands or does (FACTS 1.7)."""

    MFA = "mfa"
    COMPLIANT_DEVICE = "compliantDevice"
    JOINED_DEVICE = "joinedDevice"
    APPROVED_APP = "approvedApp"
    FREQUENCY = "signInFrequency"
    BLOCK = "block"
    GENERIC_BLOCK = "genericBlock"
    TENANT_BLOCK = "tenantBlock"
    SECURITY_DEFAULTS = "securityDefaults"


@dataclass(slots=True)
class SignInPolicy:
    """A conditional access policy: for whom, at which apps, what."""

    id: str
    demand: Demand
    people: set[str] | None = None
    """Object ids; None is everybody."""
    apps: set[str] | None = None
    """Client ids; None is every app."""
    hours: float = 0.0
    """How old a sign-in (FREQUENCY) or second factor (MFA) may be; 0 is any age."""
    binds_apps: bool = False
    """It is about apps that sign in by themselves, not about people."""


@dataclass(slots=True)
class SignedIn:
    """One person's sign-in: when, and how it was proved."""

    tenant_id: str
    oid: str
    at: datetime
    second_factor_at: datetime | None = None


@dataclass(slots=True)
class Session:
    """A browser with the people who signed in there, by object id."""

    people: dict[str, SignedIn] = field(default_factory=dict[str, SignedIn])
    used: datetime | None = None


@dataclass(slots=True)
class IssuedCode:
    """An authorization code and everything that was agreed when it was given."""

    app_id: str
    tenant_id: str
    signed_in: SignedIn
    redirect_uri: str
    scopes: str
    issued: datetime
    challenge: str = ""
    is_plain: bool = False
    nonce: str = ""
    is_spa: bool = False
    revocable: bool = False
    used: bool = False


class DeviceState(enum.StrEnum):
    """Where a device's sign-in stands."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    USED = "used"


@dataclass(slots=True)
class DeviceRequest:
    """A device that waits until somebody types its code."""

    app_id: str
    authority: str
    user_code: str
    scopes: str
    issued: datetime
    state: DeviceState = DeviceState.PENDING
    signed_in: SignedIn | None = None
    tenant_id: str = ""
    revocable: bool = False


@dataclass(slots=True)
class ConsentRequest:
    """A person asked the administrators to approve an app."""

    app_id: str
    oid: str
    scopes: str
    reason: str
    at: datetime


@dataclass(slots=True)
class SignIns:
    """Everything that is under way at the login host."""

    serial: int = 0
    codes: dict[str, IssuedCode] = field(default_factory=dict[str, IssuedCode])
    devices: dict[str, DeviceRequest] = field(default_factory=dict[str, DeviceRequest])
    sessions: dict[str, Session] = field(default_factory=dict[str, Session])
    repeats: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    """When the same refresh was asked for lately (AADSTS50196)."""
    troubles: list[int] = field(default_factory=list[int])
    """Transient failures that the next token requests meet, by AADSTS number."""
