"""Signing in as an application (client credentials) through MSAL.

MSAL speaks the protocol; everything else about it is kept on a short lead. It reaches the network only through the
adapter below: the authority's own host and no other (its discovery document might name one, and the secret would go
there), no proxy or netrc settings of the environment, no redirects, a deadline, capped and checked answers. Its caches
are switched off: they run on the machine's clock, and `KeptToken` keeps the token. Authorities are https only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

import httpx
import msal
import msgspec
from msal.exceptions import MsalError

from holdfast.graph import errors, limits, pace
from holdfast.graph.answers import UNDECODABLE
from holdfast.graph.errors import Circumstances, SignInRefused, SignInUnavailable
from holdfast.graph.exchange import Bounds, exchange
from holdfast.graph.tokens import Token
from holdfast.ports.clock import Clock

AUTHORITY = "https://login.microsoftonline.com"
SCOPE = "https://graph.microsoft.com/.default"

MICROSOFT_HOSTS = frozenset(
    {
        "login.microsoftonline.com",
        "login.microsoftonline.us",
        "login.partner.microsoftonline.cn",
        "login.windows.net",
        "login.microsoft.com",
    }
)
"""Hosts for which MSAL may ask Microsoft whether the authority is known; any other is taken as configured."""


class _SignsIn(Protocol):
    """What is used of MSAL's application object, which has no types of its own."""

    def acquire_token_for_client(self, scopes: list[str]) -> object: ...


class ClientSecretSignIn:
    """Fetches tokens for one application in one tenant. Call it to sign in."""

    def __init__(
        self,
        transport: httpx.BaseTransport,
        *,
        tenant: str,
        client_id: str,
        secret: str,
        clock: Clock,
        authority: str = AUTHORITY,
        scope: str = SCOPE,
    ) -> None:
        host = urlsplit(authority)
        if host.scheme != "https" or not host.hostname:
            raise ValueError(f"The authority that signs applications in must be an https address, not {authority!r}.")
        self._http = _Http(transport, origin=_origin(authority), clock=clock)
        self._is_microsoft = host.hostname in MICROSOFT_HOSTS
        self._authority = f"{authority.rstrip('/')}/{tenant}"
        self._tenant, self._client_id, self._secret, self._scope = tenant, client_id, secret, scope
        self._app: _SignsIn | None = None

    def __repr__(self) -> str:
        return f"<sign-in of application {self._client_id} at {self._authority}>"

    def __call__(self) -> Token:
        at = Circumstances(method="POST", path=f"{self._authority}/oauth2/v2.0/token")
        try:
            answer = self._application().acquire_token_for_client(scopes=[self._scope])
        except (errors.NotSent, errors.NoAnswer, errors.Puzzling) as error:
            what = f"The identity platform gave no token: {error.what}"
            raise SignInUnavailable(what, at=at, retry_after_s=self._http.last_retry_after_s) from None
        except (MsalError, ValueError, KeyError, TypeError, AttributeError, RuntimeError):
            # MSAL's ways to say that an answer is not as it should be; its texts may quote one, so none goes on.
            raise self._unusable(at) from None
        return _token(answer, at=at, retry_after_s=self._http.last_retry_after_s)

    def _application(self) -> _SignsIn:
        if self._app is None:
            self._app = msal.ConfidentialClientApplication(
                self._client_id,
                client_credential=self._secret,
                authority=self._authority,
                http_client=self._http,
                http_cache=_Forgetful(),
                token_cache=_NoTokens(),
                instance_discovery=None if self._is_microsoft else False,
            )
        return self._app

    def _unusable(self, at: Circumstances) -> SignInRefused | SignInUnavailable:
        status = self._http.last_status
        if status is not None and 400 <= status < 500 and status not in _TRY_AGAIN_STATUSES:
            what = f"The identity platform does not know tenant {self._tenant} (status {status})."
            return SignInRefused(what, at=at)
        return SignInUnavailable(f"The identity platform's answer cannot be used (status {status}).", at=at)


def _token(answer: object, *, at: Circumstances, retry_after_s: float | None) -> Token:
    try:
        granted = msgspec.convert(answer, _Granted, strict=False)
    except msgspec.ValidationError:
        raise SignInUnavailable("The identity platform's answer holds neither a token nor a reason.", at=at) from None
    if granted.access_token and granted.expires_in > 0:
        return Token(granted.access_token, granted.expires_in)
    reason = granted.error or "no reason given"
    numbers = tuple(granted.error_codes)
    named = ", ".join([reason, *(f"AADSTS{number}" for number in numbers)])
    if granted.error in _TRY_AGAIN_ERRORS:
        what = f"The identity platform asks to try later ({named})."
        raise SignInUnavailable(what, at=at, retry_after_s=retry_after_s)
    raise SignInRefused(f"{SignInRefused.__doc__} ({named})", at=at, numbers=numbers)


class _Granted(msgspec.Struct):
    access_token: str = ""
    expires_in: float = 0
    error: str | None = None
    error_codes: list[int] = []


_TRY_AGAIN_ERRORS = frozenset({"temporarily_unavailable", "server_error"})
_TRY_AGAIN_STATUSES = frozenset({408, 429})


@dataclass(frozen=True, slots=True)
class _Response:
    """What MSAL needs of an answer."""

    status_code: int
    text: str
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise errors.NoAnswer(f"The identity platform answered {self.status_code}.")


class _Http:
    """MSAL's way to the network."""

    def __init__(self, transport: httpx.BaseTransport, *, origin: tuple[str, str, int], clock: Clock) -> None:
        self._transport = transport
        self._origin = origin
        self._clock = clock
        self.last_status: int | None = None
        self.last_retry_after_s: float | None = None

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str | None] | None = None,
        **_: Any,
    ) -> _Response:
        return self._answer("GET", url, params=params, headers=headers, data=None)

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | str | None = None,
        headers: Mapping[str, str | None] | None = None,
        **_: Any,
    ) -> _Response:
        return self._answer("POST", url, params=params, headers=headers, data=data)

    def close(self) -> None:
        """The transport belongs to whoever made it."""

    def _answer(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str | None] | None,
        data: Mapping[str, str] | str | None,
    ) -> _Response:
        at = Circumstances(method=method, path=url.partition("?")[0])
        self.last_status = self.last_retry_after_s = None
        if _origin(url) != self._origin:
            raise errors.ForeignLink("The identity platform names an address on another host.", at=at)
        bounds = Bounds(
            deadline_s=self._clock.monotonic_s() + limits.SIGN_IN_S_MAX,
            monotonic_s=self._clock.monotonic_s,
            bytes_max=limits.SIGN_IN_BYTES_MAX,
        )
        sent = {name: value for name, value in (headers or {}).items() if value is not None}
        content = None if data is None else data if isinstance(data, str) else urlencode(data)
        if content is not None:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        request = httpx.Request(method, url, params=params, headers=sent, content=content, extensions=bounds.extensions)
        answer = exchange(self._transport, request, at=at, bounds=bounds)
        self.last_status = answer.status
        self.last_retry_after_s = pace.retry_after_s(answer.headers.get("retry-after"), now=self._clock.now())
        return _Response(answer.status, _json_text(answer.body, at=at), answer.headers)


def _json_text(body: bytes, *, at: Circumstances) -> str:
    """The body if it is a JSON object; MSAL would write any other one into its log, with what stands in it."""
    try:
        msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        return body.decode()
    except UNDECODABLE:
        raise errors.Unreadable("The identity platform's answer is not a JSON object.", at=at) from None


class _NoTokens(msal.TokenCache):
    """MSAL's token cache would go by the machine's clock."""

    def add(self, event: dict[str, Any], now: int | None = None) -> None:
        del event, now


class _Forgetful(dict[str, Any]):
    """MSAL's memory of failed sign-ins would go by the machine's clock too."""

    def __setitem__(self, key: str, value: object) -> None:
        del key, value


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").casefold(), parts.port or (443 if parts.scheme == "https" else 80)
