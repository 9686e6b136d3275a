"""Addresses within Microsoft Graph: how ids become paths, and which links of an answer may be followed.

Every id is percent-encoded whole, so that none can leave its place in a path. A nextLink or deltaLink is followed only
if it leads to the very service that is configured: with the link goes our token.
"""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from holdfast.graph import limits
from holdfast.graph.errors import ForeignLink, UnusableId
from holdfast.graph.wire import CalendarId, EventId

_DOTS = (".", "..")


def segment(identifier: str) -> str:
    """One id, address or name as one segment of a path."""
    if not identifier or identifier in _DOTS or len(identifier) > limits.ID_CHARS_MAX or not identifier.isprintable():
        raise UnusableId
    return quote(identifier, safe="@")


def user(mailbox: str) -> str:
    return f"/users/{segment(mailbox)}"


def calendar(mailbox: str, calendar_id: CalendarId | None) -> str:
    """A calendar of a mailbox; None is its default one."""
    if calendar_id is None:
        return f"{user(mailbox)}/calendar"
    return f"{user(mailbox)}/calendars/{segment(calendar_id)}"


def event(mailbox: str, calendar_id: CalendarId | None, event_id: EventId) -> str:
    return f"{calendar(mailbox, calendar_id)}/events/{segment(event_id)}"


def query(**options: str | int | None) -> str:
    """Query options; the names of OData get their dollar sign here (`select` is `$select`), None leaves one out."""
    pairs = [
        f"{_OPTION_NAMES.get(name, name)}={quote(str(value), safe=_QUERY_SAFE)}"
        for name, value in options.items()
        if value is not None
    ]
    return "?" + "&".join(pairs) if pairs else ""


_OPTION_NAMES = {name: f"${name}" for name in ("select", "expand", "filter", "top", "orderby", "count", "search")}
_QUERY_SAFE = "$,:()/@'-._~"


def literal(text: str) -> str:
    """A text as an OData literal: in single quotes, each quote in it doubled."""
    return "'" + text.replace("'", "''") + "'"


def span(since: datetime, until: datetime) -> dict[str, str]:
    """A window as options of a query: in UTC, with a Z, because a `+` would have to survive two decodings."""
    longest = timedelta(days=limits.VIEW_DAYS_MAX)
    assert since < until <= since + longest, f"a window of {until - since} is not one the service takes"
    return {"startDateTime": _instant(since), "endDateTime": _instant(until)}


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


class Root:
    """The service's root address, and the judgement whether a link stays below it."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        parts = urlsplit(self.url)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.username:
            raise ValueError(f"The root of Microsoft Graph must be an http(s) address without a query, not {url!r}.")
        self._origin = (parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme])
        self._path = parts.path

    def within(self, link: str) -> str:
        """The link as a path below the root, its query kept as it came; ForeignLink where it leads elsewhere."""
        if not link.isascii() or not link.isprintable() or len(link) > limits.LINK_CHARS_MAX:
            raise ForeignLink
        try:
            parts = urlsplit(link)
            origin = (parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme))
        except ValueError:
            raise ForeignLink from None
        inside = parts.path.startswith(f"{self._path}/") and not _climbs(parts.path)
        if origin != self._origin or parts.username is not None or not inside or "\\" in link:
            raise ForeignLink
        rest = parts.path[len(self._path) :]
        return f"{rest}?{parts.query}" if parts.query else rest


_PORTS = {"https": 443, "http": 80}


def _climbs(path: str) -> bool:
    return any(part.replace("%2e", ".").replace("%2E", ".") in _DOTS for part in path.split("/"))


def without_query(path: str) -> str:
    """What of a path may stand in a log: tokens live in queries, and in parentheses of some links."""
    return path.partition("?")[0].partition("(")[0]
