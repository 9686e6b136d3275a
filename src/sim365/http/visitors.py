"""Who may use what needs no token: a browser or program on this machine, and no page of another site.

Decides for the pages and for the control API alike; both listen on loopback only, which alone does not keep a browser
from carrying a stranger's request there.
"""

from __future__ import annotations

from werkzeug.wrappers import Request

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


class FromOutside(Exception):
    """The request does not come from a page of this simulator, so nothing was done."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


def refuse_outsiders(request: Request) -> None:
    """FromOutside where the request was not meant for this simulator by somebody on this machine."""
    # A name that points to this machine from elsewhere (DNS rebinding) would let a stranger's page in.
    name, _, port = request.host.rpartition(":")
    if (name if port.isdigit() else request.host) not in LOOPBACK_NAMES:
        raise FromOutside("This simulator answers to 127.0.0.1 and localhost only.")
    if request.method in {"GET", "HEAD"}:
        return
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        raise FromOutside
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise FromOutside
