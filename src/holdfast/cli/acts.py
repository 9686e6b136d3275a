"""The acts of the tour: the main job, step by step, each checked on the other side.

Every act says what it did and waits until the other side shows it; where that does not come about, it raises `Differs`
and the tour ends with exit code 1. The order matters: each act leaves both sides in step for the next.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connections
from django.db.models import F

from holdfast.bookings.conflicts import queue
from holdfast.bookings.orders import Cancel, Edit
from holdfast.bookings.record import Record
from holdfast.cli import sync
from holdfast.cli.outlook import begins
from holdfast.cli.play import Differs, Play, in_words, titles
from holdfast.database.transactions import in_workspace, outside_workspaces
from holdfast.host import outward
from holdfast.host.config import load
from holdfast.mirror import links, mappings, push
from holdfast.mirror.models import Calendar, Mailbox, Mapping
from holdfast.mirror.preview import Preview, preview
from holdfast.ports import clock
from holdfast.timetable.spans import Span
from holdfast.timetable.when import When, between

VERIFY_S_MAX = 60
NOTICE_LATE_S = 1.0
WORKER = "worker 1"
_ASHORE = "Estuary"

Counted = dict[str, int]


def before_the_first_sync(play: Play) -> None:
    """Two bookings that people made here before anything was connected: one stands in Outlook already, one does not."""
    known = _single_event(play, _ASHORE)
    play.book(_ASHORE, str(known["subject"]), _when_of(known, play.zone))
    play.book("Galley", "Winter planning", play.hour(9))


def dry_run(play: Play) -> Counted:
    """What the first sync would do; nothing is written on either side."""
    here, there = play.count_bookings(), play.outlook.count()
    engine = outward.engine(load())
    found: list[Preview] = []
    for mapping in play.mappings():
        play.running.tend()
        found.append(preview(play.actor, mapping.id, engine=engine))
    total = {name: sum(getattr(one, name) for one in found) for name in _COUNTED}
    if (here, there) != (play.count_bookings(), play.outlook.count()):
        raise Differs("the dry run wrote something")
    play.note(f"{len(found)} calendars with {total['events']} entries were read; nothing was written on either side")
    play.note(f"would be linked: {total['link']} · created here: {total['create_here']} · "
              f"created in Outlook: {total['create_there']}")  # fmt: skip
    play.note(f"would only take time: {total['block']} (series, shared time) · refused: {total['refuse']} · "
              f"overlapping: {total['overlap']} · mails: {total['mails']}")  # fmt: skip
    return total


def first_sync(play: Play, expected: Counted) -> None:
    """The first sync does what the dry run said, to the last one."""
    here, there = play.count_bookings(), play.outlook.count()
    since = clock.now()
    planned = play.mappings()
    for mapping in planned:
        mappings.start(play.actor, mapping.id)
    wanted = [mapping.id for mapping in planned]
    rested = sync.await_rest(
        play.actor, wanted, since=since, seconds=VERIFY_S_MAX, watch=lambda _found, _moving: play.running.tend()
    )
    if rested.moving:
        raise Differs(f"{len(rested.moving)} of {len(wanted)} calendars were not in step after {VERIFY_S_MAX} s")
    made = play.count_bookings() - here, play.outlook.count() - there
    said = expected["create_here"] + expected["block"], expected["create_there"]
    if made != said:
        raise Differs(f"the dry run said {said[0]} here and {said[1]} in Outlook; it became {made[0]} and {made[1]}")
    play.note(
        f"{made[0]} entries of Outlook stand here, {made[1]} booking of ours stands in Outlook: as the dry run said"
    )
    play.until(lambda: play.outlook.subscriptions() >= len(wanted), "Outlook is asked to ring for every calendar")
    play.note(
        f"all {len(wanted)} calendars are in step; sim365 rings within a second of a change (Microsoft: mostly seconds)"
    )


def from_here(play: Play) -> None:
    """A booking is made, moved and cancelled here; Outlook shows it each time."""
    room, title = "Boathouse", "Sail plan"
    first, second = play.hour(10), play.hour(14)
    record = play.book(room, title, first)
    event = play.seen(
        f"Ada books {room} here, {in_words(first)} → it stands in Outlook", lambda: _event(play, room, title, first)
    )
    play.do(Edit(booking_id=record.id, changes={"when": second}))
    moved = play.seen(
        f"she moves it to {in_words(second)} → it moves in Outlook", lambda: _event(play, room, title, second)
    )
    if moved["id"] != event["id"]:
        raise Differs("the move made another event instead of moving the one there was")
    play.do(Cancel(booking_id=record.id))
    play.seen("she cancels it → it is gone from Outlook", lambda: not _titled(play, room, title, (first, second)))


def from_outlook(play: Play) -> None:
    """An event is made, moved and deleted in Outlook; it shows here each time."""
    room, title = "Headland", "Tide table review"
    first, second = play.hour(11), play.hour(15)
    span, later = first.instants(), second.instants()
    event_id = play.outlook.write(play.address(room), title, span.start, span.end)
    record = play.seen(
        f"Ben enters {room} in Outlook, {in_words(first)} → it stands here", lambda: _record(play, room, title, span)
    )
    play.outlook.move(play.address(room), event_id, later.start, later.end)
    play.seen(
        f"he moves it to {in_words(second)} → it moves here",
        lambda: play.booking(record.id).starts_at == later.start,
    )
    play.outlook.delete(play.address(room), event_id)
    play.seen("he deletes it → it is cancelled here", lambda: not play.booking(record.id).takes_time)


def at_once(play: Play) -> None:
    """Two people take one slot on both sides at the same moment; the declared rule decides."""
    room, ours, theirs = "Crow's Nest", "Interview (Ada)", "Contract talk (Chidi)"
    when = play.hour(13)
    span = when.instants()
    play.outlook.delay_notice(
        play.address(room), NOTICE_LATE_S
    )  # or on a slow machine it would come before Ada's click
    apart_s = _together(
        play,
        lambda: play.book(room, ours, when),
        lambda: play.outlook.write(play.address(room), theirs, span.start, span.end),
    )
    play.note(f"Ada books {room} here, Chidi enters it in Outlook: the same hour, {apart_s * 1000:.0f} ms apart")
    play.seen(
        "the rule first_here decides: Ada's stands on both sides, Chidi's is taken out of Outlook",
        lambda: _is_decided(play, room, span, ours),
    )
    play.outlook.clear_weather()
    play.rest()
    with in_workspace(play.actor.workspace_id):
        kept, _ = queue(play.actor, closed=True)
    if not kept:
        raise Differs("what was taken out of Outlook is kept nowhere")
    play.note("what Chidi entered is kept word for word, with the rule that decided: holdfast conflicts list --closed")


def lost_notice(play: Play) -> None:
    """A notice is lost on the way; the safety poll finds what it was about."""
    room, title, when = "Foghorn", "Call with the harbour master", play.hour(10, day=1)
    span = when.instants()
    play.outlook.lose_notices(play.address(room))
    lost = play.outlook.lost_notices()
    play.outlook.write(play.address(room), title, span.start, span.end)
    play.until(lambda: play.outlook.lost_notices() > lost, "the weather takes the notice away")
    play.outlook.clear_weather()
    play.rest()
    if _record(play, room, title, span) is not None:
        raise Differs("the notice was not lost after all")
    play.note(f"Dora enters {room} in Outlook; the notice is lost, and nothing is known of it here")
    _let_time_pass(play, room)
    play.seen(
        "six hours later (its clock is put forward) the sweep finds the calendar due → it stands here",
        lambda: _record(play, room, title, span),
    )


def killed(play: Play) -> None:
    """A worker is killed when Outlook has done a write and the answer is still on its way."""
    room, title, when = "Dockside", "Crew change", play.hour(16)
    span = when.instants()
    worker = play.running.process_ids()[WORKER]
    with play.wire.holding():
        record = play.book(room, title, when)
        play.until(lambda: _event(play, room, title, when), "the write reaches Outlook")
        os.kill(worker, signal.SIGKILL)
    play.note(f"Ada books {room}; Outlook has written it, its answer is on the way: kill -9 {worker}")
    other = play.seen("the supervisor starts another worker", lambda: _successor(play, worker))
    play.seen(
        f"worker {other} sends the very same write again; Outlook knows its number → in step",
        lambda: _is_settled(play, record),
    )
    play.rest()
    events = _titled(play, room, title, (when,))
    if len(events) != 1:
        raise Differs(f"there are {len(events)} events of one booking in Outlook")
    if len(play.bookings(room, span)) != 1:
        raise Differs("there is more than one booking here")
    play.note("one booking here, one event in Outlook, no duplicate")


def mails(play: Play) -> None:
    """Nobody was mailed, and nobody complained."""
    play.rest()
    sent, offences = play.outlook.mails(), play.outlook.offences()
    if sent:
        raise Differs(f"{sent} mails were sent")
    if offences:
        raise Differs(f"the referee noted misconduct: {', '.join(sorted({str(one['kind']) for one in offences}))}")
    play.note("mails that Exchange sent: 0 · misconduct noted by sim365: none")


def verified(play: Play) -> None:
    """The command that a person would type."""
    command = [sys.executable, "-c", "from holdfast.cli import main; main()", "verify"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:  # noqa: S603  ours
        try:
            told, _ = running.communicate(timeout=VERIFY_S_MAX)
        except subprocess.TimeoutExpired as late:
            running.kill()
            raise Differs(f"holdfast verify took longer than {VERIFY_S_MAX} s") from late
    last = (told.strip().splitlines() or ["it said nothing"])[-1]
    play.note(f"holdfast verify: {last} (exit code {running.returncode})")
    if running.returncode != 0:
        raise Differs(told.strip())


_COUNTED = ("events", "link", "create_here", "create_there", "block", "refuse", "overlap", "mails")


def _single_event(play: Play, room: str) -> dict[str, Any]:
    """An event that is still to come, at an ordinary time."""
    now = clock.now()
    for event in play.outlook.events(play.address(room), now + timedelta(hours=1), now + timedelta(days=30)):
        ordinary = event["type"] == "singleInstance" and not event["isAllDay"] and event["sensitivity"] == "normal"
        if ordinary and event["showAs"] == "busy" and begins(event) > now:
            return event
    raise Differs(f"the sample company has no event to come in {room}")


def _when_of(event: dict[str, Any], zone: str) -> When:
    end = datetime.fromisoformat(event["end"]["dateTime"][:19]).replace(tzinfo=UTC)
    return between(begins(event), end, zone=zone)


def _event(play: Play, room: str, title: str, when: When) -> dict[str, Any] | None:
    """The event of this title that begins just then."""
    found = [event for event in _titled(play, room, title, (when,)) if begins(event) == when.instants().start]
    return found[0] if found else None


def _titled(play: Play, room: str, title: str, whens: tuple[When, ...]) -> list[dict[str, Any]]:
    spans = [when.instants() for when in whens]
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    return [event for event in play.outlook.events(play.address(room), start, end) if event["subject"] == title]


def _record(play: Play, room: str, title: str, span: Span) -> Record | None:
    found = [record for record in play.bookings(room, span) if record.title == title]
    return found[0] if found else None


def _together(play: Play, *doings: Callable[[], object]) -> float:
    """Let all begin at one moment; answers how far apart they ended, in seconds."""
    start = threading.Barrier(len(doings))
    ends: list[float] = []
    failures: list[Exception] = []

    def act(doing: Callable[[], object]) -> None:
        start.wait()
        try:
            doing()
            ends.append(clock.monotonic_s())
        except Exception as error:  # noqa: BLE001  told below, in the thread that may end the tour
            failures.append(error)
        finally:
            connections.close_all()

    hands = [threading.Thread(target=act, args=(doing,)) for doing in doings]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    play.running.tend()
    if failures:
        raise Differs(str(failures[0])) from failures[0]
    return max(ends) - min(ends)


def _is_decided(play: Play, room: str, span: Span, ours: str) -> bool:
    here = [record.title for record in play.bookings(room, span)]
    there = titles(play.outlook.events(play.address(room), span.start, span.end))
    return here == [ours] and there == [ours]


def _let_time_pass(play: Play, room: str) -> None:
    """As if the promised interval had gone by since the calendar was read; the sweep then finds it by its own rules."""
    resource_id = play.resource(room).id
    with in_workspace(play.actor.workspace_id):
        mailbox = Mapping.objects.select_related("calendar__mailbox").get(resource_id=resource_id).calendar.mailbox
        Calendar.objects.filter(mailbox=mailbox).update(observed_at=F("observed_at") - push.SAFETY_POLL)
    with outside_workspaces():
        Mailbox.objects.filter(id=mailbox.id).update(due_at=F("due_at") - push.SAFETY_POLL)


def _successor(play: Play, dead: int) -> int | None:
    found = play.running.process_ids().get(WORKER)
    return None if found == dead else found


def _is_settled(play: Play, record: Record) -> bool:
    """Both sides agree about the booking, and no write is without its answer."""
    with in_workspace(play.actor.workspace_id):
        row = next(iter(links.of_bookings([record.id])), None)
    return row is not None and not row.is_unsettled and not row.state.offers and row.confirmed_at is not None
