"""Randomness. `secret` is what an attacker must not guess; `jitter` and `bits` may be seeded by a simulated world."""

import random
import secrets
from typing import Protocol


class Chance(Protocol):
    def random(self) -> float: ...
    def getrandbits(self, k: int, /) -> int: ...


_installed: Chance = random.SystemRandom()


def install(chance: Chance) -> Chance:
    """Put another source behind the door; answers the one that stood there."""
    global _installed
    before, _installed = _installed, chance
    return before


def jitter(seconds: float) -> float:
    """A duration between 0 and `seconds`."""
    return seconds * _installed.random()


def bits(count: int) -> int:
    return _installed.getrandbits(count)


def secret(byte_count: int = 32) -> str:
    """An unguessable URL-safe text of `byte_count` random bytes; always from the system's own source."""
    return secrets.token_urlsafe(byte_count)
