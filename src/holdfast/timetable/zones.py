"""Time zones by name: IANA names and Windows names, both ways.

This module decides which zone a name means. It must not decide what to do with an unknown one: `known` answers None and
`zone` raises the named error. The tables are CLDR's, through the tzlocal library; nothing here reads the zone of this
machine.

Wall times that a change of clocks skips or doubles are resolved by one rule, RFC 5545's (section 3.3.5): a doubled time
means its first occurrence, a skipped one is read with the offset in force before the gap. That is Python's `fold=0`.
"""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from tzlocal.windows_tz import tz_win, win_tz

from holdfast.timetable.errors import UnknownZone

_UTC_NAMES = frozenset({"utc", "etc/utc", "z", "gmt", "etc/gmt", "tzone://microsoft/utc", "coordinated universal time"})
_NOT_ZONES = frozenset({"localtime", "factory"})  # this machine's own zone, and "not set"
_OLD_NAMES = {  # names which CLDR's table left behind, by the Windows zone that holds them
    "Europe/Uzhgorod": "FLE Standard Time",
    "Europe/Zaporozhye": "FLE Standard Time",
    "US/East-Indiana": "US Eastern Standard Time",
    "EST5EDT": "Eastern Standard Time",
    "CST6CDT": "Central Standard Time",
    "MST7MDT": "Mountain Standard Time",
    "PST8PDT": "Pacific Standard Time",
}
_CACHE_MAX = 1024


@lru_cache(maxsize=1)
def _iana_names() -> dict[str, str]:
    """Every IANA name by its lower-case form, because senders disagree about capitals."""
    return {name.lower(): name for name in available_timezones() if name.lower() not in _NOT_ZONES}


@lru_cache(maxsize=1)
def _windows_names() -> dict[str, str]:
    return {name.lower(): name for name in win_tz}


@lru_cache(maxsize=_CACHE_MAX)
def known(name: str) -> str | None:
    """The IANA name that an IANA or Windows name means; None for a custom or unknown one."""
    lowered = name.strip().lower()
    if lowered in _UTC_NAMES:
        return "UTC"
    windows = _windows_names().get(lowered)
    if windows is not None:
        return _plain(win_tz[windows])
    return _iana_names().get(lowered)


def _plain(name: str) -> str:
    return "UTC" if name.lower() in _UTC_NAMES else name


def iana(name: str) -> str:
    """The IANA name that a name means; raises UnknownZone."""
    found = known(name)
    if found is None:
        raise UnknownZone(name)
    return found


@lru_cache(maxsize=_CACHE_MAX)
def windows(name: str) -> str | None:
    """The Windows name that holds this zone; None where Windows has none."""
    found = known(name)
    if found is None:
        return None
    if found == "UTC":
        return "UTC"
    return tz_win.get(found) or _OLD_NAMES.get(found)


@lru_cache(maxsize=_CACHE_MAX)
def representative(name: str) -> str:
    """The one IANA name that stands for all zones which Windows cannot tell apart.

    Exchange knows Windows zones. Helsinki goes out and FLE Standard Time comes back, which CLDR calls Kyiv; both sides
    are compared by this name, so a round trip is no change. A zone that Windows lacks stands for itself.
    """
    held_by = windows(name)
    if held_by is None:
        return known(name) or name
    return _plain(win_tz[held_by])


@lru_cache(maxsize=_CACHE_MAX)
def zone(name: str) -> ZoneInfo:
    """The rules of a zone; raises UnknownZone."""
    return ZoneInfo(iana(name))


def instant(wall: datetime, name: str) -> datetime:
    """The instant (UTC) of a wall time in a zone, by the rule of this module for skipped and doubled times."""
    if name == "UTC":
        return wall.replace(tzinfo=UTC, fold=0)
    return wall.replace(tzinfo=zone(name), fold=0).astimezone(UTC)


def wall(moment: datetime, name: str) -> datetime:
    """The naive wall time that an instant has in a zone."""
    return moment.astimezone(zone(name)).replace(tzinfo=None, fold=0)
