"""Signing in with address and password: throttled, and the same answer whatever was wrong.

Decides when somebody must wait and how long a session lasts; must not say whether an address is known. Failures are
counted three ways, so that neither guessing one account from many places nor trying many accounts from one place is
fast, and so that an attacker elsewhere cannot lock a person out for longer than the window.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import authenticate, login
from django.db.models import F
from django.http import HttpRequest

from holdfast.database.transactions import outside_workspaces
from holdfast.directory.models import Account
from holdfast.directory.roles import Role
from holdfast.ports import clock
from holdfast.web.models import SignInFailures

WINDOW = timedelta(minutes=15)
FAILURES_MAX_PAIR = 5  # one address from one place
FAILURES_MAX_PLACE = 50  # any address from one place
FAILURES_MAX_ADDRESS = 100  # one address from anywhere
ADDRESS_CHARACTERS_MAX = 320
PASSWORD_CHARACTERS_MAX = 1024  # hashing a megabyte of password is a way to keep a server busy

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
WORKSPACE = "workspace"
SEEN_STEP = timedelta(minutes=1)  # a session is written at most once a minute for having been used


@dataclass(frozen=True, slots=True)
class Limits:
    idle: timedelta
    absolute: timedelta


LIMITS = Limits(idle=timedelta(hours=8), absolute=timedelta(days=7))
LIMITS_ADMIN = Limits(idle=timedelta(minutes=30), absolute=timedelta(hours=12))


@dataclass(frozen=True, slots=True)
class SignedIn:
    account: Account


@dataclass(frozen=True, slots=True)
class Wrong:
    """They do not belong together, or there is no such account, or it is switched off: nobody is told which."""


@dataclass(frozen=True, slots=True)
class MustWait:
    minutes: int


def sign_in(request: HttpRequest, *, address: str, password: str) -> SignedIn | Wrong | MustWait:
    """Check a password and open a fresh session (a new id, so that a planted one is worth nothing)."""
    if len(address) > ADDRESS_CHARACTERS_MAX or len(password) > PASSWORD_CHARACTERS_MAX or "\0" in address + password:
        return Wrong()
    counted = _counted(address, request.META.get("REMOTE_ADDR", ""))
    now = clock.now()
    if _is_over(counted, now):
        return MustWait(minutes=int(WINDOW.total_seconds() // 60))
    account = authenticate(request, username=address, password=password)
    if not isinstance(account, Account):
        _count_failure(list(counted), now)
        return Wrong()
    with outside_workspaces():
        SignInFailures.objects.filter(digest=next(iter(counted))).delete()
    login(request, account)
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = now.isoformat()
    return SignedIn(account)


def has_ended(request: HttpRequest, role: Role) -> bool:
    """Whether this session is over by idleness or age."""
    limits = LIMITS_ADMIN if role is Role.ADMIN else LIMITS
    now = clock.now()
    opened, seen = _instant(request, SIGNED_IN_AT), _instant(request, SEEN_AT)
    return opened is None or seen is None or now - opened > limits.absolute or now - seen > limits.idle


def note_use(request: HttpRequest) -> None:
    """Remember that a person did something. A page that only asks for news must not call this."""
    seen, now = _instant(request, SEEN_AT), clock.now()
    if seen is None or now - seen > SEEN_STEP:
        request.session[SEEN_AT] = now.isoformat()


def _instant(request: HttpRequest, name: str) -> datetime | None:
    text = request.session.get(name, "")
    return datetime.fromisoformat(text) if text else None


def _counted(address: str, place: str) -> dict[bytes, int]:
    """What is counted, and how often it may fail; the pair comes first."""
    lowered = address.strip().lower()
    limits = {
        f"pair|{lowered}|{place}": FAILURES_MAX_PAIR,
        f"place|{place}": FAILURES_MAX_PLACE,
        f"address|{lowered}": FAILURES_MAX_ADDRESS,
    }
    return {hashlib.sha256(text.encode()).digest(): limit for text, limit in limits.items()}


def _is_over(counted: dict[bytes, int], now: datetime) -> bool:
    with outside_workspaces():
        SignInFailures.objects.filter(since__lt=now - WINDOW).delete()
        found = SignInFailures.objects.filter(digest__in=list(counted)).values_list("digest", "count")
        return any(count >= counted[bytes(digest)] for digest, count in found)


def _count_failure(digests: list[bytes], now: datetime) -> None:
    with outside_workspaces():
        SignInFailures.objects.bulk_create(
            [SignInFailures(digest=digest, count=0, since=now) for digest in digests], ignore_conflicts=True
        )
        SignInFailures.objects.filter(digest__in=digests).update(count=F("count") + 1)
