"""Who calls: what a checked access token says, and the seam through which the Graph side asks for it.

The Graph side never reads a token itself: it hands the `Authorization` header to the identity side and gets a
`Principal`, or a refusal that it answers with 401 (FACTS 0.2).
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

GRAPH_ITSELF = "00000003-0000-0000-c000-000000000000"
"""The app id of Microsoft Graph."""

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Principal:
    """The bearer of a valid token: an application by itself (`roles`), or for a person (`scopes` and `user_oid`)."""

    tenant_id: str
    app_id: str
    roles: frozenset[str] = frozenset()
    oid: str = ""
    scopes: frozenset[str] = frozenset()
    user_oid: str | None = None
    revocable: bool = False
    """The client understands claims challenges, so Graph may refuse the token before it expires (FACTS 1.8)."""


def subject_of(app_id: str, oid: str) -> str:
    """The pairwise subject: one person is somebody else to every app."""
    return hashlib.sha256(f"{app_id} {oid}".encode()).hexdigest()[:43]


class TokenRefused(Exception):
    """The access token was refused."""

    def __init__(self, message: str, *, handmade: bool = False, claims: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.handmade = handmade
        """The token was never issued here: a client that makes its own tokens is misconduct."""
        self.claims = claims
        """The claims challenge of continuous access evaluation (FACTS 1.8), sent back in `WWW-Authenticate`."""


class IdentityDoor(Protocol):
    """The identity side as the Graph side sees it."""

    @property
    def wsgi(self) -> WsgiApp:
        """The application that answers for the login host."""
        ...

    def principal_of(self, authorization: str | None, now: datetime) -> Principal:
        """The caller behind the `Authorization` header, or `TokenRefused`."""
        ...
