"""Saving and restoring the whole state, as bytes.

The bytes are a pickle: they are meant for the process that made them, and must never be taken from a stranger.
"""

import pickle
from typing import Any

from sim365.notices import NoticeBook
from sim365.state.world import World
from sim365.weather import Weather

_WORLD = ("company", "serial", "sequence", "due", "ties", "tags", "sync_states", "uploads", "outbox", "ledger", "seed")


def frozen(world: World, weather: Weather, notices: NoticeBook) -> bytes:
    """Everything that a later `thaw` brings back."""
    held: dict[str, Any] = {name: getattr(world, name) for name in _WORLD}
    held |= {
        "now": world.now(),
        "chance": world.chance.getstate(),
        "weather": (weather.chance.getstate(), weather.rules, weather.struck),
        "latency": weather.latency,
        "notices": notices,
    }
    return pickle.dumps(held)


def thaw(saved: bytes, world: World, weather: Weather, notices: NoticeBook) -> None:
    """Put the state back as it was."""
    held = pickle.loads(saved)  # noqa: S301  only ever bytes that this process made
    for name in _WORLD:
        setattr(world, name, held[name])
    world.clock.set_to(held["now"])
    world.chance.setstate(held["chance"])
    chance, weather.rules, weather.struck = held["weather"]
    weather.chance.setstate(chance)
    weather.latency = held["latency"]
    notices.become(held["notices"])
