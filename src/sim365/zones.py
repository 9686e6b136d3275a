"""Time zones by both names: Windows ("FLE Standard Time") and IANA ("Europe/Sofia"); FACTS 3.12.

Decides which names are known and turns wall-clock times into instants. Holds no state besides caches of constants.
"""

import functools
import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from tzlocal import windows_tz

from sim365.errors import GraphError, failed_validation, unknown_zone

CUSTOM_ZONE = "tzone://Microsoft/Custom"
UTC_ZONE = "tzone://Microsoft/Utc"
YEAR_MIN, YEAR_MAX = 1601, 4500
"""The years that Exchange can store."""

_WALL = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE
)


@functools.lru_cache(maxsize=1)
def _windows_names() -> dict[str, str]:
    return {name.lower(): iana for name, iana in windows_tz.win_tz.items()}


@functools.lru_cache(maxsize=1)
def _iana_names() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


@functools.lru_cache(maxsize=1024)
def zone(name: str) -> tzinfo:
    """The zone of this name, or the error that Exchange gives."""
    lowered = name.strip().lower()
    if lowered in {"utc", UTC_ZONE.lower()}:
        return UTC
    iana = _windows_names().get(lowered) or _iana_names().get(lowered)
    if iana is None:
        raise unknown_zone(name)
    return ZoneInfo(iana)


def is_zone(name: str) -> bool:
    """Whether Exchange knows a zone of this name."""
    lowered = name.strip().lower()
    return lowered in {"utc", UTC_ZONE.lower()} or lowered in _windows_names() or lowered in _iana_names()


@functools.lru_cache(maxsize=1024)
def windows_name(name: str) -> str:
    """The Windows name for a zone given by either name; mailbox settings show that one."""
    if name.strip().lower() == "utc" or name.strip().lower() in _windows_names():
        return name
    return windows_tz.tz_win.get(_iana_names().get(name.strip().lower(), name), name)


def instant(text: str, zone_name: str) -> datetime:
    """A `dateTimeTimeZone` as an instant in UTC; more or fewer fraction digits and a trailing offset are taken."""
    return wall(text, zone_name).astimezone(UTC)


def wall(text: str, zone_name: str, *, offset_counts: bool = True) -> datetime:
    """A `dateTimeTimeZone` as an aware time in its zone. A wall time that a change of clocks skips moves forward.

    What an offset beside a zone means is not settled: it names the instant, or it is passed over (FACTS 3.12).
    """
    match = _WALL.fullmatch(text.strip())
    if match is None:
        raise failed_validation(f"'{text}' is not a date and time.")
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    if not YEAR_MIN <= int(year) <= YEAR_MAX:
        raise failed_validation(f"The year of '{text}' lies outside {YEAR_MIN} to {YEAR_MAX}.")
    try:
        naive = datetime(  # noqa: DTZ001  the zone is put on below
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "")[:6].ljust(6, "0")),
        )
    except ValueError as error:
        raise failed_validation(f"'{text}' is not a date and time.") from error
    if offset and offset_counts:
        suffix = "+00:00" if offset in "Zz" else offset
        return datetime.fromisoformat(naive.isoformat() + suffix).astimezone(zone(zone_name))
    return at_wall(naive, zone(zone_name))


def at_wall(naive: datetime, where: tzinfo) -> datetime:
    """A naive wall-clock time in a zone; one that does not exist there moves forward by the gap."""
    aware = naive.replace(tzinfo=where)
    return aware.astimezone(UTC).astimezone(where)


def query_instant(text: str) -> datetime | None:
    """`startDateTime` and its kind: without an offset it is UTC (FACTS 3.7)."""
    match = _WALL.fullmatch(text.strip().replace(" ", "+") if "T" in text else text.strip())
    if match is None:
        return None
    try:
        return wall(match.group(0), "UTC").astimezone(UTC)
    except (ValueError, GraphError):
        return None
