"""What a value of a primitive type looks like in JSON (OData JSON Format 4.01, section 7.1)."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date, time

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d{1,12})?(?:Z|[+-]\d\d:\d\d)")
_TIME = re.compile(r"(\d\d:\d\d:\d\d)(?:\.\d{1,12})?")
_DURATION = re.compile(r"-?P(?=.)(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?")
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_whole(bits: int) -> Callable[[object], bool]:
    bound = 1 << (bits - 1)
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and -bound <= value < bound


def _is_number(value: object) -> bool:
    return (isinstance(value, int | float) and not isinstance(value, bool)) or value in {"INF", "-INF", "NaN"}


def _is_moment(value: object) -> bool:
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    return found is not None and _is_day(found[1]) and _is_clock(found[2])


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return value == "0001-01-01"


def _is_time(value: object) -> bool:
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    return found is not None and _is_clock(found[1])


def _is_clock(text: str) -> bool:
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_duration(value: object) -> bool:
    return isinstance(value, str) and _DURATION.fullmatch(value) is not None


def _is_guid(value: object) -> bool:
    return isinstance(value, str) and _GUID.fullmatch(value) is not None


def _is_binary(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        base64.b64decode(value.translate(str.maketrans("-_", "+/")), validate=True)
    except binascii.Error:
        return False
    return True


def _is_json(_value: object) -> bool:
    return True


FORMATS: dict[str, Callable[[object], bool]] = {
    "String": _is_text,
    "Boolean": _is_flag,
    "Int32": _is_whole(32),
    "Int64": _is_whole(64),
    "Double": _is_number,
    "DateTimeOffset": _is_moment,
    "Date": _is_day,
    "TimeOfDay": _is_time,
    "Duration": _is_duration,
    "Guid": _is_guid,
    "Binary": _is_binary,
    "any": _is_json,
}
"""By name, without `Edm.`."""
