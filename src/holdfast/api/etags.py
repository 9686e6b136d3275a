"""Entity tags: which version a program has read, and which one it means to change (RFC 9110, sections 8.8.3 and
13.1.1).
"""

import hashlib
import json
import re
from typing import Any

from django.http import HttpRequest

from holdfast.api.problems import Problem

_TAG = re.compile(r'"[\x21\x23-\x7e]*"')


def of_version(version: int) -> str:
    return f'"{version}"'


def of_content(content: Any) -> str:
    """The tag of something that has no version of its own."""
    return f'"{hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:24]}"'


def wanted(request: HttpRequest) -> list[str] | None:
    """The tags of If-Match, or None for `*`, which means any version that exists. Raises Problem."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise Problem("if_match_missing")
    if header == "*":
        return None
    # A weak tag never matches here: If-Match compares strongly.
    return [part.strip() for part in header.split(",") if _TAG.fullmatch(part.strip())]


def refuse_other(request: HttpRequest, current: str) -> None:
    """Raises Problem where the request does not mean the current version."""
    tags = wanted(request)
    if tags is not None and current not in tags:
        raise Problem("changed_meanwhile", f"It is at {current} now.", etag=current)


def version(request: HttpRequest, current: int) -> int | None:
    """The version that a verb must find, or None for any. Raises Problem where it is another one already."""
    refuse_other(request, of_version(current))
    return None if wanted(request) is None else current
