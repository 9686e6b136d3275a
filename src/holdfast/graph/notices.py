"""What Microsoft's webhook posts to us: bytes into notices, each entry alone.

Nothing here is believed: a notice only says where to look. Whether its `client_state` is ours is the doorbell's
question, to be answered in constant time. One bad entry never costs the others, and what is cut off is said.
"""

from dataclasses import dataclass

import msgspec
from msgspec import Raw, Struct, field

from holdfast.graph import limits
from holdfast.graph.answers import UNDECODABLE
from holdfast.graph.wire import Etag, EventId, SubscriptionId

MISSED = "missed"
SUBSCRIPTION_REMOVED = "subscriptionRemoved"
REAUTHORIZATION_REQUIRED = "reauthorizationRequired"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeNotice:
    """Something in a mailbox changed. `change`: created, updated, deleted, or a word we do not know yet."""

    subscription: SubscriptionId
    client_state: str | None
    tenant: str | None
    change: str
    resource: str
    event: EventId | None
    etag: Etag | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleNotice:
    """Something about the subscription itself. `event`: missed, subscriptionRemoved, reauthorizationRequired, …"""

    subscription: SubscriptionId
    client_state: str | None
    tenant: str | None
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadNotice:
    """An entry that could not be read; `why` names the fault, never its content."""

    why: str


Notice = ChangeNotice | LifecycleNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    good: list[Notice]
    bad: list[BadNotice]


def parse(body: bytes) -> Notices:
    """Every entry of one POST; a body that is no such POST at all is one bad notice."""
    if len(body) > limits.NOTICES_BYTES_MAX:
        return _nothing("the body is larger than notices may be")
    try:
        entries = _posts.decode(body).value
    except UNDECODABLE as error:
        return _nothing(str(error))
    good: list[Notice] = []
    bad: list[BadNotice] = []
    for raw in entries[: limits.NOTICES_MAX]:
        match _notice(raw):
            case BadNotice() as notice:
                bad.append(notice)
            case notice:
                good.append(notice)
    if len(entries) > limits.NOTICES_MAX:
        bad.append(BadNotice(why=f"{len(entries) - limits.NOTICES_MAX} entries beyond the limit were not read"))
    return Notices(good=good, bad=bad)


class _ResourceData(Struct):
    id: str | None = None
    etag: str | None = field(default=None, name="@odata.etag")


class _Entry(Struct, rename="camel"):
    subscription_id: str
    client_state: str | None = None
    tenant_id: str | None = None
    change_type: str | None = None
    resource: str | None = None
    resource_data: _ResourceData | None = None
    lifecycle_event: str | None = None


class _Post(Struct):
    value: list[Raw]


_posts = msgspec.json.Decoder(_Post)
_entries = msgspec.json.Decoder(_Entry)


def _notice(raw: Raw) -> Notice | BadNotice:
    try:
        entry = _entries.decode(raw)
    except UNDECODABLE as error:
        return BadNotice(why=str(error))
    if entry.lifecycle_event is not None:
        return LifecycleNotice(
            subscription=SubscriptionId(entry.subscription_id),
            client_state=entry.client_state,
            tenant=entry.tenant_id,
            event=entry.lifecycle_event,
        )
    if entry.change_type is None or entry.resource is None:
        return BadNotice(why="it names neither a change with its resource nor a lifecycle event")
    return _change(entry, change=entry.change_type, resource=entry.resource)


def _change(entry: _Entry, *, change: str, resource: str) -> ChangeNotice:
    data = entry.resource_data or _ResourceData()
    return ChangeNotice(
        subscription=SubscriptionId(entry.subscription_id),
        client_state=entry.client_state,
        tenant=entry.tenant_id,
        change=change,
        resource=resource,
        event=None if data.id is None else EventId(data.id),
        etag=None if data.etag is None else Etag(data.etag),
    )


def _nothing(why: str) -> Notices:
    return Notices(good=[], bad=[BadNotice(why=why)])
