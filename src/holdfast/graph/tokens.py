"""Access tokens for Microsoft Graph: where one comes from, how long it is kept, who fetches the next.

One thread fetches at a time and the others wait for what it brings. A failed sign-in is remembered for a while, so
that a thousand mailboxes with a wrong secret do not ask a thousand times. The secret appears in no repr, log or error.
"""

from typing import Protocol


class TokenSource(Protocol):
    """What the client needs of whoever signs in."""

    def token(self) -> str:
        """A token that is good for some minutes; raises SignInRefused or SignInUnavailable."""
        ...

    def renewed(self, *, refused: str) -> str:
        """A token other than `refused`, which Microsoft did not accept."""
        ...
