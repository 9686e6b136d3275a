"""OData query options: which are known, how a page is cut, how the next link is written."""

import re
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

from sim365.calendars.properties import property_id
from sim365.errors import bad_request, unparsable_query
from sim365.http.filters import AnyOf, Both, Compare, Either, Filter, Not, parse_filter
from sim365.http.requests import Request

EVENTS_TOP_MAX = 1000

_KNOWN = frozenset(
    {"$select", "$top", "$skip", "$filter", "$orderby", "$count", "$expand", "$search", "$skiptoken", "$deltatoken",
     "$format"}
)  # fmt: skip
_EXPAND = re.compile(r"\s*(?P<name>[\w./]+)\s*(?:\((?P<inner>.*)\))?\s*", re.DOTALL)
_ARGUMENT = re.compile(r"(?P<name>\w+)=[\w.]*'(?P<value>(?:[^']|'')*)'")


@dataclass(slots=True)
class Options:
    """The query options of one request; others by name in `plain`."""

    top: int
    skip: int = 0
    select: frozenset[str] = frozenset()
    filter: Filter | None = None
    order: tuple[str, bool] | None = None
    """Property and whether descending."""
    count: bool = False
    expand: dict[str, str] = field(default_factory=dict[str, str])
    """Navigation property to what stands in its brackets."""
    skip_token: str | None = None
    delta_token: str | None = None
    search: str | None = None
    plain: dict[str, str] = field(default_factory=dict[str, str])


def read_options(request: Request, *, top: int, top_max: int = EVENTS_TOP_MAX) -> Options:
    """The options, or Graph's complaint; names of options may come without their dollar sign in capitals or not."""
    found = Options(top=top)
    for raw, value in request.options():
        name = raw.lower()
        if not name.startswith("$"):
            found.plain[name] = value
            continue
        if name not in _KNOWN:
            raise bad_request(f"The query parameter '{raw}' is not supported.")
        _read_option(found, name, value, top_max=top_max)
    return found


def _read_option(found: Options, name: str, value: str, *, top_max: int) -> None:  # noqa: C901  one case per option
    match name:
        case "$top":
            found.top = _whole(name, value, low=1, high=top_max)
        case "$skip":
            found.skip = _whole(name, value, low=0, high=2**31 - 1)
        case "$select":
            found.select = frozenset(part.strip() for part in value.split(",") if part.strip())
        case "$filter":
            found.filter = parse_filter(value)
        case "$orderby":
            found.order = _read_order(value)
        case "$count":
            found.count = _flag(value)
        case "$expand":
            found.expand = read_expand(value)
        case "$skiptoken":
            found.skip_token = value
        case "$deltatoken":
            found.delta_token = value
        case "$search":
            found.search = value
        case _:  # $format: JSON is all there is
            pass


def read_arguments(text: str) -> dict[str, str]:
    """What stands in the brackets of a function, by name in small letters: texts and members of an enumeration."""
    return {match["name"].lower(): match["value"].replace("''", "'") for match in _ARGUMENT.finditer(text)}


def read_expand(value: str) -> dict[str, str]:
    """`a,b($filter=...)` as names with what stands in their brackets."""
    found: dict[str, str] = {}
    for part in _outside_brackets(value):
        match = _EXPAND.fullmatch(part)
        if match is None:
            raise unparsable_query(f"Term '{part}' is not valid in a $select or $expand expression.")
        found[match.group("name")] = match.group("inner") or ""
    return found


def expanded_properties(inner: str) -> frozenset[str]:
    """The ids that `$expand=singleValueExtendedProperties($filter=id eq '…' or …)` asks for."""
    name, _, text = inner.strip().partition("=")
    if name.strip().lower() != "$filter":
        message = "Expanding extended properties needs a $filter on their id."
        raise bad_request(message)
    return frozenset(_property_ids(parse_filter(text)))


def property_tests(expression: Filter) -> list[AnyOf]:
    """The `singleValueExtendedProperties/any` parts of a filter."""
    match expression:
        case AnyOf():
            return [expression] if expression.collection == "singleValueExtendedProperties" else []
        case Both(left, right) | Either(left, right):
            return property_tests(left) + property_tests(right)
        case Not(inner):
            return property_tests(inner)
        case _:
            return []


def next_link(request: Request, **changed: str | int) -> str:
    """This request's own address with some options changed."""
    options = {name: value for name, value in request.options() if name.lower() != "$skip"}
    options |= {f"${name}": str(value) for name, value in changed.items()}
    return link_to(request, request.path, options)


def link_to(request: Request, path: str, options: dict[str, str]) -> str:
    """An address on this host."""
    quoted = urllib.parse.quote(path, safe="/()'@=")
    return f"{request.origin}{quoted}?{urllib.parse.urlencode(options, safe='$:', quote_via=urllib.parse.quote)}"


def page_of(request: Request, items: list[Any], options: Options, *, context: str) -> dict[str, Any]:
    """One page of a collection that is paged by `$skip`; the caller renders the items."""
    page = items[options.skip : options.skip + options.top]
    body: dict[str, Any] = {"@odata.context": f"{request.origin}/v1.0/$metadata#{context}"}
    if options.count:
        body["@odata.count"] = len(items)
    body["value"] = page
    if options.skip + options.top < len(items):
        body["@odata.nextLink"] = next_link(request, top=options.top, skip=options.skip + options.top)
    return body


def _property_ids(expression: Filter) -> list[str]:
    match expression:
        case Compare("id", "eq", str() as value):
            return [property_id(value)]
        case Either(left, right):
            return _property_ids(left) + _property_ids(right)
        case _:
            message = "Extended properties can only be expanded by id."
            raise bad_request(message)


def _read_order(value: str) -> tuple[str, bool]:
    name, _, direction = value.split(",", 1)[0].strip().partition(" ")
    if direction.strip().lower() not in {"", "asc", "desc"}:
        raise unparsable_query(f"Syntax error in $orderby '{value}'.")
    return name, direction.strip().lower() == "desc"


def _whole(name: str, value: str, *, low: int, high: int) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 10 or not low <= int(value) <= high:
        raise bad_request(
            f"Invalid value '{value}' for {name} query option found. It must be between {low} and {high}."
        )
    return int(value)


def _flag(value: str) -> bool:
    if value.lower() not in {"true", "false"}:
        raise bad_request(f"Invalid value '{value}' for $count query option found.")
    return value.lower() == "true"


def _outside_brackets(value: str) -> list[str]:
    parts, depth, start, quoted = list[str](), 0, 0, False
    for at, sign in enumerate(value):
        if sign == "'":
            quoted = not quoted
        elif not quoted and sign in "()":
            depth += 1 if sign == "(" else -1
        elif not quoted and sign == "," and depth == 0:
            parts.append(value[start:at])
            start = at + 1
    return [*parts, value[start:]]
