"""What an app asks of a person's browser: the authorization request, checked.

Decides which mistakes are shown only here, because the address to return to cannot be trusted, and which reach the app
(FACTS 1.2). It does not know who is signed in.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from sim365.identity.catalogue import (
    BAD_VALUE,
    CHALLENGE_SIZE,
    MISSING_PARAMETER,
    MISSING_REDIRECT,
    UNSUPPORTED_RESPONSE,
    WRONG_REDIRECT,
)
from sim365.identity.directory import app_for_sign_in
from sim365.identity.errors import SignInRefused
from sim365.identity.issuing import is_revocable
from sim365.identity.people_catalogue import CONSENT_MISSING
from sim365.identity.scopes import Scopes, read_scopes
from sim365.state import AppRegistration, Company

PROMPTS = ("", "login", "none", "consent", "select_account")
CHALLENGE = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


class ResponseMode(enum.StrEnum):
    """How the answer reaches the app."""

    QUERY = "query"
    FRAGMENT = "fragment"
    FORM_POST = "form_post"


class Purpose(enum.Enum):
    """What a sign-in is for."""

    APP = "app"
    DEVICE = "device"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Return:
    """Where the browser goes afterwards, and how the answer travels."""

    address: str
    mode: ResponseMode = ResponseMode.QUERY
    state: str = ""

    def carrying(self, answer: Mapping[str, str]) -> str:
        """The address with the answer in its query or fragment."""
        text = urlencode(self.with_state(answer))
        parts = urlsplit(self.address)
        if self.mode is ResponseMode.FRAGMENT:
            return urlunsplit(parts._replace(fragment=text))
        return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, text) if part)))

    def with_state(self, answer: Mapping[str, str]) -> dict[str, str]:
        """The answer's fields."""
        return {**answer, **({"state": self.state} if self.state else {})}


@dataclass(frozen=True, slots=True)
class Asking:
    """A sign-in that was asked for."""

    authority: str
    app: AppRegistration
    scopes: Scopes
    purpose: Purpose = Purpose.APP
    back: Return | None = None
    prompt: str = ""
    login_hint: str = ""
    domain_hint: str = ""
    nonce: str = ""
    challenge: str = ""
    is_plain: bool = False
    is_spa: bool = False
    revocable: bool = False
    device: str = ""
    """The device code of the device that waits."""


def read_return(
    parameters: Mapping[str, str], *, authority: str, company: Company
) -> tuple[AppRegistration, Return, bool]:
    """App, way back, and whether it is a single-page app's; a SignInRefused from here is shown and never sent on."""
    client_id = parameters.get("client_id", "")
    if not client_id:
        raise SignInRefused(MISSING_PARAMETER, parameter="client_id")
    app = app_for_sign_in(company, authority, client_id)
    asked = parameters.get("redirect_uri", "")
    known = [*app.redirect_uris, *app.spa_redirect_uris]
    if not asked and not known:
        raise SignInRefused(MISSING_REDIRECT, client=app.app_id)
    if asked and not any(_fits(asked, one) for one in known):
        raise SignInRefused(WRONG_REDIRECT, redirect=asked, client=app.app_id)
    address = asked or known[0]
    is_spa = not any(_fits(address, one) for one in app.redirect_uris)
    mode = parameters.get("response_mode") or ResponseMode.QUERY
    is_known = mode in set(ResponseMode)
    back = Return(address, ResponseMode(mode) if is_known else ResponseMode.QUERY, parameters.get("state", ""))
    return app, back, is_spa


def read_asking(
    parameters: Mapping[str, str],
    *,
    authority: str,
    found: tuple[AppRegistration, Return, bool],
    graph_roots: frozenset[str],
) -> Asking:
    """The rest of the request; a SignInRefused from here reaches the app."""
    app, back, is_spa = found
    response = parameters.get("response_type", "")
    if not response:
        raise SignInRefused(MISSING_PARAMETER, parameter="response_type")
    if response != "code":
        raise SignInRefused(UNSUPPORTED_RESPONSE, response=response)
    for name, allowed in (("response_mode", ("", *ResponseMode)), ("prompt", PROMPTS)):
        if parameters.get(name, "") not in allowed:
            raise SignInRefused(BAD_VALUE, parameter=name, value=parameters[name])
    challenge, is_plain = _challenge(parameters)
    return Asking(
        authority=authority,
        app=app,
        scopes=read_scopes(parameters.get("scope", ""), graph_roots=graph_roots),
        back=back,
        prompt=parameters.get("prompt", ""),
        login_hint=parameters.get("login_hint", ""),
        domain_hint=parameters.get("domain_hint", ""),
        nonce=parameters.get("nonce", ""),
        challenge=challenge,
        is_plain=is_plain,
        is_spa=is_spa,
        revocable=is_revocable(parameters.get("claims", "")),
    )


def error_answer(refusal: SignInRefused, *, root: str) -> dict[str, str]:
    """A refusal as the app receives it, in the words that an authorization endpoint may use (FACTS 1.2)."""
    situation = refusal.refusal
    word = "consent_required" if situation is CONSENT_MISSING else _WORDS.get(situation.error, situation.error)
    return {
        "error": word,
        "error_description": str(refusal),
        "error_uri": f"{root}/error?code={situation.number}",
    }


_WORDS = {
    "invalid_grant": "interaction_required",
    "invalid_scope": "invalid_request",
    "invalid_client": "unauthorized_client",
}


def _challenge(parameters: Mapping[str, str]) -> tuple[str, bool]:
    """RFC 7636 4.3: a missing method means plain."""
    challenge = parameters.get("code_challenge", "")
    method = parameters.get("code_challenge_method", "") or "plain"
    if method not in {"S256", "plain"}:
        raise SignInRefused(BAD_VALUE, parameter="code_challenge_method", value=method)
    if challenge and CHALLENGE.fullmatch(challenge) is None:
        raise SignInRefused(CHALLENGE_SIZE, what="code challenge")
    return challenge, method == "plain"


def _fits(asked: str, registered: str) -> bool:
    """Exactly the registered address; a native app may add any port to localhost (RFC 8252 7.3)."""
    if asked == registered:
        return True
    try:
        one, other = urlsplit(asked), urlsplit(registered)
        ports = one.port, other.port
    except ValueError:
        return False
    is_local = one.hostname == other.hostname == "localhost" and one.scheme == other.scheme == "http"
    return is_local and ports[1] is None and (one.path or "/") == (other.path or "/")
