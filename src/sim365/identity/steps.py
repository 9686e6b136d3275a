"""What a sign-in shows or does next: the closed set of its steps, and what one page hands to the next."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from sim365.identity.directory import Known
from sim365.identity.errors import SignInRefused
from sim365.state import AppRegistration, Tenant
from sim365.state.sign_ins import SignedIn


class Progress(msgspec.Struct, frozen=True, array_like=True):
    """How far a sign-in is; sealed into every form, so that no other site's page can answer it."""

    session: str
    about: str
    """Which request this is the sign-in for."""
    began: float
    oid: str = ""
    is_fresh: bool = False
    """The password was typed in this very sign-in."""
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class AskAccount:
    """Who are you?"""

    typed: str = ""
    wrong: SignInRefused | None = None


@dataclass(frozen=True, slots=True)
class PickAccount:
    """One of the people signed in here, or somebody else."""

    people: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class AskPassword:
    """The password."""

    who: Known
    wrong: SignInRefused | None = None


@dataclass(frozen=True, slots=True)
class AskNewPassword:
    """Another password, because the one typed must be changed."""

    who: Known
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class AskSecondFactor:
    """The code of a second factor; the first one enrols it."""

    who: Known
    wrong: SignInRefused | None = None


@dataclass(frozen=True, slots=True)
class AskConsent:
    """May the app have this?"""

    who: Known
    app: AppRegistration
    tenant: Tenant
    permissions: tuple[str, ...]
    can_answer_for_all: bool


@dataclass(frozen=True, slots=True)
class NeedsAdmin:
    """Only an administrator may say yes."""

    who: Known
    refusal: SignInRefused
    permissions: tuple[str, ...]
    can_request: bool
    was_requested: bool = False


@dataclass(frozen=True, slots=True)
class AskConfirm:
    """Is it really you who signs this device in?"""

    who: Known


@dataclass(frozen=True, slots=True)
class Stopped:
    """Shown here, and no way on."""

    refusal: SignInRefused


@dataclass(frozen=True, slots=True)
class GoBack:
    """The app is told."""

    refusal: SignInRefused


@dataclass(frozen=True, slots=True)
class Granted:
    """The person is signed in, and the app may have what it asked for."""

    who: Known
    signed_in: SignedIn
    tenant: Tenant


Step = (
    AskAccount
    | PickAccount
    | AskPassword
    | AskNewPassword
    | AskSecondFactor
    | AskConsent
    | NeedsAdmin
    | AskConfirm
    | Stopped
    | GoBack
    | Granted
)
