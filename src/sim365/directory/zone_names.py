"""The time zones that a mailbox may be set to, with the names that people choose from (FACTS 3.12)."""

import functools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from tzlocal import windows_tz

_WINTER_AND_SUMMER = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))


@functools.lru_cache(maxsize=1)
def windows_zones() -> tuple[tuple[str, str], ...]:
    """Windows names with the offset and the city that stands for each, from west to east."""
    found = [(_standard_offset(iana), name, iana) for name, iana in windows_tz.win_tz.items() if name != "UTC"]
    found.append((timedelta(0), "UTC", "Coordinated Universal Time"))
    return tuple((name, _titled(offset, iana)) for offset, name, iana in sorted(found))


@functools.lru_cache(maxsize=1)
def iana_zones() -> tuple[tuple[str, str], ...]:
    """IANA names, each its own display name, from west to east."""
    areas = sorted((_standard_offset(name), name) for name in available_timezones() if "/" in name or name == "UTC")
    return tuple((name, name) for _, name in areas)


def _titled(offset: timedelta, iana: str) -> str:
    city = iana.rpartition("/")[2].replace("_", " ")
    if not offset:
        return f"(UTC) {city}"
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"(UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}) {city}"


def _standard_offset(iana: str) -> timedelta:
    """The smaller of winter's and summer's offset is standard time on both halves of the earth."""
    where = ZoneInfo(iana)
    offsets = [moment.astimezone(where).utcoffset() for moment in _WINTER_AND_SUMMER]
    return min(offset for offset in offsets if offset is not None)
