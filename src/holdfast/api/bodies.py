"""Reading a body strictly: one JSON value in UTF-8, no key twice, no number that is none, nothing deep.

Decides what is refused before any field is looked at. Two readers of one text must never see two meanings (RFC 8259
leaves duplicate keys open), so what is ambiguous is refused by name.
"""

import json
import math
import re
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from holdfast.api.problems import Problem

DEPTH_MAX = 16
DIGITS_MAX = 18
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_BRACKET = re.compile(r"[\[\]{}]")
_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")


class StrictParser(Parser):
    """django-ninja's parser, strict."""

    def parse_body(self, request: HttpRequest) -> Any:
        return read(
            request.body,
            content_type=request.content_type or "",
            charset=request.content_params.get("charset", "utf-8") if request.content_params else "utf-8",
        )


def read(body: bytes, *, content_type: str, charset: str = "utf-8") -> Any:
    """The value of a body. Raises Problem."""
    if content_type.strip().lower() not in {"application/json", "application/merge-patch+json"}:
        raise Problem("not_json", f"The body came as {content_type[:80] or 'nothing named'}.")
    if charset.strip().lower() not in {"utf-8", "utf8", "us-ascii"} or body.startswith(_BOMS) or b"\0" in body[:4]:
        raise Problem("not_utf8")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Problem("not_utf8") from None
    _refuse_depth(text)
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_int)
    except ValueError as error:
        raise Problem("broken_json", f"The body is no JSON: {str(error)[:120]}.") from None


def _refuse_depth(text: str) -> None:
    """Counted before parsing, because the parser itself would recurse."""
    depth = 0
    for found in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if found.group() in "[{" else -1
        if depth > DEPTH_MAX:
            raise Problem("too_deep", f"The body is nested more than {DEPTH_MAX} levels deep.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Problem("duplicate_key", f"“{key[:60]}” stands twice.", field=key[:60])
        found[key] = value
    return found


def _constant(name: str) -> NoReturn:
    raise Problem("not_a_number", f"{name} is not JSON.")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise Problem("not_a_number", f"{text[:40]} is larger than any number here.")
    return value


def _int(text: str) -> int:
    if len(text.lstrip("-")) > DIGITS_MAX:
        raise Problem("number_too_long", f"A number has {len(text)} digits.")
    return int(text)
