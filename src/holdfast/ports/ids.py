"""Identity of new things: version 7 UUIDs (RFC 9562): what is made later sorts later, and indexes stay compact."""

from uuid import UUID

from holdfast.ports import chance, clock

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM_A_BITS = 12
_RANDOM_B_BITS = 62


def new() -> UUID:
    """A fresh id: 48 bits of milliseconds since 1970, then 74 random bits."""
    milliseconds = int(clock.now().timestamp() * 1000)
    low = chance.bits(_RANDOM_A_BITS) << 64 | _VARIANT | chance.bits(_RANDOM_B_BITS)
    return UUID(int=milliseconds << 80 | _VERSION_7 | low)
