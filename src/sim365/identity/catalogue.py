"""The situations in which the login host refuses, with Microsoft's numbers (FACTS 1.7).

The numbers and the `error` words are Microsoft's; the sentences are ours, because Microsoft reserves the right to
change its own and a client must not depend on them. This module holds what is wrong with a request or an app; what is
wrong with a person or a sign-in stands in `sim365.identity.people_catalogue`.
"""

from __future__ import annotations

from sim365.identity.errors import Refusal

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
APP_DISABLED = Refusal(7000112, "unauthorized_client", 400, "Application '{client}' is disabled.", older=70001)
APP_NOT_IN_TENANT = Refusal(
    700011,
    "unauthorized_client",
    400,
    "Application '{client}' has no service principal in the directory '{tenant}'. An administrator of the tenant, or "
    "one of its people, has to consent to it first.",
)
SINGLE_TENANT = Refusal(
    50194,
    "invalid_request",
    400,
    "Application '{client}' is not configured for several tenants, so the /{authority} endpoint is not for it. Use the "
    "endpoint of its tenant, or change the accounts it supports.",
)
NOT_FOR_PERSONAL = Refusal(
    9002346, "invalid_request", 400, "Application '{client}' takes no personal accounts: do not use /consumers."
)
NO_TENANT_NAMED = Refusal(90019, "invalid_request", 400, "The address names no tenant.")
NO_TENANT_IMPLIED = Refusal(
    50059, "invalid_request", 400, "No tenant is named by the request, and its credentials imply none."
)
BAD_TENANT_NAME = Refusal(50128, "invalid_request", 400, "'{tenant}' is neither a tenant's id nor a domain name.")
WRONG_SECRET = Refusal(
    7000215,
    "invalid_client",
    401,
    "Invalid client secret provided for app '{client}'. Send the secret's value, not the secret's id.",
    older=70002,
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
    older=50012,
)
UNTRUSTED_SUBJECT = Refusal(
    700030,
    "invalid_client",
    401,
    "The subject name '{subject}' of the certificate in the client assertion is not trusted for app '{client}'.",
)
EXPIRED_CERTIFICATE = Refusal(
    700027,
    "invalid_client",
    401,
    "The certificate that signed the client assertion of app '{client}' is expired or not yet valid. "
    "Register a new one.",
)
SECRET_FROM_PUBLIC = Refusal(
    700025, "invalid_client", 401, "App '{client}' is a public client: it must send neither secret nor assertion."
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
    older=500133,
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
CHANGED_REDIRECT = Refusal(
    70004, "invalid_request", 400, "The redirect URI '{redirect}' is not the one for which the code was issued."
)
SEVERAL_RESOURCES = Refusal(
    700022, "invalid_scope", 400, "The scope '{scope}' names several resources; a token is for one."
)
SCOPE_NOT_AGREED = Refusal(
    28002, "invalid_scope", 400, "The scope '{scope}' names a resource for which the grant was not given."
)
EMPTY_SCOPE = Refusal(28003, "invalid_scope", 400, "The scope must not be empty when a code is redeemed.")
NO_PERMISSIONS_REGISTERED = Refusal(
    650056,
    "invalid_client",
    400,
    "App '{client}' is misconfigured: it asks for everything registered, and no permission of {resource} is "
    "registered for it.",
)
RESOURCE_NOT_REGISTERED = Refusal(
    650057,
    "invalid_resource",
    400,
    "App '{client}' asked for the resource {resource}, which is not among its registered permissions.",
)
UNKNOWN_PERMISSION_REGISTERED = Refusal(
    65005,
    "invalid_resource",
    400,
    "The registration of app '{client}' asks for '{permission}', which {resource} does not have.",
)
NOT_SUBSCRIBED = Refusal(
    650052,
    "invalid_client",
    400,
    "App '{client}' needs {resource}, which the organisation '{tenant}' has not subscribed to.",
)
CODE_REUSED = Refusal(54005, "invalid_grant", 400, "The authorization code was redeemed before. Ask for a new one.")
CODE_EXPIRED = Refusal(70008, "invalid_grant", 400, "The authorization code is older than ten minutes.")
CODE_OF_OTHER_TENANT = Refusal(
    700005, "invalid_grant", 400, "The authorization code was issued for another tenant than '{tenant}'."
)
BAD_GRANT = Refusal(70000, "invalid_grant", 400, "The {what} is not one that was issued to this app.")
WRONG_VERIFIER = Refusal(
    501481, "invalid_grant", 400, "The code verifier does not fit the code challenge of the authorization request."
)
VERIFIER_MISSING = Refusal(
    50147,
    "invalid_grant",
    400,
    "Proof Key for Code Exchange needs both a code challenge when authorizing and a code verifier here. {detail}",
)
CHALLENGE_SIZE = Refusal(
    501491, "invalid_request", 400, "The {what} must be 43 to 128 letters, digits, or one of -._~ (RFC 7636)."
)
UNSUPPORTED_RESPONSE = Refusal(
    70005, "unsupported_response_type", 400, "The response type '{response}' is not enabled for this app. Use code."
)
BAD_VALUE = Refusal(900144, "invalid_request", 400, "The parameter '{parameter}' has the unusable value '{value}'.")
REQUEST_LOOP = Refusal(
    50196,
    "invalid_grant",
    400,
    "The app asks for the same token again and again: keep the answer instead of asking anew.",
)
DEVICE_PENDING = Refusal(
    70016, "authorization_pending", 400, "Nobody has finished the sign-in with this device code yet. Ask again later."
)
DEVICE_DECLINED = Refusal(65004, "authorization_declined", 400, "The person declined the sign-in of the device.")
BAD_DEVICE_CODE = Refusal(70018, "bad_verification_code", 400, "The device code is not one that was issued.")
DEVICE_EXPIRED = Refusal(70019, "expired_token", 400, "The device code ran out before anybody signed in with it.")
