"""A request as the service sees it and the outcome it gives, apart from any server or client library."""

import functools
import re
import urllib.parse
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import msgspec

from sim365.errors import GraphError, bad_request

BODY_BYTES_MAX = 4 * 1024 * 1024
"""What Graph takes in one request; more answers 413."""

_CALLED = re.compile(r"([\w.]+)(\(\w+=.*\))")
"""A function with its arguments; they make a segment of their own."""
_KEYED = re.compile(r"([\w.]+)\('([^']*)'\)")
_PREFERENCE = re.compile(r"\s*([\w.\-]+)\s*(?:=\s*(\"[^\"]*\"|[^,;\s]+))?\s*(?:[,;]|$)")

Headers = dict[str, str]


@dataclass(slots=True)
class Request:
    """One request; header names in lower case, path segments decoded."""

    method: str
    path: str
    query: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    origin: str = "https://graph.microsoft.com"

    def segments(self) -> list[str]:
        """The path in parts; `users('x')` counts as two."""
        return _segments(self.path)

    def options(self) -> list[tuple[str, str]]:
        """The query's names and values, decoded, in order."""
        return urllib.parse.parse_qsl(self.query, keep_blank_values=True)

    def preferences(self) -> dict[str, str]:
        """What `Prefer` asks for, by lower-case name."""
        return _preferences(self.headers.get("prefer", ""))

    def json(self) -> Any:
        """The body, or Graph's own complaint about it."""
        if len(self.body) > BODY_BYTES_MAX:
            raise GraphError(413, "RequestEntityTooLarge", "The request body is too large.")
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            text = (
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of "
                "valid JSON format."
            )
            raise bad_request(text) from error

    def json_object(self) -> dict[str, Any]:
        """The body, which must be an object."""
        body = self.json()
        if not isinstance(body, dict):
            text = "Empty or malformed payload: a JSON object was expected."
            raise bad_request(text)
        return cast("dict[str, Any]", body)


@dataclass(slots=True)
class Answer:
    """A status with an optional JSON body; `raw` replaces the JSON where the body is something else."""

    status: int
    body: dict[str, Any] | None = None
    headers: Headers = field(default_factory=Headers)
    raw: bytes | None = None
    content_type: str = "application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8"
    delay_s: float = 0.0
    """How long the answer is in coming."""
    gap_s: float = 0.0
    """How long between two bytes of the body; 0 sends it at once."""

    def content(self) -> bytes:
        """The body's bytes."""
        if self.raw is not None:
            return self.raw
        return b"" if self.body is None else msgspec.json.encode(self.body)


@dataclass(frozen=True, slots=True)
class Broken:
    """No answer reached the client."""

    how: Literal["connect", "read", "timeout", "protocol"]
    partial: Answer | None = None
    """Of a body that was cut: what it would have been."""


Outcome = Answer | Broken


def error_answer(error: GraphError, *, date: str, request_id: str, client_id: str | None) -> Answer:
    """The error envelope (FACTS 0)."""
    inner = {"date": date, "request-id": request_id, "client-request-id": client_id or request_id}
    body = {"error": {"code": error.code, "message": error.message, "innerError": inner}}
    return Answer(error.status, body, dict(error.headers))


@functools.lru_cache(maxsize=4096)
def _split(path: str) -> tuple[str, ...]:
    parts: list[str] = []
    for part in path.split("/"):
        if not part:
            continue
        if part.startswith("graph."):
            # The namespace's alias (FACTS 2.1, the schema's own `Alias`): Microsoft's SDKs of today write casts so.
            part = f"microsoft.{part}"  # noqa: PLW2901  the same part, by its whole name
        keyed = _KEYED.fullmatch(part) or _CALLED.fullmatch(part)
        if keyed is not None:
            parts += [keyed.group(1), keyed.group(2)]
        else:
            parts.append(part.removesuffix("()"))
    return tuple(parts)


def _segments(path: str) -> list[str]:
    return list(_split(path))


@functools.lru_cache(maxsize=1024)
def _preferences(header: str) -> dict[str, str]:
    return {match[1].lower(): (match[2] or "").strip('"') for match in _PREFERENCE.finditer(header)}
