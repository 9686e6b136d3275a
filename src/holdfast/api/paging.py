"""Cutting lists into pages: an opaque cursor, and a size that is clamped rather than refused."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from holdfast.api.problems import Problem

SIZE = 50
SIZE_MAX = 200
DIGITS_MAX = 12


def size(wanted: int | None) -> int:
    return SIZE if wanted is None else max(1, min(wanted, SIZE_MAX))


def offset(cursor: str | None) -> int:
    """How many come before. Raises Problem."""
    if not cursor:
        return 0
    try:
        name, _, number = urlsafe_b64decode(cursor.encode()).decode().partition(":")
    except ValueError:
        raise Problem("cursor_invalid") from None
    if name != "after" or not (number.isascii() and number.isdecimal()) or len(number) > DIGITS_MAX:
        raise Problem("cursor_invalid")
    return int(number)


def cursor_at(number: int) -> str:
    return urlsafe_b64encode(f"after:{number}".encode()).decode()


def uuid(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Problem("invalid", "This is no id.", field=field) from None
