"""What the login host says when it refuses somebody.

    IdentityError
    ├── SignInRefused     the login host's answer: a Refusal of the catalogue and its words (FACTS 1.7)
    └── NotModelled       a part of the identity platform that this simulator does not have: 501, named

The catalogue is `sim365.identity.catalogue`. What Graph says of a token it cannot accept is
`sim365.state.TokenRefused`, because the Graph side answers it.
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
    suberror: str = ""
    older: int = 0
    """The number that stood for the same situation before; 0 where there is none."""


class IdentityError(Exception):
    """The identity platform refused."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class SignInRefused(IdentityError):
    """The login host refused the request."""

    def __init__(self, refusal: Refusal, *, claims: str = "", **places: str) -> None:
        self.refusal = refusal
        self.claims = claims
        """The claims challenge that a client sends back when the person signs in again."""
        self.sentence = refusal.sentence.format(**places)
        super().__init__(f"AADSTS{refusal.number}: {self.sentence}")


class NotModelled(IdentityError):
    """sim365 does not model this part of the identity platform."""
