"""Proving who somebody is: password, lock, second factor; and the instants by which sign-ins are taken back.

Changes accounts, under the simulator's lock; says what went wrong with Microsoft's numbers (FACTS 1.3, 1.7).
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from sim365.identity.directory import Known, account_of
from sim365.identity.errors import SignInRefused
from sim365.identity.people_catalogue import (
    LOCKED,
    MFA_FAILED,
    NO_PASSWORD,
    PASSWORD_EXPIRED,
    PASSWORD_EXPIRED_ON_PREMISES,
    UNVERIFIABLE_PASSWORD,
    WRONG_PASSWORD,
)
from sim365.identity.policies import check_account
from sim365.state.sign_ins import Account, PasswordState, SignedIn

#: The password of everybody to whom the company file gives none, and the code of everybody's second factor.
TEST_PASSWORD = "sim365-password"  # noqa: S105  a documented test value; it opens nothing but this simulator
TEST_CODE = "123456"

#: Microsoft's smart lockout: ten wrong passwords, then a minute.
WRONG_PASSWORDS_MAX = 10
LOCKED_FOR = timedelta(minutes=1)
PASSWORD_LENGTH = (8, 256)

_AFTER = timedelta(microseconds=1)

CHANGEABLE = frozenset({PasswordState.MUST_CHANGE, PasswordState.EXPIRED})


def password_of(who: Known) -> str:
    """The account's password: its own, the company file's, or the test password."""
    return who.account.password or who.mailbox.password or TEST_PASSWORD


def check_password(who: Known, sent: str, *, now: datetime) -> PasswordState:
    """The state of the password, once it proved right; SignInRefused where it does not let in."""
    account = account_of(who)
    check_account(who)
    if account.locked_until is not None and now < account.locked_until:
        raise SignInRefused(LOCKED, user=who.upn)
    if account.password_state is PasswordState.NONE:
        raise SignInRefused(NO_PASSWORD, user=who.upn)
    if account.password_state is PasswordState.UNVERIFIABLE:
        raise SignInRefused(UNVERIFIABLE_PASSWORD, user=who.upn)
    if not hmac.compare_digest(password_of(who).encode(), sent.encode("utf-8", "surrogatepass")):
        _count_wrong(account, now)
        raise SignInRefused(WRONG_PASSWORD, user=who.upn)
    account.wrong_passwords = 0
    if account.password_state is PasswordState.EXPIRED_ON_PREMISES:
        raise SignInRefused(PASSWORD_EXPIRED_ON_PREMISES, user=who.upn)
    return account.password_state


def refuse_unless_usable(who: Known, state: PasswordState) -> None:
    """Where no page can ask for another password, one that must be changed is refused."""
    if state is not PasswordState.USABLE:
        raise SignInRefused(PASSWORD_EXPIRED, user=who.upn)


def set_password(who: Known, password: str, *, now: datetime) -> None:
    """Another password, chosen by its owner: sessions of public clients end, those of web apps do not (FACTS 1.3)."""
    account = account_of(who)
    account.password = password
    account.password_state = PasswordState.USABLE
    account.password_changed = account.shows_access_from = now
    account.wrong_passwords, account.locked_until = 0, None


def revoke(who: Known, *, now: datetime) -> None:
    """Take back every session and refresh token of a person."""
    account = account_of(who)
    account.valid_from = account.shows_access_from = now


def signed_in(who: Known, *, now: datetime) -> SignedIn:
    """A sign-in that was just proved by a password; it comes after every revocation, also one of the same instant."""
    borders = [each + _AFTER for each in (who.account.valid_from, who.account.password_changed) if each is not None]
    return SignedIn(who.tenant.tenant_id, who.oid, max(now, *borders) if borders else now)


def prove_second_factor(who: Known, sign_in: SignedIn, code: str, *, now: datetime) -> None:
    """Take a code from the person's device; the first one enrols the device."""
    if not hmac.compare_digest(code.strip().encode("utf-8", "surrogatepass"), TEST_CODE.encode()):
        raise SignInRefused(MFA_FAILED, user=who.upn)
    account_of(who).has_second_factor = True
    sign_in.second_factor_at = now


def is_over(who: Known, sign_in_at: datetime) -> bool:
    """Whether a sign-in of that time was revoked since."""
    valid_from = who.account.valid_from
    return valid_from is not None and sign_in_at <= valid_from


def is_outdated(who: Known, sign_in_at: datetime) -> bool:
    """Whether the password was changed since."""
    changed = who.account.password_changed
    return changed is not None and sign_in_at <= changed


def _count_wrong(account: Account, now: datetime) -> None:
    account.wrong_passwords += 1
    if account.wrong_passwords >= WRONG_PASSWORDS_MAX:
        account.wrong_passwords, account.locked_until = 0, now + LOCKED_FOR
