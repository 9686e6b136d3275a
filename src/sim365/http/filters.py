"""`$filter`: parses the OData expression once and tests items against it (FACTS 3.10, 0.2).

Decides nothing about which properties exist: the caller gives a `lookup` from a property path to a value, and a set
of the paths that may be named.
"""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from sim365.errors import bad_request, unparsable_query
from sim365.zones import query_instant

Value = str | int | float | bool | datetime | None
Lookup = Callable[[str], Value]
Lambda = Callable[[str], "list[Lookup]"]

DEPTH_MAX = 40
"""Brackets within brackets."""

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    r"|(?P<member>[A-Za-z_][\w.]*'[^']*')|(?P<number>-?\d+(?:\.\d+)?(?![\w:-]))"
    r"|(?P<stamp>\d{4}-\d\d-\d\d(?:T[\d:.]+)?(?:Z|[+-]\d\d:\d\d)?)"
    r"|(?P<name>[A-Za-z_@][\w.@]*(?:/\$?[A-Za-z_][\w.]*)*)|(?P<mark>[(),:]))"
)
_COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
_FUNCTIONS = frozenset({"startswith", "contains", "endswith"})


@dataclass(frozen=True, slots=True)
class Compare:
    """A property against a literal."""

    path: str
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class OneOf:
    """in"""

    path: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """startswith, contains, endswith."""

    function: str
    path: str
    value: str


@dataclass(frozen=True, slots=True)
class Both:
    """and"""

    left: "Filter"
    right: "Filter"


@dataclass(frozen=True, slots=True)
class Either:
    """or"""

    left: "Filter"
    right: "Filter"


@dataclass(frozen=True, slots=True)
class Not:
    """not"""

    inner: "Filter"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """collection/any(x: ...)"""

    collection: str
    inner: "Filter"


Filter = Compare | OneOf | Matches | Both | Either | Not | AnyOf


@functools.lru_cache(maxsize=512)
def parse_filter(text: str) -> Filter:
    """The expression, or Graph's complaint."""
    reader = _Reader(_tokens(text))
    found = reader.either(0)
    if reader.peek() is not None:
        raise invalid_clause()
    return found


def names_in(expression: Filter) -> set[str]:
    """Every property path that an expression names, lambdas by their collection."""
    match expression:
        case Compare(path=path) | OneOf(path=path) | Matches(path=path):
            return {path}
        case Both(left, right) | Either(left, right):
            return names_in(left) | names_in(right)
        case Not(inner):
            return names_in(inner)
        case AnyOf(collection=collection):
            return {collection}
        case _:
            assert_never(expression)


def check_names(expression: Filter, known: Mapping[str, object] | frozenset[str], *, kind: str) -> None:
    """Refuse properties that the type does not have."""
    for name in names_in(expression):
        if name not in known:
            raise unparsable_query(f"Could not find a property named '{name}' on type 'microsoft.graph.{kind}'.")


def satisfies(  # noqa: PLR0911  one return per kind of expression
    expression: Filter, lookup: Lookup, members: Lambda | None = None
) -> bool:
    """Whether an item satisfies the expression."""
    match expression:
        case Compare(path, operator, value):
            return _compare(lookup(path), operator, value, is_exact=path == "id")
        case OneOf(path, values):
            held = lookup(path)
            return any(_compare(held, "eq", value, is_exact=path == "id") for value in values)
        case Matches(function, path, value):
            return _matches(lookup(path), function, value)
        case Both(left, right):
            return satisfies(left, lookup, members) and satisfies(right, lookup, members)
        case Either(left, right):
            return satisfies(left, lookup, members) or satisfies(right, lookup, members)
        case Not(inner):
            return not satisfies(inner, lookup, members)
        case AnyOf(collection, inner):
            found = members(collection) if members is not None else []
            return any(satisfies(inner, each, members) for each in found)
        case _:
            assert_never(expression)


def invalid_clause() -> Exception:
    """The expression cannot be parsed."""
    return bad_request("Invalid filter clause")


class _Reader:
    """Recursive descent over the tokens: or, and, not, brackets, comparison, in, function, any."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> tuple[str, str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def take(self, kind: str | None = None, text: str | None = None) -> str:
        token = self.peek()
        if token is None or (kind and token[0] != kind) or (text and token[1].lower() != text):
            raise invalid_clause()
        self._at += 1
        return token[1]

    def is_word(self, word: str) -> bool:
        token = self.peek()
        return token is not None and token[0] == "name" and token[1].lower() == word

    def either(self, depth: int) -> Filter:
        left = self.both(depth)
        while self.is_word("or"):
            self.take()
            left = Either(left, self.both(depth))
        return left

    def both(self, depth: int) -> Filter:
        left = self.term(depth)
        while self.is_word("and"):
            self.take()
            left = Both(left, self.term(depth))
        return left

    def term(self, depth: int) -> Filter:
        if depth > DEPTH_MAX:
            raise invalid_clause()
        if self.is_word("not"):
            self.take()
            return Not(self.term(depth + 1))
        if self.peek() == ("mark", "("):
            self.take()
            inner = self.either(depth + 1)
            self.take("mark", ")")
            return inner
        name = self.take("name")
        if name.lower() in _FUNCTIONS:
            return self.function(name.lower())
        if name.lower().endswith("/any"):
            return self.any_of(name[: -len("/any")], depth)
        if name.lower() == "cast":
            name = self.cast()
        operator = self.take("name").lower()
        if operator == "in":
            return OneOf(name, self.literals())
        if operator not in _COMPARISONS:
            raise invalid_clause()
        return Compare(name, operator, self.literal())

    def cast(self) -> str:
        """`cast(path, Edm.Int32)` compares the property as that type; literals here carry their own."""
        self.take("mark", "(")
        path = self.take("name")
        self.take("mark", ",")
        self.take("name")
        self.take("mark", ")")
        return path

    def literals(self) -> tuple[Value, ...]:
        self.take("mark", "(")
        found = [self.literal()]
        while self.peek() == ("mark", ","):
            self.take()
            found.append(self.literal())
        self.take("mark", ")")
        return tuple(found)

    def function(self, name: str) -> Filter:
        self.take("mark", "(")
        path = self.take("name")
        self.take("mark", ",")
        value = self.literal()
        self.take("mark", ")")
        if not isinstance(value, str):
            raise invalid_clause()
        return Matches(name, path, value)

    def any_of(self, collection: str, depth: int) -> Filter:
        self.take("mark", "(")
        variable = self.take("name")
        self.take("mark", ":")
        inner = _unprefixed(self.either(depth + 1), variable)
        self.take("mark", ")")
        return AnyOf(collection, inner)

    def literal(self) -> Value:  # noqa: PLR0911  one return per kind of literal
        token = self.peek()
        if token is None:
            raise invalid_clause()
        self._at += 1
        kind, text = token
        if token == ("mark", "("):
            inner = self.literal()
            self.take("mark", ")")
            return inner
        match kind:
            case "text":
                return text[1:-1].replace("''", "'")
            case "guid":
                return text
            case "member":
                return text[text.index("'") + 1 : -1]
            case "number":
                return float(text) if "." in text else int(text)
            case "stamp":
                return query_instant(text)
            case "name" if text.lower() in {"true", "false"}:
                return text.lower() == "true"
            case "name" if text.lower() == "null":
                return None
            case _:
                raise invalid_clause()


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise invalid_clause()
        found.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return found


def _unprefixed(expression: Filter, variable: str) -> Filter:
    """Inside a lambda the paths begin with its variable."""
    prefix = f"{variable}/"
    match expression:
        case Compare(path, operator, value):
            return Compare(path.removeprefix(prefix) if path != variable else "", operator, value)
        case OneOf(path, values):
            return OneOf(path.removeprefix(prefix) if path != variable else "", values)
        case Matches(function, path, value):
            return Matches(function, path.removeprefix(prefix) if path != variable else "", value)
        case Both(left, right):
            return Both(_unprefixed(left, variable), _unprefixed(right, variable))
        case Either(left, right):
            return Either(_unprefixed(left, variable), _unprefixed(right, variable))
        case Not(inner):
            return Not(_unprefixed(inner, variable))
        case AnyOf():
            raise invalid_clause()
        case _:
            assert_never(expression)


def _compare(held: Value, operator: str, value: Value, *, is_exact: bool) -> bool:
    if isinstance(held, datetime) and isinstance(value, str):
        value = query_instant(value)
        if value is None:
            raise invalid_clause()
    if not is_exact and isinstance(held, str) and isinstance(value, str):
        held, value = held.lower(), value.lower()
    if operator == "eq":
        return held == value
    if operator == "ne":
        return held != value
    if held is None or value is None:
        return False
    return _ordered(held, operator, value)


def _ordered(held: Value, operator: str, value: Value) -> bool:
    try:
        match operator:
            case "gt":
                return held > value  # pyright: ignore[reportOperatorIssue, reportOptionalOperand, reportUnknownVariableType]
            case "ge":
                return held >= value  # pyright: ignore[reportOperatorIssue, reportOptionalOperand, reportUnknownVariableType]
            case "lt":
                return held < value  # pyright: ignore[reportOperatorIssue, reportOptionalOperand, reportUnknownVariableType]
            case _:
                return held <= value  # pyright: ignore[reportOperatorIssue, reportOptionalOperand, reportUnknownVariableType]
    except TypeError as error:
        raise invalid_clause() from error


def _matches(held: Value, function: str, value: str) -> bool:
    if not isinstance(held, str):
        return False
    text, part = held.lower(), value.lower()
    match function:
        case "startswith":
            return text.startswith(part)
        case "endswith":
            return text.endswith(part)
        case _:
            return part in text
