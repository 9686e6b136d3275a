"""Subscriptions: asking Microsoft to call us when a mailbox changes.

Creating one makes Microsoft call the address at once and wait for the answer, so it must not be done where the web
server would wait for itself. Duplicates are refused (Conflict) or quietly doubled: whoever creates lists first and
adopts. A renewal that says NotFound means: create anew. Listings were seen to be wrong; our own expiry is believed.
"""

from datetime import UTC, datetime

import msgspec

from holdfast.graph import limits, paths
from holdfast.graph.answers import Noun, decoded
from holdfast.graph.client import Ask, Line
from holdfast.graph.paging import Page, PageReader, pages, whole
from holdfast.graph.wire import Subscription, SubscriptionDraft, SubscriptionId

CHANGES = "created,updated,deleted"

_subscription = msgspec.json.Decoder(Subscription)
_reader = PageReader(Page[Subscription], Subscription)
_encoder = msgspec.json.Encoder()


def resource_of(mailbox: str) -> str:
    """All events of a mailbox, whatever calendar they are in."""
    return f"{paths.user(mailbox)}/events"


def create(line: Line, draft: SubscriptionDraft) -> Subscription:
    """Subscribe; Refused where Microsoft could not reach the address, Conflict where one exists."""
    assert len(draft.client_state) <= limits.CLIENT_STATE_CHARS_MAX
    ask = _asking("POST", "/subscriptions", body=_encoder.encode(draft))
    return decoded(line.send(ask), _subscription, at=ask.at)


def renew(line: Line, subscription: SubscriptionId, *, until: datetime) -> Subscription:
    """Prolong; also answers a reauthorizationRequired."""
    body = _encoder.encode({"expirationDateTime": until.astimezone(UTC)})
    ask = _asking("PATCH", _path(subscription), body=body)
    return decoded(line.send(ask), _subscription, at=ask.at)


def get(line: Line, subscription: SubscriptionId) -> Subscription:
    return line.read(_asking("GET", _path(subscription)), _subscription)


def listed(line: Line) -> list[Subscription]:
    """All subscriptions of this application in this tenant."""
    return whole(pages(line, _asking("GET", "/subscriptions"), _reader, version=lambda each: each.id))


def delete(line: Line, subscription: SubscriptionId) -> None:
    line.send(_asking("DELETE", _path(subscription)))


def reauthorize(line: Line, subscription: SubscriptionId) -> None:
    line.send(_asking("POST", f"{_path(subscription)}/reauthorize"))


def _path(subscription: SubscriptionId) -> str:
    return f"/subscriptions/{paths.segment(subscription)}"


def _asking(method: str, path: str, *, body: bytes | None = None) -> Ask:
    return Ask(method=method, path=path, body=body, noun=Noun.DIRECTORY)
