"""PowerShell text into words: names, parameters, strings, numbers, brackets, pipes, ends of statements.

Decides quoting, comments and continuations (about_Parsing and about_Quoting_Rules of PowerShell's documentation). It
knows no cmdlet. What the simulator's small language leaves out is refused by name, never guessed at.
"""

import enum
import re
from dataclasses import dataclass

from sim365.powershell.errors import Refused, Unreadable

TEXT_MAX = 100_000


class Kind(enum.Enum):
    """What a word is."""

    BARE = "a word"
    STRING = "a string"
    PARAMETER = "a parameter"
    VARIABLE = "a variable"
    COMMA = ","
    OPEN_TABLE = "@{"
    CLOSE_TABLE = "}"
    OPEN_LIST = "@("
    OPEN = "("
    CLOSE = ")"
    EQUALS = "="
    PIPE = "|"
    END = "the end of a statement"


@dataclass(frozen=True, slots=True)
class Word:
    """One word; `glued` tells that no space stands before it."""

    kind: Kind
    text: str
    line: int
    glued: bool = False
    has_colon: bool = False
    """Of a parameter: its value follows after a colon."""


_SPACE = re.compile(r"(?:[^\S\n]+|`\r?\n)+")
_COMMENT = re.compile(r"<#.*?#>|#[^\n]*", re.DOTALL)
_PARAMETER = re.compile(r"[-\u2013\u2014](?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<colon>:?)")
_VARIABLE = re.compile(r"\$(?P<name>[A-Za-z_?][A-Za-z0-9_:]*)")
_BARE = re.compile(r"[^\s\"'`,;|(){}=$\u2018\u2019\u201c\u201d]+")
_SINGLES, _DOUBLES = "'\u2018\u2019", '"\u201c\u201d'
"""PowerShell takes typographic quotes and dashes, as they come out of word processors, for plain ones."""
_SINGLE = re.compile(rf"[{_SINGLES}](?P<text>(?:[^{_SINGLES}]|[{_SINGLES}]{{2}})*)[{_SINGLES}]")
_DOUBLE = re.compile(rf"[{_DOUBLES}](?P<text>(?:[^{_DOUBLES}`]|`.|[{_DOUBLES}]{{2}})*)[{_DOUBLES}]", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
_SIGNS = {",": Kind.COMMA, "}": Kind.CLOSE_TABLE, "(": Kind.OPEN, ")": Kind.CLOSE, "=": Kind.EQUALS, "|": Kind.PIPE}


def words_of(text: str) -> list[Word]:
    """The words of a text, each statement closed by an END."""
    if len(text) > TEXT_MAX:
        message = f"The text is longer than {TEXT_MAX} characters."
        raise Unreadable(message, category="ParserError")
    reader = _Reader(text)
    found: list[Word] = []
    for _ in range(len(text) + 1):
        word = reader.next()
        if word is None:
            break
        found.append(word)
    return [*found, Word(Kind.END, "", reader.line)]


class _Reader:
    """Walks through the text once."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self.line = 1

    def next(self) -> Word | None:
        """The next word; None at the end."""
        glued = not self._skip()
        if self._at >= len(self._source):
            return None
        sign = self._source[self._at]
        if sign in "\n;":
            return self._take(Kind.END, sign)
        if sign in _SINGLES or sign in _DOUBLES:
            return self._string(sign, glued=glued)
        pair = self._source[self._at : self._at + 2]
        if pair in {"@{", "@("}:
            return self._take(Kind.OPEN_TABLE if pair == "@{" else Kind.OPEN_LIST, pair)
        if sign in _SIGNS:
            return self._take(_SIGNS[sign], sign)
        return self._name(sign, glued=glued)

    def _name(self, sign: str, *, glued: bool) -> Word:
        if sign in "-\u2013\u2014" and not glued and (match := _PARAMETER.match(self._source, self._at)):
            word = Word(Kind.PARAMETER, match.group("name"), self.line, has_colon=bool(match.group("colon")))
            return self._move(match, word)
        if sign == "$":
            match = _VARIABLE.match(self._source, self._at)
            if match is None:
                what = "expressions in $( )"
                raise Refused(what)
            return self._move(match, Word(Kind.VARIABLE, match.group("name"), self.line))
        if sign == "@":
            what = "splatting with @"
            raise Refused(what)
        if sign == "{":
            what = "script blocks in { }"
            raise Refused(what)
        match = _BARE.match(self._source, self._at)
        if match is None:
            message = f"Unexpected token '{sign}' in expression or statement."
            raise Unreadable(message, category="ParserError", error_id="UnexpectedToken")
        return self._move(match, Word(Kind.BARE, match.group(), self.line, glued=glued))

    def _string(self, quote: str, *, glued: bool) -> Word:
        match = (_SINGLE if quote in _SINGLES else _DOUBLE).match(self._source, self._at)
        if match is None:
            message = f"The string is missing the terminator: {quote}."
            raise Unreadable(message, category="ParserError", error_id="TerminatorExpectedAtEndOfString")
        text = match.group("text")
        text = re.sub(rf"([{_SINGLES}])[{_SINGLES}]", r"\1", text) if quote in _SINGLES else _unescaped(text)
        return self._move(match, Word(Kind.STRING, text, self.line, glued=glued))

    def _skip(self) -> bool:
        """Over spaces, continuations and comments; whether there were any, or the text begins here."""
        before = self._at
        for _ in range(len(self._source)):
            match = _SPACE.match(self._source, self._at) or self._comment()
            if match is None:
                break
            self._move(match, None)
        return self._at > before or self._at == 0 or self._source[self._at - 1] in "\n;|(,={"

    def _comment(self) -> re.Match[str] | None:
        """A # begins a comment at the beginning of a word only."""
        at = self._at
        if at > 0 and not self._source[at - 1].isspace() and self._source[at - 1] not in ";|(){},":
            return None
        return _COMMENT.match(self._source, at)

    def _take(self, kind: Kind, text: str) -> Word:
        word = Word(kind, text, self.line)
        self._at += len(text)
        self.line += text == "\n"
        return word

    def _move(self, match: re.Match[str], word: Word | None) -> Word:
        self.line += match.group().count("\n")
        self._at = match.end()
        return word if word is not None else Word(Kind.END, "", self.line)


def _unescaped(text: str) -> str:
    """The inside of a double-quoted string; variables in it are refused, for they would be empty here."""
    if re.search(r"(?<!`)\$[A-Za-z_({]", text):
        what = "variables inside double quotes"
        raise Refused(what)
    plain = re.sub(r"`(.)", lambda match: _ESCAPES.get(match.group(1), match.group(1)), text, flags=re.DOTALL)
    return re.sub(rf"([{_DOUBLES}])[{_DOUBLES}]", r"\1", plain)
