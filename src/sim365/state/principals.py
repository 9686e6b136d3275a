"""Who calls: what a checked access token says, and the seam through which the Graph side asks for it.

The Graph side never reads a token itself: it hands the `Authorization` header to the identity side and gets a
`Principal`, or a refusal that it answers with 401 (FACTS 0.2).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

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
