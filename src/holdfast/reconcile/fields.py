"""The field table: the contract of snapshot, plan, PATCH, merge and verify, said once.

This module decides, for each field, what it is called on both sides, what Exchange makes of a value it is sent, whether
it flows out and in, who wins when both sides changed it, and when theirs is not believed. Comparison, changed fields,
merge and documentation derive from `TABLE`. It must not decide steps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from holdfast.reconcile import sets
from holdfast.reconcile.link import Sight
from holdfast.reconcile.rules import Direction, Rules, Winner
from holdfast.reconcile.snapshot import Field, Pattern, Person, Sensitivity, Snapshot, When
from holdfast.timetable import recurrence
from holdfast.timetable import when as times

TITLE_MAX = 255  # UTF-16 units, the way Exchange counts (FACTS 3.2: subject)
PLACE_MAX = 255


class Wins(Enum):
    """Who wins where both sides changed one field."""

    THEIRS = "theirs"
    OURS = "ours"
    STRICTER = "the stricter one"
    BOTH = "both (a set)"


class Doubt(Enum):
    """When their value is not believed."""

    NEVER = "never"
    COPY = "in a room's copy, unless the mapping says its attendant keeps texts"
    ONLINE = "in an online meeting; and in a room's copy, unless its attendant keeps texts"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    field: Field
    ours: str
    theirs: str
    read_back: Callable[[Any], Any]
    read_back_says: str
    out: bool = True
    into: bool = True
    wins: Wins = Wins.THEIRS
    doubt: Doubt = Doubt.NEVER
    key: Callable[[Any], sets.Keyed] | None = None  # how a set tells its members apart; None: compared as a whole

    @property
    def is_set(self) -> bool:
        return self.key is not None


_NO_TEXT = (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000))  # controls, and halves of broken pairs
_ONE_LINE = dict.fromkeys(_NO_TEXT) | dict.fromkeys(map(ord, "\n\t\r\u00a0"), " ")
_MANY_LINES = {code: None for code in _NO_TEXT if code not in (0x09, 0x0A)} | {0xA0: " "}


def _text(value: str) -> str:
    """A text of one line: no control characters, blanks for line ends, trimmed. Joiners and direction marks are parts
    of names and stay.
    """
    if value.isascii() and value.isprintable():
        return value.strip()
    return value.replace("\r\n", "\n").translate(_ONE_LINE).strip()


def _short(value: str, units_max: int) -> str:
    """Cut to a number of UTF-16 units, never through the middle of a character."""
    if len(value) * 2 <= units_max or len(value.encode("utf-16-le")) <= units_max * 2:
        return value
    return value.encode("utf-16-le")[: units_max * 2].decode("utf-16-le", "ignore").rstrip()


def read_title(value: str) -> str:
    return _short(_text(value), TITLE_MAX)


def read_place(value: str) -> str:
    return _short(_text(value), PLACE_MAX)


def read_note(value: str) -> str:
    """Lines end with a line feed and carry no blanks at their ends; the whole is trimmed."""
    if not value:
        return ""
    kept = value.replace("\r\n", "\n").replace("\r", "\n").translate(_MANY_LINES)
    return "\n".join(line.rstrip() for line in kept.split("\n")).strip()


def read_people(people: tuple[Person, ...]) -> tuple[Person, ...]:
    """By address, each once, in one order. Who has no address cannot be invited and stays on our side (Z-O12)."""
    if not people:
        return people
    best = {key: one for one in people for key in (one.address.strip().lower(),) if key}
    return tuple(Person(key, _text(best[key].name), best[key].role) for key in sorted(best))


def read_categories(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({name.strip() for name in names if name.strip()})) if names else names


def _read_pattern(pattern: Pattern | None) -> Pattern | None:
    return None if pattern is None else recurrence.canonical(pattern)


def _as_is(value: Any) -> Any:
    return value


TABLE: tuple[Row, ...] = (
    Row(Field.WHEN, "times, zone, all day", "start, end, isAllDay, originalStartTimeZone", times.canonical,
        "whole seconds, midnights of whole days, one name for zones that Windows cannot tell apart"),
    Row(Field.TITLE, "title", "subject", read_title, "one line, trimmed, 255 units; none is the empty text",
        doubt=Doubt.COPY),
    Row(Field.NOTE, "note", "body", read_note, "plain text, line feeds, no blanks at line ends; none is the empty text",
        doubt=Doubt.ONLINE),
    Row(Field.SHOW_AS, "shown as", "showAs", _as_is, "as sent"),
    Row(Field.SENSITIVITY, "privacy", "sensitivity", _as_is, "as sent", wins=Wins.STRICTER, doubt=Doubt.COPY),
    Row(Field.PLACE, "place", "location", read_place, "one line, trimmed", wins=Wins.OURS),
    Row(Field.PEOPLE, "people", "attendees", read_people, "addresses in lower case, each once, sorted", wins=Wins.BOTH,
        key=sets.people),
    Row(Field.CATEGORIES, "colour of origin", "categories", read_categories, "each once, sorted", into=False,
        wins=Wins.BOTH, key=sets.names),
    Row(Field.REPLY, "answer", "responseStatus", _as_is, "as read", out=False),
    Row(Field.PATTERN, "repetition", "recurrence", _read_pattern,
        "only what its kind uses, from the first date that fits to the last"),
)  # fmt: skip

ROWS: dict[Field, Row] = {row.field: row for row in TABLE}

_STRICTNESS = {
    Sensitivity.NORMAL: 0,
    Sensitivity.PERSONAL: 1,
    Sensitivity.PRIVATE: 2,
    Sensitivity.CONFIDENTIAL: 3,
}


class Flow(NamedTuple):
    """Which fields flow between the sides of one link now."""

    out: tuple[Field, ...]
    into: tuple[Field, ...]


@lru_cache(maxsize=64)
def _flow(*, doubted: bool, online: bool, direction: Direction) -> Flow:
    def believed(row: Row) -> bool:
        match row.doubt:
            case Doubt.NEVER:
                return True
            case Doubt.COPY:
                return not doubted
            case Doubt.ONLINE:
                return not doubted and not online

    out = tuple(row.field for row in TABLE if row.out and not (online and row.doubt is Doubt.ONLINE))
    into = tuple(row.field for row in TABLE if row.into and believed(row))
    if direction is Direction.UP:  # what only flows in is then of no interest; the rest is put back
        into = tuple(name for name in into if ROWS[name].out)
    return Flow(out, into)


def flow(sight: Sight | None, rules: Rules) -> Flow:
    """The fields that flow, by what kind of copy theirs is and what the mapping says."""
    if sight is None:
        return _flow(doubted=False, online=False, direction=rules.direction)
    doubted = sight.copied and not rules.attendant_keeps
    return _flow(doubted=doubted, online=sight.online, direction=rules.direction)


@lru_cache(maxsize=4096)
def read_back(snapshot: Snapshot) -> Snapshot:
    """What Exchange is known to make of a snapshot it is sent. Reading back twice changes nothing more."""
    return Snapshot(*(row.read_back(getattr(snapshot, row.field)) for row in TABLE))


def normal(when: When, **rest: Any) -> Snapshot:
    """Their snapshot in canonical form, from what an event says; every sight must be built through this."""
    return read_back(Snapshot(when, **rest))


def same(field: Field, one: Any, other: Any) -> bool:
    """Whether two values of a field, both in one side's words, mean the same."""
    if one == other:
        return True
    key = ROWS[field].key
    return key is not None and key(one).keys() == key(other).keys() and sets.equal(key(one), key(other))


def changed(base: Snapshot, now: Snapshot, among: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields in which one side differs from its own half of the agreement."""
    if base == now:
        return ()
    return tuple(name for name in among if not same(name, getattr(base, name), getattr(now, name)))


def take(into: Snapshot, source: Snapshot, names: tuple[Field, ...]) -> Snapshot:
    """`into` with these fields of `source`."""
    if not names:
        return into
    return msgspec.structs.replace(into, **{str(name): getattr(source, name) for name in names})


def moved(base: Snapshot, now: Snapshot, onto: Snapshot, names: tuple[Field, ...]) -> Snapshot:
    """`onto` with what `now` changed since `base`: whole values, and for sets the additions and removals only."""
    values: dict[str, Any] = {}
    for name in names:
        key = ROWS[name].key
        if key is None:
            values[str(name)] = getattr(now, name)
        else:
            values[str(name)] = sets.moved(getattr(base, name), getattr(now, name), getattr(onto, name), key=key)
    return msgspec.structs.replace(onto, **values) if values else onto


def in_our_words(theirs: Snapshot, ours: Snapshot | None, rules: Rules) -> Snapshot:
    """Their snapshot as our side would say it: the zone keeps the name we use."""
    mine = rules.zone if ours is None else ours.when.zone
    told = times.in_words_of(theirs.when, mine)
    return theirs if told is theirs.when else msgspec.structs.replace(theirs, when=told)


def ours_wins(field: Field, ours: Snapshot, theirs: Snapshot, winner: Winner) -> bool:
    """Who wins a field that both sides changed (never asked about sets)."""
    if winner is not Winner.TABLE:
        return winner is Winner.OURS
    match ROWS[field].wins:
        case Wins.OURS:
            return True
        case Wins.STRICTER:
            return _STRICTNESS[ours.sensitivity] > _STRICTNESS[theirs.sensitivity]
        case Wins.THEIRS | Wins.BOTH:
            return False


def as_markdown() -> str:
    """The table for the reference pages."""
    head = "| field | ours | theirs | read back as | flows | both changed | not believed |\n"
    lines = [
        f"| {row.field} | {row.ours} | {row.theirs} | {row.read_back_says} | {_arrows(row)} | "
        f"{row.wins.value} | {row.doubt.value} |"
        for row in TABLE
    ]
    return head + "|---|---|---|---|---|---|---|\n" + "\n".join(lines) + "\n"


def _arrows(row: Row) -> str:
    if row.out and row.into:
        return "both ways"
    return "out only" if row.out else "in only"
