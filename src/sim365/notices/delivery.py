"""Delivering notices: real HTTP POSTs to somebody's webhook, never under the simulator's lock.

Any 2xx is delivered; everything else is tried again with growing pauses for four hours, then dropped and told of as
missed, where there is an address for that. An endpoint that answers too slowly gets its notices late, or not at all
(FACTS 5.4).
"""

from dataclasses import replace
from datetime import timedelta

from sim365.http.routing import Outside, Reply
from sim365.notices.book import Departure, DropEnds, Notice, NoticeBook
from sim365.notices.endpoints import CURRENT, OF_2023, WINDOW, Pace, PaceRules, endpoint_at, host_of
from sim365.notices.lifecycle import send_lifecycle
from sim365.notices.ringing import set_out
from sim365.state.world import World
from sim365.switches import Switches

FIRST_PAUSE_S = 10.0
PAUSE_MAX_S = 1800.0


def depart(book: NoticeBook, world: World, outside: Outside, departure: Departure) -> Notice | None:
    """The message that sets out now, if anything was collected for it."""
    with outside.lock:
        return set_out(book, world, departure)


def deliver(book: NoticeBook, world: World, outside: Outside, notice: Notice) -> None:
    """One attempt; a failed one is put back with a longer pause."""
    with outside.lock:
        if not _is_let_out(book, world, notice):
            return
        book.under_way[notice.number] = notice
    reply = outside.post(notice.url, body=notice.body, content_type="application/json; charset=utf-8")
    with outside.lock:
        book.under_way.pop(notice.number, None)
        _settle(book, world, notice, reply)


def rules_of(switches: Switches) -> PaceRules:
    """Which version of Microsoft's rules holds."""
    return OF_2023 if switches.endpoint_rules_of_2023 else CURRENT


def resume(book: NoticeBook, world: World) -> None:
    """What was with a courier when the state was kept is sent again: delivery is at least once."""
    left, book.under_way = book.under_way, {}
    for notice in left.values():
        world.at(world.now(), notice)


def _is_let_out(book: NoticeBook, world: World, notice: Notice) -> bool:
    rules = rules_of(world.switches)
    endpoint = endpoint_at(book.endpoints, notice.url, now=world.now())
    match endpoint.pace(rules=rules, judged_after=world.switches.endpoint_judged_after):
        case Pace.GOOD:
            return True
        case Pace.SLOW:
            if notice.was_slowed:
                return True
            world.later(replace(notice, was_slowed=True), after_s=rules.delay_s)
            return False
        case Pace.DROP:
            book.dropped += 1
            if not endpoint.missed:
                world.at(endpoint.began + WINDOW, DropEnds(host_of(notice.url)))
            endpoint.missed += [name for name in notice.subscriptions if name not in endpoint.missed]
            return False


def _settle(book: NoticeBook, world: World, notice: Notice, reply: Reply) -> None:
    book.attempts += 1
    rules = rules_of(world.switches)
    endpoint_at(book.endpoints, notice.url, now=world.now()).answered(reply.seconds, rules=rules)
    if 200 <= reply.status < 300:
        book.delivered += 1
        return
    pause = min(FIRST_PAUSE_S * 2**notice.attempt, PAUSE_MAX_S)
    again = world.now() + timedelta(seconds=pause)
    if again <= notice.gives_up:
        world.at(again, replace(notice, attempt=notice.attempt + 1))
        return
    book.dropped += 1
    for name in dict.fromkeys(notice.subscriptions):
        held = book.subscriptions.get(name)
        if held is not None:
            send_lifecycle(book, world, held, "missed")
