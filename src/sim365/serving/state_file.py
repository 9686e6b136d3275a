"""The state of a simulator as it stands on disk: MessagePack of the state's own types, compressed, with a version.

Reading checks every value against its type, so a file from a stranger can at worst describe an odd company; nothing in
it can run. What is not kept: the record of requests and the counts of limits, which belong to a running process.
"""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import msgspec

from sim365.http.door import LateRequest
from sim365.ledger import Mail
from sim365.meetings.hand import (
    AttendantDecides,
    AttendantRewrites,
    ClaimRunsOut,
    ForwardNoticeArrives,
    MeetingMessage,
    ReplyArrives,
)
from sim365.notices import NoticeBook
from sim365.notices.book import Departure, DropEnds, ExpiryCheck, Notice
from sim365.notices.delivery import resume
from sim365.serving.errors import StateUnusable
from sim365.simulator import Simulator
from sim365.state import Company
from sim365.state.uploads import UploadSession
from sim365.switches import Switches
from sim365.weather import Rule, Spread

VERSION = 1

#: Decompressing stops here: a thousand mailboxes with five hundred events take about a tenth of it.
PLAIN_BYTES_MAX = 4 * 1024**3

#: Every kind of work that may wait, by the name it has in the file.
TASKS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        AttendantDecides, AttendantRewrites, ClaimRunsOut, Departure, DropEnds, ExpiryCheck, ForwardNoticeArrives,
        MeetingMessage, Notice, ReplyArrives,
    )
}  # fmt: skip

_Chance = tuple[int, tuple[int, ...], float | None]


@dataclass(frozen=True, slots=True)
class _Task:
    due: datetime
    number: int
    kind: str
    content: msgspec.Raw


@dataclass(frozen=True, slots=True)
class _Kept:
    version: int
    now: datetime
    seed: int
    serial: int
    sequence: int
    ties: int
    tags: int
    switches: Switches
    company: Company
    mails: list[Mail]
    tasks: list[_Task]
    chance: _Chance
    weather_chance: _Chance
    rules: list[Rule]
    struck: dict[str, int]
    notices: NoticeBook
    sync_states: dict[int, int] = field(default_factory=dict[int, int])
    latency: dict[str, Spread] = field(default_factory=dict[str, Spread])
    latency_chance: _Chance | None = None
    uploads: dict[int, UploadSession] = field(default_factory=dict[int, UploadSession])


def kept_bytes(simulator: Simulator) -> bytes:
    """The state as bytes; taken under the lock, so it is the state of one instant."""
    world, weather = simulator.world, simulator.weather
    with simulator.lock:
        kept = _Kept(
            version=VERSION,
            now=world.now(),
            seed=world.seed,
            serial=world.serial,
            sequence=world.sequence,
            ties=world.ties,
            tags=world.tags,
            switches=world.switches,
            company=world.company,
            mails=world.ledger.mails,
            tasks=[_task(*waiting) for waiting in world.due if not isinstance(waiting[2], LateRequest)],
            chance=_chance_of(world.chance),
            weather_chance=_chance_of(weather.chance),
            rules=weather.rules,
            struck=weather.struck,
            notices=simulator.notices,
            sync_states=world.sync_states,
            uploads=world.uploads,
            latency=weather.latency.spreads,
            latency_chance=_chance_of(weather.latency.chance),
        )
        plain = msgspec.msgpack.encode(kept)
    return zlib.compress(plain, level=1)


def bring_back(saved: bytes, simulator: Simulator, *, name: str) -> None:
    """Put a simulator into a kept state; StateUnusable where the bytes are none."""
    remedy = f"{name} cannot be read: {{}}. Move it away; the next start makes a new company."
    try:
        plain = zlib.decompressobj().decompress(saved, PLAIN_BYTES_MAX)
        kept = msgspec.msgpack.decode(plain, type=_Kept)
        tasks = [(one.due, one.number, _content(one)) for one in kept.tasks]
    except (zlib.error, msgspec.MsgspecError, KeyError) as error:
        raise StateUnusable(remedy.format(error)) from error
    if kept.version != VERSION:
        raise StateUnusable(remedy.format(f"it is of version {kept.version}, this is version {VERSION}"))
    world, weather = simulator.world, simulator.weather
    with simulator.lock:
        simulator.company = world.company = kept.company
        world.seed, world.serial, world.sequence, world.ties = kept.seed, kept.serial, kept.sequence, kept.ties
        world.tags = kept.tags
        world.sync_states = kept.sync_states
        world.uploads = kept.uploads
        _take_switches(world.switches, kept.switches)
        world.ledger.mails = kept.mails
        # Sorted is a heap, too; the file keeps no promise about order.
        world.due = sorted(tasks, key=lambda waiting: waiting[:2])
        world.clock.set_to(kept.now)
        world.chance.setstate(kept.chance)
        weather.chance.setstate(kept.weather_chance)
        weather.rules, weather.struck = kept.rules, kept.struck
        weather.latency.spreads = kept.latency
        if kept.latency_chance is not None:
            weather.latency.chance.setstate(kept.latency_chance)
        simulator.notices.become(kept.notices)
        resume(simulator.notices, world)


def _task(due: datetime, number: int, task: object) -> _Task:
    kind = type(task).__name__
    if kind not in TASKS:
        message = f"work of the kind {kind} has no place in a state file"
        raise AssertionError(message)
    return _Task(due, number, kind, msgspec.Raw(msgspec.msgpack.encode(task)))


def _content(task: _Task) -> object:
    return msgspec.msgpack.decode(task.content, type=TASKS[task.kind])


def _chance_of(chance: random.Random) -> _Chance:
    version, numbers, gauss = chance.getstate()
    return version, numbers, gauss


def _take_switches(switches: Switches, kept: Switches) -> None:
    """As they were turned; but where notices may go is said anew at every start."""
    for one in fields(Switches):
        if one.name != "loopback_webhooks":
            setattr(switches, one.name, getattr(kept, one.name))
