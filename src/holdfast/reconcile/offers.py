"""Writes that were sent: how an offer is saved, what its answer does, and how a lost answer is found out.

This module decides what is agreed once a write landed. It must not decide what to write (`plan`) nor which observation
is believed (`observations`). Offers are a list: one stays until an answer is stored or the etag it was sent under is
gone; of those sent under one etag at most one can land.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from msgspec.structs import replace

from holdfast.reconcile import fields
from holdfast.reconcile.link import Kind, LinkState, Offer, Reason, Sight
from holdfast.reconcile.resting import PUT_BACK_WITHIN, fingerprint, parked_as
from holdfast.reconcile.snapshot import NOTHING, Field, Pair, Snapshot
from holdfast.reconcile.steps import Create, Decline, Delete, Patch, Push, Repeat


class Failure(StrEnum):
    """How a write failed, reduced to what the link needs to know."""

    UNKNOWN = "unknown"  # no answer, a 5xx, a broken body: it may have landed
    MOVED = "moved"  # 412: the etag is gone
    NOT_THERE = "not_there"  # 404 ErrorItemNotFound
    USED = "used"  # ErrorDuplicateTransactionId: the create landed once, look it up by its transaction id
    REJECTED = "rejected"  # a lasting 4xx: it did not land and never will


@dataclass(frozen=True, slots=True)
class Landed:
    """2xx, with the event as it now is; None for 202 and 204."""

    sight: Sight | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The write did not answer with success."""

    failure: Failure
    detail: str = ""


Response = Landed | Failed


def send(link: LinkState, step: Push | Decline, *, now: datetime) -> tuple[LinkState, Offer]:
    """The link with the offer saved, to be stored before the request leaves; its body is added by `with_body`."""
    match step:
        case Repeat():
            offer = replace(step.offer, repeats=step.offer.repeats + 1)
            return _with_offer(link, offer), offer
        case Create():
            offer = Offer(link.number + 1, Kind.CREATE, step.pair, generation=step.generation)
            link = replace(link, generation=step.generation, made=_made(link, step))
        case Patch():
            offer = Offer(link.number + 1, Kind.PATCH, step.pair, step.fields, step.target.etag, step.target.event_id)
            link = replace(link, must_look=True, put_backs=_put_backs(link, step, now))
        case Delete():
            offer = Offer(link.number + 1, Kind.DELETE, NOTHING, (), step.target.etag, step.target.event_id)
            link = replace(link, must_look=True)
        case Decline():
            offer = Offer(link.number + 1, Kind.DECLINE, NOTHING, (), step.etag, step.event_id)
            link = replace(link, must_look=True)
        case _ as never:
            assert_never(never)
    return replace(link, number=offer.number, offers=(*link.offers, offer)), offer


def with_body(link: LinkState, offer: Offer, body: str) -> LinkState:
    """The link with the request body kept beside its offer, exactly as it will be sent."""
    return _with_offer(link, replace(offer, body=body))


def _with_offer(link: LinkState, offer: Offer) -> LinkState:
    return replace(link, offers=tuple(offer if one.number == offer.number else one for one in link.offers))


def _made(link: LinkState, step: Create) -> tuple[str, ...]:
    """By generation, counted from one; a generation that was skipped leaves an empty place."""
    assert step.pair.theirs is not None, "a create agrees on an event"
    gaps = ("",) * (step.generation - 1 - len(link.made))
    return (*link.made, *gaps, fingerprint(step.pair.theirs))


def _put_backs(link: LinkState, step: Patch, now: datetime) -> tuple[datetime, ...]:
    if not step.put_back:
        return link.put_backs
    return (*(at for at in link.put_backs if now - at < PUT_BACK_WITHIN), now)


def answer(link: LinkState, number: int, response: Response, *, now: datetime) -> LinkState:
    """The link after the answer to the offer of this number. An offer already folded by an observation is done with."""
    offer = next((one for one in link.offers if one.number == number), None)
    if offer is None:
        return link
    match response:
        case Landed(sight):
            return _landed(link, offer, sight)
        case Failed(failure, detail):
            return _failed(link, offer, failure, now=now, detail=detail)
        case _ as never:
            assert_never(never)


def _landed(link: LinkState, offer: Offer, sight: Sight | None) -> LinkState:
    match offer.kind:
        case Kind.CREATE:
            return link if sight is None else _created(link, offer, sight)
        case Kind.PATCH:
            return link if sight is None else _patched(link, offer, sight)
        case Kind.DELETE:
            return gone(link, offer.event_id)
        case Kind.DECLINE:  # the copy vanishes soon; only a GET says that it did
            return replace(link, offers=_dropped(link.offers, offer), must_look=True)
        case _ as never:
            assert_never(never)


def _created(link: LinkState, offer: Offer, sight: Sight) -> LinkState:
    """One create landed, so nothing sent before it matters: what earlier ones may still make is an extra, known by what
    was `made`. A first answer is an agreement. A repeat's is not: the event may have been edited or removed since.
    """
    repeated = offer.repeats > 0
    theirs = offer.pair.theirs if repeated else sight.said
    return replace(
        link,
        theirs=sight,
        agreed=Pair(offer.pair.ours, theirs),
        offers=(),
        known=with_id(link.known, sight.event_id),
        must_look=repeated,
        again=False,
    )


def _patched(link: LinkState, offer: Offer, sight: Sight) -> LinkState:
    """An answer that still carries the etag we sent, or is older than what is held, answers nothing."""
    held = link.theirs
    if sight.etag == offer.etag or (held is not None and is_older(sight, held)):
        return link
    return replace(
        link,
        theirs=sight,
        agreed=Pair(offer.pair.ours, sight.said),
        offers=_still_open(link.offers, sight.etag),
        must_look=False,
    )


def _failed(link: LinkState, offer: Offer, failure: Failure, *, now: datetime, detail: str) -> LinkState:
    match failure:
        case Failure.NOT_THERE if offer.event_id:
            return gone(link, offer.event_id)
        case Failure.REJECTED:
            return _rejected(link, offer, now=now, detail=detail)
        case Failure.USED:
            return _with_offer(link, replace(offer, used=True))
        case Failure.UNKNOWN | Failure.MOVED | Failure.NOT_THERE:
            return link  # it stays open: a GET, or for a create its transaction id, will tell
        case _ as never:
            assert_never(never)


def _rejected(link: LinkState, offer: Offer, *, now: datetime, detail: str) -> LinkState:
    """Refused for good: parked until either side moves. A refused create stays a claim, for some were stored all the
    same and turn up later (Z-D02): then its pair tells what was agreed.
    """
    if offer.kind is Kind.CREATE:
        link = _with_offer(link, replace(offer, refused=True))
    else:
        link = replace(link, offers=_dropped(link.offers, offer))
        link = replace(link, must_look=any(one.event_id for one in link.offers))
    return replace(link, parked=parked_as(link, Reason.FAILED, now=now, detail=detail))


def withdrawn(link: LinkState, offer: Offer) -> LinkState:
    """The link without an offer that certainly never reached Microsoft."""
    left = _dropped(link.offers, offer)
    return replace(link, offers=left, must_look=any(one.event_id for one in left))


def not_found(link: LinkState, number: int) -> LinkState:
    """The link after the event of a used transaction id was looked for in a complete read and is not there.

    The next create gets the next generation; should the lost event turn up after all, it is an extra, and claimed.
    """
    return replace(link, offers=tuple(one for one in link.offers if one.number != number))


def gone(link: LinkState, event_id: str) -> LinkState:
    """The link after its event is known to be absent: nothing sent to it can land any more.

    A decline stays: its answer may still be on its way, and an absence that it made is not the organiser's word.
    A change stays too: should the event be restored, its marker tells whether the change had landed before.
    """
    deleted = any(one.kind is Kind.DELETE and one.event_id == event_id for one in link.offers)
    sight = link.theirs
    if sight is None or sight.event_id != event_id:
        sight = Sight(event_id, None)
    return replace(
        link,
        theirs=replace(sight, said=None, etag="", marker=None),
        agreed=NOTHING if deleted else link.agreed,
        offers=tuple(one for one in link.offers if one.event_id != event_id or one.kind is not Kind.DELETE),
        known=with_id(link.known, event_id),
        absent=with_id(link.absent, event_id),
        must_look=False,
    )


def found_created(link: LinkState, offer: Offer, sight: Sight) -> LinkState:
    """The event of an open create was seen: agreed is the body as it was sent, whatever the event says now."""
    return replace(
        link,
        theirs=sight,
        agreed=offer.pair,
        offers=(),
        known=with_id(link.known, sight.event_id),
        again=False,
    )


def fold(link: LinkState, sight: Sight) -> LinkState:
    """The link's agreement and offers after a GET, which reads our marker; theirs is set by the caller."""
    for offer in link.offers:
        if offer.kind is Kind.PATCH and offer.event_id == sight.event_id and sight.marker == offer.number:
            link = replace(link, agreed=offer.pair, offers=_after(link.offers, offer))
            break
    dead = [one for one in link.offers if _is_dead(one, sight)]
    if sight.marker is None and sight.said is not None:
        for offer in dead:
            link = _fold_by_value(link, offer, sight.said)
    return replace(link, offers=tuple(one for one in link.offers if one not in dead))


def _is_dead(offer: Offer, sight: Sight) -> bool:
    """Its etag is gone, so it cannot land any more. Declines carry no If-Match; creates have no etag."""
    return offer.kind in (Kind.PATCH, Kind.DELETE) and offer.event_id == sight.event_id and offer.etag != sight.etag


def _fold_by_value(link: LinkState, offer: Offer, said: Snapshot) -> LinkState:
    """The marker was lost: what the event says now tells, field by field, whether the PATCH landed."""
    sent, agreed = offer.pair, link.agreed
    if sent.ours is None or sent.theirs is None or agreed.ours is None or agreed.theirs is None:
        return link
    names = tuple(name for name in offer.fields if _came_back(name, said, sent.theirs, agreed.theirs))
    pair = Pair(fields.take(agreed.ours, sent.ours, names), fields.take(agreed.theirs, sent.theirs, names))
    return replace(link, agreed=pair) if names else link


def _came_back(name: Field, said: Snapshot, sent: Snapshot, agreed: Snapshot) -> bool:
    value = getattr(said, name)
    return fields.same(name, value, getattr(sent, name)) and not fields.same(name, value, getattr(agreed, name))


def _dropped(offers: tuple[Offer, ...], gone_one: Offer) -> tuple[Offer, ...]:
    return tuple(one for one in offers if one.number != gone_one.number)


def _after(offers: tuple[Offer, ...], landed: Offer) -> tuple[Offer, ...]:
    """Without the one that landed and those to the same event before it: of one etag only one lands."""
    return tuple(
        one
        for one in offers
        if one.event_id != landed.event_id
        or one.kind is Kind.DECLINE
        or (one.number > landed.number and one.etag != landed.etag)
    )


def _still_open(offers: tuple[Offer, ...], etag: str) -> tuple[Offer, ...]:
    """An answer under a new etag ends every conditional write that was sent under another one."""
    return tuple(one for one in offers if one.kind in (Kind.CREATE, Kind.DECLINE) or one.etag == etag)


def is_older(sight: Sight, held: Sight) -> bool:
    """True where the sight is of an earlier version than the one held."""
    if sight.event_id != held.event_id or sight.modified is None or held.modified is None:
        return False
    return sight.modified < held.modified


def with_id(ids: tuple[str, ...], event_id: str) -> tuple[str, ...]:
    return ids if event_id in ids else (*ids, event_id)
