"""The handshake: a webhook proves that it wants to be told, by echoing a token exactly (FACTS 5.2).

Talks to the outside, so it is never called under the simulator's lock.
"""

import ipaddress
import urllib.parse

from sim365.errors import GraphError
from sim365.http.routing import Outside

URL_MAX = 2048
ODD_SIGNS = " a+b%20c&d=e;<f>\"g'/h?#i"
"""Signs that survive only where the client decodes the address once and echoes it as it is (FACTS 11, quirk 19)."""


def check_url(url: str, *, allows_loopback: bool, name: str = "notificationUrl") -> None:
    """Https only, as at Microsoft; plain http to a loopback address behind a named switch."""
    parts = _parts(url)
    if parts is not None and parts.hostname:
        if parts.scheme == "https":
            return
        if parts.scheme == "http" and allows_loopback and _is_loopback(parts.hostname):
            return
    text = f"The {name} must be an absolute https URL."
    raise GraphError(400, "InvalidRequest", text)


def shake_hands(outside: Outside, url: str, *, request_id: str, is_odd: bool = False) -> None:
    """Ask a webhook to echo a token; refuse the subscription if it does not."""
    token = f"Validation: Testing client application reachability for subscription Request-Id: {request_id}"
    token += ODD_SIGNS if is_odd else ""
    parts = urllib.parse.urlsplit(url)
    query = "&".join(filter(None, [parts.query, f"validationToken={urllib.parse.quote(token, safe='')}"]))
    reply = outside.post(
        urllib.parse.urlunsplit(parts._replace(query=query)), body=b"", content_type="text/plain; charset=utf-8"
    )
    if reply.status == 0:
        raise GraphError(400, "InvalidRequest", "Subscription validation request timed out.")
    is_plain = reply.content_type.partition(";")[0].strip().lower() == "text/plain"
    if reply.status != 200 or not is_plain or reply.body.decode("utf-8", "replace") != token:
        text = (
            "Subscription validation request failed. Notification endpoint must respond with 200 OK to validation "
            "request."
        )
        raise GraphError(400, "InvalidRequest", text)


def _parts(url: str) -> urllib.parse.SplitResult | None:
    if len(url) > URL_MAX:
        return None
    try:
        parts = urllib.parse.urlsplit(url)
        is_port = (parts.port or 1) > 0
    except ValueError:
        return None
    return parts if is_port else None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
