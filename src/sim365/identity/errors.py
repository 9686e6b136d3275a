"""What the login host and Graph say when they refuse somebody, with Microsoft's numbers.

    IdentityError
    ├── SignInRefused     the login host's answer: a Refusal of the catalogue and its words (FACTS 1.7)
    └── NotModelled       a part of the identity platform that this simulator does not have: 501, named

What Graph says of a token it cannot accept is `sim365.state.TokenRefused`, because the Graph side answers it.

The numbers and the `error` words are Microsoft's; the sentences are ours, because Microsoft reserves the right to
change its own and a client must not depend on them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One AADSTS situation: its number, the OAuth `error` word, the HTTP status and a sentence with places to fill."""

    number: int
    error: str
    status: int
    sentence: str


class IdentityError(Exception):
    """The identity platform refused."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class SignInRefused(IdentityError):
    """The login host refused the request."""

    def __init__(self, refusal: Refusal, **places: str) -> None:
        self.refusal = refusal
        self.sentence = refusal.sentence.format(**places)
        super().__init__(f"AADSTS{refusal.number}: {self.sentence}")


class NotModelled(IdentityError):
    """sim365 does not model this part of the identity platform."""


UNKNOWN_TENANT = Refusal(
    90002,
    "invalid_request",
    400,
    "Tenant '{tenant}' not found. Check the tenant id or domain, and that the tenant is in this cloud.",
)
UNKNOWN_APP = Refusal(
    700016,
    "unauthorized_client",
    400,
    "Application with identifier '{client}' was not found in the directory '{tenant}'. It may not have been "
    "consented to by an administrator of the tenant, or the request went to the wrong tenant.",
)
APP_DISABLED = Refusal(7000112, "unauthorized_client", 400, "Application '{client}' is disabled.")
WRONG_SECRET = Refusal(
    7000215,
    "invalid_client",
    401,
    "Invalid client secret provided for app '{client}'. Send the secret's value, not the secret's id.",
)
EXPIRED_SECRET = Refusal(
    7000222,
    "invalid_client",
    401,
    "The client secret keys provided for app '{client}' are expired. Add a new secret to the app registration.",
)
MISSING_SECRET = Refusal(
    7000218,
    "invalid_client",
    401,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
)
UNKNOWN_CERTIFICATE = Refusal(
    700027,
    "invalid_client",
    401,
    "The certificate that signed the client assertion is not registered on app '{client}', "
    "or the signature does not match it. {detail}",
)
MALFORMED_ASSERTION = Refusal(50027, "invalid_client", 401, "The client assertion is not a well-formed JWT. {detail}")
ASSERTION_AUDIENCE = Refusal(
    700023,
    "invalid_client",
    401,
    "The client assertion's audience '{audience}' is not the token endpoint of this tenant.",
)
ASSERTION_SUBJECT = Refusal(
    700021, "invalid_client", 401, "The client assertion's issuer and subject must both be the application's id."
)
ASSERTION_TIME = Refusal(
    700024,
    "invalid_client",
    401,
    "The client assertion is not within its valid time range: now {now}, valid from {start} until {end}.",
)
TENANTLESS_CLIENT_CREDENTIALS = Refusal(
    9001023,
    "invalid_request",
    400,
    "The grant type 'client_credentials' is not supported over the /common, /organizations or /consumers endpoints. "
    "Use a tenant-specific endpoint.",
)
BAD_SCOPE = Refusal(
    70011,
    "invalid_scope",
    400,
    "The provided value for the input parameter 'scope' is not valid. The scope '{scope}' is not valid: {detail}",
)
MISSING_PARAMETER = Refusal(
    900144, "invalid_request", 400, "The request body must contain the following parameter: '{parameter}'."
)
UNKNOWN_GRANT = Refusal(
    70003, "unsupported_grant_type", 400, "The app requested the grant type '{grant}', which is not supported."
)
POST_ONLY = Refusal(900561, "invalid_request", 405, "This endpoint accepts POST requests only; it received {method}.")
WRONG_REDIRECT = Refusal(
    50011,
    "invalid_request",
    400,
    "The redirect URI '{redirect}' does not match the redirect URIs registered for app '{client}'.",
)
MISSING_REDIRECT = Refusal(
    900971, "invalid_request", 400, "No reply address was provided, and app '{client}' has none registered."
)
CONSENT_DECLINED = Refusal(
    65004, "consent_required", 400, "The administrator declined to consent to access the app '{client}'."
)
CONSENT_NEEDS_TENANT = Refusal(
    90009,
    "invalid_request",
    400,
    "Admin consent with a scope needs the tenant's id or 'organizations' in the address, not '{tenant}'.",
)
