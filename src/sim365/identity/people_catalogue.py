"""What can be wrong with a person, an account or a sign-in, with Microsoft's numbers (FACTS 1.7).

The sentences are ours. Which of these reach an app, and which are shown on the page only, is decided where they arise.
"""

from __future__ import annotations

from sim365.identity.errors import Refusal

_PASSWORD = "invalid_grant"  # noqa: S105  an OAuth error word

# --- the account and its password
WRONG_PASSWORD = Refusal(50126, _PASSWORD, 400, "The account '{user}' or its password is wrong.")
NO_PASSWORD = Refusal(50056, _PASSWORD, 400, "The account '{user}' has no password here, or an invalid one.")
UNVERIFIABLE_PASSWORD = Refusal(50064, _PASSWORD, 400, "The credentials of '{user}' could not be validated.")
LOCKED = Refusal(
    50053, _PASSWORD, 400, "The account '{user}' is locked after too many wrong passwords. Try again in a minute."
)
PASSWORD_EXPIRED = Refusal(50055, _PASSWORD, 400, "The password of '{user}' has expired and must be changed.")
PASSWORD_EXPIRED_ON_PREMISES = Refusal(
    50144, _PASSWORD, 400, "The password of '{user}' in the company's own directory has expired. Change it there."
)
ACCOUNT_DISABLED = Refusal(50057, _PASSWORD, 400, "The account '{user}' is disabled.")
UNKNOWN_USER = Refusal(50034, _PASSWORD, 400, "The account '{user}' does not exist in the directory '{tenant}'.")
FOREIGN_USER = Refusal(
    50020, _PASSWORD, 400, "The account '{user}' belongs to another organisation and is no guest of '{tenant}'."
)
VANISHED_USER = Refusal(
    51004, _PASSWORD, 400, "The account that signed in does not exist in the directory '{tenant}' any more."
)
PENDING_GUEST = Refusal(50014, _PASSWORD, 400, "The guest '{user}' has not accepted the invitation of '{tenant}' yet.")
NOT_ASSIGNED = Refusal(
    50105, "access_denied", 400, "'{user}' is not assigned to the app '{app}', which requires an assignment."
)

# --- sessions and refresh tokens
NOT_SIGNED_IN = Refusal(50058, "login_required", 400, "Nobody is signed in, and the request allowed no page.")
SESSION_REVOKED = Refusal(50132, "login_required", 400, "The session is not valid any more. Sign in again.")
REVOKED = Refusal(
    50173, "invalid_grant", 400, "The grant was revoked: tokens of '{user}' are valid from {since}. Sign in again."
)
PASSWORD_CHANGED = Refusal(
    50133, "invalid_grant", 400, "The session of '{user}' ended with a recent change of the password."
)
FLOW_EXPIRED = Refusal(50089, "invalid_grant", 400, "The sign-in was not finished within an hour. Begin again.")
INACTIVE = Refusal(
    700082,
    "invalid_grant",
    400,
    "The refresh token expired: it was issued on {issued} and not used since.",
    older=70008,
)
SPA_EXPIRED = Refusal(
    700084, "invalid_grant", 400, "The refresh token of a single-page app lives 24 hours; it is from {issued}."
)
TOO_OLD_SIGN_IN = Refusal(
    70043, "invalid_grant", 400, "The sign-in of '{user}' is older than the sign-in frequency allows."
)

# --- conditional access
_INTERACT = "interaction_required"
MFA_REQUIRED = Refusal(
    50076, _INTERACT, 400, "'{user}' must use multi-factor authentication to reach '{app}'.", suberror="basic_action"
)
MFA_ENROL = Refusal(
    50079, _INTERACT, 400, "'{user}' must enrol for multi-factor authentication.", suberror="basic_action"
)
MFA_ENROL_NOW = Refusal(
    50072, _INTERACT, 400, "'{user}' must enrol a second factor, on a page.", suberror="basic_action"
)
MFA_EXPIRED = Refusal(
    50078, _INTERACT, 400, "The multi-factor authentication of '{user}' is too old.", suberror="basic_action"
)
MFA_FAILED = Refusal(50074, _INTERACT, 400, "The second factor of '{user}' was not right.", suberror="basic_action")
DEVICE_NOT_COMPLIANT = Refusal(
    53000, _INTERACT, 400, "The device is not compliant with the organisation's rules.", suberror="message_only"
)
DEVICE_NOT_JOINED = Refusal(
    53001, _INTERACT, 400, "The device is not joined to the organisation's domain.", suberror="message_only"
)
APP_NOT_APPROVED = Refusal(
    53002, _INTERACT, 400, "The app '{app}' is not one that the organisation approved.", suberror="message_only"
)
BLOCKED = Refusal(
    53003, "access_denied", 400, "Conditional access policies block '{user}' from '{app}'.", suberror="message_only"
)
BLOCKED_SOMEHOW = Refusal(
    50131,
    "access_denied",
    400,
    "Signing in was blocked because of a conditional access check.",
    suberror="message_only",
)
BLOCKED_BY_TENANT = Refusal(
    530032, "access_denied", 400, "The security policy of the organisation blocks '{user}'.", suberror="message_only"
)
BLOCKED_BY_DEFAULTS = Refusal(
    530035,
    "access_denied",
    400,
    "The security defaults of the organisation block this sign-in.",
    suberror="message_only",
)

# --- consent
CONSENT_MISSING = Refusal(
    65001,
    "invalid_grant",
    400,
    "Neither '{user}' nor an administrator has consented to the app '{app}' using {scopes}.",
    suberror="consent_required",
)
DECLINED_BY_USER = Refusal(65004, "access_denied", 400, "'{user}' declined to consent to the app '{app}'.")
ADMIN_CONSENT = Refusal(90094, "access_denied", 400, "An administrator must consent to the app '{app}' using {scopes}.")
ADMIN_APPROVAL = Refusal(
    90095, "access_denied", 400, "An administrator must approve the app '{app}' using {scopes}; a request can be sent."
)
RISKY_APP = Refusal(
    900941, "access_denied", 400, "The app '{app}' is considered risky: an administrator must consent to it."
)

#: Failures that go away by themselves: FACTS 1.7, transient. `error` words as the platform gives them.
TRANSIENT = {
    number: Refusal(number, error, status, "The service failed for a moment. Ask again.")
    for number, error, status in (
        (50000, "server_error", 500),
        (50033, "server_error", 500),
        (90006, "server_error", 500),
        (90012, "temporarily_unavailable", 503),
        (90024, "temporarily_unavailable", 503),
        (90033, "temporarily_unavailable", 503),
        (80001, "server_error", 500),
        *((80000 + last, "server_error", 500) for last in range(2, 5)),
        (80005, "server_error", 500),
    )
}
