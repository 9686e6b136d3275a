"""What can go wrong between us and Microsoft Graph: one class per reaction of the caller.

    GraphError
    ├── Transient                 it may work later, unchanged
    │   ├── NotSent               certainly never reached Microsoft
    │   ├── NoAnswer              sent, and no answer seen: nobody knows whether it landed
    │   │   └── TimedOut          … because our deadline passed
    │   ├── Unavailable           Microsoft answered that it cannot now (5xx)
    │   ├── Throttled             … that we must wait (429, 503 with Retry-After); `retry_after_s`, `not_before`
    │   └── SignInUnavailable     no token could be had now
    ├── Lasting                   it will not work before something changes
    │   ├── Refused               the request itself is wrong (400 and kin); `code` says why
    │   │   └── CrossesNeighbour  a date of a series would stand on the day of the one before or after it, or past it
    │   ├── UnusableId            an id that cannot stand in a URL; nothing was sent
    │   ├── SignInRefused         the identity platform refuses this application (secret, consent, tenant)
    │   ├── Unauthorized          401, also with a fresh token
    │   ├── Denied                403
    │   │   └── BlockedByPolicy   … by an application access policy ("[RAOP]"); changes there lag up to two hours
    │   ├── NotFound              404
    │   │   ├── ItemNotFound      … ErrorItemNotFound: the one answer that means an item is gone
    │   │   └── MailboxUnusable   … no such mailbox, no licence, on-premises, soft-deleted: one class for all names
    │   ├── Conflict              409
    │   │   └── DuplicateTransaction  the transactionId was used for another event
    │   ├── PreconditionFailed    412: the etag is no longer the item's
    │   └── Gone                  410
    │       └── TokenExpired      a delta token is no longer known: a full round must start
    └── Puzzling                  an answer the model does not know: believe nothing, delete nothing, count it
        ├── Unreadable            not the JSON it should be: truncated, HTML, another shape
        ├── TooLarge              more bytes than an answer may have
        ├── EndlessPaging         pages repeat, or never end
        └── ForeignLink           a link that leads away from the service; it was not followed

`may_have_landed` is the question a writer must ask of every error: is it possible that Microsoft did what was asked?
The text of an error names method, path, status and code, never a query (delta tokens stand there), a header or a body.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Where an error happened: enough for a support case at Microsoft, nothing that is secret."""

    method: str = ""
    path: str = ""
    status: int | None = None
    code: str | None = None
    message: str = ""
    request_id: str | None = None
    client_request_id: str | None = None


NOWHERE = Circumstances()


class GraphError(Exception):
    """Microsoft Graph could not do what was asked."""

    may_have_landed: bool = False

    def __init__(self, what: str | None = None, *, at: Circumstances = NOWHERE) -> None:
        self.what = what or (type(self).__doc__ or "").strip()
        self.at = at
        super().__init__(self.what, at)

    @property
    def status(self) -> int | None:
        return self.at.status

    @property
    def code(self) -> str | None:
        return self.at.code

    @property
    def request_id(self) -> str | None:
        return self.at.request_id

    @property
    def client_request_id(self) -> str | None:
        return self.at.client_request_id

    def __str__(self) -> str:
        at = self.at
        facts: Mapping[str, object] = {
            "request": f"{at.method} {at.path}".strip(),
            "status": at.status,
            "code": at.code,
            "request-id": at.request_id,
            "client-request-id": at.client_request_id,
        }
        known = ", ".join(f"{name} {value}" for name, value in facts.items() if value)
        return f"{self.what} ({known})" if known else self.what


class Transient(GraphError):
    """Microsoft could not be asked now; the same request may work later."""


class NotSent(Transient):
    """The request never left this machine."""


class NoAnswer(Transient):
    """The request was sent and no answer was seen; whether it landed is unknown."""

    may_have_landed = True


class TimedOut(NoAnswer):
    """No complete answer came within the deadline; whether the request landed is unknown."""


class Unavailable(Transient):
    """Microsoft says that it cannot answer now."""

    # A gateway's 502 or 504 may stand before a write that went through.
    may_have_landed = True


class Throttled(Transient):
    """Microsoft asks us to wait before the next request."""

    def __init__(
        self,
        what: str | None = None,
        *,
        at: Circumstances = NOWHERE,
        retry_after_s: float | None = None,
        not_before: datetime | None = None,
    ) -> None:
        super().__init__(what, at=at)
        self.retry_after_s = retry_after_s
        self.not_before = not_before
        # A 429 is said instead of an attempt; a 503 may come from a gateway, after one.
        self.may_have_landed = at.status == 503


class SignInUnavailable(Transient):
    """The identity platform gave no token now."""

    def __init__(
        self, what: str | None = None, *, at: Circumstances = NOWHERE, retry_after_s: float | None = None
    ) -> None:
        super().__init__(what, at=at)
        self.retry_after_s = retry_after_s


class Lasting(GraphError):
    """The request will not work before something is changed."""


class Refused(Lasting):
    """Microsoft refuses the request as it stands."""


class CrossesNeighbour(Refused):
    """A date of a series cannot be moved onto the day of the date before or after it, nor past it."""


class UnusableId(Lasting):
    """An id that cannot stand in an address of Microsoft Graph."""


class SignInRefused(Lasting):
    """Microsoft does not let this application sign in; check tenant, application id, secret and consent."""

    def __init__(self, what: str | None = None, *, at: Circumstances = NOWHERE, numbers: tuple[int, ...] = ()) -> None:
        super().__init__(what, at=at)
        self.numbers = numbers
        """The AADSTS numbers: good for a message, not for a decision; Microsoft reserves the right to change them."""


class Unauthorized(Lasting):
    """Microsoft does not accept the token, also not a fresh one."""


class Denied(Lasting):
    """The application has no right to this; check permissions, consent and the scope of its mailboxes."""


class BlockedByPolicy(Denied):
    """An application access policy of the tenant keeps the application out of this mailbox."""


class NotFound(Lasting):
    """What was asked for does not exist."""


class ItemNotFound(NotFound):
    """The event or calendar is not in this mailbox."""


class MailboxUnusable(NotFound):
    """The mailbox does not exist, has no licence, or is not in Exchange Online."""


class Conflict(Lasting):
    """What was asked for contradicts something that exists already."""


class DuplicateTransaction(Conflict):
    """The transactionId was already used to create a different event."""


class PreconditionFailed(Lasting):
    """The event was changed since it was read."""


class Gone(Lasting):
    """What was asked for is no longer kept."""


class TokenExpired(Gone):
    """The delta token is no longer known; a full round must start."""


class Puzzling(GraphError):
    """Microsoft gave an answer that Holdfast does not know."""

    may_have_landed = True


class Unreadable(Puzzling):
    """Microsoft's answer cannot be read as what it should be."""


class TooLarge(Puzzling):
    """Microsoft's answer is larger than any answer may be."""


class EndlessPaging(Puzzling):
    """Microsoft's pages repeat themselves or do not end."""


class ForeignLink(Puzzling):
    """Microsoft's answer names a link that leads to another place; it was not followed."""
