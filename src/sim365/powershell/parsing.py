"""Words into statements: pipelines of calls, each a cmdlet's name with parameters and values.

Values are PowerShell's literals: strings, numbers, `$true`, `$false`, `$null`, lists `"a","b"` and `@("a")`, tables
`@{Add="x"}`. Keywords, assignments and other variables are refused by name.
"""

from dataclasses import dataclass
from typing import Any

from sim365.powershell.errors import Refused, Unreadable
from sim365.powershell.words import Kind, Word, words_of

STATEMENTS_MAX = 1000
ITEMS_MAX = 10_000
DEPTH_MAX = 10

_KEYWORDS = frozenset(
    {"if", "else", "foreach", "for", "while", "do", "switch", "function", "param", "try", "catch", "return", "filter"}
)
_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}

Value = Any
"""str, int, float, bool, None, a list of these, or a dict of them."""


@dataclass(frozen=True, slots=True)
class Given:
    """One argument; without a name it stands by its position, without a value it is a switch so far."""

    name: str | None
    value: Value
    has_value: bool = True
    is_attached: bool = False
    """The value was written after a colon."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One cmdlet as it was typed."""

    name: str
    arguments: tuple[Given, ...]
    line: int


Pipeline = tuple[Invocation, ...]


def statements_of(text: str) -> list[Pipeline]:
    """The pipelines of a text, in order; Unreadable or Refused where it is none."""
    reader = _Statements(words_of(text))
    found: list[Pipeline] = []
    for _ in range(STATEMENTS_MAX):
        if not reader.has_more():
            return found
        found.append(reader.pipeline())
    message = f"There are more than {STATEMENTS_MAX} statements."
    raise Unreadable(message, category="ParserError")


class _Statements:
    """Reads statement by statement; the last word is always an END."""

    def __init__(self, words: list[Word]) -> None:
        self._words = words
        self._at = 0

    def has_more(self) -> bool:
        """Whether a statement follows."""
        while self._at < len(self._words) and self._words[self._at].kind is Kind.END:
            self._at += 1
        return self._at < len(self._words)

    def pipeline(self) -> Pipeline:
        """Calls joined by pipes; a line may end after a pipe."""
        calls = [self._call()]
        while self._word.kind is Kind.PIPE:
            self._at += 1
            if not self.has_more():
                message = "An empty pipe element is not allowed."
                raise Unreadable(message, category="ParserError", error_id="EmptyPipeElement")
            calls.append(self._call())
        if self._word.kind is not Kind.END:
            raise self._unexpected()
        return tuple(calls)

    @property
    def _word(self) -> Word:
        return self._words[self._at]

    def _next(self) -> Word:
        word = self._words[self._at]
        self._at += 1
        return word

    def _call(self) -> Invocation:
        word = self._next()
        if word.kind is Kind.VARIABLE:
            what = f"variables such as ${word.text}; write the value itself"
            raise Refused(what)
        if word.kind is not Kind.BARE:
            self._at -= 1
            raise self._unexpected()
        if word.text.lower() in _KEYWORDS:
            what = f"the keyword {word.text.lower()}; write one command per line"
            raise Refused(what)
        arguments: list[Given] = []
        while self._word.kind not in {Kind.END, Kind.PIPE}:
            arguments.append(self._argument())
        return Invocation(word.text, tuple(arguments), word.line)

    def _argument(self) -> Given:
        word = self._word
        if word.kind is not Kind.PARAMETER:
            return Given(None, self._value())
        self._at += 1
        if word.has_colon:
            if self._word.kind in {Kind.END, Kind.PIPE, Kind.PARAMETER}:
                return Given(word.text, None, has_value=False)
            return Given(word.text, self._value(), is_attached=True)
        if self._word.kind in {Kind.END, Kind.PIPE, Kind.PARAMETER}:
            return Given(word.text, None, has_value=False)
        return Given(word.text, self._value())

    def _value(self, depth: int = 0) -> Value:
        """A value, or several joined by commas."""
        first = self._single(depth)
        if self._word.kind is not Kind.COMMA:
            return first
        found = [first]
        while self._word.kind is Kind.COMMA and len(found) < ITEMS_MAX:
            self._at += 1
            self._over_line_breaks()
            found.append(self._single(depth))
        return found

    def _over_line_breaks(self) -> None:
        """A list may go on in the next line after its comma."""
        while self._word.kind is Kind.END and self._word.text == "\n":
            self._at += 1

    def _single(self, depth: int) -> Value:
        if depth > DEPTH_MAX:
            message = "The value is nested too deeply."
            raise Unreadable(message, category="ParserError")
        word = self._next()
        match word.kind:
            case Kind.STRING:
                return word.text
            case Kind.BARE:
                return _number(word.text)
            case Kind.VARIABLE:
                if word.text.lower() in _CONSTANTS:
                    return _CONSTANTS[word.text.lower()]
                what = f"variables such as ${word.text}; write the value itself"
                raise Refused(what)
            case Kind.OPEN_TABLE:
                return self._table(depth + 1)
            case Kind.OPEN_LIST:
                return self._list(depth + 1)
            case Kind.OPEN:
                what = "commands in parentheses; write the value itself"
                raise Refused(what)
            case _:
                self._at -= 1
                raise self._unexpected()

    def _list(self, depth: int) -> list[Value]:
        found: list[Value] = []
        for _ in range(ITEMS_MAX):
            if self._word.kind is Kind.CLOSE:
                self._at += 1
                return found
            if self._word.kind is Kind.END and not self._is_last:
                self._at += 1
                continue
            value = self._value(depth)
            found.extend(value if isinstance(value, list) else [value])  # pyright: ignore[reportUnknownArgumentType]
        raise self._unexpected()

    def _table(self, depth: int) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for _ in range(ITEMS_MAX):
            if self._word.kind is Kind.CLOSE_TABLE:
                self._at += 1
                return found
            if self._word.kind is Kind.END and not self._is_last:
                self._at += 1
                continue
            if self._is_last:
                message = "Missing closing '}' of a hash literal."
                raise Unreadable(message, category="ParserError", error_id="MissingEndCurlyBrace")
            name = self._next()
            if name.kind not in {Kind.BARE, Kind.STRING} or self._word.kind is not Kind.EQUALS:
                message = "Missing '=' operator after key in hash literal."
                raise Unreadable(message, category="ParserError", error_id="MissingEqualsInHashLiteral")
            self._at += 1
            found[name.text] = self._value(depth)
        raise self._unexpected()

    @property
    def _is_last(self) -> bool:
        return self._at == len(self._words) - 1

    def _unexpected(self) -> Unreadable:
        word = self._words[min(self._at, len(self._words) - 1)]
        shown = word.text.strip() or "the end of the text"
        message = f"Unexpected token '{shown}' in expression or statement (line {word.line})."
        return Unreadable(message, category="ParserError", error_id="UnexpectedToken")


def _number(text: str) -> Value:
    """A bare word; digits are a number."""
    try:
        return int(text) if text.lstrip("-").isdigit() and text.isascii() and len(text) < 20 else text
    except ValueError:
        return text
