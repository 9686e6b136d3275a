"""Who hears of a change, and when: from the outbox of changes to notices that wait for their hour.

One change gives one notice per subscription (by switch several `updated`, as users see at Microsoft); notices for one
address that fall into the same moments travel in one POST. Weather may lose, double, delay, shuffle or spoil them.
"""

from typing import Any

import msgspec

from sim365 import ids
from sim365.notices.book import RETRY_FOR, Departure, Notice, NoticeBook, Subscription
from sim365.notices.lifecycle import Standing, lose_standing, standing_of
from sim365.state.world import Change, World
from sim365.weather import Fault, Weather
from sim365.weather.rules import Struck

LATE_S = 180.0
SHUFFLE_S = 20.0
BUNDLE_MAX = 100
"""Notices in one POST."""
STRANGERS_STATE = "not the state that was given"


def hear(book: NoticeBook, world: World, weather: Weather) -> None:
    """Turn the outbox of changes into notices."""
    changes, world.outbox = world.outbox, []
    if not book.subscriptions:
        return
    now = world.now()
    for change in changes:
        for held in book.watching(change.mailbox.oid):
            if _concerns(held, change) and held.expires > now:
                _tell(book, world, weather, held, change)


def notice_json(held: Subscription, change: Change) -> dict[str, Any]:
    """One notice (FACTS 5.3)."""
    mailbox = change.mailbox
    serial = mailbox.origins.get(change.serial, change.serial) if held.immutable else change.serial
    item = ids.item_id(mailbox.tag, folder=change.calendar, serial=serial, day=change.day, immutable=held.immutable)
    path = f"Users/{mailbox.oid}/Events/{item}"
    return {
        "subscriptionId": held.id,
        "subscriptionExpirationDateTime": held.expiry_text(),
        "changeType": change.kind,
        "resource": path,
        "resourceData": {
            "@odata.type": "#Microsoft.Graph.Event",
            "@odata.id": path,
            "@odata.etag": ids.etag(mailbox.tag, change.sequence),
            "id": item,
        },
        "clientState": held.client_state,
        "tenantId": held.tenant_id,
    }


def set_out(book: NoticeBook, world: World, departure: Departure) -> Notice | None:
    """What was collected for an address, as one message that is due now."""
    collected = book.collected.pop(departure.url, [])
    if not collected:
        return None
    names, bodies = tuple(name for name, _ in collected), [body for _, body in collected]
    return book.message(departure.url, bodies, names, gives_up=world.now() + RETRY_FOR)


def _concerns(held: Subscription, change: Change) -> bool:
    return change.kind in held.change_types and (held.calendar is None or held.calendar == change.calendar)


def _tell(book: NoticeBook, world: World, weather: Weather, held: Subscription, change: Change) -> None:
    standing = standing_of(world, held)
    if standing is not Standing.GOOD:
        lose_standing(book, world, held, standing)
        return
    if held.is_paused:
        return
    times = max(1, world.switches.notices_per_update) if change.kind == "updated" else 1
    for _ in range(times):
        _ring(book, world, weather, held, change)


def _ring(book: NoticeBook, world: World, weather: Weather, held: Subscription, change: Change) -> None:
    struck = weather.strikes_notice(mailbox=frozenset(change.mailbox.names()), now=world.now())
    if Fault.NOTICE_LOST in struck:
        return
    content = notice_json(held, change)
    if Fault.NOTICE_WRONG_STATE in struck:
        content["clientState"] = STRANGERS_STATE
    if Fault.NOTICE_UNKNOWN in struck:
        content["subscriptionId"] = ids.guid("stranger", world.seed, world.next_serial())
    if Fault.NOTICE_PHANTOM in struck:
        _send(book, world, held, msgspec.json.encode(_phantom(world, held, change)), struck)
    repeats = _number(struck, Fault.NOTICE_DOUBLED, 2.0) if Fault.NOTICE_DOUBLED in struck else 1.0
    body = msgspec.json.encode(content)
    for _ in range(int(repeats)):
        _send(book, world, held, body, struck)


def _phantom(world: World, held: Subscription, change: Change) -> dict[str, Any]:
    """A notice of an item that never was (FACTS 5.4)."""
    stranger = Change(change.kind, change.mailbox, change.calendar, world.next_serial(), change.sequence)
    return notice_json(held, stranger)


def _send(book: NoticeBook, world: World, held: Subscription, body: bytes, struck: Struck) -> None:
    """With the others for this address, unless weather gives it a way of its own."""
    if struck or not world.switches.notices_bundled:
        book.post(world, held.url, [body], after_s=_delay(world) + _late(world, struck), to=(held.id,))
        return
    waiting = book.collected.setdefault(held.url, [])
    if not waiting:
        world.later(Departure(held.url), after_s=_delay(world))
    waiting.append((held.id, body))
    if len(waiting) >= BUNDLE_MAX:
        # The departure that was planned finds what is collected from here on, or nothing.
        full = book.collected.pop(held.url)
        names = tuple(name for name, _ in full)
        book.post(world, held.url, [each for _, each in full], after_s=_delay(world), to=names)


def _delay(world: World) -> float:
    return world.chance.uniform(0.1, max(0.1, world.switches.notice_delay_max_s))


def _late(world: World, struck: Struck) -> float:
    late = _number(struck, Fault.NOTICE_LATE, LATE_S) if Fault.NOTICE_LATE in struck else 0.0
    return late + (world.chance.uniform(0.0, SHUFFLE_S) if Fault.NOTICE_SHUFFLED in struck else 0.0)


def _number(struck: Struck, fault: Fault, default: float) -> float:
    parameter = struck[fault]
    return default if parameter is None else float(parameter)
